/* A drawn problem in memory that ends, or begins, at pages nobody may touch:
 * one byte read outside an operand ends the program. */
#ifndef LINCLF_PROBLEM_H
#define LINCLF_PROBLEM_H

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "linclf.h"

enum { MAX_ROOMS = 32 };

typedef struct {
    void *room[MAX_ROOMS];
    size_t size[MAX_ROOMS];
    int count;
} rooms;

typedef struct {
    rooms memory;
    linclf_objective objective;
    linclf_model model;
    linclf_data data;
    linclf_gradient gradient;
} problem;

/* Zeroed memory between two forbidden pages, flush with the second or first. */
static inline void *
guarded(rooms *memory, size_t bytes, bool at_end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (bytes + page - 1) / page * page;
    char *const room =
        mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED || memory->count == MAX_ROOMS
        || (inner && mprotect(room + page, inner, PROT_READ | PROT_WRITE) != 0))
        abort();
    memory->room[memory->count] = room;
    memory->size[memory->count++] = inner + 2 * page;
    return room + page + (at_end ? inner - bytes : 0);
}

static inline void
release(rooms *memory)
{
    while (memory->count--)
        (void)munmap(memory->room[memory->count], memory->size[memory->count]);
    memory->count = 0;
}

/* Numbers in [-1, 1) with 24 significant bits, the same in float and double. */
static inline double
draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 40) / (1 << 23) - 1;
}

static inline void
put(void *array, ptrdiff_t i, linclf_dtype dtype, double x)
{
    if (dtype == LINCLF_f32)
        ((float *)array)[i] = (float)x;
    else if (dtype == LINCLF_f64)
        ((double *)array)[i] = x;
    else if (dtype == LINCLF_u8)
        ((uint8_t *)array)[i] = (uint8_t)(100 + 100 * x);
    else if (dtype == LINCLF_i64)
        ((int64_t *)array)[i] = (int64_t)(100 * x);
    else
        abort();
}

static inline double
get(const void *array, ptrdiff_t i, linclf_dtype dtype)
{
    return dtype == LINCLF_f32 ? (double)((const float *)array)[i]
         : dtype == LINCLF_f64 ? ((const double *)array)[i]
         : dtype == LINCLF_u8  ? (double)((const uint8_t *)array)[i]
                               : (double)((const int64_t *)array)[i];
}

static inline linclf_matrix
new_matrix(problem *p, ptrdiff_t rows, ptrdiff_t cols, linclf_dtype dtype, bool at_end)
{
    const size_t bytes = (size_t)(rows * cols * linclf_dtype_size(dtype));

    return (linclf_matrix){
        guarded(&p->memory, bytes, at_end), rows, cols, cols, 1, dtype};
}

static inline linclf_vector
new_vector(problem *p, ptrdiff_t size, linclf_dtype dtype, bool at_end)
{
    const size_t bytes = (size_t)(size * linclf_dtype_size(dtype));

    return (linclf_vector){guarded(&p->memory, bytes, at_end), size, 1, dtype};
}

/* A hinge problem with a bias, and a gradient full of 55. */
static inline problem
new_problem(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real, linclf_dtype x,
            bool at_end)
{
    problem p = {.objective = {.loss = LINCLF_LOSS_hinge, .delta = 1, .l2 = 0.125}};
    uint64_t seed = (uint64_t)(N * 1000003 + D * 1009 + C);

    p.model.W = new_matrix(&p, D, C, real, at_end);
    p.model.b = new_vector(&p, C, real, at_end);
    p.data.X = new_matrix(&p, N, D, x, at_end);
    p.data.y = new_vector(&p, N, LINCLF_i64, at_end);
    p.gradient.dW = new_matrix(&p, D, C, real, at_end);
    p.gradient.db = new_vector(&p, C, real, at_end);
    for (ptrdiff_t i = 0; i < D * C; i++)
        put(p.model.W.data, i, real, draw(&seed));
    for (ptrdiff_t i = 0; i < N * D; i++)
        put(p.data.X.data, i, x, draw(&seed));
    for (ptrdiff_t i = 0; i < N; i++)
        ((int64_t *)p.data.y.data)[i] = (int64_t)((draw(&seed) + 1) / 2 * (double)C);
    for (ptrdiff_t c = 0; c < C; c++)
        put(p.model.b.data, c, real, draw(&seed));
    for (ptrdiff_t i = 0; i < D * C; i++)
        put(p.gradient.dW.data, i, real, 55);
    for (ptrdiff_t c = 0; c < C; c++)
        put(p.gradient.db.data, c, real, 55);
    return p;
}

static inline size_t
bytes_of(const linclf_matrix *m)
{
    return (size_t)(m->rows * m->cols * linclf_dtype_size(m->dtype));
}

/* Whether both gradients have the same bits. */
static inline bool
same_gradient(const linclf_gradient *a, const linclf_gradient *b)
{
    return memcmp(a->dW.data, b->dW.data, bytes_of(&a->dW)) == 0
        && memcmp(a->db.data, b->db.data,
                  (size_t)(a->db.size * linclf_dtype_size(a->db.dtype)))
               == 0;
}

static inline linclf_status
loss_grad(const problem *p, int n_threads, linclf_value *value, linclf_error *error)
{
    return linclf_loss_grad(&p->objective, &p->model, &p->data, &p->gradient, n_threads,
                            value, error);
}

/* Run a test on every instruction set, then return to the best. */
static inline void
on_every_isa(void (*test)(const char *isa))
{
    const int n = linclf_isa_count();

    for (int i = 0; i < n; i++) {
        CHECK(linclf_use_isa(linclf_isa_name(i)) == 0, "%s", linclf_isa_name(i));
        CHECK(strcmp(linclf_isa(), linclf_isa_name(i)) == 0, "%s", linclf_isa());
        test(linclf_isa_name(i));
    }
}

#endif
