/* Numerical gradients without Python, on every instruction set: equal to the
 * analytic ones, within forbidden pages, and refused with a sentence. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <math.h>

#include "problem.h"

static const linclf_differences central;

static linclf_status
differentiate(const problem *p, const linclf_differences *differences, int n_threads,
              linclf_error *error)
{
    return linclf_numerical_gradient(&p->objective, &p->model, &p->data, differences,
                                     &p->gradient, n_threads, error);
}

/* Scores are of order 10 and moved by 6e-6: entries are right to 1e-7 but for
 * rows nearer than that to a kink, which these draws do not have. */
static void
check_against_analytic(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype x,
                       bool at_end, const char *isa)
{
    problem p = new_problem(N, D, C, LINCLF_f64, x, at_end);
    problem analytic = p;
    linclf_error error = {{0}};
    linclf_value value;

    analytic.gradient.dW = new_matrix(&p, D, C, LINCLF_f64, at_end);
    analytic.gradient.db = new_vector(&p, C, LINCLF_f64, at_end);
    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
        p.objective.loss = analytic.objective.loss = (linclf_loss)loss;
        CHECK(loss_grad(&analytic, 1, &value, &error) == LINCLF_STATUS_ok, "%s",
              error.message);
        CHECK(differentiate(&p, &central, 1, &error) == LINCLF_STATUS_ok, "%s",
              error.message);
        for (ptrdiff_t i = 0; i < D * C; i++) {
            const double found = get(p.gradient.dW.data, i, LINCLF_f64);
            const double exact = get(analytic.gradient.dW.data, i, LINCLF_f64);

            CHECK(fabs(found - exact) <= 1e-7 * (1 + value.data),
                  "%s %tdx%tdx%td on %s: dW[%td] is %.17g, not %.17g",
                  linclf_loss_name(loss), N, D, C, isa, i, found, exact);
        }
        for (ptrdiff_t c = 0; c < C; c++) {
            const double found = get(p.gradient.db.data, c, LINCLF_f64);
            const double exact = get(analytic.gradient.db.data, c, LINCLF_f64);

            CHECK(fabs(found - exact) <= 1e-7 * (1 + value.data),
                  "%s on %s: db[%td] is %.17g, not %.17g", linclf_loss_name(loss), isa,
                  c, found, exact);
        }
    }
    release(&p.memory);
}

static void
test_sizes(const char *isa)
{
    for (int at_end = 0; at_end < 2; at_end++) {
        for (ptrdiff_t n = 1; n <= 20; n++) {
            check_against_analytic(n, 3, 4, LINCLF_f64, at_end, isa);
            check_against_analytic(5, n, 3, LINCLF_f64, at_end, isa);
            check_against_analytic(6, 2, n, LINCLF_f64, at_end, isa);
        }
        check_against_analytic(300, 9, 3, LINCLF_f64, at_end, isa);
        check_against_analytic(9, 17, 3, LINCLF_u8, at_end, isa);
    }
}

static int
refuse(void *context)
{
    ++*(int *)context;
    return 1;
}

/* Asked for the first time after 50 ms, it stops, and nothing is written. */
static void
test_poll_stops(void)
{
    int asked = 0;
    problem p = new_problem(4000, 300, 40, LINCLF_f64, LINCLF_f64, true);
    const linclf_differences polled = {.poll = refuse, .poll_context = &asked};
    linclf_error error = {{0}};

    p.objective.loss = LINCLF_LOSS_softmax;
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        asked = 0;
        CHECK(differentiate(&p, &polled, n_threads, &error) == LINCLF_STATUS_stopped,
              "%s", error.message);
        CHECK(asked == 1, "asked %d times", asked);
        CHECK(get(p.gradient.dW.data, 0, LINCLF_f64) == 55, "written");
    }
    release(&p.memory);
}

static void
check_refused(const problem *given, const double *h, const char *word)
{
    const linclf_differences differences = {.h = h};
    linclf_error error = {{0}};
    const linclf_status status = differentiate(given, &differences, 2, &error);

    CHECK(status == LINCLF_STATUS_value, "status %d: %s", (int)status, error.message);
    CHECK(strstr(error.message, word) != NULL, "no \"%s\" in: %s", word, error.message);
}

static void
test_refusals(void)
{
    static const double bad[] = {0, -1, (double)NAN, (double)INFINITY}, tiny = 1e-30;
    problem p = new_problem(200, 5, 4, LINCLF_f64, LINCLF_f64, true);
    problem q = p;

    for (int i = 0; i < 4; i++)
        check_refused(&p, &bad[i], "must be a finite number > 0");
    check_refused(&p, &tiny, "too small to move W[0, 0]");
    q.gradient.dW.data = p.model.W.data;
    check_refused(&q, NULL, "memory with W");
    q = p;
    q.data.y.size = 199;
    check_refused(&q, NULL, "y has 199 entries");
    ((int64_t *)p.data.y.data)[150] = 4;
    check_refused(&p, NULL, "y[150] is 4");
    check_refused(&p, &(double){1e-6}, "y[150] is 4");
    for (ptrdiff_t i = 0; i < 20; i++)
        CHECK(get(p.gradient.dW.data, i, LINCLF_f64) == 55, "dW[%td] is written", i);
    for (ptrdiff_t c = 0; c < 4; c++)
        CHECK(get(p.gradient.db.data, c, LINCLF_f64) == 55, "db[%td] is written", c);
    release(&p.memory);
}

int
main(void)
{
    on_every_isa(test_sizes);
    test_poll_stops();
    test_refusals();
    return check_report();
}
