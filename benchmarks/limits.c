/* What this machine can do at most: bytes read from memory and fused
 * multiply-adds, per second, on one or several threads at once.
 *
 * benchmarks/limits.py compiles this file with the flags of the instruction
 * set that linclf uses, once with REAL as double and once as float, and calls
 * it between the rounds of a benchmark, so that a limit and what is divided by
 * it were measured in the same seconds. */
#define _POSIX_C_SOURCE 200809L   /* clock_gettime */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { VEC_BYTES = 64, CHAINS = 24 };
#define KEEP(v) __asm__("" : "+v"(v))
#elif defined(__AVX2__)
/* Two units with a latency of 4 or 5 need 10 chains; 16 would spill. */
enum { VEC_BYTES = 32, CHAINS = 12 };
#define KEEP(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
enum { VEC_BYTES = 16, CHAINS = 24 };
#define KEEP(v) __asm__("" : "+w"(v))
#elif defined(__x86_64__)
enum { VEC_BYTES = 16, CHAINS = 12 };
#define KEEP(v) __asm__("" : "+x"(v))
#else
enum { VEC_BYTES = 16, CHAINS = 12 };
#define KEEP(v) ((void)0)
#endif

enum { LINE = 64, STEP = 512, AHEAD = 1024, MAX_THREADS = 64 };
enum { LEAST = 1 << 25 };   /* bytes: threads do not start at the same time */

typedef REAL vec __attribute__((vector_size(VEC_BYTES)));
typedef uint64_t words __attribute__((vector_size(VEC_BYTES)));

typedef struct job {
    void (*run)(struct job *job);
    const char *data;     /* to be read */
    int64_t amount;       /* bytes to read, or turns of a loop */
    int64_t times;        /* over and over */
    int prefetch;
    atomic_int *waiting;  /* threads that are not ready yet */
    double begin, end;    /* seconds */
    pthread_t thread;
} job;

static volatile double sink;   /* what is written here cannot be left out */

static double
now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Independent chains, so that no multiply-add waits for another one. */
static void
multiply_add(job *j)
{
    vec chain[CHAINS] = {{0}};
    vec half = {0}, one = {0};

    half += (REAL)0.5;
    one += (REAL)1;
    for (int64_t i = 0; i < j->amount; i++) {
#pragma GCC unroll 24
        for (int k = 0; k < CHAINS; k++) {
            chain[k] = chain[k] * half + one;
            KEEP(chain[k]);
        }
    }
#pragma GCC unroll 24
    for (int k = 0; k < CHAINS; k++)
        sink += (double)chain[k][0];
}

static words
read_once(const job *j)
{
    enum { LOADS = STEP / VEC_BYTES };
    words seen = {0};

    for (const char *p = j->data; p < j->data + j->amount; p += STEP) {
        words step[4] = {{0}};

        if (j->prefetch)
            for (int k = 0; k < STEP; k += LINE)
                __builtin_prefetch(p + AHEAD + k);
#pragma GCC unroll 32
        for (int k = 0; k < LOADS; k++) {
            words loaded;

            memcpy(&loaded, p + k * VEC_BYTES, sizeof loaded);
            step[k % 4] |= loaded;
        }
        seen |= (step[0] | step[1]) | (step[2] | step[3]);
    }
    return seen;
}

static void
read_memory(job *j)
{
    for (int64_t t = 0; t < j->times; t++)
        sink += (double)read_once(j)[0];
}

static void *
start(void *argument)
{
    job *const j = argument;

    (void)atomic_fetch_sub(j->waiting, 1);
    while (atomic_load(j->waiting) > 0)
        ;
    j->begin = now();
    j->run(j);
    j->end = now();
    return NULL;
}

/* Seconds from the first start to the last end; 0 if a thread is missing. */
static double
run(job jobs[], int n_threads)
{
    atomic_int waiting = n_threads;
    int started = 1;
    double begin, end;

    for (int t = 0; t < n_threads; t++)
        jobs[t].waiting = &waiting;
    while (started < n_threads
           && pthread_create(&jobs[started].thread, NULL, start, &jobs[started]) == 0)
        started++;
    (void)atomic_fetch_sub(&waiting, n_threads - started);
    (void)start(&jobs[0]);
    begin = jobs[0].begin;
    end = jobs[0].end;
    for (int t = 1; t < started; t++) {
        (void)pthread_join(jobs[t].thread, NULL);
        begin = jobs[t].begin < begin ? jobs[t].begin : begin;
        end = jobs[t].end > end ? jobs[t].end : end;
    }
    return started == n_threads ? end - begin : 0;
}

/* Bytes per second at which n_threads read `size` bytes, a share each, from the
 * memory or cache that holds them. */
double
limits_read(const void *data, int64_t size, int prefetch, int n_threads)
{
    job jobs[MAX_THREADS] = {0};
    const int64_t each = size / n_threads / STEP * STEP, times = LEAST / size + 1;
    double seconds;

    if (n_threads < 1 || n_threads > MAX_THREADS)
        return 0;
    for (int t = 0; t < n_threads; t++) {
        jobs[t].run = read_memory;
        jobs[t].data = (const char *)data + t * each;
        jobs[t].amount = each;
        jobs[t].times = times;
        jobs[t].prefetch = prefetch;
    }
    seconds = run(jobs, n_threads);
    return seconds > 0 ? (double)(each * n_threads * times) / seconds : 0;
}

/* Floating-point operations per second, two for each multiply-add. */
double
limits_fma(int64_t turns, int n_threads)
{
    job jobs[MAX_THREADS] = {0};
    const int lanes = VEC_BYTES / (int)sizeof(REAL);
    double seconds;

    if (n_threads < 1 || n_threads > MAX_THREADS)
        return 0;
    for (int t = 0; t < n_threads; t++) {
        jobs[t].run = multiply_add;
        jobs[t].amount = turns;
    }
    seconds = run(jobs, n_threads);
    return seconds > 0 ? 2.0 * CHAINS * lanes * (double)turns * n_threads / seconds : 0;
}
