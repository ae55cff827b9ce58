/* Entry points for one step of gradient descent and for a run of them.
 *
 *     v <- momentum * v - rate * g,    W <- W + v
 *
 * A run packs W once, starts its threads once, and keeps everything packed
 * until it ends. After each pass over a batch the caller's thread alone makes
 * the step, then opens the next batch to all. W, b and the velocity are
 * written back at the last finished step, however the run ends; only an error
 * leaves them as they were. */
#include <math.h>

#include "internal.h"

/* Parameters that move together: packed W, or b. All in W's type. */
typedef struct {
    void *value, *gradient, *velocity;
} parameters;

typedef struct {
    linclf_pass pass;
    const linclf_run *run;
    parameters W, b;
    linclf_status status;
    _Atomic bool over;
} descent;

static void
copy_in(void *to, const linclf_vector *from)
{
    for (ptrdiff_t c = 0; c < from->size; c++)
        linclf_set(to, c, from->dtype,
                   linclf_get(from->data, c * from->stride, from->dtype));
}

static void
copy_out(const linclf_vector *to, const void *from)
{
    for (ptrdiff_t c = 0; c < to->size; c++)
        linclf_set(to->data, c * to->stride, to->dtype, linclf_get(from, c, to->dtype));
}

static void
take(linclf_arena *arena, descent *d, int n_workers)
{
    linclf_pass *const pass = &d->pass;
    const linclf_plan *const p = &pass->plan;
    const bool moving = d->run->momentum > 0;

    linclf_pass_take(arena, pass, n_workers);
    d->W.value = pass->packed.W;
    d->W.gradient = linclf_take(arena, p->C * p->ld, p->real);
    d->W.velocity = moving ? linclf_take(arena, p->C * p->ld, p->real) : NULL;
    if (!pass->model->b.data)
        return;
    d->b.value = linclf_take(arena, p->C, p->real);
    d->b.gradient = linclf_take(arena, p->C, p->real);
    d->b.velocity = moving ? linclf_take(arena, p->C, p->real) : NULL;
}

static void
load_state(descent *d)
{
    const linclf_gradient *const v = &d->run->velocity;
    linclf_pass *const pass = &d->pass;

    linclf_pass_pack(pass);
    if (d->W.velocity)
        pass->real->pack(&pass->plan, &v->dW, d->W.velocity);
    if (d->b.value)
        copy_in(d->b.value, &pass->model->b);
    if (d->b.velocity)
        copy_in(d->b.velocity, &v->db);
}

static void
store_state(descent *d)
{
    const linclf_gradient *const v = &d->run->velocity;
    linclf_pass *const pass = &d->pass;

    pass->real->store(&pass->plan, d->W.value, &pass->model->W);
    if (d->W.velocity)
        pass->real->store(&pass->plan, d->W.velocity, &v->dW);
    if (d->b.value)
        copy_out(&pass->model->b, d->b.value);
    if (d->b.velocity)
        copy_out(&v->db, d->b.velocity);
}

/* The whole gradient of the batch and its history; true if it is finite. */
static bool
finish_gradient(descent *d, ptrdiff_t step)
{
    linclf_pass *const pass = &d->pass;
    const linclf_plan *const p = &pass->plan;
    const linclf_dtype dtype = pass->model->W.dtype;
    double *const row = d->run->history + 3 * step;
    double norm2 = 0;

    row[0] = pass->loss / (double)p->N;
    row[1] = pass->real->objective(p, pass->objective, pass->packed.W, pass->dW,
                                   d->W.gradient, &norm2);
    for (ptrdiff_t c = 0; d->b.value && c < p->C; c++) {
        linclf_set(d->b.gradient, c, dtype, pass->db[c] / (double)p->N);
        const double g = linclf_get(d->b.gradient, c, dtype);

        norm2 += g * g;
    }
    row[2] = sqrt(norm2);
    return isfinite(row[0] + row[1]) && isfinite(row[2]);
}

static void
make_step(descent *d, ptrdiff_t step)
{
    linclf_pass *const pass = &d->pass;
    const linclf_plan *const p = &pass->plan;
    const double rate = d->run->rate[step];

    pass->real->update(p->C * p->ld, d->W.value, d->W.gradient, d->W.velocity, d->run,
                       rate);
    if (!d->b.value)
        return;
    pass->real->update(p->C, d->b.value, d->b.gradient, d->b.velocity, d->run, rate);
    for (ptrdiff_t c = 0; c < p->C; c++)
        pass->packed.b[c] = linclf_get(d->b.value, c, pass->model->W.dtype);
}

