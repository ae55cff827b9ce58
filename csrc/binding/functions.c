/* Losses, gradients, scores, predictions and probabilities: convert the
 * arguments, call the core without the GIL, return or raise.
 *
 * Numbers are read before arrays: a number's __index__ may run any code, and
 * must not find a view that it could spoil. */
#include "binding.h"

enum { SMALL_WORK = 50000 };   /* flops: less than taking the GIL again costs */

static double
work(const linclf_model *model, const linclf_data *data)
{
    return 4.0 * (double)data->X.rows * (double)model->W.rows * (double)model->W.cols;
}

/* New references to dW and, with b, db: those of `out`, or fresh ones. */
static int
get_outputs(PyObject *out, PyObject *W, PyObject *b, PyObject *arrays[2],
            linclf_gradient *gradient)
{
    const int bias = b != Py_None;

    if (out == Py_None)
        return linclf_new_gradient(W, b, arrays, gradient);
    if (bias && !(PyTuple_Check(out) && PyTuple_GET_SIZE(out) == 2)) {
        PyErr_SetString(PyExc_TypeError,
                        "out must be a tuple (dW, db) where b is given");
        return -1;
    }
    arrays[0] = bias ? PyTuple_GET_ITEM(out, 0) : out;
    arrays[1] = bias ? PyTuple_GET_ITEM(out, 1) : NULL;
    Py_INCREF(arrays[0]);
    Py_XINCREF(arrays[1]);
    return linclf_view_outputs(arrays, (const char *const[]){"out (dW)", "out (db)"},
                               gradient);
}

/* value, (value, dW) or (value, dW, db); Py_BuildValue would take as long as a
 * small loss. */
static PyObject *
pack_result(double value, PyObject *const arrays[2])
{
    PyObject *const number = PyFloat_FromDouble(value);
    PyObject *result;

    if (!number || !arrays[0])
        return number;
    result = arrays[1] ? PyTuple_Pack(3, number, arrays[0], arrays[1])
                       : PyTuple_Pack(2, number, arrays[0]);
    Py_DECREF(number);
    return result;
}

static linclf_status
run_loss_grad(const linclf_objective *objective, const linclf_model *model,
              const linclf_data *data, const linclf_gradient *gradient, int n_threads,
              linclf_value *value, linclf_error *error)
{
    linclf_status status;

    if (work(model, data) < SMALL_WORK)
        return linclf_loss_grad(objective, model, data, gradient, n_threads, value,
                                error);
    Py_BEGIN_ALLOW_THREADS status =
        linclf_loss_grad(objective, model, data, gradient, n_threads, value, error);
    Py_END_ALLOW_THREADS return status;
}

static PyObject *
loss_grad(const linclf_arguments *a, linclf_loss loss, int wanted)
{
    linclf_objective objective = {.loss = loss};
    linclf_model model = {0};
    linclf_data data = {0};
    linclf_gradient gradient = {0};
    linclf_value value;
    linclf_error error;
    PyObject *arrays[2] = {NULL, NULL}, *result = NULL;
    linclf_status status;
    int n_threads;

    if (linclf_get_penalty(a->reg, &objective) < 0
        || (a->delta && linclf_get_double(a->delta, "delta", &objective.delta) < 0)
        || linclf_get_threads(a->n_threads, &n_threads) < 0
        || linclf_get_operands(a->W, a->X, a->b, a->center, READ_ONLY, &model, &data)
               < 0
        || linclf_get_labels(a->y, &data) < 0)
        return NULL;
    if (wanted && get_outputs(a->out, a->W, a->b, arrays, &gradient) < 0)
        goto done;
    status =
        run_loss_grad(&objective, &model, &data, &gradient, n_threads, &value, &error);
    if (status)
        (void)linclf_raise_status(status, &error);
    else
        result = pack_result(value.data + value.penalty, arrays);
done:
    Py_XDECREF(arrays[0]);
    Py_XDECREF(arrays[1]);
    return result;
}

static PyObject *
named_loss(const linclf_arguments *a, int wanted)
{
    linclf_loss loss;

    return linclf_get_loss(a->loss, &loss) < 0 ? NULL : loss_grad(a, loss, wanted);
}

