/* The whole test framework: CHECK reports what is false and goes on; the
 * program fails if anything was. */
#ifndef LINCLF_CHECK_H
#define LINCLF_CHECK_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_int check_count, check_failures;

#define CHECK(condition, ...) \
    (check_one((condition), __FILE__, __LINE__, #condition, __VA_ARGS__))

/* The arguments after the condition are a printf format and its values. */
__attribute__((format(printf, 5, 6))) static inline void
check_one(int good, const char *file, int line, const char *text, const char *format,
          ...)
{
    va_list arguments;

    atomic_fetch_add(&check_count, 1);
    if (good || atomic_fetch_add(&check_failures, 1) > 20)
        return;
    (void)fprintf(stderr, "%s:%d: %s: ", file, line, text);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

static inline int
check_report(void)
{
    (void)printf("%d checks, %d failures\n", check_count, check_failures);
    return check_failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
