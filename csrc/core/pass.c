/* One pass over the samples: scores, losses and gradient, summed.
 *
 * The workers claim segments in order and hand in the sums of each; the caller's
 * thread, which is worker 0, adds them up in order, so that the bits are the same
 * for any number of workers. Every worker has two buffers: one that is held up for
 * a moment does not hold up the others. */
#include <string.h>

#include "internal.h"

static bool
begin_lines(const linclf_matrix *X)
{
    const ptrdiff_t apart = X->row_stride * linclf_dtype_size(X->dtype);

    return (uintptr_t)X->data % LINE == 0 && apart % LINE == 0;
}

/* Whether a row lies in memory as the kernels want it. */
static bool
as_wanted(const linclf_pass *pass)
{
    const linclf_matrix *const X = &pass->data->X;

    return X->dtype == pass->model->W.dtype && (X->col_stride == 1 || X->cols == 1);
}

/* Many classes read a row so often that one which does not begin a line is worth a
 * copy that does: every load of it would cross two. Large arrays of NumPy begin 16
 * bytes behind a line. */
static bool
in_place(const linclf_pass *pass)
{
    return as_wanted(pass) && !pass->data->center.data
        && (!pass->plan.many || begin_lines(&pass->data->X));
}

void
linclf_pass_plan(linclf_pass *pass, const linclf_objective *objective,
                 const linclf_model *model, const linclf_data *data, ptrdiff_t rows,
                 bool gradient)
{
    *pass = (linclf_pass){.kernels = linclf_active_kernels(),
                          .objective = objective,
                          .model = model,
                          .data = data,
                          .gradient = gradient};
    pass->real = pass->kernels->real[model->W.dtype];
    linclf_make_plan(&pass->plan, rows, &model->W, data->X.dtype, gradient);
}

static void
take_block(linclf_arena *arena, const linclf_pass *pass, linclf_block *k)
{
    const linclf_plan *const p = &pass->plan;
    const bool single = p->real == sizeof(float);
    const ptrdiff_t n = p->block, parameters = p->C * p->ld;
    const bool targets = pass->data->targets.data;

    k->plan = p;
    k->sum = &k->sums[0];
    k->packed = &pass->packed;
    k->X = &pass->data->X;
    k->center = pass->center;
    k->at = linclf_take(arena, n, sizeof *k->at);
    k->row = linclf_take(arena, n + 4 + AHEAD_ROWS, sizeof *k->row);
    k->next = linclf_take(arena, n, sizeof *k->next);
    k->copy = in_place(pass) ? NULL : linclf_take(arena, n * p->ld, p->real);
    k->column = linclf_one_left(p) ? linclf_take(arena, n, p->real) : NULL;
    k->S = linclf_take(arena, n * p->C, sizeof *k->S);
    k->y = linclf_take(arena, targets ? n * p->C : n, sizeof(double));
    k->losses = linclf_take(arena, n, sizeof *k->losses);
    if (p->full > p->chunk)
        k->dots = linclf_take(arena, n * PANEL, LINE);
    if (!pass->gradient)
        return;
    if (p->many) {
        k->strip = linclf_take(arena, n, STRIP_LINES * LINE);
        k->strip_row = linclf_take(arena, n, sizeof *k->strip_row);
    }
    k->G = k->S;
    k->dW = single ? linclf_take(arena, parameters, p->real) : NULL;
    for (int i = 0; i < (pass->n_workers > 1 ? 2 : 1); i++) {
        k->sums[i].dW = linclf_take(arena, parameters, sizeof(double));
        if (pass->model->b.data)
            k->sums[i].db = linclf_take(arena, p->C * 8, sizeof(double));
        if (linclf_one_left(p))
            k->sums[i].d_column = linclf_take(arena, p->C * 8, sizeof(double));
    }
}

void
linclf_pass_take(linclf_arena *arena, linclf_pass *pass, int n_workers)
{
    const linclf_plan *const p = &pass->plan;
    linclf_block ignored;

    pass->packed.W = linclf_take(arena, p->C * p->ld, p->real);
    pass->packed.b = linclf_take(arena, p->C, sizeof *pass->packed.b);
    pass->center = pass->data->center.data ? linclf_take(arena, p->ld, p->real) : NULL;
    if (pass->gradient) {
        pass->dW = linclf_take(arena, p->C * p->ld, sizeof *pass->dW);
        pass->db = linclf_take(arena, p->C, sizeof *pass->db);
    }
    pass->n_workers = n_workers;
    pass->blocks = linclf_take(arena, n_workers, sizeof *pass->blocks);
    for (int w = 0; w < n_workers; w++)
        take_block(arena, pass, pass->blocks ? &pass->blocks[w] : &ignored);
}

void
linclf_pass_pack(linclf_pass *pass)
{
    const linclf_vector *const b = &pass->model->b;

    pass->real->pack(&pass->plan, &pass->model->W, pass->packed.W);
    for (ptrdiff_t c = 0; b->data && c < b->size; c++)
        pass->packed.b[c] = linclf_get(b->data, c * b->stride, b->dtype);
    if (pass->center)
        pass->real->center(&pass->plan, &pass->data->center, pass->center);
}

