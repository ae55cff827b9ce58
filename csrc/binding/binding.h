/* What the files of the extension share; _linclf.c is the map. */
#ifndef LINCLF_BINDING_H
#define LINCLF_BINDING_H

#include "convert.h"

/* arguments.c: 0, or -1 with an exception set */
PyObject *linclf_raise_status(linclf_status status, const linclf_error *error);
int linclf_check_count(const char *name, Py_ssize_t found, Py_ssize_t wanted);
int linclf_get_objective(PyObject *loss, PyObject *reg, PyObject *delta,
                         linclf_objective *objective);
int linclf_get_operands(PyObject *W, PyObject *X, PyObject *b, PyObject *center,
                        int writable, linclf_model *model, linclf_data *data);
int linclf_view_outputs(PyObject *const arrays[2], const char *const names[2],
                        linclf_gradient *gradient);

/* Called by the core in the thread that called it, without the GIL: nonzero if
 * a signal handler raised, or the callable said so. */
typedef struct {
    PyThreadState *thread;
    PyObject *callable;   /* or None */
    const int64_t *done;     /* what it is called with */
    int raised;
} linclf_poller;

int linclf_poll_python(void *poller);

/* keywords.c: the arguments of the public functions, borrowed. Those that a function
 * does not have are NULL. */
typedef struct {
    PyObject *loss, *W, *X, *y, *S, *reg, *squared, *b, *delta, *center, *out,
        *n_threads;
} linclf_arguments;

typedef enum {
    LINCLF_LOSS_AND_GRAD,
    LINCLF_LOSS_VALUE,
    LINCLF_SVM_LOSS,
    LINCLF_SOFTMAX_LOSS,
    LINCLF_SCORES,
    LINCLF_PREDICT,
    LINCLF_SOFTMAX,
    LINCLF_N_FUNCTIONS,
} linclf_function;

typedef struct {
    PyObject *text, *doc; /* "scores(W, X, *, b=None)", and that above the doc */
    PyObject *names, *defaults; /* defaults of the last names */
    Py_ssize_t n, n_positional;
    size_t offsets[sizeof(linclf_arguments) / sizeof(PyObject *)];
    PyMethodDef method;
} linclf_signature;

typedef struct {
    linclf_signature signatures[LINCLF_N_FUNCTIONS];
} linclf_state;

int linclf_match(PyObject *module, linclf_function function, PyObject *const *given,
                 Py_ssize_t n, PyObject *names, linclf_arguments *arguments);
PyObject *linclf_py_implement(PyObject *module, PyObject *arguments);
void linclf_free_state(void *module);

/* functions.c: METH_FASTCALL | METH_KEYWORDS */
#define LINCLF_PUBLIC(name)                                                            \
    PyObject *linclf_py_##name(PyObject *module, PyObject *const *given, Py_ssize_t n, \
                               PyObject *names)
LINCLF_PUBLIC(loss_and_grad);
LINCLF_PUBLIC(loss_value);
LINCLF_PUBLIC(svm_loss);
LINCLF_PUBLIC(softmax_loss);
LINCLF_PUBLIC(scores);
LINCLF_PUBLIC(predict);
LINCLF_PUBLIC(softmax);

/* descent.c and differences.c: METH_FASTCALL */
PyObject *linclf_py_sgd_step(PyObject *module, PyObject *const *a, Py_ssize_t n);
PyObject *linclf_py_sgd_run(PyObject *module, PyObject *const *a, Py_ssize_t n);
PyObject *linclf_py_numerical_gradient(PyObject *module, PyObject *const *a,
                                       Py_ssize_t n);

/* about.c */
PyObject *linclf_py_losses(PyObject *module, PyObject *ignored);
PyObject *linclf_py_isas(PyObject *module, PyObject *ignored);
PyObject *linclf_py_isa(PyObject *module, PyObject *ignored);
PyObject *linclf_py_use_isa(PyObject *module, PyObject *name);
PyObject *linclf_py_default_threads(PyObject *module, PyObject *ignored);
PyObject *linclf_py_build_info(PyObject *module, PyObject *ignored);
int linclf_check_environment(void);

#endif
