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

/* functions.c, descent.c and differences.c: METH_FASTCALL */
PyObject *linclf_py_loss_grad(PyObject *module, PyObject *const *a, Py_ssize_t n);
PyObject *linclf_py_scores(PyObject *module, PyObject *const *a, Py_ssize_t n);
PyObject *linclf_py_predict(PyObject *module, PyObject *const *a, Py_ssize_t n);
PyObject *linclf_py_softmax(PyObject *module, PyObject *const *a, Py_ssize_t n);
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
