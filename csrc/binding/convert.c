/* The only code that asks NumPy about arrays.
 *
 * The checks of one array, in this order: it is an ndarray; its dtype and
 * byte order; dimensions; alignment and strides; writable if it is an output.
 * How operands fit together is the core's business (core/check.c). */
#include "convert.h"

#define NPY_NO_DEPRECATED_API NPY_1_23_API_VERSION
#define NPY_TARGET_VERSION NPY_1_23_API_VERSION
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

_Static_assert(sizeof(npy_intp) == sizeof(ptrdiff_t), "shapes are read as ptrdiff_t");

int
linclf_import_numpy(void)
{
    return _import_array();
}

/* ---- what is wrong with it -------------------------------------------------- */

static int
not_an_array(PyObject *object, const char *name)
{
    const char *const type = Py_TYPE(object)->tp_name;

    if (object == Py_None)
        PyErr_Format(PyExc_TypeError, "%s must be a NumPy array, not None", name);
    else if (PyObject_HasAttrString(object, "toarray"))
        PyErr_Format(
            PyExc_TypeError,
            "%s is a sparse matrix (%s), which is not supported: use %s.toarray()",
            name, type, name);
    else
        PyErr_Format(PyExc_TypeError,
                     "%s must be a NumPy array, not %s: use np.asarray(%s)", name, type,
                     name);
    return -1;
}

static int
wrong_dtype(PyArrayObject *array, const char *name, linclf_kind kind)
{
    static const char *const wanted[] = {
        [AS_FLOAT] = "it must be float32 or float64",
        [AS_DATA] = "it must be float32, float64 or an integer type",
        [AS_INTEGER] = "it must hold integers",
    };

    PyErr_Format(PyExc_TypeError, "%s has dtype %S: %s; use %s.astype(np.%s)", name,
                 (PyObject *)PyArray_DESCR(array), wanted[kind], name,
                 kind == AS_INTEGER ? "int64" : "float64");
    return -1;
}

static PyObject *
shape_of(PyArrayObject *array)
{
    return PyObject_GetAttrString((PyObject *)array, "shape");
}

static int
wrong_dimensions(PyArrayObject *array, const char *name, const char *shape, int wanted)
{
    static const char *const hints[2][2] = {
        {"", "; for one sample use %s.reshape(1, -1)"},   /* 0-d, 1-d for 2-d */
        {"", "; use %s.ravel()"},                         /* 0-d, 2-d for 1-d */
    };
    const int ndim = PyArray_NDIM(array);
    PyObject *const found = shape_of(array);
    PyObject *const hint = PyUnicode_FromFormat(
        hints[wanted == 1][wanted == 2 ? ndim == 1 : ndim == 2], name);

    if (found && hint)
        PyErr_Format(PyExc_ValueError, "%s has shape %S: it must have %d %s, %s%U",
                     name, found, wanted, wanted == 1 ? "dimension" : "dimensions",
                     shape, hint);
    Py_XDECREF(found);
    Py_XDECREF(hint);
    return -1;
}

/* ---- one array --------------------------------------------------------------- */

/* Of a number, so of 1, 2, 4 or 8 bytes: a tiny call feels a dozen divisions. */
static int
log2_size(PyArrayObject *array)
{
    return __builtin_ctzll((unsigned long long)PyArray_ITEMSIZE(array));
}

/* LINCLF_N_DTYPES for what the core does not know. */
static linclf_dtype
dtype_of(PyArrayObject *array)
{
    static const linclf_dtype integers[2][4] = {
        {LINCLF_i8, LINCLF_i16, LINCLF_i32, LINCLF_i64},
        {LINCLF_u8, LINCLF_u16, LINCLF_u32, LINCLF_u64},
    };
    const int type = PyArray_TYPE(array);

    if (type == NPY_FLOAT)
        return LINCLF_f32;
    if (type == NPY_DOUBLE)
        return LINCLF_f64;
    if (PyTypeNum_ISINTEGER(type) && PyArray_ITEMSIZE(array) <= 8)
        return integers[PyTypeNum_ISUNSIGNED(type)][log2_size(array)];
    return LINCLF_N_DTYPES;
}

static int
fits(linclf_dtype dtype, linclf_kind kind)
{
    const int is_float = dtype == LINCLF_f32 || dtype == LINCLF_f64;

    return dtype != LINCLF_N_DTYPES
        && (kind == AS_DATA || is_float == (kind == AS_FLOAT));
}

