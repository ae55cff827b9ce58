/* Everything whose speed matters, compiled once per instruction set.
 *
 * CMake compiles this file several times, with LINCLF_ISA set to the name and
 * the compiler flags of each set; each object exports one constant table.
 * kernels.inc is included once for float and once for double. Losses always
 * see doubles: GROUP samples at once, one per lane of a vector. */
#include <math.h>

#include "internal.h"
#include "vec.h"
#include "vecmath.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define STRING_(a) #a
#define STRING(a) STRING_(a)

/* Samples go through the losses in groups of GROUP: group i / GROUP holds,
 * class after class, the scores of its samples. */
VEC_INLINE ptrdiff_t
group_at(ptrdiff_t i, ptrdiff_t c, ptrdiff_t C)
{
    return (i / GROUP * C + c) * GROUP + i % GROUP;
}

static const vec_f64 zeros = {0};
#define ones fill_f64(1.0)

enum { SCORE_PANEL = PANEL / DOT_CLASSES * DOT_CLASSES };   /* only full tiles */

/* Where a strip of the gradient reads: the last one must not read behind a row. */
typedef enum { IN_ROWS, IN_COPY, AT_END } strip_place;

#define REAL float
#define NAME(name) PASTE(name, _f32)
#include "kernels.inc"
#undef REAL
#undef NAME

#define REAL double
#define NAME(name) PASTE(name, _f64)
#include "kernels.inc"
#undef REAL
#undef NAME

/* ---- losses ------------------------------------------------------------- */

VEC_INLINE mask_f64
is_class(vec_i64 y, ptrdiff_t j)
{
    return y == j;
}

/* Where the mask is set j, elsewhere k. */
VEC_INLINE vec_i64
choose_class(mask_f64 where, ptrdiff_t j, vec_i64 k)
{
    return (where & j) | (~where & k);
}

/* Of group i: y, or the target probabilities instead, class after class. */
VEC_INLINE vec_i64
load_labels(const linclf_block *k, ptrdiff_t i)
{
    vec_i64 y;
    memcpy(&y, (const int64_t *)k->y + i, sizeof y);
    return y;
}

VEC_INLINE const vec_f64 *
targets_at(const linclf_block *k, ptrdiff_t i)
{
    return (const vec_f64 *)((const double *)k->y + i * k->plan->C);
}

/* s_y of every sample. */
VEC_INLINE vec_f64
score_of(const vec_f64 *s, vec_i64 y)
{
    int64_t at[GROUP];
    vec_f64 s_y;

    memcpy(at, &y, sizeof at);
    for (int l = 0; l < GROUP; l++)
        s_y[l] = s[at[l]][l];
    return s_y;
}

/* s_y += by, for every sample. */
VEC_INLINE void
add_to_class(vec_f64 *s, vec_i64 y, vec_f64 by)
{
    int64_t at[GROUP];

    memcpy(at, &y, sizeof at);
    for (int l = 0; l < GROUP; l++)
        ((double *)(s + at[l]))[l] += by[l];
}

#include "loss_files.inc"   /* made by CMake: every losses/<name>.inc */

typedef vec_f64 loss_function(vec_f64 *restrict s, ptrdiff_t C, vec_i64 y,
                              vec_f64 delta);

/* Inlined, so that what is the same for all groups is in registers. */
VEC_INLINE void
each_group(linclf_block *k, loss_function *loss, double delta)
{
    const ptrdiff_t C = k->plan->C;

    for (ptrdiff_t i = 0; i < k->n; i += GROUP) {
        const vec_f64 L =
            loss((vec_f64 *)(k->S + i * C), C, load_labels(k, i), fill_f64(delta));

        memcpy(k->losses + i, &L, sizeof L);
    }
}

static void
each_group_of_targets(linclf_block *k)
{
    const ptrdiff_t C = k->plan->C;

    for (ptrdiff_t i = 0; i < k->n; i += GROUP) {
        const vec_f64 L =
            softmax_targets((vec_f64 *)(k->S + i * C), C, targets_at(k, i));

        memcpy(k->losses + i, &L, sizeof L);
    }
}

/* The samples that only fill up the last group must not count. */
static void
clear_padding(linclf_block *k)
{
    const ptrdiff_t C = k->plan->C, end = round_up(k->n, GROUP);

    for (ptrdiff_t i = k->n; i < end; i++) {
        k->losses[i] = 0;
        for (ptrdiff_t c = 0; c < C; c++)
            k->S[group_at(i, c, C)] = 0;
    }
}

