/* Entry point for numerical gradients: difference quotients of the objective.
 *
 *     dW[d, c] = (f(W + up e_dc) - f(W - down e_dc)) / (up + down)
 *
 * Moving W[d, c] moves one column of the scores, by so much times X[:, d].
 * So each block of rows is scored once, and an entry costs the losses of rows
 * whose scores are known but for one. What they differ by is summed, rather
 * than subtracted from one another after they were summed: that keeps more
 * digits. The penalty's part is its formula.
 *
 * The two points are W + h and W - h as W's type holds them; forward
 * differences have W itself for the lower one. Where no h is given, each entry
 * has its own, such that no score moves by more than the cube root of eps
 * (forward: the square root), which balances truncation against rounding.
 *
 * Workers claim features. Every sum is added up by one of them at a time, block
 * after block, so the bits do not depend on how many there are. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "internal.h"

enum { STRIP = 8 };   /* features claimed together: doubles of a cache line */

typedef struct {
    double *x;         /* [STRIP][block] columns of X */
    double *scratch;     /* [C][8] a group of scores */
} numgrad_worker;

typedef struct {
    linclf_pass pass;
    const linclf_differences *options;
    ptrdiff_t features;          /* D, and one more for b */
    double *largest;            /* [features] largest |x| */
    double *above, *below;       /* [features][C] the two points */
    double *others;           /* of softmax: [block][C]; NULL if not needed */
    double *sum;               /* [features][C] of differences of losses */
    numgrad_worker *workers;
    linclf_poll poll;
    _Atomic ptrdiff_t next, finished;   /* features */
    _Atomic bool over;
} numgrad;

/* ---- elements ----------------------------------------------------------------- */

/* W[d, c], or b[c] where d is D. */
static double
parameter(const linclf_model *model, ptrdiff_t d, ptrdiff_t c)
{
    const linclf_matrix *const W = &model->W;

    return d == W->rows
             ? linclf_get(model->b.data, c * model->b.stride, W->dtype)
             : linclf_get(W->data, d * W->row_stride + c * W->col_stride, W->dtype);
}

static double
element(const numgrad *g, ptrdiff_t i, ptrdiff_t d)
{
    const linclf_pass *const pass = &g->pass;

    return d == pass->plan.D
             ? 1
             : linclf_get(pass->blocks[0].row[i], d, pass->model->W.dtype);
}

/* ---- points -------------------------------------------------------------------- */

static double
rounded(double x, linclf_dtype dtype)
{
    return dtype == LINCLF_f32 ? (double)(float)x : x;
}

/* Not so small beside w that the distance loses all of its digits. */
static double
step_of(const numgrad *g, ptrdiff_t d, double w)
{
    const double eps =
        g->pass.model->W.dtype == LINCLF_f32 ? (double)FLT_EPSILON : DBL_EPSILON;
    const double moved = g->options->forward ? sqrt(DBL_EPSILON) : cbrt(DBL_EPSILON);
    const double least = cbrt(eps * eps) * fabs(w);
    const double h = moved / fmax(1, g->largest[d]);

    return h > least ? h : least;
}

static linclf_status
find_points(numgrad *g, linclf_error *error)
{
    const linclf_dtype dtype = g->pass.model->W.dtype;
    const ptrdiff_t C = g->pass.plan.C;
    const double *const given = g->options->h;

    for (ptrdiff_t d = 0; d < g->features; d++)
        for (ptrdiff_t c = 0; c < C; c++) {
            const double w = parameter(g->pass.model, d, c);
            const double h = given ? *given : step_of(g, d, w);
            const double above = rounded(w + h, dtype);
            const double below = g->options->forward ? w : rounded(w - h, dtype);

            if (above == below && isfinite(w))
                return d == g->pass.plan.D
                         ? linclf_fail(error, LINCLF_STATUS_value,
                                       "h is %g, too small to move b[%td] = %g: leave "
                                       "h out",
                                       h, c, w)
                         : linclf_fail(error, LINCLF_STATUS_value,
                                       "h is %g, too small to move W[%td, %td] = %g: "
                                       "leave h out",
                                       h, d, c, w);
            g->above[d * C + c] = above;
            g->below[d * C + c] = below;
        }
    return LINCLF_STATUS_ok;
}

