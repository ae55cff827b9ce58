/* What a call allocates does not depend on the number of samples, and stays
 * below 2 MiB a thread for the weights of CIFAR-10. Linked so that every
 * allocation comes through here and is counted (--wrap in CMakeLists.txt). */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */
#include <errno.h>

#include "internal.h"
#include "problem.h"

/* ---- counted allocation ----------------------------------------------------- */

static atomic_llong live, peak;

static void
count(long long bytes)
{
    const long long now = atomic_fetch_add(&live, bytes) + bytes;
    long long most = atomic_load(&peak);

    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        continue;
}

/* What stands before every allocation: whoever frees it knows neither. */
typedef struct {
    void *start;
    size_t size;
} header;

void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
void *__real_mmap(void *at, size_t size, int rights, int flags, int file, off_t from);
int __real_munmap(void *at, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
void *__wrap_mmap(void *at, size_t size, int rights, int flags, int file, off_t from);
int __wrap_munmap(void *at, size_t size);

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    const size_t room = alignment < sizeof(header) ? sizeof(header) : alignment;
    const size_t rounded = (size + room - 1) / room * room;
    char *const start =
        rounded < size ? NULL : __real_aligned_alloc(room, room + rounded);

    if (!start)
        return NULL;
    count((long long)size);
    ((header *)(void *)(start + room))[-1] = (header){start, size};
    return start + room;
}

int
__wrap_posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = __wrap_aligned_alloc(alignment, size);
    return *memory ? 0 : ENOMEM;
}

