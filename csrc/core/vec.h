/* The vector type and its few operations: the only file that knows lanes,
 * instruction sets and fused multiply-add.
 *
 * A vector is as wide as the instruction set's registers (VEC_BYTES), but the
 * order of every sum is that of one logical width of 64 bytes: element d of a
 * row goes to lane d % LANES, and the lanes of a dot product are added as
 *
 *     float64   ((0+1) + (2+3)) + ((4+5) + (6+7))
 *     float32   the same over four quads, (0+2) + (1+3) within each
 *
 * A narrower machine makes PARTS passes, each over its share of the lanes.
 * That is why results agree to the last bit wherever there is an fma.
 *
 * Arithmetic and comparisons are the compilers' vector extension: a + b,
 * a <= b (a mask of all ones or zeros per lane). */
#ifndef LINCLF_VEC_H
#define LINCLF_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* DOT_CLASSES and GRAD_* are tile sizes in registers: how many classes a dot
 * product tile has beside its 4 rows, and how many classes and vectors of D a
 * gradient tile: MANY_* where there are many classes, and a strip of the rows is
 * visited often. They change speed, never bits.
 *
 * VEC_KEEP has a vector in a register from there on, VEC_USED until there: or gcc
 * makes it the destination of the last product, and copies whole accumulators. */
#if defined(__AVX512F__)
enum { VEC_BYTES = 64, DOT_CLASSES = 6 };
enum { GRAD_CLASSES = 10, GRAD_VECTORS = 2, MANY_CLASSES = 5, MANY_VECTORS = 4 };
#define VEC_KEEP(v) __asm__("" : "+v"(v))
#define VEC_USED(v) __asm__("" : : "v"(v))
#elif defined(__AVX2__)
enum { VEC_BYTES = 32, DOT_CLASSES = 3 };
enum { GRAD_CLASSES = 5, GRAD_VECTORS = 2, MANY_CLASSES = 5, MANY_VECTORS = 2 };
#define VEC_KEEP(v) __asm__("" : "+x"(v))
#define VEC_USED(v) __asm__("" : : "x"(v))
#elif defined(__aarch64__)
enum { VEC_BYTES = 16, DOT_CLASSES = 5 };
enum { GRAD_CLASSES = 5, GRAD_VECTORS = 4, MANY_CLASSES = 5, MANY_VECTORS = 4 };
#define VEC_KEEP(v) __asm__("" : "+w"(v))
#define VEC_USED(v) __asm__("" : : "w"(v))
#else
enum { VEC_BYTES = 16, DOT_CLASSES = 2 };
enum { GRAD_CLASSES = 4, GRAD_VECTORS = 2, MANY_CLASSES = 4, MANY_VECTORS = 2 };
#define VEC_KEEP(v) ((void)0)
#define VEC_USED(v) ((void)0)
#endif

#define POINTER_KEEP(p) __asm__("" : "+r"(p))   /* in one register */

enum {
    LINE_BYTES = 64,
    PARTS = LINE_BYTES / VEC_BYTES,
    MAX_DOT_CLASSES = 6,
    MAX_GRAD_VECTORS = 4,
    NARROW_CLASSES = 10,   /* with a single vector of D */
    COLUMN_CLASSES = 5,    /* with a single column of 8 rows */
};

/* Into the second-level cache: rows that come next would crowd those at hand out
 * of the first, whose few line buffers would also be the limit. */
#define FETCH(p) __builtin_prefetch(p, 0, 2)
/* Into the first, from the second. */
#define APPROACH(p) __builtin_prefetch(p, 0, 3)

#define VEC_INLINE static inline __attribute__((always_inline))

typedef float vec_f32 __attribute__((vector_size(VEC_BYTES)));
typedef double vec_f64 __attribute__((vector_size(VEC_BYTES)));
typedef int64_t mask_f64 __attribute__((vector_size(VEC_BYTES)));
typedef mask_f64 vec_i64;   /* of labels, as long as a double */
typedef int32_t mask_f32 __attribute__((vector_size(VEC_BYTES)));
typedef float quad_f32 __attribute__((vector_size(16)));
typedef double quad_f64 __attribute__((vector_size(32)));

