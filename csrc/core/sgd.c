/* Entry points for one step of gradient descent and for a run of them.
 *
 *     v <- momentum * v - rate * g,    W <- W + v
 *
 * A run packs W once, starts its threads once, and keeps everything packed
 * until it ends. A pass over a batch is followed by the step: slices of W are
 * handed out to all threads as segments were, and what comes out goes beside
 * what was there. The caller's thread then decides whether the step counts. W, b
 * and the velocity are written back at the last finished step, however the run
 * ends; only an error leaves them as they were. */
#include <math.h>

#include "internal.h"

typedef struct {
    linclf_pass pass;
    const linclf_run *run;
    linclf_state W[2], b[2];   /* as they are, and as they may be next: see `now` */
    void *db;
    int now;
    double rate;               /* of this step */
    linclf_status status;
    /* lines of their own: see linclf_pass */
    _Alignas(LINE) linclf_norms norms[MAX_SEGMENTS];   /* of every slice */
    _Alignas(LINE) _Atomic ptrdiff_t finished;         /* slices */
    _Alignas(LINE) _Atomic bool over;
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
    const bool moving = d->run->momentum > 0, bias = pass->model->b.data;

    linclf_pass_take(arena, pass, n_workers);
    d->db = bias ? linclf_take(arena, p->C, p->real) : NULL;
    for (int i = 0; i < 2; i++) {
        d->W[i].value =
            i == 0 ? pass->packed.W : linclf_take(arena, p->C * p->ld, p->real);
        d->W[i].velocity = moving ? linclf_take(arena, p->C * p->ld, p->real) : NULL;
        d->b[i].value = bias ? linclf_take(arena, p->C, p->real) : NULL;
        d->b[i].velocity = bias && moving ? linclf_take(arena, p->C, p->real) : NULL;
    }
}

static void
load_state(descent *d)
{
    const linclf_gradient *const v = &d->run->velocity;
    linclf_pass *const pass = &d->pass;

    linclf_pass_pack(pass);
    if (d->W[0].velocity)
        pass->real->pack(&pass->plan, &v->dW, d->W[0].velocity);
    if (d->b[0].value)
        copy_in(d->b[0].value, &pass->model->b);
    if (d->b[0].velocity)
        copy_in(d->b[0].velocity, &v->db);
}

static void
store_state(descent *d)
{
    const linclf_gradient *const v = &d->run->velocity;
    const linclf_state *const W = &d->W[d->now], *const b = &d->b[d->now];
    linclf_pass *const pass = &d->pass;

    pass->real->store(&pass->plan, W->value, &pass->model->W);
    if (W->velocity)
        pass->real->store(&pass->plan, W->velocity, &v->dW);
    if (b->value)
        copy_out(&pass->model->b, b->value);
    if (b->velocity)
        copy_out(&v->db, b->velocity);
}

/* Packed W and its velocity from element i on. */
static linclf_state
state_from(const linclf_plan *p, const linclf_state *W, ptrdiff_t i)
{
    const ptrdiff_t bytes = i * p->real;

    return (linclf_state){.value = (char *)W->value + bytes,
                          .velocity = W->velocity ? (char *)W->velocity + bytes : NULL};
}

/* A slice of W: its gradient, and where that leads to. */
static void
step_slice(descent *d, ptrdiff_t slice)
{
    enum { PIECE = 512 };   /* whose gradient stays in the first-level cache */
    _Alignas(LINE) double g[PIECE];
    const linclf_pass *const pass = &d->pass;
    const linclf_plan *const p = &pass->plan;
    const linclf_state *const now = &d->W[d->now], *const next = &d->W[!d->now];
    const ptrdiff_t begin = slice * p->slice, end = linclf_slice_end(p, slice);

    for (ptrdiff_t at = begin; at < end; at += PIECE) {
        const ptrdiff_t n = end - at < PIECE ? end - at : PIECE;

        pass->real->objective(pass, at, at + n, g, at == begin, &d->norms[slice]);
        pass->real->update(n, state_from(p, now, at), g, state_from(p, next, at),
                           d->run, d->rate);
    }
}

