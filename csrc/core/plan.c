/* Sizes that are fixed for a call, and its scratch memory.
 *
 * Segments depend on N alone and slices on the size of W, so that sums have one
 * order. Blocks, chunks and panels follow the caches; they decide speed and never
 * bits.
 *
 * A block with a gradient is also how far ahead rows are fetched. Up to some 170 KiB
 * that is nearly free on the processor measured, further ahead a line takes half as
 * long again. So blocks are small; but each of them goes over all of dW. Of raw
 * pixels little is to be fetched, and blocks of their copies are larger. */
#if defined(__linux__)
#define _DEFAULT_SOURCE   /* madvise */
#include <sys/mman.h>
#endif
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum {
    BLOCK_BYTES = 256 * 1024,   /* rows of X: a good part of a common L2 */
    RAW_BYTES = 512 * 1024,     /* of copies of raw pixels, which are few bytes */
    READ_ONCE = 128 * 1024,     /* of X where no gradient needs it again */
    CHUNK_LINES = 40,           /* of a row: a panel of W and 4 rows fill 35 KiB */
    WHOLE_LINES = 64,           /* up to here a row is one: no sums have to wait */
    FEW_ROWS = 8,               /* the smallest block; no group has more */
    LONG_ROW = 28 * 1024,       /* bytes, from which on a gradient has such blocks */
    MANY = 64,                  /* classes: dW is large, more rows for each visit */
    MANY_BYTES = 512 * 1024,    /* of X, then, */
    MANY_ROWS = 64,             /* but no fewer rows */
    SLICE = 1024,               /* elements of W at least: a microsecond or two */
    LARGE_PAGE = 1 << 21,
    LARGE_SCRATCH = 1 << 22,    /* bytes from which on large pages are asked for */
};

static ptrdiff_t
clamp(ptrdiff_t n, ptrdiff_t low, ptrdiff_t high)
{
    return n < low ? low : n > high ? high : n;
}

/* Lines of W that a chunk has: even portions, as a short last one costs as much as
 * any other to begin and to end. */
static ptrdiff_t
even_chunk(ptrdiff_t lines)
{
    const ptrdiff_t n =
        lines > WHOLE_LINES ? (lines + CHUNK_LINES - 1) / CHUNK_LINES : 1;

    return (lines + n - 1) / n;
}

void
linclf_make_plan(linclf_plan *p, ptrdiff_t N, const linclf_matrix *W, linclf_dtype X,
                 bool gradient)
{
    const ptrdiff_t D = W->rows, C = W->cols;
    const ptrdiff_t real = linclf_dtype_size(W->dtype), lanes = LINE / real;
    const bool many = C >= MANY, raw = X == LINCLF_u8;
    const ptrdiff_t room = many      ? MANY_BYTES
                         : !gradient ? READ_ONCE
                         : raw       ? RAW_BYTES
                                     : BLOCK_BYTES;
    const bool few = gradient && !raw && D * real >= LONG_ROW;
    const ptrdiff_t fewest = many ? MANY_ROWS : few ? FEW_ROWS : MIN_BLOCK;
    const ptrdiff_t n = clamp((N + MAX_BLOCK - 1) / MAX_BLOCK, 1, MAX_SEGMENTS);

    p->N = N;
    p->D = D;
    p->C = C;
    p->real = real;
    p->full = round_down(D, lanes);
    p->ld = round_up(D, lanes);
    p->segment = round_up((N + n - 1) / n, 8);   /* sums go by row % 8 */
    p->n_segments = (N + p->segment - 1) / p->segment;
    p->chunk = even_chunk(p->full / lanes) * lanes;
    p->many = many;

    const ptrdiff_t size = C * p->ld, slices = clamp(size / SLICE, 1, MAX_SEGMENTS);

    p->slice = slices == 1 ? size : round_up((size + slices - 1) / slices, 8);
    p->n_slices = slices == 1 ? 1 : (size + p->slice - 1) / p->slice;
    p->block = MAX_BLOCK;     /* powers of two, so that FLUSH_ROWS is a multiple */
    while (p->block > fewest && p->block * p->ld * real > room)
        p->block /= 2;
    while (p->block > FEW_ROWS && p->block / 2 >= N)
        p->block /= 2;
}

void *
linclf_take(linclf_arena *arena, ptrdiff_t count, ptrdiff_t size)
{
    const size_t begin = arena->used;

    arena->used += ((size_t)count * (size_t)size + LINE - 1) / LINE * LINE;
    return arena->used <= arena->room ? arena->base + begin : NULL;
}

/* Zeroed. Walking along 1,000 classes visits as many small pages, more than a core
 * knows the place of; so large scratch lies in large pages, as NumPy's arrays do. */
static char *
get_memory(size_t size)
{
#if defined(MADV_HUGEPAGE)
    if (size >= LARGE_SCRATCH && size < PTRDIFF_MAX - LARGE_PAGE) {
        const size_t whole = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
        char *const memory = aligned_alloc(LARGE_PAGE, whole);

        if (!memory)
            return NULL;
        (void)madvise(memory, whole, MADV_HUGEPAGE);   /* a wish: it may be refused */
        return memset(memory, 0, size);
    }
#endif
    return calloc(1, size);
}

bool
linclf_another_round(linclf_arena *arena)
{
    if (!arena->base) {
        arena->base = memset(arena->small->bytes, 0, sizeof arena->small->bytes);
        arena->room = sizeof arena->small->bytes;
        return true;
    }
    if (arena->used <= arena->room)
        return false;
    arena->allocation = get_memory(arena->used + LINE);
    if (!arena->allocation) {
        arena->base = NULL;
        return false;
    }
    arena->base = arena->allocation;
    arena->base += LINE - (uintptr_t)arena->allocation % LINE;
    arena->room = arena->used;
    arena->used = 0;
    return true;
}

void
linclf_release(linclf_arena *arena)
{
    free(arena->allocation);
}
