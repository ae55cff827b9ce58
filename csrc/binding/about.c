/* What the module says about itself, and the choice of instruction set. */
#include "binding.h"

static PyObject *
name_tuple(int count, const char *(*name)(int))
{
    PyObject *const names = PyTuple_New(count);

    for (int i = 0; names && i < count; i++) {
        PyObject *const text = PyUnicode_FromString(name(i));

        if (!text) {
            Py_DECREF(names);
            return NULL;
        }
        PyTuple_SET_ITEM(names, i, text);
    }
    return names;
}

PyObject *
linclf_py_losses(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return name_tuple(LINCLF_N_LOSSES, linclf_loss_name);
}

PyObject *
linclf_py_isas(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return name_tuple(linclf_isa_count(), linclf_isa_name);
}

PyObject *
linclf_py_isa(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyUnicode_FromString(linclf_isa());
}

PyObject *
linclf_py_use_isa(PyObject *Py_UNUSED(module), PyObject *name)
{
    const char *const text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;

    if (text && linclf_use_isa(text) == 0)
        Py_RETURN_NONE;
    if (!PyErr_Occurred()) {
        PyObject *const usable = linclf_py_isas(NULL, NULL);

        if (usable)
            PyErr_Format(PyExc_ValueError,
                         "%R is not an instruction set that works here: "
                         "choose one of %R",
                         name, usable);
        Py_XDECREF(usable);
    }
    return NULL;
}

PyObject *
linclf_py_default_threads(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromLong(linclf_default_threads());
}

PyObject *
linclf_py_build_info(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return Py_BuildValue("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "version", LINCLF_VERSION,
                         "compiler", LINCLF_BUILD_COMPILER, "standard",
                         LINCLF_BUILD_STANDARD, "build_type", LINCLF_BUILD_TYPE,
                         "flags", LINCLF_BUILD_FLAGS, "sanitizers",
                         LINCLF_BUILD_SANITIZERS, "arch", LINCLF_BUILD_ARCH);
}

/* LINCLF_CPU must name something; what this CPU lacks is replaced, loudly. */
int
linclf_check_environment(void)
{
    static const char *const known[] = {"baseline", "avx2", "avx512", "neon"};
    const char *const wanted = getenv("LINCLF_CPU");

    if (!wanted || !*wanted || linclf_use_isa(wanted) == 0)
        return 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(wanted, known[i]) == 0)
            return PyErr_WarnFormat(
                PyExc_RuntimeWarning, 1,
                "LINCLF_CPU is '%s', which this machine or build does not "
                "have: using %s",
                wanted, linclf_isa());
    PyErr_Format(PyExc_ImportError,
                 "LINCLF_CPU is '%s': it must be baseline, avx2, avx512 or neon",
                 wanted);
    return -1;
}