/* ---- blocks of rows ------------------------------------------------------------ */

/* Whether a row's other classes are taken together as one. */
static bool
together(const numgrad *g)
{
    return g->pass.objective->loss == LINCLF_LOSS_softmax && g->pass.plan.C > 2;
}

static void
take(linclf_arena *arena, numgrad *g, int n_workers)
{
    const linclf_plan *const p = &g->pass.plan;
    const ptrdiff_t entries = g->features * p->C;

    linclf_pass_take(arena, &g->pass, 1);
    g->largest = linclf_take(arena, g->features, sizeof *g->largest);
    g->above = linclf_take(arena, entries, sizeof *g->above);
    g->below = linclf_take(arena, entries, sizeof *g->below);
    g->sum = linclf_take(arena, entries, sizeof *g->sum);
    g->others =
        together(g) ? linclf_take(arena, p->block * p->C, sizeof *g->others) : NULL;
    g->workers = linclf_take(arena, n_workers, sizeof *g->workers);
    for (int w = 0; w < n_workers; w++) {
        numgrad_worker ignored = {0};
        numgrad_worker *const mine = g->workers ? &g->workers[w] : &ignored;

        mine->x = linclf_take(arena, STRIP * p->block, sizeof *mine->x);
        mine->scratch = linclf_take(arena, p->C, LINE);
    }
}

/* Rows are read twice where h is not given: its size depends on all of them. */
static void
note_largest(numgrad *g)
{
    const ptrdiff_t n = g->pass.blocks[0].n;

    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t d = 0; d < g->features; d++) {
            const double x = fabs(element(g, i, d));

            if (x > g->largest[d] && isfinite(x))
                g->largest[d] = x;
        }
}

static bool
stopped(numgrad *g, int worker)
{
    if (worker == 0 && linclf_poll_stop(&g->poll))
        atomic_store(&g->over, true);
    return atomic_load(&g->over);
}

static bool
differentiate(numgrad *g, int worker, ptrdiff_t first, ptrdiff_t n)
{
    const linclf_pass *const pass = &g->pass;
    const linclf_plan *const p = &pass->plan;
    const linclf_block *const k = &pass->blocks[0];
    const numgrad_worker *const mine = &g->workers[worker];

    for (ptrdiff_t i = 0; i < k->n; i++)
        for (ptrdiff_t f = 0; f < n; f++)
            mine->x[f * p->block + i] = element(g, i, first + f);
    for (ptrdiff_t f = 0; f < n; f++)
        for (ptrdiff_t c = 0; c < p->C; c++) {
            const ptrdiff_t at = (first + f) * p->C + c;
            const double w = parameter(pass->model, first + f, c);
            const linclf_move move = {.x = mine->x + f * p->block,
                                      .others = g->others,
                                      .c = c,
                                      .up = g->above[at] - w,
                                      .down = w - g->below[at]};

            g->sum[at] += pass->kernels->difference(
                k, pass->objective, pass->data->targets.data, &move, mine->scratch);
            if (stopped(g, worker))
                return false;
        }
    return true;
}

static void
job(void *context, int worker)
{
    numgrad *const g = context;
    ptrdiff_t first;
    unsigned spins = 0;

    while ((first = atomic_fetch_add(&g->next, STRIP)) < g->features) {
        const ptrdiff_t left = g->features - first, n = left < STRIP ? left : STRIP;

        if (!differentiate(g, worker, first, n))
            return;
        atomic_fetch_add(&g->finished, n);
    }
    /* The caller's thread does not sleep until the others are ready: it polls. */
    while (worker == 0 && atomic_load(&g->finished) < g->features && !stopped(g, 0))
        linclf_relax(&spins);
}

/* What is to be done with a block once it is loaded. */
typedef void visit(numgrad *g, int n_threads);

static void
visit_largest(numgrad *g, int n_threads)
{
    (void)n_threads;
    g->pass.real->scores(&g->pass.blocks[0]);   /* for the copies of rows */
    note_largest(g);
}

static void
visit_losses(numgrad *g, int n_threads)
{
    g->pass.real->scores(&g->pass.blocks[0]);
    if (g->others)
        g->pass.kernels->others(&g->pass.blocks[0], g->others);
    atomic_store(&g->next, 0);
    atomic_store(&g->finished, 0);
    linclf_parallel(n_threads, job, g);
}

