/* What is refused, with which sentence, and that outputs stay untouched. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <float.h>
#include <math.h>

#include "problem.h"

/* The call with operands `given` is refused, and the outputs of `p`, whose
 * memory they share, stay full of 55. */
static void
check_refused(const problem *given, const problem *p, linclf_status expected,
              const char *word)
{
    const linclf_gradient *const g = &p->gradient;
    linclf_error error = {{0}};
    linclf_value value = {55, 55};
    const linclf_status status = loss_grad(given, 2, &value, &error);

    CHECK(status == expected, "status %d: %s", (int)status, error.message);
    CHECK(strstr(error.message, word) != NULL, "no \"%s\" in: %s", word, error.message);
    CHECK(value.data == 55 && value.penalty == 55, "%g", value.data);
    for (ptrdiff_t i = 0; i < g->dW.rows * g->dW.cols; i++)
        CHECK(get(g->dW.data, i, g->dW.dtype) == 55, "dW[%td] after: %s", i,
              error.message);
    for (ptrdiff_t c = 0; c < g->db.size; c++)
        CHECK(get(g->db.data, c, g->db.dtype) == 55, "db[%td] after: %s", c,
              error.message);
}

static void
test_labels_out_of_range(const char *isa)
{
    static const int64_t bad[] = {-1, 10, 11, INT64_MIN, INT64_MAX, (int64_t)1 << 32};
    static const ptrdiff_t places[] = {0, 17, 4999};

    (void)isa;
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++) {
            problem p = new_problem(5000, 200, 10, LINCLF_f32, LINCLF_f32, true);
            char word[64];

            ((int64_t *)p.data.y.data)[places[j]] = bad[i];
            (void)snprintf(word, sizeof word, "y[%td] is %lld, but W has 10 classes",
                           places[j], (long long)bad[i]);
            check_refused(&p, &p, LINCLF_STATUS_value, word);
            release(&p.memory);
        }
}

static void
test_operands_that_disagree(void)
{
    problem p = new_problem(6, 5, 4, LINCLF_f64, LINCLF_f64, true);
#define REFUSED(word, ...)                                \
    do {                                                  \
        problem q = p;                                    \
        __VA_ARGS__;                                      \
        check_refused(&q, &p, LINCLF_STATUS_value, word); \
    } while (0)

    REFUSED("X has 4 columns", q.data.X.cols = 4);
    REFUSED("X is empty", q.data.X.rows = 0);
    REFUSED("W is empty", q.model.W.cols = 0);
    REFUSED("W is empty", q.model.W.rows = q.data.X.cols = 0);
    REFUSED("y has 5 entries", q.data.y.size = 5);
    REFUSED("b has shape (3,)", q.model.b.size = 3);
    REFUSED("center has shape (6,)",
            q.data.center = (linclf_vector){p.data.X.data, 6, 1, LINCLF_f64});
    REFUSED("dW has shape (4, 4)", q.gradient.dW.rows = 4);
    REFUSED("db has shape (3,)", q.gradient.db.size = 3);
    REFUSED("dW overlaps itself", q.gradient.dW.row_stride = 0);
    REFUSED("dW overlaps itself", q.gradient.dW.row_stride = 1);
    REFUSED("memory with W", q.gradient.dW.data = p.model.W.data);
    REFUSED("memory with W", q.gradient.dW.data = (double *)p.model.W.data + 19);
    REFUSED("memory with dW", q.gradient.db.data = (double *)p.gradient.dW.data + 3);
    REFUSED("delta is", q.objective.delta = -1);
    REFUSED("delta is", q.objective.delta = (double)NAN);
    REFUSED("reg is", q.objective.l2 = (double)INFINITY);
    REFUSED("reg is", q.objective.l1 = -DBL_MIN);
    REFUSED("only the softmax", q.data.targets = p.data.X);
#undef REFUSED
    release(&p.memory);
}

