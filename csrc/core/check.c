/* Every precondition between operands, each in one place, each with its
 * sentence: what was found, what would be right, how to get there. What
 * concerns a single array (dtype, dimensions, alignment) the binding checks. */
#include <math.h>

#include "internal.h"

/* ---- numbers ---------------------------------------------------------------- */

static linclf_status
not_negative(double x, const char *name, linclf_error *error)
{
    return x >= 0 && isfinite(x)
             ? LINCLF_STATUS_ok
             : linclf_fail(error, LINCLF_STATUS_value,
                           "%s is %g: it must be a finite number >= 0", name, x);
}

linclf_status
linclf_check_objective(const linclf_objective *o, const linclf_data *data,
                       linclf_error *error)
{
    linclf_status status = not_negative(o->delta, "delta", error);

    if (!status)
        status = not_negative(o->l2, "reg", error);
    if (!status)
        status = not_negative(o->l1, "reg", error);
    if (!status && data->targets.data && o->loss != LINCLF_LOSS_softmax)
        return linclf_fail(
            error, LINCLF_STATUS_value,
            "y is an (N, C) array of target probabilities, which only the "
            "softmax loss takes, not %s: use y.argmax(axis=1)",
            linclf_loss_name((int)o->loss));
    return status;
}

/* ---- shapes ------------------------------------------------------------------ */

/* `of` says what W has `size` of. */
static linclf_status
check_vector(const linclf_vector *v, const char *name, ptrdiff_t size, const char *of,
             linclf_error *error)
{
    if (!v->data || v->size == size)
        return LINCLF_STATUS_ok;
    return linclf_fail(error, LINCLF_STATUS_value,
                       "%s has shape (%td,), but W has %td %s: it must have shape "
                       "(%td,)",
                       name, v->size, size, of, size);
}

static linclf_status
check_matrix(const linclf_matrix *m, const char *name, ptrdiff_t rows, ptrdiff_t cols,
             const char *like, linclf_error *error)
{
    if (m->rows == rows && m->cols == cols)
        return LINCLF_STATUS_ok;
    return linclf_fail(
        error, LINCLF_STATUS_value,
        "%s has shape (%td, %td), but must have the shape (%td, %td) of %s%s", name,
        m->rows, m->cols, rows, cols, like,
        m->rows == cols && m->cols == rows ? ": use its transpose .T" : "");
}

static linclf_status
check_dtype(linclf_dtype dtype, const char *name, linclf_dtype W, linclf_error *error)
{
    if (dtype == W)
        return LINCLF_STATUS_ok;
    return linclf_fail(
        error, LINCLF_STATUS_type, "%s is %s, but W is %s: use %s.astype(np.%s)", name,
        linclf_dtype_name(dtype), linclf_dtype_name(W), name, linclf_dtype_name(W));
}

static linclf_status
check_dtypes(const linclf_model *model, const linclf_data *data, linclf_error *error)
{
    const linclf_dtype W = model->W.dtype, X = data->X.dtype;

    if (W != LINCLF_f32 && W != LINCLF_f64)
        return linclf_fail(error, LINCLF_STATUS_type,
                           "W is %s: it must be float32 or float64; use "
                           "W.astype(np.float64)",
                           linclf_dtype_name(W));
    if ((X == LINCLF_f32 || X == LINCLF_f64) && X != W)
        return linclf_fail(
            error, LINCLF_STATUS_type,
            "X is %s, but W is %s: they must agree; use W.astype(X.dtype), "
            "which is cheaper than X.astype(W.dtype)",
            linclf_dtype_name(X), linclf_dtype_name(W));
    return model->b.data ? check_dtype(model->b.dtype, "b", W, error)
                         : LINCLF_STATUS_ok;
}

linclf_status
linclf_check_operands(const linclf_model *model, const linclf_data *data, bool labels,
                      linclf_error *error)
{
    const linclf_matrix *const W = &model->W, *const X = &data->X;
    const linclf_matrix *const T = &data->targets;
    const ptrdiff_t labelled = T->data ? T->rows : data->y.size;
    linclf_status status = check_dtypes(model, data, error);

    if (status)
        return status;
    if (W->rows == 0 || W->cols == 0)
        return linclf_fail(error, LINCLF_STATUS_value,
                           "W is empty, its shape is (%td, %td): it needs at least one "
                           "feature (row) and one class (column)",
                           W->rows, W->cols);
    if (X->rows == 0)
        return linclf_fail(
            error, LINCLF_STATUS_value,
            "X is empty, its shape is (0, %td): it needs at least one sample (row)",
            X->cols);
    if (X->cols != W->rows)
        return linclf_fail(
            error, LINCLF_STATUS_value,
            "X has %td columns (features), but W has %td rows: X is (N, D) "
            "and W is (D, C)%s",
            X->cols, W->rows,
            X->cols == W->cols       ? "; perhaps you meant W.T"
            : X->rows == W->rows     ? "; perhaps you meant X.T"
            : X->cols + 1 == W->rows ? "; is the column of ones for the bias "
                                       "missing?"
                                     : "");
    if (labels && labelled != X->rows)
        return linclf_fail(
            error, LINCLF_STATUS_value,
            "y has %td entries, but X has %td rows (samples): one label a "
            "sample is needed",
            labelled, X->rows);
    if (T->data && T->cols != W->cols)
        return linclf_fail(error, LINCLF_STATUS_value,
                           "y has shape (%td, %td), but W has %td classes: target "
                           "probabilities have one column a class%s",
                           T->rows, T->cols, W->cols,
                           T->cols == 1 ? "; use y.ravel() for labels" : "");
    status = check_vector(&model->b, "b", W->cols, "classes", error);
    return status
             ? status
             : check_vector(&data->center, "center", W->rows, "rows (features)", error);
}