/* Rows by number lie anywhere in a large X. Short ones are fetched faster if several
 * are asked for at once, most likely as their pages are looked up at once. And it is
 * their ends that are asked for: a column left over there is fetched by nobody else. */
static void
find_rows(const linclf_matrix *X, const void *const *row, ptrdiff_t n)
{
    enum { SHORT = 4096, LARGE = 1 << 20 };   /* bytes: a page; half of a common L2 */
    const ptrdiff_t size = linclf_dtype_size(X->dtype);
    const ptrdiff_t end = (X->cols - 1) * X->col_stride * size;

    if (end < 0 || end >= SHORT || X->rows * X->row_stride * size < LARGE)
        return;
    for (ptrdiff_t i = 0; i < n; i++)
        __builtin_prefetch((const char *)row[i] + end, 0, 2);
}

/* While a block is computed, the rows that most likely come next are on their
 * way from memory, be they of another segment or of the next batch. A
 * guess costs nothing but the fetch. Scores and gradient fetch half of them each:
 * a core has few lines under way at a time, so that they must be spread evenly.
 * Rows to be converted are fetched while those before them are. */
static void
look_ahead(const linclf_pass *pass, linclf_block *k, ptrdiff_t first)
{
    const linclf_matrix *const X = &pass->data->X;
    const int64_t *const numbers = pass->index;
    const ptrdiff_t rows = X->rows, end = numbers ? pass->n_index : rows;
    const ptrdiff_t stride = X->row_stride * linclf_dtype_size(X->dtype);
    const ptrdiff_t start = pass->first + first, n = k->n;
    const char *const data = X->data;
    const void **const next = k->next;

    k->known = start < end;
    k->fetch = k->known && (!k->copy || as_wanted(pass));
    k->early = !k->fetch ? 0 : !pass->gradient ? 4 : EARLY_ROWS;
    for (ptrdiff_t i = 0; i < round_up(n, 4) && k->known; i++) {
        const ptrdiff_t which = start + i < end ? start + i : end - 1;
        const int64_t at = numbers ? numbers[which] : which;

        next[i] = data + (at >= 0 && at < rows ? at : 0) * stride;
    }
}

/* Row numbers and labels are read once, and checked where they are read:
 * another thread may be scribbling over them. */
bool
linclf_pass_load(const linclf_pass *pass, linclf_block *k, ptrdiff_t first, ptrdiff_t n,
                 ptrdiff_t next)
{
    const linclf_data *const data = pass->data;
    const ptrdiff_t rows = data->X.rows, start = pass->first + first;
    const int64_t *const numbers = pass->index;
    ptrdiff_t *const at = k->at;

    k->n = n;
    for (ptrdiff_t i = 0; i < n; i++) {
        const int64_t row = numbers ? numbers[start + i] : start + i;

        if (row < 0 || row >= rows) {
            k->bad = LINCLF_BAD_INDEX;
            k->bad_row = start + i;
            return false;
        }
        at[i] = (ptrdiff_t)row;
    }
    look_ahead(pass, k, next);
    if (numbers && k->known)
        find_rows(&data->X, k->next, n);
    pass->real->load(k);
    if (!pass->objective)
        return true;
    if (data->targets.data) {
        pass->kernels->load_groups(k, &data->targets, k->y);
        return true;
    }
    const ptrdiff_t good = linclf_read_labels(&data->y, k->at, n, pass->plan.C, k->y);

    if (good < n) {
        k->bad = LINCLF_BAD_LABEL;
        k->bad_row = k->at[good];
        return false;
    }
    return true;
}

static void
add_segment(linclf_pass *pass, linclf_sum *sum, bool fresh, bool last)
{
    const linclf_plan *const p = &pass->plan;

    pass->loss = (fresh ? 0 : pass->loss) + sum8(sum->loss);
    if (!pass->gradient)
        return;
    /* laid out alike, no number needs to move; and the last ones are read once less */
    if (fresh && !p->many) {
        double *const spare = pass->dW;

        pass->dW = sum->dW;
        sum->dW = spare;
    } else if (last && !p->many) {
        pass->last = sum->dW;
    } else {
        pass->kernels->add(p, pass->dW, sum->dW, fresh);
    }
    for (ptrdiff_t c = 0; sum->db && c < p->C; c++)
        pass->db[c] = (fresh ? 0 : pass->db[c]) + sum8(sum->db + c * 8);
}

/* Add what is handed in, up to the first segment that is missing: worker 0. */
static void
add_up(linclf_pass *pass)
{
    ptrdiff_t s = atomic_load(&pass->added);
    linclf_sum *sum;

    while (s < pass->plan.n_segments && (sum = atomic_load(&pass->handed_in[s]))) {
        if (!atomic_load(&pass->failed) && sum->good) {
            add_segment(pass, sum, s == 0, s == pass->plan.n_segments - 1);
        } else if (!atomic_load(&pass->failed)) {
            pass->bad = sum->bad;   /* in order, so it is the first of all */
            pass->bad_row = sum->bad_row;
            atomic_store(&pass->failed, true);
        }
        atomic_store_explicit(&pass->added, ++s, memory_order_release);
    }
}

