/* The extension module linclf._jail: the jail of jail.h for Python.
 *
 * It needs neither NumPy nor the core, since the process that locks itself has
 * no linclf: this one file is all that it loads. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "jail.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Raise OSError(errno, "cannot <what>: <reason>", path). */
static PyObject *
raise_error(const char *what, PyObject *path)
{
    const int error = errno;
    PyObject *text = PyUnicode_FromFormat("cannot %s: %s", what, strerror(error));
    PyObject *arguments = NULL;

    if (text)
        arguments = path ? Py_BuildValue("(iOO)", error, text, path)
                         : Py_BuildValue("(iO)", error, text);
    if (arguments)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(text);
    Py_XDECREF(arguments);
    return NULL;
}

static PyObject *
landlock_abi(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyLong_FromLong(jail_landlock_abi());
}

static PyObject *
seccomp_available(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    return PyBool_FromLong(jail_seccomp_available());
}

static PyObject *
die_with(PyObject *Py_UNUSED(module), PyObject *argument)
{
    const long parent = PyLong_AsLong(argument);
    const char *what;

    if (parent == -1 && PyErr_Occurred())
        return NULL;
    if (jail_die_with((pid_t)parent, &what))
        return raise_error(what, NULL);
    Py_RETURN_NONE;
}

/* A limit: None leaves it as it is. */
static int
convert_limit(PyObject *argument, void *address)
{
    int64_t *limit = address;
    long long value;

    if (argument == Py_None) {
        *limit = -1;
        return 1;
    }
    value = PyLong_AsLongLong(argument);
    if (value == -1 && PyErr_Occurred())
        return 0;
    if (value < 0 || value > INT64_MAX / 2) {
        PyErr_Format(PyExc_ValueError, "a limit must be from 0 to 2**62, got %R",
                     argument);
        return 0;
    }
    *limit = value;
    return 1;
}

/* Python wants them writable. */
#define NAME(text) ((char[]){text})

static char *limit_names[] = {NAME("cpu_seconds"), NAME("memory"),    NAME("file_size"),
                              NAME("files"),       NAME("processes"), NULL};
static char *lock_names[] = {NAME("read"), NAME("write"), NULL};

static PyObject *
limit(PyObject *Py_UNUSED(module), PyObject *arguments, PyObject *keywords)
{
    struct jail_limits limits = {-1, -1, -1, -1, -1};
    const char *what;

    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$O&O&O&O&O&:limit",
                                     limit_names, convert_limit, &limits.cpu_seconds,
                                     convert_limit, &limits.memory, convert_limit,
                                     &limits.file_size, convert_limit, &limits.files,
                                     convert_limit, &limits.processes))
        return NULL;
    if (jail_limit(&limits, &what))
        return raise_error(what, NULL);
    Py_RETURN_NONE;
}

/* Allow each path of a sequence; 0, or -1 with an exception. */
static int
allow_all(int ruleset, int abi, PyObject *paths, int writing)
{
    PyObject *items =
        PySequence_Fast(paths, "read and write must be sequences of paths");
    int result = items ? 0 : -1;

    for (Py_ssize_t i = 0; !result && i < PySequence_Fast_GET_SIZE(items); i++) {
        PyObject *path = PySequence_Fast_GET_ITEM(items, i), *bytes;
        const char *what;

        if (!PyUnicode_FSConverter(path, &bytes)) {
            result = -1;
            break;
        }
        result =
            jail_landlock_allow(ruleset, abi, PyBytes_AS_STRING(bytes), writing, &what);
        if (result)
            (void)raise_error(what, path);
        Py_DECREF(bytes);
    }
    Py_XDECREF(items);
    return result;
}

static PyObject *
lock(PyObject *Py_UNUSED(module), PyObject *arguments, PyObject *keywords)
{
    PyObject *read, *write;
    const char *what = NULL;
    int ruleset, abi, result;

    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO:lock", lock_names, &read,
                                     &write))
        return NULL;
    abi = jail_landlock_abi();
    if (!abi) {
        errno = ENOSYS;
        return raise_error("use Landlock, which this kernel lacks or has switched off",
                           NULL);
    }
    if (!jail_seccomp_available()) {
        errno = ENOSYS;
        return raise_error(
            "filter system calls: no seccomp on this kernel or processor", NULL);
    }
    if (jail_one_thread(&what))
        return raise_error(what, NULL);
    ruleset = jail_landlock_open(abi, &what);
    if (ruleset < 0)
        return raise_error(what, NULL);
    if (allow_all(ruleset, abi, read, 0) || allow_all(ruleset, abi, write, 1)) {
        (void)close(ruleset);
        return NULL;
    }
    /* From here on a failure leaves the process half locked. The filter is last: it
     * refuses what the others need. */
    result = jail_drop_rights(&what) || jail_landlock_enter(ruleset, &what)
          || jail_seccomp(&what);
    if (result)
        (void)raise_error(what, NULL);
    (void)close(ruleset);
    return result ? NULL : PyLong_FromLong(abi);
}

#define KEYWORDS(function) \
    (PyCFunction)(void (*)(void)) function, METH_VARARGS | METH_KEYWORDS

static PyMethodDef methods[] = {
    {"landlock_abi", landlock_abi, METH_NOARGS,
     "landlock_abi()\n--\n\nThe version of Landlock this kernel offers; 0: none."},
    {"seccomp_available", seccomp_available, METH_NOARGS,
     "seccomp_available()\n--\n\nWhether this kernel and processor can filter system "
     "calls."},
    {"die_with", die_with, METH_O,
     "die_with(parent, /)\n--\n\n"
     "Be killed when the thread of the parent that started this process ends."},
    {"limit", KEYWORDS(limit),
     "limit(*, cpu_seconds=None, memory=None, file_size=None, files=None, "
     "processes=None)\n"
     "--\n\nLower limits of this process for good; sizes in bytes."},
    {"lock", KEYWORDS(lock),
     "lock(read, write)\n--\n\n"
     "Lock this process for good and return the version of Landlock in force.\n\n"
     "Files: those beneath `read` can be read, those beneath `write` changed as well.\n"
     "No process, socket or program can be started, no other process be reached.\n"
     "After an OSError part of it may be in force: end the process."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_jail",
    .m_doc = "Locks the process that runs a submission; see linclf.grading.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__jail(void)
{
    return PyModuleDef_Init(&definition);
}
