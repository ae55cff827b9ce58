/* Entry points for scores, predictions and probabilities. Every row stands alone
 * here, so workers take segments and write where they belong. */
#include "internal.h"

typedef struct {
    linclf_pass pass;
    const linclf_matrix *S;        /* one of the two outputs */
    int64_t *labels;
    const linclf_matrix *scores;   /* given instead of a model: take the softmax */
    _Atomic ptrdiff_t next;     /* row */
} output;

static void
run_block(const output *out, linclf_block *k, ptrdiff_t first, ptrdiff_t n)
{
    const linclf_pass *const pass = &out->pass;

    if (out->scores) {
        k->n = n;
        for (ptrdiff_t i = 0; i < n; i++)
            k->at[i] = first + i;
        pass->kernels->load_groups(k, out->scores, k->S);
        pass->kernels->probabilities(k);
    } else {
        (void)linclf_pass_load(pass, k, first, n, first + n);   /* no labels */
        pass->real->scores(k);
    }
    if (out->labels)
        pass->kernels->predict(k, out->labels + first);
    else
        pass->real->store_scores(k, out->S);
}

static void
job(void *context, int worker)
{
    output *const out = context;
    linclf_pass *const pass = &out->pass;
    linclf_block *const k = &pass->blocks[worker];
    const linclf_plan *const p = &pass->plan;
    ptrdiff_t first;

    while ((first = atomic_fetch_add(&out->next, p->segment)) < p->N) {
        const ptrdiff_t end = first + p->segment < p->N ? first + p->segment : p->N;

        for (; first < end; first += p->block)
            run_block(out, k, first, end - first < p->block ? end - first : p->block);
    }
}

static linclf_status
run(output *out, int n_threads, double flops, linclf_error *error)
{
    linclf_pass *const pass = &out->pass;
    const int n = linclf_threads_for(n_threads, flops, LINCLF_START);
    linclf_small small;
    linclf_arena arena = {.small = &small};

    while (linclf_another_round(&arena))
        linclf_pass_take(&arena, pass, n);
    if (!arena.base)
        return linclf_out_of_memory(error, arena.used);
    if (!out->scores)
        linclf_pass_pack(pass);
    linclf_parallel(n, job, out);
    linclf_release(&arena);
    return LINCLF_STATUS_ok;
}

static linclf_status
run_model(output *out, const linclf_model *model, const linclf_data *data,
          int n_threads, linclf_error *error)
{
    linclf_pass_plan(&out->pass, NULL, model, data, data->X.rows, false);
    return run(out, n_threads,
               2.0 * (double)data->X.rows * (double)model->W.rows
                   * (double)model->W.cols,
               error);
}

linclf_status
linclf_scores(const linclf_model *model, const linclf_data *data,
              const linclf_matrix *S, int n_threads, linclf_error *error)
{
    output out = {.S = S};
    linclf_status status = linclf_check_operands(model, data, false, error);

    if (!status)
        status = linclf_check_scores(model, data, S, error);
    return status ? status : run_model(&out, model, data, n_threads, error);
}

linclf_status
linclf_predict(const linclf_model *model, const linclf_data *data, int64_t *labels,
               int n_threads, linclf_error *error)
{
    output out = {.labels = labels};
    const linclf_status status = linclf_check_operands(model, data, false, error);

    return status ? status : run_model(&out, model, data, n_threads, error);
}

linclf_status
linclf_softmax(const linclf_matrix *S, const linclf_matrix *P, int n_threads,
               linclf_error *error)
{
    /* a model of no features: the machinery without the products */
    const linclf_model model = {.W = {.rows = 0, .cols = S->cols, .dtype = S->dtype}};
    const linclf_data data = {
        .X = {.rows = S->rows, .col_stride = 1, .dtype = S->dtype}};
    output out = {.S = P, .scores = S};
    const linclf_status status = linclf_check_softmax(S, P, error);

    if (status)
        return status;
    linclf_pass_plan(&out.pass, NULL, &model, &data, S->rows, false);
    return run(&out, n_threads, 40.0 * (double)S->rows * (double)S->cols, error);
}
