/* exp and log1p of whole vectors, for softmax.
 *
 * The same operations on every instruction set, so the same bits wherever
 * there is an fma; less than 1 ULP from the exact value (test_vecmath.c).
 * Both are written for the arguments softmax has, and let NaN through. */
#ifndef LINCLF_VECMATH_H
#define LINCLF_VECMATH_H

#include "vec.h"

typedef uint64_t bits_f64 __attribute__((vector_size(VEC_BYTES)));

/* Adding it to |x| < 2^51 leaves round(x) in the lowest bits of the sum. */
#define ROUNDING 0x1.8p52

/* log 2 in two parts: the first has so few bits that its products with the
 * integers met here are exact even without an fma. */
#define LOG2_HIGH 0x1.62e42feep-1
#define LOG2_LOW 0x1.a39ef35793c76p-33

/* 2^shift exp(x), for x <= 0 whose exponential is a normal number then.
 *
 *     x = n log 2 + r, |r| <= log(2)/2:   exp(x) = 2^n exp(r)
 *     exp(r) = 1 + r + r^2 q(r)
 *
 * with q the polynomial of degree 9 that keeps the relative error of exp(r)
 * below 4e-18 (a minimax fit). */
VEC_INLINE vec_f64
exp_scaled(vec_f64 x, bits_f64 shift)
{
    static const double q[] = {
        0x1.ad7f34fade15ep-26, 0x1.28ad9b6ecc5bdp-22, 0x1.71df25b9e92f7p-19,
        0x1.a01999e285f4cp-16, 0x1.a01a012a0be4cp-13, 0x1.6c16c184389eep-10,
        0x1.1111111127d19p-7,  0x1.555555555083fp-5,  0x1.55555555554f9p-3,
        0x1.000000000000ap-1,
    };
    const vec_f64 t = fma_f64(x, fill_f64(0x1.71547652b82fep0), fill_f64(ROUNDING));
    const vec_f64 n = t - fill_f64(ROUNDING);
    const vec_f64 far = fma_f64(n, fill_f64(-LOG2_HIGH), x);   /* exact */
    const vec_f64 r = fma_f64(n, fill_f64(-LOG2_LOW), far);
    const vec_f64 lost = fma_f64(n, fill_f64(-LOG2_LOW), far - r);
    const vec_f64 r2 = r * r, r4 = r2 * r2;
    vec_f64 pair[5];   /* not one term after another: each would wait for the last */

    for (int k = 0; k < 5; k++)
        pair[k] = fma_f64(fill_f64(q[2 * k]), r, fill_f64(q[2 * k + 1]));
    const vec_f64 middle = fma_f64(pair[1], r2, pair[2]);
    const vec_f64 last = fma_f64(pair[3], r2, pair[4]);
    const vec_f64 series = fma_f64(fma_f64(pair[0], r4, middle), r4, last);

    const vec_f64 above_one = r + fma_f64(r2, series, lost);
    const bits_f64 exponent = (bits_f64)t + shift + 1023;

    return (fill_f64(1.0) + above_one) * (vec_f64)(exponent << 52);
}

/* exp(x) for LEAST_NORMAL_EXP <= x <= 0: the result is a normal number. */
#define LEAST_NORMAL_EXP (-689.0)

VEC_INLINE vec_f64
exp_near(vec_f64 x)
{
    return exp_scaled(x, (bits_f64){0});
}

/* exp(x) for any x <= 0, the same bits. Small results are made 2^128 times too
 * large and scaled down in the end, so that subnormal ones are rounded once. */
VEC_INLINE vec_f64
exp_nonpositive(vec_f64 x)
{
    const vec_f64 least = fill_f64(-746.0);   /* its exponential is 0 */

    x = choose(x < least, least, x);

    const mask_f64 tiny = x < fill_f64(LEAST_NORMAL_EXP);

    return exp_scaled(x, (bits_f64)(tiny & 128))
         * choose(tiny, fill_f64(0x1p-128), fill_f64(1.0));
}

/* log(1 + x) for x >= 0, given 1 / (1 + x).
 *
 *     1 + x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2),   s = f / (2 + f)
 *     log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2)))
 *
 * with R the polynomial of FreeBSD's msun (e_log.c); what rounding 1 + x lost
 * comes back as a correction of first order. */
VEC_INLINE vec_f64
log1p_nonnegative(vec_f64 x, vec_f64 inverse)
{
    static const double R[] = {
        1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
        2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
        6.666666666666735130e-01,
    };
    const vec_f64 one = fill_f64(1.0), half = fill_f64(0.5);
    const vec_f64 u = one + x, seen = u - one;
    const vec_f64 lost = ((one - (u - seen)) + (x - seen)) * inverse;

    /* sqrt(1/2) has the bits 3fe6a09e667f3bcd, 1 the bits 3ff0000000000000 */
    const bits_f64 shifted = (bits_f64)u + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    const bits_f64 k_bits = (shifted >> 52) + (0x4338000000000000u - 1023);
    const bits_f64 m_bits = (shifted & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu;
    const vec_f64 k = (vec_f64)k_bits - fill_f64(ROUNDING);
    const vec_f64 f = (vec_f64)m_bits - one;

    const vec_f64 s = f / (fill_f64(2.0) + f), z = s * s;
    const vec_f64 half_f2 = half * f * f;
    const vec_f64 z2 = z * z;
    vec_f64 pair[3];

    for (int i = 0; i < 3; i++)
        pair[i] = fma_f64(fill_f64(R[2 * i]), z, fill_f64(R[2 * i + 1]));
    const vec_f64 high = fma_f64(fma_f64(pair[0], z2, pair[1]), z2, pair[2]);
    const vec_f64 series = fma_f64(high, z, fill_f64(R[6])) * z;

    const vec_f64 low =
        fma_f64(s, half_f2 + series, fma_f64(k, fill_f64(LOG2_LOW), lost));
    const vec_f64 log_u = fma_f64(k, fill_f64(LOG2_HIGH), f - (half_f2 - low));

    return log_u + (x - x);   /* the bits of a NaN were lost above */
}

#endif
