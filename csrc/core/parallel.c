/* Work on several threads: the only file that knows pthreads.
 *
 * Threads are made for one call and joined before it returns: none outlives
 * it, none is there at import, and a fork finds none. A thread that cannot be
 * started is simply missing; the bits do not depend on how many there are. */
#if defined(__linux__)
#define _GNU_SOURCE   /* affinity */
#endif
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

typedef struct {
    linclf_job *job;
    void *context;
    int worker;
    pthread_t thread;
    bool started;
} worker;

static void *
start(void *argument)
{
    const worker *const w = argument;

    w->job(w->context, w->worker);
    return NULL;
}

/* After a pause Linux mostly puts a new thread behind its creator, on the same
 * processor, and does not look for another one for milliseconds. So send it away if
 * there is one; from then on it may go where it likes. */
static void
part_from_caller(pthread_t thread)
{
#if defined(__linux__)
    const int here = sched_getcpu();
    cpu_set_t mine, others;

    if (here < 0 || sched_getaffinity(0, sizeof mine, &mine) != 0)
        return;
    others = mine;
    CPU_CLR((size_t)here, &others);
    if (CPU_COUNT(&others) > 0
        && pthread_setaffinity_np(thread, sizeof others, &others) == 0)
        (void)pthread_setaffinity_np(thread, sizeof mine, &mine);
#else
    (void)thread;
#endif
}

void
linclf_parallel(int n_threads, linclf_job *job, void *context)
{
    worker workers[MAX_THREADS];

    for (int w = 1; w < n_threads; w++) {
        worker *const new = &workers[w];

        *new = (worker){.job = job, .context = context, .worker = w};
        new->started = pthread_create(&new->thread, NULL, start, new) == 0;
        if (new->started)
            part_from_caller(new->thread);
    }
    job(context, 0);
    for (int w = 1; w < n_threads; w++)
        if (workers[w].started)
            (void)pthread_join(workers[w].thread, NULL);
}

/* Spin for some microseconds, then give the processor away, then sleep. */
void
linclf_relax(unsigned *spins)
{
    enum { SPINS = 4000, YIELDS = 200 };

    if (++*spins < SPINS) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    } else if (*spins < SPINS + YIELDS) {
        (void)sched_yield();
    } else {
        const struct timespec nap = {.tv_nsec = 50000};

        (void)nanosleep(&nap, NULL);
    }
}

static int
from_environment(const char *name)
{
    const char *const text = getenv(name);
    const long n = text ? strtol(text, NULL, 10) : 0;

    return n < 1 ? 0 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

int
linclf_default_threads(void)
{
    int n = from_environment("LINCLF_NUM_THREADS");

    if (!n)
        n = from_environment("OMP_NUM_THREADS");
#if defined(__linux__)
    cpu_set_t mine;

    if (!n && sched_getaffinity(0, sizeof mine, &mine) == 0)
        n = CPU_COUNT(&mine);
#endif
    if (!n)
        n = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : n;
}

/* asked 0 means the default; small work is not worth a thread. */
int
linclf_threads_for(int asked, double flops, linclf_effort effort)
{
    /* to start one takes some 50 us, to wake one that waits and to hand it W some 3 */
    const double worth_a_thread = effort == LINCLF_START ? 1e7 : 3e5;
    int n;

    if (flops < 2 * worth_a_thread)
        return 1;
    n = asked > 0 ? asked : linclf_default_threads();
    if (n > MAX_SEGMENTS)
        n = MAX_SEGMENTS;
    return flops / worth_a_thread < n ? (int)(flops / worth_a_thread) : n;
}