/* Sums over rows go by row % 8 on every instruction set. */
static void
add_losses_and_bias(linclf_block *k)
{
    const ptrdiff_t C = k->plan->C;
    double *const loss = k->sum->loss, *const db = k->sum->db;

    for (ptrdiff_t i = 0; i < k->n; i += GROUP) {
        const ptrdiff_t lane = i % 8;

        for (ptrdiff_t l = 0; l < GROUP; l++)
            loss[lane + l] += k->losses[i + l];
        if (db)
            for (ptrdiff_t c = 0; c < C; c++)
                for (ptrdiff_t l = 0; l < GROUP; l++)
                    db[c * 8 + lane + l] += k->S[(i / GROUP * C + c) * GROUP + l];
    }
}

static void
losses(linclf_block *k, const linclf_objective *objective, bool targets)
{
    if (targets)
        each_group_of_targets(k);
    else
        switch (objective->loss) {
#define ROW(name) \
    case LINCLF_LOSS_##name: each_group(k, name, objective->delta); break;
            LINCLF_LOSSES(ROW)
#undef ROW
        default: break;
        }
    clear_padding(k);
    add_losses_and_bias(k);
    if (k->G && k->plan->real == sizeof(float)) {
        const ptrdiff_t count = round_up(k->n, GROUP) * k->plan->C;
        float *const G = k->G;

        /* from the front, so that no number is lost before it is read */
        for (ptrdiff_t i = 0; i < count; i += GROUP)
            (void)store_doubles_f32(G + i, load_vec_f64(k->S + i));
    }
}

#include "kernels/difference.inc"

static void
probabilities_of_block(linclf_block *k)
{
    const ptrdiff_t C = k->plan->C;
    vec_f64 m;

    for (ptrdiff_t i = 0; i < k->n; i += GROUP)
        (void)probabilities((vec_f64 *)(k->S + i * C), C, &m);
}

static void
predict(const linclf_block *k, int64_t *labels)
{
    const ptrdiff_t C = k->plan->C;

    for (ptrdiff_t i = 0; i < k->n; i += GROUP) {
        const vec_f64 *const s = (const vec_f64 *)(k->S + i * C);
        vec_f64 best = s[0];
        vec_i64 which = {0};

        for (ptrdiff_t j = 1; j < C; j++) {
            const mask_f64 better = (s[j] > best) | ((s[j] != s[j]) & (best == best));

            best = choose(better, s[j], best);
            which = choose_class(better, j, which);
        }
        for (ptrdiff_t l = 0; l < GROUP && i + l < k->n; l++)
            labels[i + l] = which[l];
    }
}

/* Rows of an (N, C) matrix into groups. */
static void
load_groups(const linclf_block *k, const linclf_matrix *M, double *groups)
{
    const ptrdiff_t C = k->plan->C, end = round_up(k->n, GROUP);

    for (ptrdiff_t i = 0; i < end; i++) {
        const ptrdiff_t start = k->at[i < k->n ? i : k->n - 1] * M->row_stride;

        for (ptrdiff_t c = 0; c < C; c++) {
            const ptrdiff_t j = start + c * M->col_stride;

            groups[group_at(i, c, C)] = M->dtype == LINCLF_f32
                                          ? (double)((const float *)M->data)[j]
                                          : ((const double *)M->data)[j];
        }
    }
}

static void
add(const linclf_plan *p, double *restrict sum, const double *restrict dW, bool fresh)
{
    const ptrdiff_t strip = p->many ? MANY_VECTORS * VEC_BYTES / p->real : p->ld;
    ptrdiff_t width;

    for (ptrdiff_t begin = 0; begin < p->ld; begin += width) {
        width = begin + strip <= p->full ? strip : p->ld - begin;
        for (ptrdiff_t c = 0; c < p->C; c++, dW += width) {
            double *const to = sum + c * p->ld + begin;

            for (ptrdiff_t j = 0; j < width; j++)
                to[j] = fresh ? dW[j] : to[j] + dW[j];
        }
    }
}

extern const linclf_kernels PASTE(linclf_kernels_, LINCLF_ISA);
const linclf_kernels PASTE(linclf_kernels_, LINCLF_ISA) = {
    .name = STRING(LINCLF_ISA),
    .real = {[LINCLF_f32] = &kernels_f32, [LINCLF_f64] = &kernels_f64},
    .losses = losses,
    .difference = difference,
    .others = others,
    .load_groups = load_groups,
    .probabilities = probabilities_of_block,
    .predict = predict,
    .add = add,
};
