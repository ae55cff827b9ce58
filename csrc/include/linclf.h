/* linclf: linear classification as it is taught, in C.
 *
 *     scores      S = X W + b
 *     objective   L = (1/N) sum_i L_i + l2 * sum W^2 + l1 * sum |W|
 *
 * The letters are the lectures': N samples, D features, C classes; X (N, D),
 * y (N,), W (D, C), b (C,). The bias is never regularised.
 *
 * Every function takes views of memory that stays the caller's, reads it
 * where it lies, writes its outputs only after everything else succeeded,
 * and returns a status; on failure `error->message` says what, where and what
 * to do about it. The same inputs give the same bits for any number of
 * threads, any alignment and any strides, on every CPU that has a fused
 * multiply-add. There is no global state but the choice of instruction set. */
#ifndef LINCLF_H
#define LINCLF_H

#include <stddef.h>
#include <stdint.h>

/* A loss is a row here and a file losses/<name>.inc; everything else that
 * lists losses is made from this table. */
#define LINCLF_LOSSES(LOSS) \
    LOSS(hinge)             \
    LOSS(squared_hinge)     \
    LOSS(crammer_singer)    \
    LOSS(one_vs_all)        \
    LOSS(softmax)

#define LINCLF_DTYPES(DTYPE) \
    DTYPE(f32, float)        \
    DTYPE(f64, double)       \
    DTYPE(i8, int8_t)        \
    DTYPE(u8, uint8_t)       \
    DTYPE(i16, int16_t)      \
    DTYPE(u16, uint16_t)     \
    DTYPE(i32, int32_t)      \
    DTYPE(u32, uint32_t)     \
    DTYPE(i64, int64_t)      \
    DTYPE(u64, uint64_t)

#define LINCLF_STATUSES(STATUS)                                            \
    STATUS(ok)                                                             \
    STATUS(type)       /* an operand of the wrong dtype */                 \
    STATUS(value)      /* shapes that disagree, labels out of range ... */ \
    STATUS(memory)     /* scratch memory could not be had */               \
    STATUS(stopped)    /* the caller's poll function said so */            \
    STATUS(diverged)   /* a batch loss or gradient was not finite */

#define LINCLF_LOSS_(name) LINCLF_LOSS_##name,
typedef enum { LINCLF_LOSSES(LINCLF_LOSS_) LINCLF_N_LOSSES } linclf_loss;

#define LINCLF_DTYPE_(name, type) LINCLF_##name,
typedef enum { LINCLF_DTYPES(LINCLF_DTYPE_) LINCLF_N_DTYPES } linclf_dtype;

#define LINCLF_STATUS_(name) LINCLF_STATUS_##name,
typedef enum { LINCLF_STATUSES(LINCLF_STATUS_) LINCLF_N_STATUSES } linclf_status;

/* Views. Strides are in elements and may be zero or negative. */
typedef struct {
    void *data;
    ptrdiff_t rows, cols;
    ptrdiff_t row_stride, col_stride;
    linclf_dtype dtype;
} linclf_matrix;

typedef struct {
    void *data;
    ptrdiff_t size, stride;
    linclf_dtype dtype;
} linclf_vector;

/* Where `data` is NULL, the operand is not there. */
typedef struct {
    linclf_matrix W;   /* (D, C) float32 or float64 */
    linclf_vector b;   /* (C,) same dtype, optional */
} linclf_model;

typedef struct {
    linclf_matrix X;        /* (N, D) the dtype of W, or any integer */
    linclf_vector center;   /* (D,) subtracted from every row, optional */
    linclf_vector y;        /* (N,) integer labels in 0 .. C-1 */
    linclf_matrix targets;  /* (N, C) probabilities, instead of y (softmax) */
} linclf_data;

typedef struct {
    linclf_loss loss;
    double delta;    /* margin of the hinge losses */
    double l2, l1;   /* l2 * sum W^2 + l1 * sum |W| */
} linclf_objective;

