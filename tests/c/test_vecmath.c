/* exp_nonpositive and log1p_nonnegative stay within 1 ULP of the exact value.
 *
 * The reference is long double, whose error is a thousandth of a double's ULP
 * or less. The arguments are pseudo-random over the ranges that softmax has:
 * near 0, moderate, down to where exp is subnormal. Compiled once per
 * instruction set (CMakeLists.txt), since the operations depend on it. */
#include <math.h>

#include "check.h"
#include "vecmath.h"

enum { ROUNDS = 400000 };

static double
uniform(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

static double
ulps(double found, long double exact)
{
    const double size = fabs((double)exact);

    return (double)(fabsl((long double)found - exact)
                    / (long double)(nextafter(size, HUGE_VAL) - size));
}

static double
log_one_plus(double x)
{
    return log1p_nonnegative(fill_f64(x), fill_f64(1 / (1 + x)))[0];
}

static double
worst_exp(double span)
{
    double worst = 0;

    for (int i = 0; i < ROUNDS; i++) {
        const double x = -span * uniform();
        const double error =
            ulps(exp_nonpositive(fill_f64(x))[0], expl((long double)x));

        worst = error > worst ? error : worst;
    }
    return worst;
}

static double
worst_log1p(double span)
{
    double worst = 0;

    for (int i = 0; i < ROUNDS; i++) {
        const double x = span < 0 ? exp(span * uniform()) : span * uniform();
        const double error = ulps(log_one_plus(x), log1pl((long double)x));

        worst = error > worst ? error : worst;
    }
    return worst;
}

static void
accuracy(void)
{
    static const double exp_spans[] = {1e-9, 0.7, 40, 700, 745};
    static const double log1p_spans[] = {-700, -40, 1, 10, 5000}; /* < 0: exp of it */

    for (int i = 0; i < 5; i++) {
        const double e = worst_exp(exp_spans[i]), l = worst_log1p(log1p_spans[i]);

        printf("exp on [-%g, 0]: %.3f ULP   log1p, span %g: %.3f ULP\n", exp_spans[i],
               e, log1p_spans[i], l);
        CHECK(e < 1, "%g ULP on [-%g, 0]", e, exp_spans[i]);
        CHECK(l < 1, "%g ULP with span %g", l, log1p_spans[i]);
    }
}

static void
special_values(void)
{
    CHECK(exp_nonpositive(fill_f64(0))[0] == 1, "exp(0)");
    CHECK(exp_nonpositive(fill_f64(-HUGE_VAL))[0] == 0, "exp(-inf)");
    CHECK(exp_nonpositive(fill_f64(-1e300))[0] == 0, "exp(-1e300)");
    CHECK(exp_nonpositive(fill_f64(-745))[0] == 0x1p-1074, "smallest subnormal");
    CHECK(isnan(exp_nonpositive(fill_f64((double)NAN))[0]), "exp(nan)");
    CHECK(log_one_plus(0) == 0, "log1p(0)");
    CHECK(log_one_plus(0x1p-1074) == 0x1p-1074, "log1p(tiny)");
    CHECK(isnan(log_one_plus((double)NAN)), "log1p(nan)");
}

int
main(void)
{
#if defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 77; /* ctest: skipped */
#endif
    accuracy();
    special_values();
    return check_report();
}