LINCLF_PUBLIC(loss_and_grad)
{
    linclf_arguments a;

    return linclf_match(module, LINCLF_LOSS_AND_GRAD, given, n, names, &a) < 0
             ? NULL
             : named_loss(&a, 1);
}

LINCLF_PUBLIC(loss_value)
{
    linclf_arguments a;

    return linclf_match(module, LINCLF_LOSS_VALUE, given, n, names, &a) < 0
             ? NULL
             : named_loss(&a, 0);
}

LINCLF_PUBLIC(svm_loss)
{
    linclf_arguments a;
    int squared;

    return linclf_match(module, LINCLF_SVM_LOSS, given, n, names, &a) < 0
                || (squared = PyObject_IsTrue(a.squared)) < 0
             ? NULL
             : loss_grad(&a, squared ? LINCLF_LOSS_squared_hinge : LINCLF_LOSS_hinge,
                         1);
}

LINCLF_PUBLIC(softmax_loss)
{
    linclf_arguments a;

    return linclf_match(module, LINCLF_SOFTMAX_LOSS, given, n, names, &a) < 0
             ? NULL
             : loss_grad(&a, LINCLF_LOSS_softmax, 1);
}

/* `out` as a writable view, or a new matrix if it is None. */
static PyObject *
get_matrix_output(PyObject *out, ptrdiff_t rows, ptrdiff_t cols, linclf_dtype dtype,
                  linclf_matrix *view)
{
    if (out == Py_None)
        return linclf_new_matrix(rows, cols, dtype, view);
    if (linclf_get_matrix(out, "out", "(N, C)", AS_FLOAT, WRITABLE, view) < 0)
        return NULL;
    Py_INCREF(out);
    return out;
}

LINCLF_PUBLIC(scores)
{
    linclf_arguments a;
    linclf_model model = {0};
    linclf_data data = {0};
    linclf_matrix S;
    linclf_error error;
    linclf_status status;
    int n_threads;

    if (linclf_match(module, LINCLF_SCORES, given, n, names, &a) < 0
        || linclf_get_threads(a.n_threads, &n_threads) < 0
        || linclf_get_operands(a.W, a.X, a.b, a.center, READ_ONLY, &model, &data) < 0)
        return NULL;
    PyObject *const out =
        get_matrix_output(a.out, data.X.rows, model.W.cols, model.W.dtype, &S);

    if (!out)
        return NULL;
    Py_BEGIN_ALLOW_THREADS status = linclf_scores(&model, &data, &S, n_threads, &error);
    Py_END_ALLOW_THREADS if (!status) return out;
    Py_DECREF(out);
    return linclf_raise_status(status, &error);
}

LINCLF_PUBLIC(predict)
{
    linclf_arguments a;
    linclf_model model = {0};
    linclf_data data = {0};
    int64_t *labels;
    linclf_error error;
    linclf_status status;
    int n_threads;

    if (linclf_match(module, LINCLF_PREDICT, given, n, names, &a) < 0
        || linclf_get_threads(a.n_threads, &n_threads) < 0
        || linclf_get_operands(a.W, a.X, a.b, a.center, READ_ONLY, &model, &data) < 0)
        return NULL;
    PyObject *const out = linclf_new_labels(data.X.rows, &labels);

    if (!out)
        return NULL;
    Py_BEGIN_ALLOW_THREADS status =
        linclf_predict(&model, &data, labels, n_threads, &error);
    Py_END_ALLOW_THREADS if (!status) return out;
    Py_DECREF(out);
    return linclf_raise_status(status, &error);
}

LINCLF_PUBLIC(softmax)
{
    linclf_arguments a;
    linclf_matrix S, P;
    linclf_error error;
    linclf_status status;
    int n_threads;

    if (linclf_match(module, LINCLF_SOFTMAX, given, n, names, &a) < 0
        || linclf_get_threads(a.n_threads, &n_threads) < 0
        || linclf_get_matrix(a.S, "S", "(N, C)", AS_FLOAT, READ_ONLY, &S) < 0)
        return NULL;
    PyObject *const out = get_matrix_output(a.out, S.rows, S.cols, S.dtype, &P);

    if (!out)
        return NULL;
    Py_BEGIN_ALLOW_THREADS status = linclf_softmax(&S, &P, n_threads, &error);
    Py_END_ALLOW_THREADS if (!status) return out;
    Py_DECREF(out);
    return linclf_raise_status(status, &error);
}
