/* Arguments that are not arrays: numbers, penalties, threads, names. */
#include "convert.h"

#include <string.h>

int
linclf_get_double(PyObject *object, const char *name, double *number)
{
    if (PyFloat_CheckExact(object)) {
        *number = PyFloat_AS_DOUBLE(object);
        return 0;
    }
    if (!linclf_is_number(object)) {
        PyErr_Format(PyExc_TypeError, "%s must be a number, not %s", name,
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    *number = PyFloat_AsDouble(object);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* The attribute's number; 1 if there is no such attribute. */
static int
get_attribute(PyObject *object, const char *name, double *number)
{
    PyObject *const value = PyObject_GetAttrString(object, name);
    int result;

    if (!value) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            return -1;
        PyErr_Clear();
        return 1;
    }
    result = linclf_get_double(value, "reg", number);
    Py_DECREF(value);
    return result;
}

int
linclf_get_penalty(PyObject *object, linclf_objective *objective)
{
    int missing;

    objective->l1 = 0;
    if (linclf_is_number(object))
        return linclf_get_double(object, "reg", &objective->l2);
    missing = get_attribute(object, "l2", &objective->l2);
    if (!missing)
        missing = get_attribute(object, "l1", &objective->l1);
    if (missing < 1)
        return missing;
    PyErr_Format(PyExc_TypeError,
                 "reg must be a number (the lam of lam * sum(W**2)) or one of L2(lam), "
                 "L1(lam), ElasticNet(lam, beta), not %s",
                 Py_TYPE(object)->tp_name);
    return -1;
}

int
linclf_get_threads(PyObject *object, int *n_threads)
{
    long n;

    *n_threads = 0;
    if (object == Py_None)
        return 0;
    if (PyBool_Check(object) || !PyIndex_Check(object)) {
        PyErr_Format(PyExc_TypeError, "n_threads must be an integer or None, not %s",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    PyObject *const index = PyNumber_Index(object);

    if (!index)
        return -1;
    n = PyLong_AsLong(index);
    Py_DECREF(index);
    if (n == -1 && PyErr_Occurred())
        PyErr_Clear();   /* too large or too small to be one: say so below */
    if (n < 1 || n > 65536) {
        PyErr_Format(
            PyExc_ValueError,
            "n_threads is %R: it must be at least 1 (and at most 65536), or None "
            "for the default",
            object);
        return -1;
    }
    *n_threads = (int)n;
    return 0;
}

static PyObject *
known_losses(void)
{
    PyObject *text = PyUnicode_FromString("");

    for (int i = 0; text && i < LINCLF_N_LOSSES; i++) {
        PyObject *const longer =
            PyUnicode_FromFormat("%U%s'%s'", text, i ? ", " : "", linclf_loss_name(i));

        Py_DECREF(text);
        text = longer;
    }
    return text;
}

int
linclf_get_loss(PyObject *object, linclf_loss *loss)
{
    PyObject *known;
    const char *name;
    Py_ssize_t length;

    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "loss must be a string or a Loss, not %s",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    name = PyUnicode_AsUTF8AndSize(object, &length);
    for (int i = 0; name && i < LINCLF_N_LOSSES; i++)
        if (strcmp(name, linclf_loss_name(i)) == 0
            && (size_t)length == strlen(name)) {   /* no NUL within */
            *loss = (linclf_loss)i;
            return 0;
        }
    PyErr_Clear();   /* half of a surrogate pair: no name of a loss either */
    known = known_losses();
    if (known)
        PyErr_Format(PyExc_ValueError, "loss is %R: it must be one of %U", object,
                     known);
    Py_XDECREF(known);
    return -1;
}
