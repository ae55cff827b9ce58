/* Numerical gradients on many threads, for ThreadSanitizer and for equal bits. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <pthread.h>

#include "problem.h"

/* Enough work for several workers: 40 D C^2 for each of 128 rows is above 1e8. */
enum { N = 300, D = 150, C = 12, CALLERS = 2, ROUNDS = 2 };

static problem shared;

static int
go_on(void *context)
{
    ++*(int *)context;
    return 0;
}

static void *
caller(void *argument)
{
    const int number = *(const int *)argument;

    for (int round = 0; round < ROUNDS; round++) {
        problem mine = shared;
        int asked = 0;
        const linclf_differences polled = {.poll = go_on, .poll_context = &asked};
        linclf_error error = {{0}};

        mine.memory.count = 0;
        mine.gradient.dW = new_matrix(&mine, D, C, LINCLF_f64, true);
        mine.gradient.db = new_vector(&mine, C, LINCLF_f64, true);
        CHECK(linclf_numerical_gradient(&mine.objective, &mine.model, &mine.data,
                                        &polled, &mine.gradient, 2 + number + round,
                                        &error)
                  == LINCLF_STATUS_ok,
              "%s", error.message);
        CHECK(same_gradient(&mine.gradient, &shared.gradient), "caller %d", number);
        release(&mine.memory);
    }
    return NULL;
}

static int
stop(void *context)
{
    (void)context;
    return 1;
}

/* The others leave as soon as the caller's thread is told to stop. */
static void
test_stop(void)
{
    problem p = new_problem(2000, 400, 30, LINCLF_f64, LINCLF_f64, true);
    const linclf_differences polled = {.poll = stop};
    linclf_error error = {{0}};

    p.objective.loss = LINCLF_LOSS_softmax;
    CHECK(linclf_numerical_gradient(&p.objective, &p.model, &p.data, &polled,
                                    &p.gradient, 4, &error)
              == LINCLF_STATUS_stopped,
          "%s", error.message);
    CHECK(*(double *)p.gradient.dW.data == 55, "written");
    release(&p.memory);
}

int
main(void)
{
    static int numbers[CALLERS];
    static const linclf_differences alone;
    pthread_t callers[CALLERS];
    linclf_error error = {{0}};

    shared = new_problem(N, D, C, LINCLF_f64, LINCLF_f64, true);
    shared.objective.loss = LINCLF_LOSS_softmax;
    CHECK(linclf_numerical_gradient(&shared.objective, &shared.model, &shared.data,
                                    &alone, &shared.gradient, 1, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    for (int i = 0; i < CALLERS; i++) {
        numbers[i] = i;
        if (pthread_create(&callers[i], NULL, caller, &numbers[i]) != 0)
            abort();
    }
    for (int i = 0; i < CALLERS; i++)
        (void)pthread_join(callers[i], NULL);
    test_stop();
    release(&shared.memory);
    return check_report();
}
