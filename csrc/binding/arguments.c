/* Arguments that several functions have, and the one place that raises what
 * the core reports. */
#include "binding.h"

PyObject *
linclf_raise_status(linclf_status status, const linclf_error *error)
{
    PyObject *const type = status == LINCLF_STATUS_type   ? PyExc_TypeError
                         : status == LINCLF_STATUS_memory ? PyExc_MemoryError
                                                          : PyExc_ValueError;

    PyErr_SetString(type, error->message);
    return NULL;
}

int
linclf_check_count(const char *name, Py_ssize_t found, Py_ssize_t wanted)
{
    if (found == wanted)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments, got %zd", name,
                 wanted, found);
    return -1;
}

/* W, X, b and center, which every function of a model has; None is absent. */
int
linclf_get_operands(PyObject *W, PyObject *X, PyObject *b, PyObject *center,
                    int writable, linclf_model *model, linclf_data *data)
{
    if (linclf_get_matrix(W, "W", "(D, C)", AS_FLOAT, writable, &model->W) < 0
        || linclf_get_matrix(X, "X", "(N, D)", AS_DATA, READ_ONLY, &data->X) < 0)
        return -1;
    if (b != Py_None
        && linclf_get_vector(b, "b", "(C,)", AS_FLOAT, writable, &model->b) < 0)
        return -1;
    return center == Py_None ? 0
                             : linclf_get_vector(center, "center", "(D,)", AS_FLOAT,
                                                 READ_ONLY, &data->center);
}

int
linclf_get_objective(PyObject *loss, PyObject *reg, PyObject *delta,
                     linclf_objective *o)
{
    return linclf_get_loss(loss, &o->loss) < 0 || linclf_get_penalty(reg, o) < 0
             ? -1
             : linclf_get_double(delta, "delta", &o->delta);
}

int
linclf_view_outputs(PyObject *const arrays[2], const char *const names[2],
                    linclf_gradient *g)
{
    if (linclf_get_matrix(arrays[0], names[0], "(D, C)", AS_FLOAT, WRITABLE, &g->dW)
        < 0)
        return -1;
    return arrays[1] ? linclf_get_vector(arrays[1], names[1], "(C,)", AS_FLOAT,
                                         WRITABLE, &g->db)
                     : 0;
}
