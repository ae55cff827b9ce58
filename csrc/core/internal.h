/* What the files of the core share and nobody else sees.
 *
 * A call packs W once (class-major, rows padded to whole cache lines), cuts
 * the samples into at most 16 segments of fixed size, and lets its workers
 * claim them. A worker walks through its segment block by block:
 *
 *     load     row pointers, labels; rows that cannot be read where they lie
 *              (strided, integer, centred) are converted into scratch
 *     scores   S = X W + b
 *     losses   L_i and dL/dS, in place of the scores
 *     gradient dW += X^T dL/dS
 *
 * while the block is still in cache. Segments are added up in their order,
 * so the result does not depend on who computed them. */
#ifndef LINCLF_INTERNAL_H
#define LINCLF_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "linclf.h"

enum {
    LINE = 64,             /* bytes of a cache line and of a logical vector */
    MAX_SEGMENTS = 16,
    FLUSH_ROWS = 256,      /* float32 sums go to float64 so often */
    MAX_BLOCK = 128,       /* rows */
    EARLY_ROWS = 2,        /* of 4 that come next: fetched before the gradient */
    AHEAD_ROWS = 4,        /* on their way to the first-level cache (gradient) */
    AHEAD_LINES = 4,       /* likewise (scores) */
    STRIP_LINES = 4,       /* of a row, that many classes visit together */
    MIN_BLOCK = 16,
    PANEL = 12,            /* classes at most, whose chunk of W stays in L1 */
    MAX_THREADS = 256,
};

/* To multiples of a power of two. */
static inline ptrdiff_t
round_down(ptrdiff_t n, ptrdiff_t to)
{
    return n & -to;
}

static inline ptrdiff_t
round_up(ptrdiff_t n, ptrdiff_t to)
{
    return round_down(n + to - 1, to);
}

/* The sum of 8 partial sums, in the one order that every double sum ends with;
 * vec.h adds the lanes of a dot product in the same one. */