static void
step_slices(descent *d, uint64_t generation, int worker)
{
    for (ptrdiff_t slice = linclf_pass_first(&d->pass, generation, worker); slice >= 0;
         slice = linclf_pass_claim(&d->pass, generation)) {
        step_slice(d, slice);
        atomic_fetch_add(&d->finished, 1);
    }
}

/* All of W, with whoever is there. */
static void
step_W(descent *d, uint64_t generation)
{
    const ptrdiff_t n = d->pass.plan.n_slices;
    unsigned spins = 0;

    if (d->pass.n_workers == 1 || n == 1) {
        for (ptrdiff_t slice = 0; slice < n; slice++)
            step_slice(d, slice);
        return;
    }
    atomic_store(&d->finished, 0);
    linclf_pass_hand_out(&d->pass, generation, n);
    step_slices(d, generation, 0);
    while (atomic_load(&d->finished) < n)
        linclf_relax(&spins);
}

/* And b, which is small. Returns norm2 plus the squares of its gradient. */
static double
step_b(descent *d, double norm2)
{
    const linclf_pass *const pass = &d->pass;
    const linclf_plan *const p = &pass->plan;
    const linclf_dtype dtype = pass->model->W.dtype;

    if (!d->db)
        return norm2;
    for (ptrdiff_t c = 0; c < p->C; c++) {
        linclf_set(d->db, c, dtype, pass->db[c] / (double)p->N);
        const double g = linclf_get(d->db, c, dtype);

        norm2 += g * g;
    }
    pass->real->update(p->C, d->b[d->now], d->db, d->b[!d->now], d->run, d->rate);
    return norm2;
}

/* The step, and its row of the history. Returns whether that is finite. */
static bool
make_step(descent *d, ptrdiff_t step, uint64_t generation)
{
    const linclf_pass *const pass = &d->pass;
    double *const row = d->run->history + 3 * step;

    d->rate = d->run->rate[step];
    step_W(d, generation);
    linclf_add_norms(d->norms, pass->plan.n_slices);
    row[0] = pass->loss / (double)pass->plan.N;
    row[1] = linclf_penalty(pass->objective, &d->norms[0]);
    row[2] = sqrt(step_b(d, sum8(d->norms[0].slope)));
    return isfinite(row[0] + row[1]) && isfinite(row[2]);
}

static void
keep_step(descent *d)
{
    linclf_pass *const pass = &d->pass;

    d->now = !d->now;
    pass->packed.W = d->W[d->now].value;
    for (ptrdiff_t c = 0; d->db && c < pass->plan.C; c++)
        pass->packed.b[c] = linclf_get(d->b[d->now].value, c, pass->model->W.dtype);
}

/* Works of a run, as they are numbered: a pass, and the step behind it. */
static uint64_t
pass_of(ptrdiff_t step)
{
    return 2 * (uint64_t)step + 1;
}

static bool
is_pass(uint64_t generation)
{
    return generation % 2 == 1;
}

/* Point the pass at batch `step` and run it with whoever is there. */
static void
pass_over_batch(descent *d, ptrdiff_t step, uint64_t generation)
{
    linclf_pass *const pass = &d->pass;
    const linclf_run *const run = d->run;

    if (run->index) {
        const ptrdiff_t first = step * run->batch_size, left = run->n_index - first;
        const ptrdiff_t n = left < run->batch_size ? left : run->batch_size;

        pass->index = run->index;
        pass->n_index = run->n_index;
        pass->first = first;
        if (n != pass->plan.N)
            linclf_make_plan(&pass->plan, n, &pass->model->W, pass->data->X.dtype,
                             pass->gradient);
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
        pass_over_batch(d, t, pass_of(t));
        if (atomic_load(&d->pass.failed))
            d->status = LINCLF_STATUS_value;
        else if (!make_step(d, t, pass_of(t) + 1))
            d->status = LINCLF_STATUS_diverged;
        else {
            keep_step(d);
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
        if (is_pass(generation))
            linclf_pass_work(&d->pass, generation, worker);
        else
            step_slices(d, generation, worker);
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