/* A run that meets a bad row number or label says which; nothing is written
 * outside, and the parameters stay as they were. */
static void
test_runs_that_fail(void)
{
    static const double rates[3] = {0.1, 0.1, 0.1};
    problem p = new_problem(9, 5, 4, LINCLF_f64, LINCLF_f64, true);
    double history[9], before[20];
    int64_t done = 0, index[9] = {0, 1, 2, 3, 4, 5, 6, 7, 9};
    linclf_run run = {.index = index,
                      .n_index = 9,
                      .batch_size = 3,
                      .n_steps = 3,
                      .rate = rates,
                      .history = history,
                      .done = &done};
    linclf_error error = {{0}};

    memcpy(before, p.model.W.data, sizeof before);
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, 1, &error)
              == LINCLF_STATUS_value,
          "%s", error.message);
    CHECK(strstr(error.message, "index[8] is 9") != NULL, "%s", error.message);
    CHECK(memcmp(before, p.model.W.data, sizeof before) == 0, "W changed");
    index[8] = 8;
    ((int64_t *)p.data.y.data)[7] = -3;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, 1, &error)
              == LINCLF_STATUS_value,
          "%s", error.message);
    CHECK(strstr(error.message, "y[7] is -3") != NULL, "%s", error.message);
    CHECK(memcmp(before, p.model.W.data, sizeof before) == 0, "W changed");
    run.batch_size = 4;
    run.n_steps = 2;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, 1, &error)
              == LINCLF_STATUS_value,
          "%s", error.message);
    run.batch_size = 0;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, 1, &error)
              == LINCLF_STATUS_value,
          "%s", error.message);
    release(&p.memory);
}

/* Sizes whose scratch memory cannot be had, or whose byte count overflows. */
static void
test_memory_that_cannot_be_had(void)
{
    static double one[1] = {1};
    static int64_t label[1] = {0};
    linclf_error error = {{0}};

    for (int bits = 24; bits <= 31; bits++) {
        const ptrdiff_t n = (ptrdiff_t)1 << bits;
        const linclf_model model = {.W = {one, n, n, 0, 0, LINCLF_f64}};
        const linclf_data data = {.X = {one, 1, n, 0, 0, LINCLF_f64},
                                  .y = {label, 1, 0, LINCLF_i64}};
        const linclf_objective objective = {.loss = LINCLF_LOSS_softmax};
        linclf_value value;

        CHECK(linclf_loss_grad(&objective, &model, &data, NULL, 1, &value, &error)
                  == LINCLF_STATUS_memory,
              "2**%d: %s", bits, error.message);
        CHECK(strstr(error.message, "memory") != NULL, "%s", error.message);
    }
}

static void
test_tables(void)
{
    CHECK(linclf_use_isa("sse9") == -1, "%s", linclf_isa());
    CHECK(linclf_isa_name(-1) == NULL && linclf_isa_name(linclf_isa_count()) == NULL,
          "range");
    CHECK(linclf_loss_name(-1) == NULL && linclf_loss_name(LINCLF_N_LOSSES) == NULL,
          "range");
    for (int i = 0; i < LINCLF_N_LOSSES; i++)
        for (int j = 0; j < i; j++)
            CHECK(strcmp(linclf_loss_name(i), linclf_loss_name(j)) != 0, "%s",
                  linclf_loss_name(i));
    for (int i = 0; i < LINCLF_N_DTYPES; i++)
        CHECK(linclf_dtype_name((linclf_dtype)i)
                  && linclf_dtype_size((linclf_dtype)i) > 0,
              "%d", i);
    CHECK(linclf_default_threads() >= 1, "%d", linclf_default_threads());
}

int
main(void)
{
    on_every_isa(test_labels_out_of_range);
    test_operands_that_disagree();
    test_runs_that_fail();
    test_memory_that_cannot_be_had();
    test_tables();
    return check_report();
}