/* Doubles in a register: so many samples go through a loss together. */
enum { GROUP = VEC_BYTES / (int)sizeof(double) };

VEC_INLINE vec_f32
load_vec_f32(const float *p)
{
    vec_f32 v;
    memcpy(&v, p, sizeof v);
    return v;
}

VEC_INLINE vec_f64
load_vec_f64(const double *p)
{
    vec_f64 v;
    memcpy(&v, p, sizeof v);
    return v;
}

VEC_INLINE vec_f32
fill_f32(float x)
{
    return x - (vec_f32){0};   /* x - 0, not 0 + x: keeps the sign of -0 */
}

VEC_INLINE vec_f64
fill_f64(double x)
{
    return x - (vec_f64){0};
}

/* a * b + c, rounded once where the instruction set can. */
VEC_INLINE vec_f32
fma_f32(vec_f32 a, vec_f32 b, vec_f32 c)
{
#if defined(__AVX512F__)
    return (vec_f32)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (vec_f32)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (vec_f32)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

VEC_INLINE vec_f64
fma_f64(vec_f64 a, vec_f64 b, vec_f64 c)
{
#if defined(__AVX512F__)
    return (vec_f64)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__AVX2__)
    return (vec_f64)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
    return (vec_f64)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
    return a * b + c;
#endif
}

/* Lane by lane: where the mask is set yes, elsewhere no. */
VEC_INLINE vec_f64
choose(mask_f64 where, vec_f64 yes, vec_f64 no)
{
    return (vec_f64)((where & (mask_f64)yes) | (~where & (mask_f64)no));
}

/* Where the mask is set v, elsewhere +0. */
VEC_INLINE vec_f64
keep(mask_f64 where, vec_f64 v)
{
    return (vec_f64)(where & (mask_f64)v);
}

/* a > b ? a : b, so b where one of them is NaN. */
VEC_INLINE vec_f64
max_f64(vec_f64 a, vec_f64 b)
{
#if defined(__AVX512F__)
    return (vec_f64)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
    return (vec_f64)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
    return choose(a > b, a, b);
#endif
}

/* a < b ? a : b, likewise. */
VEC_INLINE vec_f64
min_f64(vec_f64 a, vec_f64 b)
{
#if defined(__AVX512F__)
    return (vec_f64)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
    return (vec_f64)_mm256_min_pd((__m256d)a, (__m256d)b);
#else
    return choose(a < b, a, b);
#endif
}

/* sum + x where v is not 1 (so where it is NaN, too), elsewhere sum. */
VEC_INLINE vec_f64
add_unless_one_f64(vec_f64 v, vec_f64 sum, vec_f64 x)
{
    const vec_f64 one = fill_f64(1.0);
#if defined(__AVX512F__)
    const __mmask8 where = _mm512_cmp_pd_mask((__m512d)v, (__m512d)one, _CMP_NEQ_UQ);

    return (vec_f64)_mm512_mask_add_pd((__m512d)sum, where, (__m512d)sum, (__m512d)x);
#else
    return sum + keep(v != one, x);
#endif
}

/* Whether the mask is set in every lane. */
VEC_INLINE bool
all(mask_f64 where)
{
#if defined(__AVX512F__)
    return _mm512_movepi64_mask((__m512i)where) == 0xff;
#elif defined(__AVX2__)
    return _mm256_movemask_pd((__m256d)where) == 0xf;
#else
    return (where[0] & where[1]) != 0;
#endif
}

/* The first n numbers at p, fewer than a logical vector has, then zeros: nothing
 * behind them is read. */
VEC_INLINE vec_f64
load_some_f64(const double *p, ptrdiff_t n)
{
#if defined(__AVX512F__)
    return (vec_f64)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1), p);