static linclf_status
visit_rows(numgrad *g, visit *work, int n_threads, linclf_error *error)
{
    const linclf_plan *const p = &g->pass.plan;
    linclf_block *const k = &g->pass.blocks[0];

    for (ptrdiff_t first = 0; first < p->N && !stopped(g, 0); first += p->block) {
        const ptrdiff_t left = p->N - first, n = left < p->block ? left : p->block;

        if (!linclf_pass_load(&g->pass, k, first, n, first + n))
            return linclf_bad_label(&g->pass.data->y, k->bad_row, p->C, error);
        work(g, n_threads);
    }
    return atomic_load(&g->over) ? LINCLF_STATUS_stopped : LINCLF_STATUS_ok;
}

/* ---- the quotients ------------------------------------------------------------- */

static void
write_outputs(const numgrad *g, const linclf_gradient *gradient)
{
    const linclf_plan *const p = &g->pass.plan;
    const linclf_objective *const o = g->pass.objective;
    const linclf_matrix *const dW = &gradient->dW;

    for (ptrdiff_t d = 0; d < g->features; d++)
        for (ptrdiff_t c = 0; c < p->C; c++) {
            const ptrdiff_t at = d * p->C + c;
            const double above = g->above[at], below = g->below[at];
            const double distance = above - below;
            const double slope = g->sum[at] / (double)p->N / distance;

            if (d == p->D)
                linclf_set(gradient->db.data, c * gradient->db.stride, dW->dtype,
                           slope);
            else
                linclf_set(dW->data, d * dW->row_stride + c * dW->col_stride, dW->dtype,
                           slope + o->l2 * (above + below)
                               + o->l1 * ((fabs(above) - fabs(below)) / distance));
        }
}

static linclf_status
run(numgrad *g, const linclf_gradient *gradient, int n_threads, linclf_error *error)
{
    linclf_status status = LINCLF_STATUS_ok;

    linclf_pass_pack(&g->pass);
    linclf_poll_open(&g->poll, g->options->poll, g->options->poll_context);
    if (!g->options->h)
        status = visit_rows(g, visit_largest, 1, error);
    if (!status)
        status = find_points(g, error);
    if (!status)
        status = visit_rows(g, visit_losses, n_threads, error);
    if (!status)
        write_outputs(g, gradient);
    return status;
}

linclf_status
linclf_numerical_gradient(const linclf_objective *objective, const linclf_model *model,
                          const linclf_data *data, const linclf_differences *options,
                          const linclf_gradient *gradient, int n_threads,
                          linclf_error *error)
{
    linclf_status status = linclf_check_objective(objective, data, error);
    numgrad g = {.options = options};
    linclf_small small;
    linclf_arena arena = {.small = &small};

    if (!status)
        status = linclf_check_operands(model, data, true, error);
    if (!status)
        status = linclf_check_gradient(model, data, gradient,
                                       (const char *const[]){"dW", "db"}, error);
    if (!status && options->h && !(*options->h > 0 && isfinite(*options->h)))
        status =
            linclf_fail(error, LINCLF_STATUS_value,
                        "h is %g: it must be a finite number > 0; leave it out for "
                        "a step that suits each entry",
                        *options->h);
    if (status)
        return status;

    linclf_pass_plan(&g.pass, objective, model, data, data->X.rows, false);
    linclf_plan *const p = &g.pass.plan;

    /* Here a row costs far more than to read it: large blocks. */
    for (p->block = MAX_BLOCK; p->block > MIN_BLOCK && p->block / 2 >= p->N;)
        p->block /= 2;
    g.features = p->D + (model->b.data ? 1 : 0);
    const double rows = (double)(p->N < p->block ? p->N : p->block);
    const int n = linclf_threads_for(
        n_threads, 40.0 * rows * (double)g.features * (double)p->C * (double)p->C,
        LINCLF_START);

    while (linclf_another_round(&arena))
        take(&arena, &g, n);
    if (!arena.base)
        return linclf_out_of_memory(error, arena.used);
    status = run(&g, gradient, n, error);
    linclf_release(&arena);
    return status;
}