typedef struct {
    double data;      /* (1/N) sum_i L_i */
    double penalty;   /* l2 * sum W^2 + l1 * sum |W| */
} linclf_value;

typedef struct {
    linclf_matrix dW;   /* (D, C); without data: the loss alone is wanted */
    linclf_vector db;   /* (C,), given exactly if the model has b */
    int fresh;          /* just allocated, so it is not checked for overlaps */
} linclf_gradient;

typedef struct {
    char message[320];
} linclf_error;

/* A run of minibatch steps. Batch t holds the rows index[t * batch_size ...],
 * the last one may be short; without index every step sees all rows.
 *
 *     v <- momentum * v - rate[t] * g,    W <- W + v
 *
 * (Nesterov: W <- W + momentum * v - rate[t] * g with the new v.) */
typedef struct {
    const int64_t *index;
    ptrdiff_t n_index, batch_size, n_steps;
    const double *rate;           /* (n_steps,) */
    double momentum;
    int nesterov;
    linclf_gradient velocity;       /* as dW and db; needed if momentum > 0 */
    double *history;        /* (n_steps, 3): data loss, penalty, |g| */
    int64_t *done;           /* steps finished so far; 0 after an error */
    int (*poll)(void *context);     /* called between steps; nonzero stops */
    void *poll_context;
} linclf_run;

/* Difference quotients of the objective, (f(W + h) - f(W - h)) / 2h entry by
 * entry, or (f(W + h) - f(W)) / h. */
typedef struct {
    const double *h;     /* NULL: a step that suits each entry */
    int forward;
    int (*poll)(void *context);     /* called now and then; nonzero stops */
    void *poll_context;
} linclf_differences;

linclf_status linclf_loss_grad(const linclf_objective *objective,
                               const linclf_model *model, const linclf_data *data,
                               const linclf_gradient *gradient, int n_threads,
                               linclf_value *value, linclf_error *error);

/* The gradient by differences: for checking others, this one's formula too. */
linclf_status linclf_numerical_gradient(const linclf_objective *objective,
                                        const linclf_model *model,
                                        const linclf_data *data,
                                        const linclf_differences *differences,
                                        const linclf_gradient *gradient, int n_threads,
                                        linclf_error *error);

linclf_status linclf_scores(const linclf_model *model, const linclf_data *data,
                            const linclf_matrix *S, int n_threads, linclf_error *error);

/* Class with the highest score; ties go to the lowest, NaN counts as highest. */
linclf_status linclf_predict(const linclf_model *model, const linclf_data *data,
                             int64_t *labels, int n_threads, linclf_error *error);

/* P[i, j] = exp(S[i, j]) / sum_k exp(S[i, k]); P may be S. */
linclf_status linclf_softmax(const linclf_matrix *S, const linclf_matrix *P,
                             int n_threads, linclf_error *error);

/* W <- W - rate * dW */
linclf_status linclf_sgd_step(const linclf_matrix *W, const linclf_matrix *dW,
                              double rate, linclf_error *error);

linclf_status linclf_sgd_run(const linclf_objective *objective,
                             const linclf_model *model, const linclf_data *data,
                             const linclf_run *run, int n_threads, linclf_error *error);

/* Instruction sets: those this build has and this CPU can run, best last.
 * The best is taken at first use, or the one LINCLF_CPU names. */
int linclf_isa_count(void);
const char *linclf_isa_name(int i);
const char *linclf_isa(void);
int linclf_use_isa(const char *name);   /* 0, or -1: not usable here */

/* LINCLF_NUM_THREADS, else OMP_NUM_THREADS, else the CPUs this process has. */
int linclf_default_threads(void);

const char *linclf_loss_name(int loss);
const char *linclf_dtype_name(linclf_dtype dtype);
ptrdiff_t linclf_dtype_size(linclf_dtype dtype);

#endif
