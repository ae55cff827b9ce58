/* Many threads calling, each with many workers, on shared operands: for
 * ThreadSanitizer, and for equal bits. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS, affinity */
#include <pthread.h>
#include <sched.h>

#include "internal.h"
#include "problem.h"

/* Enough work for several workers: 4 N D C is above 5e7. */
enum { N = 6000, D = 96, C = 24, CALLERS = 3, ROUNDS = 2, STEPS = 3 };

static problem shared;
static linclf_value expected;
static linclf_matrix expected_scores;
static atomic_bool stop;

static double *
fresh(ptrdiff_t count)
{
    double *const memory = calloc((size_t)count, sizeof *memory);

    if (!memory)
        abort();
    return memory;
}

/* Every caller has outputs of its own, and reads the same inputs. */
static void
call_everything(int n_threads)
{
    problem mine = shared;
    double *const dW = fresh(D * C), *const db = fresh(C),
                  *const S = fresh((ptrdiff_t)N * C);
    int64_t *const labels = (int64_t *)fresh(N);
    const linclf_matrix scores = {S, N, C, C, 1, LINCLF_f64};
    linclf_error error = {{0}};
    linclf_value value;

    mine.gradient.dW.data = dW;
    mine.gradient.db.data = db;
    CHECK(loss_grad(&mine, n_threads, &value, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    CHECK(value.data == expected.data && value.penalty == expected.penalty, "%.17g",
          value.data);
    CHECK(same_gradient(&mine.gradient, &shared.gradient), "%d threads", n_threads);
    CHECK(linclf_scores(&mine.model, &mine.data, &scores, n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    CHECK(memcmp(S, expected_scores.data, bytes_of(&scores)) == 0, "%d threads",
          n_threads);
    CHECK(linclf_predict(&mine.model, &mine.data, labels, n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    CHECK(linclf_softmax(&scores, &scores, n_threads, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    free(dW);
    free(db);
    free(S);
    free(labels);
}

static int
stop_at_two(void *context)
{
    return *(const int64_t *)context >= 2;
}

/* A run on copies of the parameters; W after it, to be freed. */
static double *
run_steps(int n_threads, bool polled)
{
    static const double rates[STEPS] = {0.1, 0.2, 0.3};
    double *const W = fresh(D * C), *const b = fresh(C), *const vW = fresh(D * C);
    double *const vb = fresh(C), *const history = fresh(3 * STEPS);
    linclf_model model = shared.model;
    int64_t done = 0;
    const linclf_run run = {
        .n_steps = STEPS,
        .rate = rates,
        .momentum = 0.9,
        .nesterov = 1,
        .velocity = {.dW = {vW, D, C, C, 1, LINCLF_f64}, .db = {vb, C, 1, LINCLF_f64}},
        .history = history,
        .done = &done,
        .poll = polled ? stop_at_two : NULL,
        .poll_context = &done,
    };
    linclf_error error = {{0}};

    memcpy(W, model.W.data, bytes_of(&model.W));
    memcpy(b, model.b.data, C * sizeof *b);
    model.W.data = W;
    model.b.data = b;
    const linclf_status status = linclf_sgd_run(&shared.objective, &model, &shared.data,
                                                &run, n_threads, &error);

    CHECK(status == LINCLF_STATUS_ok || (polled && status == LINCLF_STATUS_stopped),
          "%s", error.message);
    CHECK(done == STEPS || (polled && done >= 2), "%lld", (long long)done);
    free(b);
    free(vW);
    free(vb);
    free(history);
    return W;
}

static void *
caller(void *argument)
{
    const int number = *(const int *)argument;

    for (int round = 0; round < ROUNDS; round++) {
        double *const alone = run_steps(1, false), *const together =
                                                       run_steps(3 + number, false);

        call_everything(1 + (number + round) % 5);
        CHECK(memcmp(alone, together, D * C * sizeof *alone) == 0, "caller %d", number);
        free(alone);
        free(together);
        free(run_steps(2, true));
    }
    return NULL;
}

/* Choosing an instruction set while others compute must not tear anything. */
static void *
chooser(void *best)
{
    while (!atomic_load(&stop)) {
        CHECK(linclf_use_isa(best) == 0, "%s", (const char *)best);
        (void)linclf_isa();
    }
    return NULL;
}

/* Several workers meet a bad label at once: the first one is reported. */
static void
test_bad_labels_met_by_many_workers(void)
{
    problem p = new_problem(N, D, C, LINCLF_f64, LINCLF_f64, true);
    linclf_error error = {{0}};
    linclf_value value = {55, 55};

    for (ptrdiff_t i = N / 3; i < N; i += 100)
        ((int64_t *)p.data.y.data)[i] = -1;
    for (int n_threads = 1; n_threads < 9; n_threads++) {
        CHECK(loss_grad(&p, n_threads, &value, &error) == LINCLF_STATUS_value, "%s",
              error.message);
        CHECK(strstr(error.message, "y[2000] is -1") != NULL, "%s", error.message);
        CHECK(value.data == 55 && *(double *)p.gradient.dW.data == 55, "%g",
              value.data);
    }
    release(&p.memory);
}

#if defined(__linux__)
typedef struct {
    atomic_bool all_started;
    atomic_int workers;
    cpu_set_t allowed;
} gathering;

static void
compare_affinity(void *context, int worker)
{
    gathering *const g = context;
    cpu_set_t mine;

    if (worker == 0)
        atomic_store(&g->all_started, true);
    while (!atomic_load(&g->all_started))
        (void)sched_yield();
    CHECK(sched_getaffinity(0, sizeof mine, &mine) == 0, "worker %d", worker);
    CHECK(CPU_EQUAL(&mine, &g->allowed), "worker %d may use %d CPUs", worker,
          CPU_COUNT(&mine));
    atomic_fetch_add(&g->workers, 1);
}

/* They are sent away from the caller's CPU when they start, and not for good; and
 * where there is no other CPU, not at all. */
static void
test_workers_may_use_what_their_caller_may(void)
{
    gathering g = {.workers = 0};
    cpu_set_t all, one;

    CHECK(sched_getaffinity(0, sizeof all, &all) == 0, "%s", "affinity");
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    for (int round = 0; round < 2; round++) {
        g.allowed = round == 0 ? all : one;
        CHECK(sched_setaffinity(0, sizeof g.allowed, &g.allowed) == 0, "%d", round);
        atomic_store(&g.all_started, false);
        linclf_parallel(3, compare_affinity, &g);
    }
    CHECK(atomic_load(&g.workers) == 6, "%d", atomic_load(&g.workers));
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0, "%s", "affinity");
}
#endif

int
main(void)
{
    static int numbers[CALLERS];
    pthread_t callers[CALLERS], choosing;
    linclf_error error = {{0}};
    char *const best = (char *)(uintptr_t)linclf_isa();

    shared = new_problem(N, D, C, LINCLF_f64, LINCLF_f64, true);
    shared.objective.loss = LINCLF_LOSS_softmax;
    expected_scores = new_matrix(&shared, N, C, LINCLF_f64, true);
    CHECK(loss_grad(&shared, 1, &expected, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    CHECK(linclf_scores(&shared.model, &shared.data, &expected_scores, 1, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);

    if (pthread_create(&choosing, NULL, chooser, best) != 0)
        abort();
    for (int i = 0; i < CALLERS; i++) {
        numbers[i] = i;
        if (pthread_create(&callers[i], NULL, caller, &numbers[i]) != 0)
            abort();
    }
    for (int i = 0; i < CALLERS; i++)
        (void)pthread_join(callers[i], NULL);
    atomic_store(&stop, true);
    (void)pthread_join(choosing, NULL);
    test_bad_labels_met_by_many_workers();
#if defined(__linux__)
    test_workers_may_use_what_their_caller_may();
#endif
    release(&shared.memory);
    return check_report();
}
