/* numerical_gradient: difference quotients of the objective, interruptible. */
#include "binding.h"

PyObject *
linclf_py_numerical_gradient(PyObject *Py_UNUSED(module), PyObject *const *a,
                             Py_ssize_t n)
{
    linclf_objective objective;
    linclf_model model = {0};
    linclf_data data = {0};
    linclf_differences differences = {0};
    linclf_gradient gradient = {0};
    linclf_poller poller = {.callable = Py_None};
    linclf_error error;
    linclf_status status;
    PyObject *arrays[2] = {NULL, NULL}, *result = NULL;
    double h;
    int n_threads;

    if (linclf_check_count("numerical_gradient", n, 11) < 0
        || linclf_get_objective(a[0], a[4], a[6], &objective) < 0
        || linclf_get_threads(a[10], &n_threads) < 0
        || (differences.forward = PyObject_IsTrue(a[9])) < 0)
        return NULL;
    if (a[8] != Py_None) {
        if (linclf_get_double(a[8], "h", &h) < 0)
            return NULL;
        differences.h = &h;
    }
    if (linclf_get_operands(a[1], a[2], a[5], a[7], READ_ONLY, &model, &data) < 0
        || linclf_get_labels(a[3], &data) < 0)
        return NULL;

    if (linclf_new_gradient(a[1], a[5], arrays, &gradient) < 0)
        goto done;
    differences.poll = linclf_poll_python;
    differences.poll_context = &poller;
    poller.thread = PyEval_SaveThread();
    status = linclf_numerical_gradient(&objective, &model, &data, &differences,
                                       &gradient, n_threads, &error);
    PyEval_RestoreThread(poller.thread);

    if (status && !poller.raised)
        (void)linclf_raise_status(status, &error);
    else if (!status)
        result =
            arrays[1] ? PyTuple_Pack(2, arrays[0], arrays[1]) : Py_NewRef(arrays[0]);
done:
    Py_XDECREF(arrays[0]);
    Py_XDECREF(arrays[1]);
    return result;
}
