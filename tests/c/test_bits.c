/* Same bits: for any number of threads, on every instruction set that has a
 * fused multiply-add, and for a run as for a loop of its steps. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */

#include "problem.h"

static bool
is_fused(const char *isa)
{
    return strcmp(isa, "baseline") != 0;
}

/* ---- same bits ------------------------------------------------------------- */

static void
test_same_bits_on_fused_sets(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real,
                             linclf_loss loss)
{
    problem first = new_problem(N, D, C, real, real, true);
    problem other = new_problem(N, D, C, real, real, false);
    linclf_value value, same;
    linclf_error error = {{0}};
    bool started = false;

    first.objective.loss = other.objective.loss = loss;
    for (int i = 0; i < linclf_isa_count(); i++) {
        const char *const isa = linclf_isa_name(i);

        if (!is_fused(isa))
            continue;
        CHECK(linclf_use_isa(isa) == 0, "%s", isa);
        if (!started) {
            CHECK(loss_grad(&first, 1, &value, &error) == LINCLF_STATUS_ok, "%s",
                  error.message);
            started = true;
        }
        for (int n_threads = 1; n_threads <= 7; n_threads += n_threads == 3 ? 4 : 1) {
            CHECK(loss_grad(&other, n_threads, &same, &error) == LINCLF_STATUS_ok, "%s",
                  error.message);
            CHECK(memcmp(&value.data, &same.data, sizeof same.data) == 0,
                  "%s, %td x %td x %td, %d threads on %s: %.17g, not %.17g",
                  linclf_loss_name((int)loss), N, D, C, n_threads, isa, same.data,
                  value.data);
            CHECK(value.penalty == same.penalty, "%.17g", same.penalty);
            CHECK(same_gradient(&first.gradient, &other.gradient),
                  "%s, %td x %td x %td, %d threads on %s", linclf_loss_name((int)loss),
                  N, D, C, n_threads, isa);
        }
    }
    release(&first.memory);
    release(&other.memory);
}

static void
test_same_bits(void)
{
    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++)
        for (int real = LINCLF_f32; real <= LINCLF_f64; real++) {
            for (ptrdiff_t n = 1; n < 40; n += 3)
                test_same_bits_on_fused_sets(n, 3 * n - 2, n, (linclf_dtype)real,
                                             (linclf_loss)loss);
            test_same_bits_on_fused_sets(6001, 259, 12, (linclf_dtype)real,
                                         (linclf_loss)loss);
            test_same_bits_on_fused_sets(611, 700, 43, (linclf_dtype)real,
                                         (linclf_loss)loss);
        }
}

/* ---- training -------------------------------------------------------------- */

static void
test_run_is_a_loop_of_steps(const char *isa)
{
    enum { N = 50, D = 521, C = 4, STEPS = 4, BATCH = 16 };   /* W of two slices */
    problem p = new_problem(N, D, C, LINCLF_f64, LINCLF_u8, true);
    problem q = new_problem(N, D, C, LINCLF_f64, LINCLF_u8, false);
    const double rates[STEPS] = {1e-3, 2e-3, 3e-3, 4e-3};
    double history[STEPS][3];
    int64_t index[N], done = 0;
    const linclf_run run = {.index = index,
                            .n_index = N,
                            .batch_size = BATCH,
                            .n_steps = STEPS,
                            .rate = rates,
                            .history = history[0],
                            .done = &done};
    linclf_error error = {{0}};
    linclf_value value;

    for (int i = 0; i < N; i++)
        index[i] = (i * 7) % N;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, 1, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    CHECK(done == STEPS, "%lld", (long long)done);
    for (int step = 0; step < STEPS; step++) {
        const int n = step == STEPS - 1 ? N % BATCH : BATCH;
        uint8_t X[BATCH * D];
        int64_t y[BATCH];
        problem batch = q;

        for (int i = 0; i < n; i++) {
            const int64_t row = index[step * BATCH + i];

            memcpy(X + i * D, (uint8_t *)q.data.X.data + row * D, D);
            y[i] = ((int64_t *)q.data.y.data)[row];
        }
        batch.data.X = (linclf_matrix){X, n, D, D, 1, LINCLF_u8};
        batch.data.y = (linclf_vector){y, n, 1, LINCLF_i64};
        CHECK(loss_grad(&batch, 1, &value, &error) == LINCLF_STATUS_ok, "%s",
              error.message);
        CHECK(history[step][0] == value.data, "step %d on %s", step, isa);
        CHECK(history[step][1] == value.penalty, "step %d on %s", step, isa);
        (void)linclf_sgd_step(&q.model.W, &q.gradient.dW, rates[step], &error);
        for (int c = 0; c < C; c++)
            ((double *)q.model.b.data)[c] -=
                rates[step] * ((const double *)q.gradient.db.data)[c];
    }
    CHECK(memcmp(p.model.W.data, q.model.W.data, bytes_of(&p.model.W)) == 0, "W on %s",
          isa);
    CHECK(memcmp(p.model.b.data, q.model.b.data, C * sizeof(double)) == 0, "b on %s",
          isa);
    release(&p.memory);
    release(&q.memory);
}

/* Where a run ends early, everything is as after as many steps. */
static void
test_a_step_that_diverges_is_not_kept(const char *isa)
{
    enum { N = 256, D = 521, C = 4, STEPS = 24, LAST = 20 };
    double rates[STEPS];

    for (int t = 0; t < STEPS; t++)
        rates[t] = t == LAST ? 1e300 : 1e-3;
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        problem all = new_problem(N, D, C, LINCLF_f64, LINCLF_f64, true);
        problem some = new_problem(N, D, C, LINCLF_f64, LINCLF_f64, true);
        problem *const both[] = {&all, &some};
        double history[2][3 * STEPS];
        int64_t done[2];
        linclf_error error = {{0}};

        for (int i = 0; i < 2; i++) {
            const linclf_run run = {.n_steps = i == 0 ? STEPS : LAST + 1,
                                    .rate = rates,
                                    .momentum = 0.9,
                                    .velocity = both[i]->gradient,
                                    .history = history[i],
                                    .done = &done[i]};

            CHECK(linclf_sgd_run(&both[i]->objective, &both[i]->model, &both[i]->data,
                                 &run, n_threads, &error)
                      == (i == 0 ? LINCLF_STATUS_diverged : LINCLF_STATUS_ok),
                  "%d threads on %s: %s", n_threads, isa, error.message);
            CHECK(done[i] == LAST + 1, "%lld", (long long)done[i]);
        }
        CHECK(memcmp(all.model.W.data, some.model.W.data, bytes_of(&all.model.W)) == 0,
              "W with %d threads on %s", n_threads, isa);
        CHECK(memcmp(all.model.b.data, some.model.b.data, C * sizeof(double)) == 0,
              "b with %d threads on %s", n_threads, isa);
        CHECK(same_gradient(&all.gradient, &some.gradient),
              "velocity with %d threads on %s", n_threads, isa);
        CHECK(memcmp(history[0], history[1], 3 * (LAST + 1) * sizeof(double)) == 0,
              "history with %d threads on %s", n_threads, isa);
        release(&all.memory);
        release(&some.memory);
    }
}

int
main(void)
{
    test_same_bits();
    on_every_isa(test_run_is_a_loop_of_steps);
    on_every_isa(test_a_step_that_diverges_is_not_kept);
    return check_report();
}
