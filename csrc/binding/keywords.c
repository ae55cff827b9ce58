/* The public functions, each of which is called as its definition in Python says.
 *
 * The package defines them with names, defaults and documentation, and hands these
 * to implement(); what it gets for them is called without any Python. Arguments
 * come by position and by name, and match() puts each at its place. */
#include "binding.h"

#include <stddef.h>
#include <string.h>

#define PLACE(name) {#name, offsetof(linclf_arguments, name)}

static const struct {
    const char *name;
    size_t offset;
} places[] = {
    PLACE(loss),    PLACE(W), PLACE(X),     PLACE(y),      PLACE(S),   PLACE(reg),
    PLACE(squared), PLACE(b), PLACE(delta), PLACE(center), PLACE(out), PLACE(n_threads),
};

#define CALLED(name) {#name, linclf_py_##name}

static const struct {
    const char *name;
    PyObject *(*call)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
} functions[LINCLF_N_FUNCTIONS] = {
    [LINCLF_LOSS_AND_GRAD] = CALLED(loss_and_grad),
    [LINCLF_LOSS_VALUE] = CALLED(loss_value),
    [LINCLF_SVM_LOSS] = CALLED(svm_loss),
    [LINCLF_SOFTMAX_LOSS] = CALLED(softmax_loss),
    [LINCLF_SCORES] = CALLED(scores),
    [LINCLF_PREDICT] = CALLED(predict),
    [LINCLF_SOFTMAX] = CALLED(softmax),
};

/* ---- a call ---------------------------------------------------------------------- */

static PyObject **
place(linclf_arguments *a, size_t offset)
{
    return (PyObject **)((char *)a + offset);
}

static int
too_many(const linclf_signature *s, Py_ssize_t found)
{
    const Py_ssize_t least = s->n - PyTuple_GET_SIZE(s->defaults);
    PyObject *const range =
        least < s->n_positional
            ? PyUnicode_FromFormat("from %zd to %zd", least, s->n_positional)
            : PyUnicode_FromFormat("%zd", s->n_positional);

    if (range)
        PyErr_Format(
            PyExc_TypeError,
            "%s() takes %U positional arguments but %zd were given; call it as %U",
            s->method.ml_name, range, found, s->text);
    Py_XDECREF(range);
    return -1;
}

static int
missing(const linclf_signature *s, Py_ssize_t i)
{
    PyErr_Format(PyExc_TypeError,
                 "%s() missing required argument %R (pos %zd); call it as %U",
                 s->method.ml_name, PyTuple_GET_ITEM(s->names, i), i + 1, s->text);
    return -1;
}

/* Which argument it is; -1 with an exception if none is called that. */
static Py_ssize_t
find(const linclf_signature *s, PyObject *name)
{
    for (Py_ssize_t i = 0; i < s->n; i++)
        if (PyTuple_GET_ITEM(s->names, i) == name) /* both are interned, as a rule */
            return i;
    for (Py_ssize_t i = 0; i < s->n; i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(s->names, i), name) == 0)
            return i;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError,
                     "%s() got an unexpected keyword argument %R; call it as %U",
                     s->method.ml_name, name, s->text);
    return -1;
}

int
linclf_match(PyObject *module, linclf_function function, PyObject *const *given,
             Py_ssize_t n, PyObject *names, linclf_arguments *a)
{
    const linclf_state *const state = PyModule_GetState(module);
    const linclf_signature *const s = &state->signatures[function];
    const Py_ssize_t least = s->n - PyTuple_GET_SIZE(s->defaults);
    const Py_ssize_t n_names = names ? PyTuple_GET_SIZE(names) : 0;

    if (n > s->n_positional)
        return too_many(s, n);
    *a = (linclf_arguments){0};
    for (Py_ssize_t i = 0; i < n; i++)
        *place(a, s->offsets[i]) = given[i];
    for (Py_ssize_t i = n > least ? n : least; i < s->n; i++)
        *place(a, s->offsets[i]) = PyTuple_GET_ITEM(s->defaults, i - least);
    for (Py_ssize_t k = 0; k < n_names; k++) {
        const Py_ssize_t i = find(s, PyTuple_GET_ITEM(names, k));

        if (i < 0)
            return -1;
        if (i < n) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument %R",
                         s->method.ml_name, PyTuple_GET_ITEM(s->names, i));
            return -1;
        }
        *place(a, s->offsets[i]) = given[n + k];
    }
    for (Py_ssize_t i = n; i < least; i++)
        if (!*place(a, s->offsets[i]))
            return missing(s, i);
    return 0;
}

