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
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* DOT_CLASSES and GRAD_* are tile sizes in registers: how many classes a dot
 * product tile has beside its 4 rows, and how many classes and vectors of D a
 * gradient tile. They change speed, never bits. */
#if defined(__AVX512F__)
enum { VEC_BYTES = 64, DOT_CLASSES = 5, GRAD_CLASSES = 5, GRAD_VECTORS = 4 };
#define VEC_KEEP(v) __asm__("" : "+v"(v))
#elif defined(__AVX2__)
enum { VEC_BYTES = 32, DOT_CLASSES = 3, GRAD_CLASSES = 5, GRAD_VECTORS = 2 };
#define VEC_KEEP(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
enum { VEC_BYTES = 16, DOT_CLASSES = 5, GRAD_CLASSES = 5, GRAD_VECTORS = 4 };
#define VEC_KEEP(v) __asm__("" : "+w"(v))
#else
enum { VEC_BYTES = 16, DOT_CLASSES = 2, GRAD_CLASSES = 4, GRAD_VECTORS = 2 };
#define VEC_KEEP(v) ((void)0)
#endif

enum {
    LINE_BYTES = 64,
    PARTS = LINE_BYTES / VEC_BYTES,
    MAX_DOT_CLASSES = 5,
    MAX_GRAD_CLASSES = 5,
    MAX_GRAD_VECTORS = 4,
};

/* Into the second-level cache: rows that come next would crowd those at hand out
 * of the first, whose few line buffers would also be the limit. */
#define FETCH(p) __builtin_prefetch(p, 0, 2)

#define VEC_INLINE static inline __attribute__((always_inline))

typedef float vec_f32 __attribute__((vector_size(VEC_BYTES)));
typedef double vec_f64 __attribute__((vector_size(VEC_BYTES)));
typedef int64_t mask_f64 __attribute__((vector_size(VEC_BYTES)));
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

/* This part's share of the sums over the lanes of a, b, c and d. */
VEC_INLINE quad_f64
sum_lanes_f64(vec_f64 a, vec_f64 b, vec_f64 c, vec_f64 d)
{
#if defined(__AVX512F__)
    const vec_f64 ab = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
                     + __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    const vec_f64 cd = __builtin_shufflevector(c, d, 0, 8, 2, 10, 4, 12, 6, 14)
                     + __builtin_shufflevector(c, d, 1, 9, 3, 11, 5, 13, 7, 15);
    const vec_f64 q = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13)
                    + __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(q, q, 0, 1, 2, 3)
         + __builtin_shufflevector(q, q, 4, 5, 6, 7);
#elif defined(__AVX2__)
    const vec_f64 ab = __builtin_shufflevector(a, b, 0, 4, 2, 6)
                     + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const vec_f64 cd = __builtin_shufflevector(c, d, 0, 4, 2, 6)
                     + __builtin_shufflevector(c, d, 1, 5, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5)
         + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
#else
    const vec_f64 ab =
        __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
    const vec_f64 cd =
        __builtin_shufflevector(c, d, 0, 2) + __builtin_shufflevector(c, d, 1, 3);
    return __builtin_shufflevector(ab, cd, 0, 1, 2, 3);
#endif
}

VEC_INLINE quad_f32
sum_lanes_f32(vec_f32 a, vec_f32 b, vec_f32 c, vec_f32 d)
{
#if defined(__AVX512F__)
    const __m512 A = (__m512)a, B = (__m512)b, C = (__m512)c, D = (__m512)d;
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(A, B), _mm512_unpackhi_ps(A, B));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(C, D), _mm512_unpackhi_ps(C, D));
    const vec_f32 q = (vec_f32)_mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44),
                                             _mm512_shuffle_ps(ab, cd, 0xEE));
    return (__builtin_shufflevector(q, q, 0, 1, 2, 3)
            + __builtin_shufflevector(q, q, 4, 5, 6, 7))
         + (__builtin_shufflevector(q, q, 8, 9, 10, 11)
            + __builtin_shufflevector(q, q, 12, 13, 14, 15));
#elif defined(__AVX2__)
    const __m256 A = (__m256)a, B = (__m256)b, C = (__m256)c, D = (__m256)d;
    const __m256 ab = _mm256_add_ps(_mm256_unpacklo_ps(A, B), _mm256_unpackhi_ps(A, B));
    const __m256 cd = _mm256_add_ps(_mm256_unpacklo_ps(C, D), _mm256_unpackhi_ps(C, D));
    const vec_f32 q = (vec_f32)_mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44),
                                             _mm256_shuffle_ps(ab, cd, 0xEE));
    return __builtin_shufflevector(q, q, 0, 1, 2, 3)
         + __builtin_shufflevector(q, q, 4, 5, 6, 7);
#else
    const vec_f32 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5)
                     + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const vec_f32 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5)
                     + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5)
         + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
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
