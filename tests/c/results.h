/* All that the core computes from a problem, as SHA-256 of its bits: for tests
 * which say that something, such as where the operands lie, does not matter. */
#ifndef LINCLF_RESULTS_H
#define LINCLF_RESULTS_H

#include "layouts.h"
#include "sha256.h"

enum { ALL = -1 };

/* How a result was computed: nothing of this may change it. */
typedef struct {
    const char *isa;
    lie lie;   /* of matrices; whether vectors are at an end too */
    int n_threads;
} manner;

/* Is told each result: what it is of, and its digest. */
typedef void result(const char *what, const problem *p, const manner *how,
                    const char *digest);

/* A problem with both penalties, a center for integer data, and targets. */
static inline problem
new_full_problem(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real,
                 linclf_dtype x, bool at_end, linclf_matrix *targets)
{
    problem p = new_problem(N, D, C, real, x, at_end);
    uint64_t seed = (uint64_t)(N + D + C);

    *targets = new_matrix(&p, N, C, real, at_end);
    p.objective.l1 = 0.0625;
    for (ptrdiff_t i = 0; i < N * C; i++)
        put(targets->data, i, real, (draw(&seed) + 1) / 2);
    if (x == real)
        return p;
    p.data.center = new_vector(&p, D, real, at_end);
    for (ptrdiff_t d = 0; d < D; d++)
        put(p.data.center.data, d, real, 100 * draw(&seed));
    return p;
}

static inline void
add_matrix(sha256 *s, const linclf_matrix *m)
{
    const ptrdiff_t size = linclf_dtype_size(m->dtype);

    for (ptrdiff_t i = 0; i < m->rows; i++)
        for (ptrdiff_t j = 0; j < m->cols; j++)
            sha256_add(s, (const char *)m->data + place(m, i, j) * size, (size_t)size);
}

static inline void
add_vector(sha256 *s, const linclf_vector *v)
{
    sha256_add(s, v->data, (size_t)(v->size * linclf_dtype_size(v->dtype)));
}

static inline void
give_loss(const char *what, const problem *p, const manner *how, result *sink)
{
    linclf_error error = {{0}};
    linclf_value value = {0, 0};
    sha256 s = sha256_begin();
    char digest[SHA256_TEXT];

    CHECK(loss_grad(p, how->n_threads, &value, &error) == LINCLF_STATUS_ok, "%s: %s",
          what, error.message);

    const double objective = value.data + value.penalty;

    sha256_add(&s, &value.data, sizeof value.data);
    sha256_add(&s, &objective, sizeof objective);
    add_matrix(&s, &p->gradient.dW);
    add_vector(&s, &p->gradient.db);
    sha256_end(&s, digest);
    sink(what, p, how, digest);
}

/* Steps with all that a step can have, from rows in some other order; W and b
 * are copies. */
static inline void
give_run(const char *what, const problem *given, const manner *how, result *sink)
{
    enum { STEPS = 2 };
    static const double rates[STEPS] = {0x1p-10, 0x1p-11};
    problem p = *given;
    const ptrdiff_t N = p.data.X.rows, n_index = N + N / 2;
    int64_t done = 0;
    linclf_error error = {{0}};
    sha256 s = sha256_begin();
    char digest[SHA256_TEXT];

    p.memory.count = 0;
    p.model.W = relay(&p.memory, &p.model.W, &how->lie);
    p.model.b = new_vector(&p, p.model.b.size, p.model.b.dtype, how->lie.at_end);
    memcpy(p.model.b.data, given->model.b.data,
           (size_t)(p.model.b.size * linclf_dtype_size(p.model.b.dtype)));

    const linclf_vector index = new_vector(&p, n_index, LINCLF_i64, how->lie.at_end);
    const linclf_matrix history = new_matrix(&p, STEPS, 3, LINCLF_f64, how->lie.at_end);
    const linclf_run run = {
        .index = index.data,
        .n_index = n_index,
        .batch_size = N,
        .n_steps = (n_index + N - 1) / N,
        .rate = rates,
        .momentum = 0.5,
        .nesterov = 1,
        .velocity = {.dW = new_matrix(&p, p.model.W.rows, p.model.W.cols,
                                      p.model.W.dtype, how->lie.at_end),
                     .db = new_vector(&p, p.model.b.size, p.model.b.dtype,
                                      how->lie.at_end)},
        .history = history.data,
        .done = &done,
    };

    for (ptrdiff_t i = 0; i < n_index; i++)
        ((int64_t *)index.data)[i] = (7 * i + 3) % N;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s: %s", what, error.message);
    add_matrix(&s, &p.model.W);
    add_vector(&s, &p.model.b);
    add_matrix(&s, &run.velocity.dW);
    add_vector(&s, &run.velocity.db);
    sha256_add(&s, history.data, (size_t)(3 * run.n_steps) * sizeof(double));
    sha256_end(&s, digest);
    sink(what, &p, how, digest);
    release(&p.memory);
}

static inline void
give_scores(const problem *p, const manner *how, result *sink)
{
    const ptrdiff_t N = p->data.X.rows, C = p->model.W.cols;
    rooms memory = {.count = 0};
    const linclf_matrix like = {.rows = N, .cols = C, .dtype = p->model.W.dtype};
    const linclf_matrix S = new_layout(&memory, &like, &how->lie);
    int64_t *const labels =
        guarded(&memory, (size_t)N * sizeof *labels, how->lie.at_end);
    linclf_error error = {{0}};
    sha256 s = sha256_begin();
    char digest[SHA256_TEXT];

    CHECK(linclf_scores(&p->model, &p->data, &S, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    add_matrix(&s, &S);
    CHECK(linclf_predict(&p->model, &p->data, labels, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    sha256_add(&s, labels, (size_t)N * sizeof *labels);
    CHECK(linclf_softmax(&S, &S, how->n_threads, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    add_matrix(&s, &S);
    sha256_end(&s, digest);
    sink("scores", p, how, digest);
    release(&memory);
}

/* All results of one problem, or those of one loss; scores go with softmax. */
static inline void
all_results(const problem *given, const linclf_matrix *targets, const manner *how,
            int only, result *sink)
{
    problem p = *given;
    char what[64];

    p.memory.count = 0;
    p.data.X = relay(&p.memory, &p.data.X, &how->lie);
    p.model.W = relay(&p.memory, &p.model.W, &how->lie);
    p.gradient.dW = new_layout(&p.memory, &p.gradient.dW, &how->lie);
    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
        if (only != ALL && loss != only)
            continue;
        p.objective.loss = (linclf_loss)loss;
        give_loss(linclf_loss_name(loss), &p, how, sink);
        (void)snprintf(what, sizeof what, "%s-run", linclf_loss_name(loss));
        give_run(what, &p, how, sink);
    }
    if (only == ALL || only == LINCLF_LOSS_softmax) {
        give_scores(&p, how, sink);
        p.objective.loss = LINCLF_LOSS_softmax;
        p.data.targets = relay(&p.memory, targets, &how->lie);
        p.data.y = (linclf_vector){0};
        give_loss("softmax-targets", &p, how, sink);
    }
    release(&p.memory);
}

#endif