/* ---- outputs ------------------------------------------------------------------ */

enum { N_OPERANDS = 6 };

static int
list_operands(const linclf_model *model, const linclf_data *data,
              linclf_operand list[N_OPERANDS])
{
    list[0] = (linclf_operand){"X", data->X};
    list[1] = (linclf_operand){"y", data->targets.data ? data->targets
                                                       : linclf_as_matrix(&data->y)};
    list[2] = (linclf_operand){"center", linclf_as_matrix(&data->center)};
    list[3] = (linclf_operand){"W", model->W};
    list[4] = (linclf_operand){"b", linclf_as_matrix(&model->b)};
    return 5;
}

linclf_status
linclf_check_gradient(const linclf_model *model, const linclf_data *data,
                      const linclf_gradient *g, const char *const names[2],
                      linclf_error *error)
{
    const linclf_matrix *const W = &model->W;
    linclf_status status = check_dtype(g->dW.dtype, names[0], W->dtype, error);

    if (!status)
        status = check_matrix(&g->dW, names[0], W->rows, W->cols, "W", error);
    if (!status && g->db.data)
        status = check_dtype(g->db.dtype, names[1], W->dtype, error);
    if (!status)
        status = check_vector(&g->db, names[1], W->cols, "classes", error);
    if (status || g->fresh)
        return status;

    const linclf_operand dW = {names[0], g->dW},
                         db = {names[1], linclf_as_matrix(&g->db)};
    linclf_operand inputs[N_OPERANDS];
    const int n = list_operands(model, data, inputs);

    status = linclf_check_output(&dW, inputs, n, error);
    if (!status && g->db.data) {
        inputs[n] = dW;
        status = linclf_check_output(&db, inputs, n + 1, error);
    }
    return status;
}

linclf_status
linclf_check_scores(const linclf_model *model, const linclf_data *data,
                    const linclf_matrix *S, linclf_error *error)
{
    const linclf_operand out = {"out", *S};
    linclf_operand inputs[N_OPERANDS];
    const int n = list_operands(model, data, inputs);
    linclf_status status = check_dtype(S->dtype, "out", model->W.dtype, error);

    if (!status)
        status =
            check_matrix(S, "out", data->X.rows, model->W.cols, "the scores", error);
    return status ? status : linclf_check_output(&out, inputs, n, error);
}

linclf_status
linclf_check_softmax(const linclf_matrix *S, const linclf_matrix *P,
                     linclf_error *error)
{
    const linclf_operand scores = {"S", *S}, out = {"out", *P};
    const bool same = S->data == P->data && S->row_stride == P->row_stride
                   && S->col_stride == P->col_stride;

    if (S->rows == 0 || S->cols == 0)
        return linclf_fail(error, LINCLF_STATUS_value,
                           "S is empty, its shape is (%td, %td): it needs at least one "
                           "sample (row) and one class (column)",
                           S->rows, S->cols);
    if (P->dtype != S->dtype)
        return linclf_fail(error, LINCLF_STATUS_type,
                           "out is %s, but S is %s: they must agree",
                           linclf_dtype_name(P->dtype), linclf_dtype_name(S->dtype));
    const linclf_status status = check_matrix(P, "out", S->rows, S->cols, "S", error);

    return status ? status : linclf_check_output(&out, &scores, same ? 0 : 1, error);
}

linclf_status
linclf_check_step(const linclf_matrix *W, const linclf_matrix *dW, double rate,
                  linclf_error *error)
{
    const linclf_operand input = {"dW", *dW}, out = {"W", *W};
    linclf_status status = not_negative(rate, "learning_rate", error);

    if (!status)
        status = check_dtype(dW->dtype, "dW", W->dtype, error);
    if (!status)
        status = check_matrix(dW, "dW", W->rows, W->cols, "W", error);
    return status ? status : linclf_check_output(&out, &input, 1, error);
}

linclf_status
linclf_check_run(const linclf_model *model, const linclf_data *data,
                 const linclf_run *run, linclf_error *error)
{
    static const char *const names[] = {"velocity", "the velocity of b"};
    const linclf_operand W = {"W", model->W}, b = {"b", linclf_as_matrix(&model->b)};
    linclf_operand inputs[N_OPERANDS];
    linclf_status status = LINCLF_STATUS_ok;

    (void)list_operands(model, data, inputs);   /* W and b are the last two */
    if (run->index && run->batch_size < 1)
        return linclf_fail(error, LINCLF_STATUS_value,
                           "batch_size is %td: it must be at least 1", run->batch_size);
    if (run->index
        && (run->n_index + run->batch_size - 1) / run->batch_size != run->n_steps)
        return linclf_fail(
            error, LINCLF_STATUS_value,
            "index has %td entries, which does not make %td batches of %td",
            run->n_index, run->n_steps, run->batch_size);
    for (ptrdiff_t t = 0; t < run->n_steps && !status; t++)
        status = not_negative(run->rate[t], "learning_rate", error);
    if (!status)
        status = not_negative(run->momentum, "momentum", error);
    if (!status)
        status = linclf_check_output(&W, inputs, 3, error);
    if (!status && model->b.data) {
        inputs[4] = W;
        status = linclf_check_output(&b, inputs, 4, error);
    }
    if (!status && run->momentum > 0)
        status = linclf_check_gradient(model, data, &run->velocity, names, error);
    return status;
}