static bool
run_segment(linclf_pass *pass, linclf_block *k, ptrdiff_t segment)
{
    const linclf_plan *const p = &pass->plan;
    const bool single = p->real == sizeof(float);
    const ptrdiff_t start = segment * p->segment;
    const ptrdiff_t end = start + p->segment < p->N ? start + p->segment : p->N;
    const ptrdiff_t turn = start + pass->n_workers * p->segment;   /* ours, likely */

    memset(k->sum->loss, 0, sizeof k->sum->loss);
    if (k->sum->db)
        memset(k->sum->db, 0, (size_t)(p->C * 8) * sizeof(double));
    if (k->sum->d_column)
        memset(k->sum->d_column, 0, (size_t)(p->C * 8) * sizeof(double));
    if (!single)
        k->dW = k->sum->dW;
    for (ptrdiff_t first = start; first < end; first += p->block) {
        const ptrdiff_t n = end - first < p->block ? end - first : p->block;

        if (k == pass->blocks)
            add_up(pass);
        if (!linclf_pass_load(pass, k, first, n, first + n < end ? first + n : turn))
            return false;
        pass->real->scores(k);
        pass->kernels->losses(k, pass->objective, pass->data->targets.data);
        if (pass->gradient)
            pass->real->gradient(k, first - start, first + n == end);
    }
    return true;
}

/* Whoever sees the ticket sees all that was prepared before. The first piece is worker
 * 0's unclaimed, so that it does not compete for the ticket with those who wait. */
void
linclf_pass_hand_out(linclf_pass *pass, uint64_t generation, ptrdiff_t pieces)
{
    atomic_store_explicit(&pass->ticket, generation << 16 | (uint64_t)pieces << 8 | 1,
                          memory_order_release);
}

/* Open the gates for the pass that is planned now. */
void
linclf_pass_open(linclf_pass *pass, uint64_t generation)
{
    pass->last = NULL;
    atomic_store_explicit(&pass->failed, false, memory_order_relaxed);
    atomic_store_explicit(&pass->added, 0, memory_order_relaxed);
    for (ptrdiff_t s = 0; s < pass->plan.n_segments; s++)
        atomic_store_explicit(&pass->handed_in[s], NULL, memory_order_relaxed);
    linclf_pass_hand_out(pass, generation, pass->plan.n_segments);
}

ptrdiff_t
linclf_pass_claim(linclf_pass *pass, uint64_t generation)
{
    uint64_t ticket = atomic_load(&pass->ticket);

    do
        if (ticket >> 16 != generation || (ticket & 255) >= (ticket >> 8 & 255))
            return -1;
    while (!atomic_compare_exchange_weak(&pass->ticket, &ticket, ticket + 1));
    return (ptrdiff_t)(ticket & 255);
}

ptrdiff_t
linclf_pass_first(linclf_pass *pass, uint64_t generation, int worker)
{
    return worker == 0 ? 0 : linclf_pass_claim(pass, generation);
}

/* Wait until so many segments are added. */
static void
wait_for(linclf_pass *pass, ptrdiff_t segments, int worker)
{
    unsigned spins = 0;

    if (worker == 0)
        add_up(pass);
    while (atomic_load(&pass->added) < segments) {
        linclf_relax(&spins);
        if (worker == 0)
            add_up(pass);
    }
}

void
linclf_pass_work(linclf_pass *pass, uint64_t generation, int worker)
{
    linclf_block *const k = &pass->blocks[worker];

    k->sums[0].segment = k->sums[1].segment = -1;
    for (ptrdiff_t s = linclf_pass_first(pass, generation, worker); s >= 0;
         s = linclf_pass_claim(pass, generation)) {
        linclf_sum *const sum = k->sum;

        wait_for(pass, sum->segment + 1, worker);   /* then its buffers are free */
        sum->good = !atomic_load(&pass->failed) && run_segment(pass, k, s);
        sum->bad = k->bad;
        sum->bad_row = k->bad_row;
        sum->segment = s;
        k->sum = &k->sums[pass->n_workers > 1 && sum == &k->sums[0]];
        atomic_store_explicit(&pass->handed_in[s], sum, memory_order_release);
    }
    if (worker == 0)
        wait_for(pass, pass->plan.n_segments, worker);
}

linclf_status
linclf_pass_status(linclf_pass *pass, linclf_error *error)
{
    if (!atomic_load(&pass->failed))
        return LINCLF_STATUS_ok;
    if (pass->bad == LINCLF_BAD_INDEX)
        return linclf_fail(error, LINCLF_STATUS_value,
                           "index[%td] is %lld, but X has %td rows", pass->bad_row,
                           (long long)pass->index[pass->bad_row], pass->data->X.rows);
    return linclf_bad_label(&pass->data->y, pass->bad_row, pass->plan.C, error);
}