/* Point the pass at batch `step` and run it with whoever is there. */
static void
pass_over_batch(descent *d, ptrdiff_t step)
{
    linclf_pass *const pass = &d->pass;
    const linclf_run *const run = d->run;
    const uint64_t generation = (uint64_t)step + 1;

    if (run->index) {
        const ptrdiff_t first = step * run->batch_size, left = run->n_index - first;
        const ptrdiff_t n = left < run->batch_size ? left : run->batch_size;

        pass->index = run->index;
        pass->n_index = run->n_index;
        pass->first = first;
        if (n != pass->plan.N)
            linclf_make_plan(&pass->plan, n, pass->plan.D, pass->plan.C,
                             pass->model->W.dtype, pass->gradient);
    }
    linclf_pass_open(pass, generation);
    linclf_pass_work(pass, generation, 0);
}

static void
drive(descent *d)
{
    const linclf_run *const run = d->run;
    linclf_poll poll;

    linclf_poll_open(&poll, run->poll, run->poll_context);
    for (ptrdiff_t t = 0; t < run->n_steps && !d->status; t++) {
        pass_over_batch(d, t);
        if (atomic_load(&d->pass.failed))
            d->status = LINCLF_STATUS_value;
        else if (!finish_gradient(d, t))
            d->status = LINCLF_STATUS_diverged;
        else {
            make_step(d, t);
            *run->done = t + 1;
            if (linclf_poll_stop(&poll))
                d->status = LINCLF_STATUS_stopped;
        }
    }
    atomic_store(&d->over, true);
}

static void
follow(descent *d, int worker)
{
    uint64_t seen = 0;
    unsigned spins = 0;

    while (!atomic_load(&d->over)) {
        const uint64_t generation = atomic_load(&d->pass.ticket) >> 16;

        if (generation == seen) {
            linclf_relax(&spins);
            continue;
        }
        linclf_pass_work(&d->pass, generation, worker);
        seen = generation;
        spins = 0;
    }
}

static void
job(void *context, int worker)
{
    if (worker == 0)
        drive(context);
    else
        follow(context, worker);
}

/* As many as the run is worth starting and each step worth waking. */
static int
threads_for(int asked, double flops, ptrdiff_t n_steps)
{
    const int start = linclf_threads_for(asked, flops * (double)n_steps, LINCLF_START);
    const int wake = linclf_threads_for(asked, flops, LINCLF_WAKE);

    return start < wake ? start : wake;
}

linclf_status
linclf_sgd_run(const linclf_objective *objective, const linclf_model *model,
               const linclf_data *data, const linclf_run *run, int n_threads,
               linclf_error *error)
{
    linclf_status status = linclf_check_objective(objective, data, error);
    descent d = {.run = run};
    linclf_small small;
    linclf_arena arena = {.small = &small};

    if (!status)
        status = linclf_check_operands(model, data, true, error);
    if (!status)
        status = linclf_check_run(model, data, run, error);
    if (status || run->n_steps == 0)
        return status;

    const ptrdiff_t batch = run->index ? run->batch_size : data->X.rows;
    const ptrdiff_t rows = run->index && run->n_index < batch ? run->n_index : batch;

    linclf_pass_plan(&d.pass, objective, model, data, rows, true);
    const int n = threads_for(
        n_threads, 4.0 * (double)rows * (double)model->W.rows * (double)model->W.cols,
        run->n_steps);
    while (linclf_another_round(&arena))
        take(&arena, &d, n);
    if (!arena.base)
        return linclf_out_of_memory(error, arena.used);
    load_state(&d);

    linclf_parallel(n, job, &d);
    if (d.status == LINCLF_STATUS_value) {
        status = linclf_pass_status(&d.pass, error);
        *run->done = 0;   /* none of its steps is kept */
    } else {
        status = d.status;
        store_state(&d);
    }
    linclf_release(&arena);
    return status;
}

linclf_status
linclf_sgd_step(const linclf_matrix *W, const linclf_matrix *dW, double rate,
                linclf_error *error)
{
    const linclf_status status = linclf_check_step(W, dW, rate, error);
    const float rate32 = (float)rate;

    if (status || rate == 0)
        return status;
    for (ptrdiff_t d = 0; d < W->rows; d++)
        for (ptrdiff_t c = 0; c < W->cols; c++) {
            const ptrdiff_t at = d * W->row_stride + c * W->col_stride;
            const ptrdiff_t from = d * dW->row_stride + c * dW->col_stride;

            if (W->dtype == LINCLF_f32)
                ((float *)W->data)[at] -= rate32 * ((const float *)dW->data)[from];
            else
                ((double *)W->data)[at] -= rate * ((const double *)dW->data)[from];
        }
    return LINCLF_STATUS_ok;
}