#elif defined(__AVX2__)
    const mask_f64 lanes = {0, 1, 2, 3};

    return (vec_f64)_mm256_maskload_pd(p, (__m256i)(lanes < n));
#else
    vec_f64 v = {0};

    for (ptrdiff_t i = 0; i < GROUP && i < n; i++)
        v[i] = p[i];
    return v;
#endif
}

VEC_INLINE vec_f32
load_some_f32(const float *p, ptrdiff_t n)
{
#if defined(__AVX512F__)
    return (vec_f32)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif defined(__AVX2__)
    const mask_f32 lanes = {0, 1, 2, 3, 4, 5, 6, 7};

    return (vec_f32)_mm256_maskload_ps(p, (__m256i)(lanes < (int32_t)n));
#else
    vec_f32 v = {0};

    for (ptrdiff_t i = 0; i < 2 * GROUP && i < n; i++)
        v[i] = p[i];
    return v;
#endif
}

/* As many bytes as a register has numbers, as numbers: where LOADS_BYTES, it is
 * faster than what a compiler makes of a loop. */
#if defined(__AVX2__)
enum { LOADS_BYTES = 1 };
#else
enum { LOADS_BYTES = 0 };
#endif

VEC_INLINE vec_f32
load_bytes_f32(const uint8_t *p)
{
#if defined(__AVX512F__)
    const __m128i bytes = _mm_loadu_si128((const __m128i *)p);

    return (vec_f32)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
#elif defined(__AVX2__)
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)p);

    return (vec_f32)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
#else
    vec_f32 v;

    for (int i = 0; i < 2 * GROUP; i++)
        v[i] = (float)p[i];
    return v;
#endif
}

VEC_INLINE vec_f64
load_bytes_f64(const uint8_t *p)
{
#if defined(__AVX512F__)
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)p);

    return (vec_f64)_mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(bytes));
#elif defined(__AVX2__)
    int32_t bytes;

    memcpy(&bytes, p, sizeof bytes);
    return (vec_f64)_mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes)));
#else
    vec_f64 v;

    for (int i = 0; i < GROUP; i++)
        v[i] = (double)p[i];
    return v;
#endif
}

#if defined(__AVX512F__)
/* Of two vectors, cut into pieces of n doubles, a0 b1 a2 b3 ... + a1 b0 a3 b2 ...:
 * the sums of neighbours, a's and b's in turn. To blend costs less than to shuffle,
 * which only one of the two units can that multiply. */
#define KEPT(mask, a, b) \
    (vec_f64) _mm512_mask_blend_pd(mask, (__m512d)(a), (__m512d)(b))
