/* The extension module linclf._linclf: convert, call, raise.
 *
 * Names, defaults and documentation for people are in the Python package: the
 * public functions get them from there by implement(), all others take their
 * arguments by position. Arrays are borrowed from the caller for the time of the
 * call; the GIL is released around work that is worth it.
 *
 *     functions.c   losses, gradients, scores, predictions, probabilities
 *     keywords.c    their arguments by name
 *     descent.c     steps downhill
 *     differences.c numerical gradients
 *     about.c       build, instruction sets
 *     arguments.c   what their arguments have in common; raising
 *     convert.c     one array to one view: all that asks NumPy
 *     numbers.c     what is not an array */
#include "binding.h"

#define FAST(function) (PyCFunction)(void (*)(void)) function, METH_FASTCALL

static PyMethodDef methods[] = {
    {"implement", linclf_py_implement, METH_VARARGS,
     "implement(name, home, text, doc, names, n_positional, defaults, /)\n--\n\n"
     "Return the public function that is defined like that."},
    {"sgd_step", FAST(linclf_py_sgd_step),
     "sgd_step(W, dW, learning_rate, /)\n--\n\n"
     "W -= learning_rate * dW, in place."},
    {"sgd_run", FAST(linclf_py_sgd_run),
     "sgd_run(loss, W, X, y, reg, b, delta, center, index, batch_size, rates, "
     "momentum,\n"
     "        nesterov, velocity, history, done, n_threads, poll, /)\n--\n\n"
     "Make len(rates) minibatch steps in place; return whether all were made."},
    {"numerical_gradient", FAST(linclf_py_numerical_gradient),
     "numerical_gradient(loss, W, X, y, reg, b, delta, center, h, forward, n_threads, "
     "/)\n--\n\n"
     "Return dW, with b (dW, db), by differences of the objective."},
    {"losses", linclf_py_losses, METH_NOARGS, "losses()\n--\n\nNames of the losses."},
    {"isas", linclf_py_isas, METH_NOARGS,
     "isas()\n--\n\nInstruction sets usable here, best last."},
    {"isa", linclf_py_isa, METH_NOARGS, "isa()\n--\n\nThe instruction set in use."},
    {"use_isa", linclf_py_use_isa, METH_O,
     "use_isa(name, /)\n--\n\nUse another instruction set."},
    {"default_threads", linclf_py_default_threads, METH_NOARGS,
     "default_threads()\n--\n\nThreads used where n_threads is None."},
    {"build_info", linclf_py_build_info, METH_NOARGS,
     "build_info()\n--\n\nVersion, compiler and flags of this build."},
    {NULL, NULL, 0, NULL},
};

static int
execute(PyObject *module)
{
    if (linclf_import_numpy() < 0 || linclf_check_environment() < 0)
        return -1;
    return PyModule_AddStringConstant(module, "__version__", LINCLF_VERSION);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_linclf",
    .m_doc =
        "The C core of linclf; see the functions of the package for documentation.",
    .m_size = sizeof(linclf_state),
    .m_methods = methods,
    .m_slots = slots,
    .m_free = linclf_free_state,
};

PyMODINIT_FUNC
PyInit__linclf(void)
{
    return PyModuleDef_Init(&definition);
}
