/* The core without Python, on every instruction set: known values, and all
 * lengths of rows beside forbidden pages. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <float.h>
#include <math.h>

#include "problem.h"

/* ---- known values --------------------------------------------------------- */

/* The cat, car and frog of the lectures: the mean loss, and 3 dL/ds of the
 * cat. Their scores are W, and X is the identity. */
static void
test_lecture(const char *isa)
{
    static double scores[] = {3.2, 5.1, -1.7, 1.3, 4.9, 2.0, 2.2, 2.5, -3.1};
    static double identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static uint8_t labels[] = {0, 1, 2};
    static const double expected[LINCLF_N_LOSSES][4] = {
        [LINCLF_LOSS_hinge] = {15.8, -1, 1, 0},
        [LINCLF_LOSS_squared_hinge] = {91.66, -5.8, 5.8, 0},
        [LINCLF_LOSS_crammer_singer] = {9.5, -1, 1, 0},
        [LINCLF_LOSS_one_vs_all] = {22.2, 0, 1, 0},
        [LINCLF_LOSS_softmax] = {8.275964, -0.870017, 0.869050, 0.000968},
    };
    double dW[9];
    const linclf_model model = {.W = {scores, 3, 3, 3, 1, LINCLF_f64}};
    const linclf_data data = {.X = {identity, 3, 3, 3, 1, LINCLF_f64},
                              .y = {labels, 3, 1, LINCLF_u8}};
    const linclf_gradient gradient = {.dW = {dW, 3, 3, 3, 1, LINCLF_f64}};
    linclf_error error = {{0}};
    linclf_value value;

    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
        const linclf_objective objective = {(linclf_loss)loss, 1, 0, 0};
        const linclf_status status =
            linclf_loss_grad(&objective, &model, &data, &gradient, 1, &value, &error);

        CHECK(status == LINCLF_STATUS_ok, "%s", error.message);
        if (expected[loss][0] == 0)
            continue; /* a loss that no lecture gives figures of */
        CHECK(fabs(3 * value.data - expected[loss][0]) < 1e-6, "%s on %s: %.9g",
              linclf_loss_name(loss), isa, 3 * value.data);
        CHECK(value.penalty == 0, "%g", value.penalty);
        for (int j = 0; j < 3; j++)
            CHECK(fabs(3 * dW[j] - expected[loss][j + 1]) < 1e-6, "%s on %s: %.9g",
                  linclf_loss_name(loss), isa, 3 * dW[j]);
    }
}

/* ---- tails ---------------------------------------------------------------- */

/* Scores and the hinge gradient by their formulas, where rounding is known:
 * every product and sum adds at most one unit of eps times its size. */
static void
check_formulas(const problem *p, const linclf_matrix *S, const char *isa)
{
    const linclf_matrix *const W = &p->model.W, *const X = &p->data.X;
    const double eps = W->dtype == LINCLF_f32 ? (double)FLT_EPSILON : DBL_EPSILON;
    const ptrdiff_t N = X->rows, D = W->rows, C = W->cols;
    double sum_db = 0;

    for (ptrdiff_t i = 0; i < N; i++)
        for (ptrdiff_t c = 0; c < C; c++) {
            long double s = (long double)get(p->model.b.data, c, W->dtype),
                        size = fabsl(s);

            for (ptrdiff_t d = 0; d < D; d++) {
                const long double term = (long double)get(X->data, i * D + d, X->dtype)
                                       * (long double)get(W->data, d * C + c, W->dtype);

                s += term;
                size += fabsl(term);
            }
            CHECK(fabsl((long double)get(S->data, i * C + c, W->dtype) - s)
                      <= 4 * (long double)eps * size,
                  "score %td, %td of D = %td on %s", i, c, D, isa);
        }
    for (ptrdiff_t c = 0; c < C; c++)
        sum_db += get(p->gradient.db.data, c, W->dtype);
    CHECK(fabs(sum_db) <= eps * (double)(C * C), "db sums to %g", sum_db);
}

static void
test_tail(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real, linclf_dtype x,
          bool at_end, const char *isa)
{
    problem p = new_problem(N, D, C, real, x, at_end);
    const linclf_matrix S = new_matrix(&p, N, C, real, at_end);
    const linclf_vector labels = new_vector(&p, N, LINCLF_i64, at_end);
    linclf_error error = {{0}};
    linclf_value value;

    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
        p.objective.loss = (linclf_loss)loss;
        CHECK(loss_grad(&p, 1, &value, &error) == LINCLF_STATUS_ok, "%s",
              error.message);
        CHECK(isfinite(value.data) && value.data >= 0, "%g", value.data);
    }
    p.objective.loss = LINCLF_LOSS_hinge;
    CHECK(loss_grad(&p, 1, &value, &error) == LINCLF_STATUS_ok, "%s", error.message);
    CHECK(linclf_scores(&p.model, &p.data, &S, 1, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    check_formulas(&p, &S, isa);
    CHECK(linclf_predict(&p.model, &p.data, labels.data, 1, &error) == LINCLF_STATUS_ok,
          "%s", error.message);
    CHECK(linclf_softmax(&S, &S, 1, &error) == LINCLF_STATUS_ok, "%s", error.message);
    CHECK(linclf_sgd_step(&p.model.W, &p.gradient.dW, 0.5, &error) == LINCLF_STATUS_ok,
          "%s", error.message);
    release(&p.memory);
}

static void
test_tails(const char *isa)
{
    static const linclf_dtype types[] = {LINCLF_f32, LINCLF_f64, LINCLF_u8, LINCLF_i64};

    for (int t = 0; t < 4; t++)
        for (int at_end = 0; at_end < 2; at_end++) {
            const linclf_dtype real = t == 1 ? LINCLF_f64 : LINCLF_f32;

            for (ptrdiff_t n = 1; n <= 130; n++)
                test_tail(3, n, 4, real, types[t], at_end, isa);
            for (ptrdiff_t n = 1; n <= 70; n++) {
                test_tail(2, 5, n, real, types[t], at_end, isa);
                test_tail(n, 9, 3, real, types[t], at_end, isa);
            }
        }
}

/* The loss alone has the bits of the loss with its gradient. */
static void
test_loss_alone(const char *isa)
{
    for (int real = LINCLF_f32; real <= LINCLF_f64; real++)
        for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
            problem p =
                new_problem(300, 17, 5, (linclf_dtype)real, (linclf_dtype)real, true);
            linclf_error error = {{0}};
            linclf_value value, alone;

            p.objective.loss = (linclf_loss)loss;
            CHECK(loss_grad(&p, 1, &value, &error) == LINCLF_STATUS_ok, "%s",
                  error.message);
            CHECK(linclf_loss_grad(&p.objective, &p.model, &p.data, NULL, 1, &alone,
                                   &error)
                      == LINCLF_STATUS_ok,
                  "%s", error.message);
            CHECK(value.data == alone.data && value.penalty == alone.penalty,
                  "%s on %s", linclf_loss_name(loss), isa);
            release(&p.memory);
        }
}

int
main(void)
{
    on_every_isa(test_lecture);
    on_every_isa(test_tails);
    on_every_isa(test_loss_alone);
    return check_report();
}