#define KEPT_1(a, b) KEPT(0xaa, a, b)
#define KEPT_2(a, b) KEPT(0xcc, a, b)
#define KEPT_4(a, b) KEPT(0xf0, a, b)
#define SWAPPED_1(a, b) __builtin_shufflevector(a, b, 1, 8, 3, 10, 5, 12, 7, 14)
#define SWAPPED_2(a, b) __builtin_shufflevector(a, b, 2, 3, 8, 9, 6, 7, 12, 13)
#define SWAPPED_4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 8, 9, 10, 11)
#define FOLD_F64(n, a, b) (KEPT_##n(a, b) + SWAPPED_##n(a, b))
#define FOLD_F32(n, a, b)                          \
    ((vec_f32)KEPT_##n((vec_f64)(a), (vec_f64)(b)) \
     + (vec_f32)SWAPPED_##n((vec_f64)(a), (vec_f64)(b)))

/* Rows a to d side by side, in both halves of the vector. */
VEC_INLINE vec_f64
fold_rows_f64(vec_f64 a, vec_f64 b, vec_f64 c, vec_f64 d)
{
    const vec_f64 ab = FOLD_F64(1, a, b), cd = FOLD_F64(1, c, d);

    return FOLD_F64(2, ab, cd);
}

/* The same in all four quarters. */
VEC_INLINE vec_f32
fold_rows_f32(vec_f32 a, vec_f32 b, vec_f32 c, vec_f32 d)
{
    const vec_f32 ac = FOLD_F32(1, a, c), bd = FOLD_F32(1, b, d);

    return (vec_f32)_mm512_mask_blend_ps(0xaaaa, (__m512)ac, (__m512)bd)
         + __builtin_shufflevector(ac, bd, 1, 16, 3, 18, 5, 20, 7, 22, 9, 24, 11, 26,
                                   13, 28, 15, 30);
}
#endif

/* sums[j] = this part's share of the sums over the lanes of acc[j][0], [1], [2]
 * and [3]. */
VEC_INLINE void
sum_lanes_f64(vec_f64 acc[][4], const int classes, quad_f64 sums[])
{
#if defined(__AVX512F__)
#define ROWS(j) fold_rows_f64(acc[j][0], acc[j][1], acc[j][2], acc[j][3])
    for (int j = 0; j + 1 < classes; j += 2) {
        const vec_f64 p = ROWS(j), q = ROWS(j + 1), both = FOLD_F64(4, p, q);

        sums[j] = __builtin_shufflevector(both, both, 0, 1, 2, 3);
        sums[j + 1] = __builtin_shufflevector(both, both, 4, 5, 6, 7);
    }
    if (classes % 2) {
        const vec_f64 p = ROWS(classes - 1);

        sums[classes - 1] = __builtin_shufflevector(p, p, 0, 1, 2, 3)
                          + __builtin_shufflevector(p, p, 4, 5, 6, 7);
    }
#undef ROWS
#else
    for (int j = 0; j < classes; j++) {
        const vec_f64 a = acc[j][0], b = acc[j][1], c = acc[j][2], d = acc[j][3];
#if defined(__AVX2__)
        const vec_f64 ab = __builtin_shufflevector(a, b, 0, 4, 2, 6)
                         + __builtin_shufflevector(a, b, 1, 5, 3, 7);
        const vec_f64 cd = __builtin_shufflevector(c, d, 0, 4, 2, 6)
                         + __builtin_shufflevector(c, d, 1, 5, 3, 7);

        sums[j] = __builtin_shufflevector(ab, cd, 0, 1, 4, 5)
                + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
#else
        const vec_f64 ab =
            __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
        const vec_f64 cd =
            __builtin_shufflevector(c, d, 0, 2) + __builtin_shufflevector(c, d, 1, 3);

        sums[j] = __builtin_shufflevector(ab, cd, 0, 1, 2, 3);
#endif
    }
#endif
}

VEC_INLINE void
sum_lanes_f32(vec_f32 acc[][4], const int classes, quad_f32 sums[])
{
#if defined(__AVX512F__)
#define ROWS(j) fold_rows_f32(acc[j][0], acc[j][1], acc[j][2], acc[j][3])
    for (int j = 0; j + 1 < classes; j += 2) {
        const vec_f32 p = ROWS(j), q = ROWS(j + 1), pq = FOLD_F32(2, p, q);
        const __m512 both = (__m512)FOLD_F32(4, pq, pq);   /* its own two halves */

        sums[j] = (quad_f32)_mm512_castps512_ps128(both);
        sums[j + 1] = (quad_f32)_mm512_extractf32x4_ps(both, 1);
    }
    if (classes % 2) {
        const vec_f32 p = ROWS(classes - 1);

        sums[classes - 1] = (__builtin_shufflevector(p, p, 0, 1, 2, 3)
                             + __builtin_shufflevector(p, p, 4, 5, 6, 7))
                          + (__builtin_shufflevector(p, p, 8, 9, 10, 11)
                             + __builtin_shufflevector(p, p, 12, 13, 14, 15));
    }
#undef ROWS
#else
    for (int j = 0; j < classes; j++) {
        const vec_f32 a = acc[j][0], b = acc[j][1], c = acc[j][2], d = acc[j][3];
#if defined(__AVX2__)
        const __m256 A = (__m256)a, B = (__m256)b, C = (__m256)c, D = (__m256)d;
        const __m256 ab =
            _mm256_add_ps(_mm256_unpacklo_ps(A, B), _mm256_unpackhi_ps(A, B));
        const __m256 cd =
            _mm256_add_ps(_mm256_unpacklo_ps(C, D), _mm256_unpackhi_ps(C, D));
        const vec_f32 q = (vec_f32)_mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44),
                                                 _mm256_shuffle_ps(ab, cd, 0xEE));

        sums[j] = __builtin_shufflevector(q, q, 0, 1, 2, 3)
                + __builtin_shufflevector(q, q, 4, 5, 6, 7);
#else
        const vec_f32 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5)
                         + __builtin_shufflevector(a, b, 2, 6, 3, 7);
        const vec_f32 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5)
                         + __builtin_shufflevector(c, d, 2, 6, 3, 7);

        sums[j] = __builtin_shufflevector(ab, cd, 0, 1, 4, 5)
                + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