static inline double
sum8(const double *x)
{
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/* Element i of an array of W's type. */
static inline double
linclf_get(const void *array, ptrdiff_t i, linclf_dtype dtype)
{
    return dtype == LINCLF_f32 ? (double)((const float *)array)[i]
                               : ((const double *)array)[i];
}

static inline void
linclf_set(void *array, ptrdiff_t i, linclf_dtype dtype, double x)
{
    if (dtype == LINCLF_f32)
        ((float *)array)[i] = (float)x;
    else
        ((double *)array)[i] = x;
}

/* ---- What is fixed for a call ------------------------------------------ */

typedef struct {
    ptrdiff_t N, D, C;
    ptrdiff_t full;       /* D rounded down to whole lines, in elements */
    ptrdiff_t ld;         /* D rounded up: distance of classes in packed W */
    ptrdiff_t real;       /* bytes of an element of W */
    ptrdiff_t segment;    /* rows of a segment */
    ptrdiff_t n_segments;
    ptrdiff_t block;      /* rows of a block */
    ptrdiff_t chunk;      /* of D, in elements: what a pass over scores takes */
    bool many;            /* classes: W and dW are large */
    ptrdiff_t slice;      /* of packed W, in elements: a share of the step */
    ptrdiff_t n_slices;
} linclf_plan;

/* Whether whole lines leave one column over, mostly that of the bias. A register would
 * hold a single number of it, so the kernels take it for several rows at once. */
static inline bool
linclf_one_left(const linclf_plan *p)
{
    return p->D - p->full == 1;
}

/* W and b as the kernels want them. */
typedef struct {
    void *W;            /* [C][ld], padded with zeros */
    double *b;            /* [C], zeros if there is none */
} linclf_packed;

/* What the elements of W and of its gradient add up to: number i in sum i % 8. */
typedef struct {
    double squares[8], absolute[8];   /* of W; |w| only if there is an L1 penalty */
    double slope[8];                  /* squares of the gradient */
} linclf_norms;

/* Parameters that move together, all in W's type: packed W, or b. */
typedef struct {
    void *value, *velocity;   /* that one NULL without momentum */
} linclf_state;

typedef enum { LINCLF_BAD_LABEL, LINCLF_BAD_INDEX } linclf_bad;

/* ---- One worker's scratch ---------------------------------------------- */

/* What the samples of a segment add up to. */
typedef struct {
    double *dW;        /* see linclf_block */
    double *db;        /* [C][8], by row % 8; NULL without b */
    double *d_column;  /* likewise, of the one column; NULL without it. It goes to dW
                        * with the segment's last rows */
    double loss[8];    /* likewise */
    ptrdiff_t segment; /* which was handed in with it last; -1 before */
    bool good;         /* if not, what is wrong, and where */
    linclf_bad bad;
    ptrdiff_t bad_row;
} linclf_sum;

/* Each worker writes to its own all the time: they share no cache line. */
typedef struct {
    _Alignas(LINE) const linclf_plan *plan;
    const linclf_packed *packed;
    const linclf_matrix *X;
    ptrdiff_t *at;        /* the block's row numbers */
    const void **row;     /* where these are, and some more to look ahead to */
    const void **next;    /* rows that come after this block, to be fetched early */
    void *copy;        /* of rows, [block][ld]; NULL if they are read in place */
    void *column;      /* linclf_one_left(): that one, [block], zeros from n on */
    const void *center;   /* [ld] elements of W's type, or NULL */
    double *S;           /* scores, then dL/dS: see group_at() in kernels.inc */
    void *G;           /* dL/dS in W's type, in the place of S; NULL if not wanted */
    void *y;             /* labels, or in groups as S the target probabilities */
    double *losses;      /* L_i */
    void *dots;        /* unfinished dot products */
    void *strip;       /* a copy of a few features; NULL without many classes */
    const void **strip_row;
    void *dW;          /* in W's type: sum of the rows since a flush. [C][ld], or if
                        * there are many classes, [C][a few] after [C][a few] */
    linclf_sum *sum;      /* the segment's; for float64 its dW is dW itself */
    linclf_sum sums[2];   /* that one, and the one before until it is added */
    ptrdiff_t n;          /* rows in the block at hand */
    bool known;           /* whether `next` has as many, */
    bool fetch;           /* and they are for the scores and the gradient to fetch */
    int early;            /* of every 4 in it, so many are fetched by the scores */
    linclf_bad bad;       /* what is wrong in it, and where */
    ptrdiff_t bad_row;
} linclf_block;

/* ---- The kernels, one table per instruction set ------------------------- */

struct linclf_pass;

typedef struct {
    void (*pack)(const linclf_plan *, const linclf_matrix *W, void *packed);
    void (*center)(const linclf_plan *, const linclf_vector *center, void *packed);
    void (*load)(linclf_block *);
    void (*scores)(linclf_block *);   /* and the copies of rows, if any */
    /* After so many rows of the segment, or with its last ones. */
    void (*gradient)(linclf_block *, ptrdiff_t done, bool last);
    /* What elements from .. to of packed W have to do with the objective: adds to the
     * norms, fresh ones at first, and if there is g, that many numbers, fills it with
     * their gradient. */
    void (*objective)(const struct linclf_pass *, ptrdiff_t from, ptrdiff_t to, void *g,
                      bool fresh, linclf_norms *);
    void (*store)(const linclf_plan *, const void *g, const linclf_matrix *dW);
    /* One step for n parameters. */
    void (*update)(ptrdiff_t n, linclf_state now, const void *g, linclf_state next,
                   const linclf_run *, double rate);
    void (*store_scores)(const linclf_block *, const linclf_matrix *S);
} linclf_real_kernels;

/* Class c's scores go up by up * x[i] in row i, and down by down * x[i]. */
typedef struct {
    const double *x;          /* [block] */
    const double *others;     /* of softmax: see difference.inc; or NULL */
    ptrdiff_t c;
    double up, down;
} linclf_move;

typedef struct {
    const char *name;
    const linclf_real_kernels *real[2];   /* by linclf_dtype: f32, f64 */
    /* Scores into derivatives and losses. */
    void (*losses)(linclf_block *, const linclf_objective *, bool targets);
    /* What the sum of the block's losses differs by; scratch is [C][8]. */
    double (*difference)(const linclf_block *, const linclf_objective *, bool targets,
                         const linclf_move *, double *scratch);
    void (*others)(const linclf_block *, double *others);   /* [block][C] */
    void (*load_groups)(const linclf_block *, const linclf_matrix *M, double *groups);
    void (*probabilities)(linclf_block *);
    void (*predict)(const linclf_block *, int64_t *labels);
    /* A segment's dW to the sum, which is [C][ld] always. */
    void (*add)(const linclf_plan *, double *sum, const double *dW, bool fresh);
} linclf_kernels;

const linclf_kernels *linclf_active_kernels(void);

/* ---- plan.c: sizes and scratch ------------------------------------------ */

/* For N rows of X's type. */
void linclf_make_plan(linclf_plan *plan, ptrdiff_t N, const linclf_matrix *W,
                      linclf_dtype X, bool gradient);

/* The scratch of a tiny call, on its caller's stack: an allocation would take
 * as long as the work. */
typedef struct {
    _Alignas(LINE) char bytes[4096];
} linclf_small;

/* Several aligned pieces of zeroed memory: of `small`, or out of one allocation if
 * there they had no room. It takes rounds, of which only the last one counts:
 *
 *     linclf_arena arena = {.small = &small};
 *     while (linclf_another_round(&arena))
 *         piece = linclf_take(&arena, count, size);   and all others
 *     if (!arena.base)   then there is no memory of so many bytes: arena.used */
typedef struct {
    linclf_small *small;
    char *base;
    size_t used, room;
    void *allocation;
} linclf_arena;

bool linclf_another_round(linclf_arena *arena);
void *linclf_take(linclf_arena *arena, ptrdiff_t count, ptrdiff_t size); /* or NULL */
void linclf_release(linclf_arena *arena);

/* ---- pass.c: scores, losses and gradient summed over all samples ---------- */

/* What one thread writes while others read begins a cache line: it would carry away
 * what these look at. */
typedef struct linclf_pass {
    const linclf_kernels *kernels;
    const linclf_real_kernels *real;
    const linclf_objective *objective;   /* NULL: scores only */
    const linclf_model *model;
    const linclf_data *data;
    const int64_t *index;       /* row numbers, or NULL: all in order */
    ptrdiff_t n_index, first;   /* how many; this pass has those from first on */
    linclf_plan plan;
    linclf_packed packed;
    void *center;
    bool gradient;
    int n_workers;
    linclf_block *blocks;      /* one a worker */
    /* the sums so far, begun with the first segment's dW; and the last one's, if
     * nobody has added it yet */
    _Alignas(LINE) double *dW, *db;
    const double *last;
    double loss;
    _Alignas(LINE) _Atomic uint64_t ticket;   /* generation, number of pieces, next */
    _Alignas(LINE) _Atomic(linclf_sum *) handed_in[MAX_SEGMENTS];
    _Atomic ptrdiff_t added;       /* segments, in order */
    _Atomic bool failed;
    linclf_bad bad;         /* why, and where */
    ptrdiff_t bad_row;
} linclf_pass;

void linclf_pass_plan(linclf_pass *pass, const linclf_objective *objective,
                      const linclf_model *model, const linclf_data *data,
                      ptrdiff_t rows, bool gradient);
void linclf_pass_take(linclf_arena *arena, linclf_pass *pass, int n_workers);
void linclf_pass_pack(linclf_pass *pass);
/* Work for all is handed out in numbered pieces. The works of one run are numbered,
 * too: a late worker must not mistake one for the next. */
void linclf_pass_hand_out(linclf_pass *pass, uint64_t generation, ptrdiff_t pieces);
ptrdiff_t linclf_pass_first(linclf_pass *pass, uint64_t generation, int worker);
ptrdiff_t linclf_pass_claim(linclf_pass *pass, uint64_t generation);   /* or -1 */
/* A pass: it hands out segments, and whoever works runs them until none is left. */
void linclf_pass_open(linclf_pass *pass, uint64_t generation);
void linclf_pass_work(linclf_pass *pass, uint64_t generation, int worker);
linclf_status linclf_pass_status(linclf_pass *pass, linclf_error *error);
/* One block: rows first ... first + n of the pass; after it, most likely, those
 * from `next` on. */
bool linclf_pass_load(const linclf_pass *pass, linclf_block *k, ptrdiff_t first,
                      ptrdiff_t n, ptrdiff_t next);

/* ---- penalty.c: sums over W ------------------------------------------------ */

ptrdiff_t linclf_slice_end(const linclf_plan *p, ptrdiff_t slice);
void linclf_add_norms(linclf_norms *norms, ptrdiff_t n);   /* all to the first one */
double linclf_penalty(const linclf_objective *, const linclf_norms *);

/* ---- parallel.c ----------------------------------------------------------- */

typedef void linclf_job(void *context, int worker);

/* Run job(context, w) on up to n_threads threads, w = 0 being the caller's.
 * A thread that cannot be started is simply not there. */
void linclf_parallel(int n_threads, linclf_job *job, void *context);
/* How many threads this much work is worth: of a call, which starts them, or of
 * one step of a run, which finds them waiting. */
typedef enum { LINCLF_START, LINCLF_WAKE } linclf_effort;
int linclf_threads_for(int asked, double flops, linclf_effort effort);
void linclf_relax(unsigned *spins);   /* one turn of a waiting loop */

/* ---- poll.c ---------------------------------------------------------------- */

typedef struct {
    int (*ask)(void *context);   /* or NULL */
    void *context;
    double asked;         /* when, in seconds */
} linclf_poll;

void linclf_poll_open(linclf_poll *, int (*ask)(void *context), void *context);
bool linclf_poll_stop(linclf_poll *);   /* call often: it asks now and then */

/* ---- error.c, check.c ------------------------------------------------------ */

linclf_status linclf_fail(linclf_error *error, linclf_status status, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));
linclf_status linclf_out_of_memory(linclf_error *error, size_t bytes);
linclf_status linclf_check_objective(const linclf_objective *, const linclf_data *,
                                     linclf_error *);