void *
__wrap_malloc(size_t size)
{
    return __wrap_aligned_alloc(sizeof(header), size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    void *const memory = size && n > SIZE_MAX / size ? NULL : __wrap_malloc(n * size);

    return memory ? memset(memory, 0, n * size) : NULL;
}

void
__wrap_free(void *memory)
{
    if (!memory)
        return;
    const header h = ((header *)memory)[-1];

    count(-(long long)h.size);
    __real_free(h.start);
}

void *
__wrap_realloc(void *memory, size_t size)
{
    const size_t before = memory ? ((header *)memory)[-1].size : 0;
    void *const larger = __wrap_malloc(size);

    if (larger && memory) {
        memcpy(larger, memory, before < size ? before : size);
        __wrap_free(memory);
    }
    return larger;
}

void *
__wrap_mmap(void *at, size_t size, int rights, int flags, int file, off_t from)
{
    void *const memory = __real_mmap(at, size, rights, flags, file, from);

    if (memory != MAP_FAILED)
        count((long long)size);
    return memory;
}

int
__wrap_munmap(void *at, size_t size)
{
    count(-(long long)size);
    return __real_munmap(at, size);
}

/* ---- calls -------------------------------------------------------------------- */

#define CALLS(CALL)         \
    CALL(loss_and_gradient) \
    CALL(loss_alone)        \
    CALL(soft_targets)      \
    CALL(scores)            \
    CALL(labels)            \
    CALL(probabilities)     \
    CALL(full_batch_steps)  \
    CALL(steps_by_index)

#define CALL_(name) name,
typedef enum { CALLS(CALL_) N_CALLS } call;
#undef CALL_

static const char *
call_name(call which)
{
#define CALL_(name) #name,
    static const char *const names[] = {CALLS(CALL_)};
#undef CALL_

    return names[which];
}

/* Outputs and row numbers, which a call is given; N is seen through strides of
 * zero and takes no memory in X and y. */
typedef struct {
    linclf_matrix S;
    linclf_vector labels, index;
    linclf_matrix targets;
} given;

static linclf_status
make_call(call which, const problem *p, const given *g, int n_threads,
          linclf_error *error)
{
    static double history[6];
    static const double rates[] = {0x1p-20, 0x1p-20};
    int64_t done;
    linclf_value value;
    problem soft = *p;
    const linclf_run run = {
        .index = which == steps_by_index ? g->index.data : NULL,
        .n_index = g->index.size,
        .batch_size = (g->index.size + 1) / 2,
        .n_steps = 2,
        .rate = rates,
        .momentum = 0.9,
        .velocity = p->gradient,
        .history = history,
        .done = &done,
    };

    switch (which) {
    case loss_and_gradient: return loss_grad(p, n_threads, &value, error);
    case loss_alone:
        return linclf_loss_grad(&p->objective, &p->model, &p->data, NULL, n_threads,
                                &value, error);
    case soft_targets:
        soft.objective.loss = LINCLF_LOSS_softmax;
        soft.data.y = (linclf_vector){0};
        soft.data.targets = g->targets;
        return loss_grad(&soft, n_threads, &value, error);
    case scores: return linclf_scores(&p->model, &p->data, &g->S, n_threads, error);
    case labels:
        return linclf_predict(&p->model, &p->data, g->labels.data, n_threads, error);
    case probabilities: return linclf_softmax(&g->S, &g->S, n_threads, error);
    default:
        return linclf_sgd_run(&p->objective, &p->model, &p->data, &run, n_threads,
                              error);
    }
}

/* How X lies decides whether its rows are read in place or converted. */
typedef struct {
    const char *name;
    linclf_dtype real, x;
    ptrdiff_t col_stride;
} kind;

static const kind kinds[] = {
    {"float32", LINCLF_f32, LINCLF_f32, 1},
    {"float64", LINCLF_f64, LINCLF_f64, 1},
    {"float64 with strides", LINCLF_f64, LINCLF_f64, 2},
    {"uint8", LINCLF_f32, LINCLF_u8, 1},
};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* The bytes that a call has at most beyond those before it. */
static long long
extra(call which, linclf_loss loss, const kind *k, ptrdiff_t N, ptrdiff_t D,
      ptrdiff_t C, int n_threads)
{
    problem p = new_problem(1, k->col_stride * D, C, k->real, k->x, true);
    const given g = {
        .S = new_matrix(&p, N, C, k->real, true),
        .labels = new_vector(&p, N, LINCLF_i64, true),
        .index = new_vector(&p, N, LINCLF_i64, true),
        .targets = {new_matrix(&p, 1, C, k->real, true).data, N, C, 0, 1, k->real},
    };
    linclf_error error = {{0}};

    p.objective.loss = loss;
    p.objective.l1 = 0.0625;
    p.model.W.rows = p.gradient.dW.rows = D;
    p.data.X = (linclf_matrix){p.data.X.data, N, D, 0, k->col_stride, k->x};
    p.data.y.size = N;
    p.data.y.stride = 0;
    memset(p.gradient.dW.data, 0, bytes_of(&p.gradient.dW));
    memset(p.gradient.db.data, 0, (size_t)(C * linclf_dtype_size(k->real)));

    const long long before = atomic_load(&live);

    atomic_store(&peak, before);
    CHECK(make_call(which, &p, &g, n_threads, &error) == LINCLF_STATUS_ok, "%s: %s",
          call_name(which), error.message);
    CHECK(atomic_load(&live) == before, "%s on %s leaks %lld bytes", call_name(which),
          k->name, atomic_load(&live) - before);

    const long long bytes = atomic_load(&peak) - before;

    release(&p.memory);
    return bytes;
}

static void
check_same_for_any_number_of_samples(call which, linclf_loss loss, const kind *k,
                                     ptrdiff_t D, ptrdiff_t C, int n_threads)
{
    const ptrdiff_t few = 10000, many = 1000000;
    const long long small = extra(which, loss, k, few, D, C, n_threads);
    const long long large = extra(which, loss, k, many, D, C, n_threads);

    CHECK(small > 0, "%s on %s allocates nothing that is counted", call_name(which),
          k->name);
    CHECK(large == small,
          "%s, %s on %s, %d threads: %lld bytes for N = %td, %lld for N = %td",
          call_name(which), linclf_loss_name((int)loss), k->name, n_threads, small, few,
          large, many);
}

static void
test_memory_does_not_depend_on_the_number_of_samples(void)
{
    const ptrdiff_t D = 51, C = 10;   /* with the few samples already for 2 threads */

    for (int k = 0; k < N_KINDS; k++) {
        for (int which = 0; which < N_CALLS; which++)
            check_same_for_any_number_of_samples((call)which, LINCLF_LOSS_softmax,
                                                 &kinds[k], 9, 3, 1);
        for (int loss = 0; loss < LINCLF_N_LOSSES; loss++)
            check_same_for_any_number_of_samples(loss_and_gradient, (linclf_loss)loss,
                                                 &kinds[k], 9, 3, 1);
        check_same_for_any_number_of_samples(loss_and_gradient, LINCLF_LOSS_hinge,
                                             &kinds[k], D, C, 2);
    }
    CHECK(linclf_threads_for(2, 4.0 * 10000 * (double)(D * C), LINCLF_START) == 2,
          "%td x %td", D, C);
}

static void
test_less_than_2_mebibytes_a_thread(void)
{
    const ptrdiff_t N = 1000, D = 3073, C = 10;
    const long long limit = 2 << 20;

    for (int k = 0; k < N_KINDS; k++)
        for (int which = 0; which < N_CALLS; which++)
            for (int n_threads = 1; n_threads < 8; n_threads++) {
                const long long bytes = extra((call)which, LINCLF_LOSS_softmax,
                                              &kinds[k], N, D, C, n_threads);

                CHECK(bytes < limit * n_threads, "%s on %s: %lld bytes on %d threads",
                      call_name((call)which), kinds[k].name, bytes, n_threads);
                if (n_threads == 1 && which == loss_and_gradient)
                    (void)printf("%s: %.2f MiB for %td x %td weights\n", kinds[k].name,
                                 (double)bytes / (1 << 20), D, C);
            }
}

int
main(void)
{
    test_memory_does_not_depend_on_the_number_of_samples();
    test_less_than_2_mebibytes_a_thread();
    return check_report();
}