#endif
    }
#endif
}

/* a * b + c as above, of four rows and one number. */
VEC_INLINE quad_f32
fma_quad_f32(quad_f32 a, float b, quad_f32 c)
{
    const quad_f32 B = b - (quad_f32){0};
#if defined(__AVX2__)
    return (quad_f32)_mm_fmadd_ps((__m128)a, (__m128)B, (__m128)c);
#elif defined(__aarch64__)
    return (quad_f32)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)B);
#else
    return a * B + c;
#endif
}

VEC_INLINE quad_f64
fma_quad_f64(quad_f64 a, double b, quad_f64 c)
{
#if defined(__AVX2__)
    const quad_f64 B = b - (quad_f64){0};

    return (quad_f64)_mm256_fmadd_pd((__m256d)a, (__m256d)B, (__m256d)c);
#else
    for (int i = 0; i < 4; i += GROUP) {
        vec_f64 x, y;

        memcpy(&x, (const double *)&a + i, sizeof x);
        memcpy(&y, (const double *)&c + i, sizeof y);
        y = fma_f64(x, fill_f64(b), y);
        memcpy((double *)&c + i, &y, sizeof y);
    }
    return c;
#endif
}

VEC_INLINE quad_f64
widen_f64(quad_f64 q)
{
    return q;
}

/* gcc 12 takes __builtin_convertvector from float to double through memory. */
VEC_INLINE quad_f64
widen_f32(quad_f32 q)
{
#if defined(__AVX__)
    return (quad_f64)_mm256_cvtps_pd((__m128)q);
#else
    return __builtin_convertvector(q, quad_f64);
#endif
}

/* GROUP numbers as doubles; what REAL makes of them is stored and returned. */
VEC_INLINE vec_f64
load_doubles_f64(const double *p)
{
    return load_vec_f64(p);
}

VEC_INLINE vec_f64
store_doubles_f64(double *p, vec_f64 v)
{
    memcpy(p, &v, sizeof v);
    return v;
}

typedef float half_f32 __attribute__((vector_size(VEC_BYTES / 2)));

VEC_INLINE vec_f64
load_doubles_f32(const float *p)
{
    half_f32 x;

    memcpy(&x, p, sizeof x);
#if defined(__AVX512F__)
    return (vec_f64)_mm512_cvtps_pd((__m256)x);
#elif defined(__AVX2__)
    return (vec_f64)_mm256_cvtps_pd((__m128)x);
#else
    return __builtin_convertvector(x, vec_f64);
#endif
}

VEC_INLINE vec_f64
store_doubles_f32(float *p, vec_f64 v)
{
#if defined(__AVX512F__)
    const half_f32 x = (half_f32)_mm512_cvtpd_ps((__m512d)v);
#elif defined(__AVX2__)
    const half_f32 x = (half_f32)_mm256_cvtpd_ps((__m256d)v);
#else
    const half_f32 x = __builtin_convertvector(v, half_f32);
#endif

    memcpy(p, &x, sizeof x);
    return load_doubles_f32(p);
}

#endif