linclf_status linclf_check_operands(const linclf_model *, const linclf_data *,
                                    bool labels, linclf_error *);
linclf_status linclf_check_gradient(const linclf_model *, const linclf_data *,
                                    const linclf_gradient *, const char *const names[2],
                                    linclf_error *);
linclf_status linclf_check_scores(const linclf_model *, const linclf_data *,
                                  const linclf_matrix *S, linclf_error *);
linclf_status linclf_check_softmax(const linclf_matrix *S, const linclf_matrix *P,
                                   linclf_error *);
linclf_status linclf_check_step(const linclf_matrix *W, const linclf_matrix *dW,
                                double rate, linclf_error *);
linclf_status linclf_check_run(const linclf_model *, const linclf_data *,
                               const linclf_run *, linclf_error *);

/* overlap.c: an output against the operands, which errors call by name */
typedef struct {
    const char *name;
    linclf_matrix memory;
} linclf_operand;

linclf_matrix linclf_as_matrix(const linclf_vector *v);
linclf_status linclf_check_output(const linclf_operand *out,
                                  const linclf_operand *inputs, int n,
                                  linclf_error *error);

/* labels.c: y[at[0]], y[at[1]] ... until one is out of range; returns how many */
ptrdiff_t linclf_read_labels(const linclf_vector *y, const ptrdiff_t *at, ptrdiff_t n,
                             ptrdiff_t C, int64_t *labels);
linclf_status linclf_bad_label(const linclf_vector *y, ptrdiff_t i, ptrdiff_t C,
                               linclf_error *error);

#endif