static int
check_array(PyObject *object, const char *name, linclf_kind kind, linclf_dtype *dtype)
{
    PyArrayObject *const array = (PyArrayObject *)object;

    if (!PyArray_Check(object))
        return not_an_array(object, name);
    if (!PyArray_CheckExact(object) && PyObject_HasAttrString(object, "mask")) {
        PyErr_Format(
            PyExc_TypeError,
            "%s is a masked array, and its mask would be ignored: use %s.filled(0) "
            "or leave those samples out",
            name, name);
        return -1;
    }
    *dtype = dtype_of(array);
    if (!fits(*dtype, kind))
        return wrong_dtype(array, name, kind);
    if (!PyArray_ISNOTSWAPPED(array)) {
        PyErr_Format(PyExc_TypeError,
                     "%s has the byte order of another machine (dtype %S): use "
                     "%s.astype(%s.dtype.newbyteorder('='))",
                     name, (PyObject *)PyArray_DESCR(array), name, name);
        return -1;
    }
    return 0;
}

static int
check_memory(PyArrayObject *array, const char *name, int writable)
{
    const npy_intp size = PyArray_ITEMSIZE(array);
    int strange = !PyArray_ISALIGNED(array);
    npy_intp reach = size;

    for (int i = 0; i < PyArray_NDIM(array); i++) {
        const npy_intp n = PyArray_DIM(array, i), stride = PyArray_STRIDE(array, i);
        npy_intp step;

        if (n < 2)
            continue;
        strange |= (stride & (size - 1)) != 0;
        if (__builtin_mul_overflow(n - 1, stride < 0 ? -stride : stride, &step)
            || __builtin_add_overflow(reach, step, &reach)) {
            PyErr_Format(PyExc_ValueError, "%s spans more memory than there can be",
                         name);
            return -1;
        }
    }
    if (strange) {
        PyErr_Format(
            PyExc_ValueError,
            "%s is not aligned in memory (a field of packed records, or an odd "
            "offset): use %s.copy()",
            name, name);
        return -1;
    }
    if (writable && !PyArray_ISWRITEABLE(array)) {
        PyErr_Format(PyExc_ValueError,
                     "%s is read-only, but is to be written to: use %s.copy()", name,
                     name);
        return -1;
    }
    return 0;
}

/* Strides of axes that are not walked along mean nothing. */
static ptrdiff_t
stride_of(PyArrayObject *array, int axis, ptrdiff_t otherwise)
{
    return PyArray_DIM(array, axis) < 2
             ? otherwise
             : PyArray_STRIDE(array, axis) >> log2_size(array);
}

static linclf_matrix
as_matrix(PyArrayObject *array, linclf_dtype dtype)
{
    return (linclf_matrix){
        .data = PyArray_DATA(array),
        .rows = PyArray_DIM(array, 0),
        .cols = PyArray_DIM(array, 1),
        .col_stride = stride_of(array, 1, 1),
        .row_stride = stride_of(array, 0, PyArray_DIM(array, 1)),
        .dtype = dtype,
    };
}

static linclf_vector
as_vector(PyArrayObject *array, linclf_dtype dtype)
{
    return (linclf_vector){
        .data = PyArray_DATA(array),
        .size = PyArray_DIM(array, 0),
        .stride = stride_of(array, 0, 1),
        .dtype = dtype,
    };
}

int
linclf_get_matrix(PyObject *object, const char *name, const char *shape,
                  linclf_kind kind, int writable, linclf_matrix *view)
{
    PyArrayObject *const array = (PyArrayObject *)object;
    linclf_dtype dtype;

    if (check_array(object, name, kind, &dtype) < 0)
        return -1;
    if (PyArray_NDIM(array) != 2)
        return wrong_dimensions(array, name, shape, 2);
    if (check_memory(array, name, writable) < 0)
        return -1;
    *view = as_matrix(array, dtype);
    return 0;
}

int
linclf_get_vector(PyObject *object, const char *name, const char *shape,
                  linclf_kind kind, int writable, linclf_vector *view)
{
    PyArrayObject *const array = (PyArrayObject *)object;
    linclf_dtype dtype;

    if (check_array(object, name, kind, &dtype) < 0)
        return -1;
    if (PyArray_NDIM(array) != 1)
        return wrong_dimensions(array, name, shape, 1);
    if (check_memory(array, name, writable) < 0)
        return -1;
    *view = as_vector(array, dtype);
    return 0;
}

int
linclf_get_buffer(PyObject *object, const char *name, linclf_dtype dtype, int ndim,
                  int writable, void **data, ptrdiff_t shape[])
{
    PyArrayObject *const array = (PyArrayObject *)object;
    linclf_dtype found;

    if (check_array(object, name, AS_DATA, &found) < 0)
        return -1;
    if (found != dtype || PyArray_NDIM(array) != ndim
        || !PyArray_IS_C_CONTIGUOUS(array)) {
        PyErr_Format(PyExc_ValueError,
                     "%s must be a C-contiguous array of %s with %d "
                     "dimension(s)",
                     name, linclf_dtype_name(dtype), ndim);
        return -1;
    }
    if (check_memory(array, name, writable) < 0)
        return -1;
    *data = PyArray_DATA(array);
    for (int i = 0; i < ndim; i++)
        shape[i] = PyArray_DIM(array, i);
    return 0;
}

