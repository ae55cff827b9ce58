/* Which instruction set: one table of kernels, chosen at first use.
 *
 * CMake says which sets this build has (LINCLF_HAVE_<SET>). The choice is the
 * only state of the core. It is a single pointer, so that a thread sees the
 * old table or the new one; results are the same bits with either, but for
 * the baseline, which has no fused multiply-add. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if defined(LINCLF_HAVE_AVX2)
extern const linclf_kernels linclf_kernels_avx2;
#endif
#if defined(LINCLF_HAVE_AVX512)
extern const linclf_kernels linclf_kernels_avx512;
#endif
#if defined(LINCLF_HAVE_NEON)
extern const linclf_kernels linclf_kernels_neon;
#else
extern const linclf_kernels linclf_kernels_baseline;
#endif

static _Atomic(const linclf_kernels *) active;

/* The usable tables, best last; returns their number. */
static int
usable(const linclf_kernels *tables[4])
{
    int n = 0;

#if defined(LINCLF_HAVE_NEON)
    tables[n++] = &linclf_kernels_neon;
#else
    tables[n++] = &linclf_kernels_baseline;
#endif
#if defined(LINCLF_HAVE_AVX2)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        tables[n++] = &linclf_kernels_avx2;
#endif
#if defined(LINCLF_HAVE_AVX512)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("fma"))
        tables[n++] = &linclf_kernels_avx512;
#endif
    return n;
}

int
linclf_use_isa(const char *name)
{
    const linclf_kernels *tables[4];
    const int n = usable(tables);

    for (int i = 0; i < n; i++)
        if (strcmp(tables[i]->name, name) == 0) {
            atomic_store(&active, tables[i]);
            return 0;
        }
    return -1;
}

const linclf_kernels *
linclf_active_kernels(void)
{
    const linclf_kernels *table = atomic_load_explicit(&active, memory_order_acquire);

    if (!table) {
        const linclf_kernels *tables[4];
        const char *const wanted = getenv("LINCLF_CPU");

        if (!wanted || linclf_use_isa(wanted) != 0)
            atomic_store(&active, tables[usable(tables) - 1]);
        table = atomic_load(&active);
    }
    return table;
}

int
linclf_isa_count(void)
{
    const linclf_kernels *tables[4];

    return usable(tables);
}

const char *
linclf_isa_name(int i)
{
    const linclf_kernels *tables[4];

    return i >= 0 && i < usable(tables) ? tables[i]->name : NULL;
}

const char *
linclf_isa(void)
{
    return linclf_active_kernels()->name;
}
