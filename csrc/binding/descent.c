/* sgd_step and sgd_run: gradient descent in place, interruptible. */
#include "binding.h"

/* W or b: a vector is a matrix of one column. */
static int
get_parameters(PyObject *object, const char *name, int writable, linclf_matrix *view)
{
    linclf_vector v;

    if (!linclf_is_vector(object))
        return linclf_get_matrix(object, name, "(D, C)", AS_FLOAT, writable, view);
    if (linclf_get_vector(object, name, "(C,)", AS_FLOAT, writable, &v) < 0)
        return -1;
    *view = (linclf_matrix){v.data, v.size, 1, v.stride, 1, v.dtype};
    return 0;
}

PyObject *
linclf_py_sgd_step(PyObject *Py_UNUSED(module), PyObject *const *a, Py_ssize_t n)
{
    linclf_matrix W, dW;
    double rate;
    linclf_error error;

    if (linclf_check_count("sgd_step", n, 3) < 0
        || linclf_get_double(a[2], "learning_rate", &rate) < 0
        || get_parameters(a[0], "W", WRITABLE, &W) < 0
        || get_parameters(a[1], "dW", READ_ONLY, &dW) < 0)
        return NULL;
    const linclf_status status = linclf_sgd_step(&W, &dW, rate, &error);

    if (status)
        return linclf_raise_status(status, &error);
    Py_RETURN_NONE;
}

int
linclf_poll_python(void *poller)
{
    linclf_poller *const p = poller;
    int stop = 0;

    PyEval_RestoreThread(p->thread);
    if (PyErr_CheckSignals() < 0)
        p->raised = 1;
    else if (p->callable != Py_None) {
        PyObject *const answer =
            PyObject_CallFunction(p->callable, "L", (long long)*p->done);

        stop = answer ? PyObject_IsTrue(answer) : -1;
        p->raised = stop < 0;
        Py_XDECREF(answer);
    }
    p->thread = PyEval_SaveThread();
    return stop || p->raised;
}

/* velocity is W's partner, or (vW, vb) where b is trained too. */
static int
get_velocity(PyObject *velocity, PyObject *b, linclf_run *run)
{
    static const char *const names[] = {"velocity", "the velocity of b"};
    PyObject *arrays[2] = {velocity, NULL};

    if (run->momentum == 0)
        return 0;
    if (b != Py_None) {
        if (!PyTuple_Check(velocity) || PyTuple_GET_SIZE(velocity) != 2) {
            PyErr_SetString(PyExc_TypeError,
                            "velocity must be a tuple (vW, vb) where b is given");
            return -1;
        }
        arrays[0] = PyTuple_GET_ITEM(velocity, 0);
        arrays[1] = PyTuple_GET_ITEM(velocity, 1);
    }
    return linclf_view_outputs(arrays, names, &run->velocity);
}

/* The package's own arrays: index, rates, history, done. */
static int
get_schedule(PyObject *index, PyObject *rates, PyObject *history, PyObject *done,
             linclf_run *run)
{
    void *data[4] = {NULL, NULL, NULL, NULL};
    ptrdiff_t shape[2], steps[2], one;

    if (index != Py_None) {
        if (linclf_get_buffer(index, "index", LINCLF_i64, 1, READ_ONLY, &data[0],
                              &run->n_index)
            < 0)
            return -1;
    }
    if (linclf_get_buffer(rates, "rates", LINCLF_f64, 1, READ_ONLY, &data[1], steps) < 0
        || linclf_get_buffer(history, "history", LINCLF_f64, 2, WRITABLE, &data[2],
                             shape)
               < 0
        || linclf_get_buffer(done, "done", LINCLF_i64, 1, WRITABLE, &data[3], &one) < 0)
        return -1;
    if (shape[0] != steps[0] || shape[1] != 3 || one != 1) {
        PyErr_Format(
            PyExc_ValueError,
            "history must have shape (%zd, 3) for %zd rates, and done shape (1,)",
            (Py_ssize_t)steps[0], (Py_ssize_t)steps[0]);
        return -1;
    }
    run->index = data[0];
    run->rate = data[1];
    run->n_steps = steps[0];
    run->history = data[2];
    run->done = data[3];
    return 0;
}

PyObject *
linclf_py_sgd_run(PyObject *Py_UNUSED(module), PyObject *const *a, Py_ssize_t n)
{
    linclf_objective objective;
    linclf_model model = {0};
    linclf_data data = {0};
    linclf_run run = {0};
    linclf_error error;
    linclf_status status;
    int n_threads;

    if (linclf_check_count("sgd_run", n, 18) < 0
        || linclf_get_objective(a[0], a[4], a[6], &objective) < 0
        || linclf_get_double(a[11], "momentum", &run.momentum) < 0
        || linclf_get_threads(a[16], &n_threads) < 0
        || (run.nesterov = PyObject_IsTrue(a[12])) < 0)
        return NULL;
    run.batch_size = PyNumber_AsSsize_t(a[9], PyExc_OverflowError);
    if (run.batch_size == -1 && PyErr_Occurred())
        return NULL;
    if (linclf_get_operands(a[1], a[2], a[5], a[7], WRITABLE, &model, &data) < 0
        || linclf_get_labels(a[3], &data) < 0
        || get_schedule(a[8], a[10], a[14], a[15], &run) < 0
        || get_velocity(a[13], a[5], &run) < 0)
        return NULL;
    *run.done = 0;

    linclf_poller p = {.callable = a[17], .done = run.done};

    run.poll = linclf_poll_python;
    run.poll_context = &p;
    p.thread = PyEval_SaveThread();
    status = linclf_sgd_run(&objective, &model, &data, &run, n_threads, &error);
    PyEval_RestoreThread(p.thread);

    if (p.raised)
        return NULL;
    if (status && status != LINCLF_STATUS_stopped && status != LINCLF_STATUS_diverged)
        return linclf_raise_status(status, &error);
    return PyBool_FromLong(status == LINCLF_STATUS_ok);
}
