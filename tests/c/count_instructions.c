/* Six reference calls, for callgrind to count the instructions of.
 *
 *     count_instructions                  make the calls, under callgrind
 *     count_instructions --toolchain      what the counts depend on
 *
 * tools/count_instructions.py runs it and compares the counts with those on
 * record. Setting up and a first call of each are not counted. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <valgrind/callgrind.h>

#include "problem.h"

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

enum { STEPS = 8, BATCH = 200 };

typedef struct {
    const char *name;
    ptrdiff_t N, D, C;
    linclf_dtype real;
    linclf_loss loss;
    linclf_status (*call)(problem *p, linclf_error *error);
} reference;

static linclf_status
loss_and_gradient(problem *p, linclf_error *error)
{
    linclf_value value;

    return loss_grad(p, 1, &value, error);
}

static linclf_status
loss_alone(problem *p, linclf_error *error)
{
    linclf_value value;

    return linclf_loss_grad(&p->objective, &p->model, &p->data, NULL, 1, &value, error);
}

static linclf_status
predict(problem *p, linclf_error *error)
{
    static int64_t labels[1000];

    return linclf_predict(&p->model, &p->data, labels, 1, error);
}

/* Momentum and an elastic net; the gradient's memory serves as the velocity. */
static linclf_status
steps(problem *p, linclf_error *error)
{
    static int64_t index[STEPS * BATCH], done;
    static double history[3 * STEPS], rates[STEPS];
    const linclf_run run = {
        .index = index,
        .n_index = STEPS * BATCH,
        .batch_size = BATCH,
        .n_steps = STEPS,
        .rate = rates,
        .momentum = 0.9,
        .velocity = p->gradient,
        .history = history,
        .done = &done,
    };

    for (ptrdiff_t i = 0; i < run.n_index; i++)
        index[i] = i * 7 % p->data.X.rows;
    for (int i = 0; i < STEPS; i++)
        rates[i] = 0x1p-12;
    p->objective.l1 = 0x1p-10;
    return linclf_sgd_run(&p->objective, &p->model, &p->data, &run, 1, error);
}

static const reference references[] = {
    {"loss and gradient, softmax, 1797x65x10 float64", 1797, 65, 10, LINCLF_f64,
     LINCLF_LOSS_softmax, loss_and_gradient},
    {"loss and gradient, hinge, 1000x785x10 float32", 1000, 785, 10, LINCLF_f32,
     LINCLF_LOSS_hinge, loss_and_gradient},
    {"loss alone, softmax, 1000x785x10 float32", 1000, 785, 10, LINCLF_f32,
     LINCLF_LOSS_softmax, loss_alone},
    {"predict, 1000x785x10 float32", 1000, 785, 10, LINCLF_f32, LINCLF_LOSS_hinge,
     predict},
    {"8 SGD steps of 200, momentum, L1, hinge, 785x10 float32", 1000, 785, 10,
     LINCLF_f32, LINCLF_LOSS_hinge, steps},
    {"loss and gradient, softmax, 3x4x3 float64", 3, 4, 3, LINCLF_f64,
     LINCLF_LOSS_softmax, loss_and_gradient},
};

static void
count(const reference *r)
{
    problem p = new_problem(r->N, r->D, r->C, r->real, r->real, true);
    linclf_error error = {{0}};

    p.objective.loss = r->loss;
    CHECK(r->call(&p, &error) == LINCLF_STATUS_ok, "%s: %s", r->name, error.message);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    const linclf_status status = r->call(&p, &error);

    CALLGRIND_DUMP_STATS_AT(r->name);
    CALLGRIND_STOP_INSTRUMENTATION;
    CHECK(status == LINCLF_STATUS_ok, "%s: %s", r->name, error.message);
    release(&p.memory);
}

static void
print_toolchain(void)
{
#if defined(__clang__)
    (void)printf("clang %d.%d.%d", __clang_major__, __clang_minor__,
                 __clang_patchlevel__);
#else
    (void)printf("gcc %d.%d.%d", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
#if defined(__GLIBC__)
    (void)printf(", glibc %s", gnu_get_libc_version());
#endif
    (void)puts(", " LINCLF_BUILD_TYPE);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--toolchain") == 0) {
        print_toolchain();
        return EXIT_SUCCESS;
    }
    /* valgrind knows no AVX-512 */
    if (linclf_use_isa("avx2") != 0) {
        (void)fputs("this processor, or valgrind's, has no AVX2\n", stderr);
        return 77;
    }
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        count(&references[i]);
    return check_report();
}