/* ---- labels ------------------------------------------------------------------ */

int
linclf_get_labels(PyObject *object, linclf_data *data)
{
    PyArrayObject *const array = (PyArrayObject *)object;
    linclf_dtype dtype;

    if (check_array(object, "y", AS_DATA, &dtype) < 0) {
        if (PyArray_Check(object) && PyErr_ExceptionMatches(PyExc_TypeError)
            && PyArray_TYPE(array) == NPY_BOOL)
            PyErr_SetString(
                PyExc_TypeError,
                "y has dtype bool: labels are integers; use y.astype(np.int64)");
        return -1;
    }
    const int is_float = fits(dtype, AS_FLOAT);

    if (PyArray_NDIM(array) == 2 && (PyArray_DIM(array, 1) == 1 || !is_float)) {
        PyObject *const shape = shape_of(array);

        if (shape)
            PyErr_Format(
                PyExc_ValueError,
                PyArray_DIM(array, 1) == 1
                    ? "y has shape %S: labels have one dimension, (N,); use y.ravel()"
                    : "y has shape %S: labels have one dimension, (N,); if it is "
                      "one-hot, use y.argmax(axis=1)",
                shape);
        Py_XDECREF(shape);
        return -1;
    }
    if (PyArray_NDIM(array) == 2)
        return linclf_get_matrix(object, "y", "(N, C)", AS_FLOAT, READ_ONLY,
                                 &data->targets);
    if (is_float) {
        PyErr_Format(
            PyExc_TypeError,
            "y has dtype %S: labels are integers 0 .. C-1; use y.astype(np.int64)",
            (PyObject *)PyArray_DESCR(array));
        return -1;
    }
    return linclf_get_vector(object, "y", "(N,)", AS_INTEGER, READ_ONLY, &data->y);
}

int
linclf_is_vector(PyObject *object)
{
    return PyArray_Check(object) && PyArray_NDIM((PyArrayObject *)object) == 1;
}

/* A float or an integer of Python or NumPy; not a bool, not a string. */
int
linclf_is_number(PyObject *object)
{
    return PyFloat_Check(object) || (PyLong_Check(object) && !PyBool_Check(object))
        || PyArray_IsScalar(object, Floating) || PyArray_IsScalar(object, Integer);
}

/* ---- new arrays ----------------------------------------------------------------- */

/* The common case has the shorter way. */
static PyObject *
new_like(PyObject *object)
{
    PyArrayObject *const array = (PyArrayObject *)object;

    return PyArray_IS_C_CONTIGUOUS(array)
             ? PyArray_SimpleNew(PyArray_NDIM(array), PyArray_DIMS(array),
                                 PyArray_TYPE(array))
             : PyArray_NewLikeArray(array, NPY_KEEPORDER, NULL, 0);
}

int
linclf_new_gradient(PyObject *W, PyObject *b, PyObject *arrays[2], linclf_gradient *g)
{
    arrays[0] = new_like(W);
    if (!arrays[0])
        return -1;
    g->fresh = 1;
    g->dW = as_matrix((PyArrayObject *)arrays[0], dtype_of((PyArrayObject *)W));
    if (b == Py_None)
        return 0;
    arrays[1] = new_like(b);
    if (!arrays[1])
        return -1;
    g->db = as_vector((PyArrayObject *)arrays[1], dtype_of((PyArrayObject *)b));
    return 0;
}

PyObject *
linclf_new_matrix(ptrdiff_t rows, ptrdiff_t cols, linclf_dtype dtype,
                  linclf_matrix *view)
{
    npy_intp shape[] = {rows, cols};
    PyObject *const array =
        PyArray_SimpleNew(2, shape, dtype == LINCLF_f32 ? NPY_FLOAT : NPY_DOUBLE);

    if (array)
        *view = (linclf_matrix){
            PyArray_DATA((PyArrayObject *)array), rows, cols, cols, 1, dtype};
    return array;
}

PyObject *
linclf_new_labels(ptrdiff_t size, int64_t **data)
{
    npy_intp shape[] = {size};
    PyObject *const array = PyArray_SimpleNew(1, shape, NPY_INT64);

    if (array)
        *data = PyArray_DATA((PyArrayObject *)array);
    return array;
}
