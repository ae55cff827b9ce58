/* From Python objects to the views of linclf.h, without copying anything.
 *
 * These functions return 0, or -1 with an exception set that names the
 * argument, says what was found and what to do. A view borrows the array's
 * memory: the caller's arguments keep it alive during the call. */
#ifndef LINCLF_CONVERT_H
#define LINCLF_CONVERT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "linclf.h"

typedef enum {
    AS_FLOAT,     /* float32 or float64 */
    AS_DATA,      /* these, or integers of any size */
    AS_INTEGER,
} linclf_kind;

enum { READ_ONLY = 0, WRITABLE = 1 };

int linclf_get_matrix(PyObject *object, const char *name, const char *shape,
                      linclf_kind kind, int writable, linclf_matrix *view);
int linclf_get_vector(PyObject *object, const char *name, const char *shape,
                      linclf_kind kind, int writable, linclf_vector *view);
/* Contiguous int64 or float64 arrays of the package's own, for sgd_run. */
int linclf_get_buffer(PyObject *object, const char *name, linclf_dtype dtype, int ndim,
                      int writable, void **data, ptrdiff_t shape[]);
/* Labels (N,), or for softmax probabilities (N, C). */
int linclf_get_labels(PyObject *object, linclf_data *data);
int linclf_is_vector(PyObject *object);   /* an array of one dimension */
int linclf_is_number(PyObject *object);

/* numbers.c */
/* A number, or a penalty with the attributes l2 and l1. */
int linclf_get_penalty(PyObject *object, linclf_objective *objective);
int linclf_get_double(PyObject *object, const char *name, double *number);
int linclf_get_threads(PyObject *object, int *n_threads);   /* None: 0 */
int linclf_get_loss(PyObject *object, linclf_loss *loss);

/* convert.c again: new arrays, filled by the caller */
/* dW, and db unless b is None, with their views; W and b are arrays of numbers. */
int linclf_new_gradient(PyObject *W, PyObject *b, PyObject *arrays[2],
                        linclf_gradient *view);
PyObject *linclf_new_matrix(ptrdiff_t rows, ptrdiff_t cols, linclf_dtype dtype,
                            linclf_matrix *view);
PyObject *linclf_new_labels(ptrdiff_t size, int64_t **data);

int linclf_import_numpy(void);

#endif