/* ---- the definitions -------------------------------------------------------------- */

static int
function_called(const char *name)
{
    for (int i = 0; i < LINCLF_N_FUNCTIONS; i++)
        if (strcmp(functions[i].name, name) == 0)
            return i;
    PyErr_Format(PyExc_ValueError, "there is no function %s()", name);
    return -1;
}

static int
find_places(linclf_signature *s)
{
    for (Py_ssize_t i = 0; i < s->n; i++) {
        PyObject *const name = PyTuple_GET_ITEM(s->names, i);
        size_t p = 0;

        while (p < Py_ARRAY_LENGTH(places)
               && PyUnicode_CompareWithASCIIString(name, places[p].name) != 0)
            p++;
        if (p == Py_ARRAY_LENGTH(places)) {
            PyErr_Format(PyExc_ValueError, "no function has an argument %R", name);
            return -1;
        }
        s->offsets[i] = places[p].offset;
    }
    return 0;
}

/* Returns -1 with an exception set, and the module as it was. */
static int
define(linclf_signature *s, linclf_function which, PyObject *doc)
{
    if (s->n > (Py_ssize_t)Py_ARRAY_LENGTH(s->offsets) || s->n_positional > s->n
        || PyTuple_GET_SIZE(s->defaults) > s->n) {
        PyErr_SetString(PyExc_ValueError, "more arguments than there are names");
        return -1;
    }
    if (find_places(s) < 0)
        return -1;
    s->doc = PyUnicode_FromFormat("%U\n--\n\n%U", s->text, doc);
    if (!s->doc)
        return -1;
    s->method = (PyMethodDef){
        .ml_name = functions[which].name,
        .ml_meth = (PyCFunction)(void (*)(void))functions[which].call,
        .ml_flags = METH_FASTCALL | METH_KEYWORDS,
        .ml_doc = PyUnicode_AsUTF8(s->doc),
    };
    if (!s->method.ml_doc) {
        Py_DECREF(s->doc);
        return -1;
    }
    Py_INCREF(s->text);
    Py_INCREF(s->names);
    Py_INCREF(s->defaults);
    return 0;
}

/* implement(name, home, text, doc, names, n_positional, defaults) */
PyObject *
linclf_py_implement(PyObject *module, PyObject *args)
{
    linclf_state *const state = PyModule_GetState(module);
    linclf_signature s = {0};
    PyObject *home, *doc;
    const char *name;
    int which;

    if (!PyArg_ParseTuple(args, "sUUUO!nO!:implement", &name, &home, &s.text, &doc,
                          &PyTuple_Type, &s.names, &s.n_positional, &PyTuple_Type,
                          &s.defaults)
        || (which = function_called(name)) < 0)
        return NULL;
    s.n = PyTuple_GET_SIZE(s.names);
    if (!state->signatures[which].n) { /* else its home is imported once more */
        if (define(&s, (linclf_function)which, doc) < 0)
            return NULL;
        state->signatures[which] = s;
    }
    return PyCFunction_NewEx(&state->signatures[which].method, module, home);
}

/* ---- the module's state ------------------------------------------------------------ */

/* Strings and tuples of strings and numbers: in no cycle, so only freed. */
void
linclf_free_state(void *module)
{
    linclf_state *const state = PyModule_GetState(module);

    for (int i = 0; state && i < LINCLF_N_FUNCTIONS; i++) {
        Py_CLEAR(state->signatures[i].text);
        Py_CLEAR(state->signatures[i].doc);
        Py_CLEAR(state->signatures[i].names);
        Py_CLEAR(state->signatures[i].defaults);
    }
}
