/* Labels of any integer type, read once and checked where they are read. */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

/* What no int64_t can hold is as far out of range as -1. */
static inline int64_t
label_at(const void *labels, ptrdiff_t i, linclf_dtype dtype)
{
    if (dtype == LINCLF_u64 && ((const uint64_t *)labels)[i] > INT64_MAX)
        return -1;
    switch (dtype) {
#define READ(name, type) \
    case LINCLF_##name: return (int64_t)((const type *)labels)[i];
        LINCLF_DTYPES(READ)
#undef READ
    default: return -1;
    }
}

/* The callers' constant dtype folds the switch away. */
static inline ptrdiff_t
read_as(const linclf_vector *y, const ptrdiff_t *at, ptrdiff_t n, ptrdiff_t C,
        int64_t *labels, const linclf_dtype dtype)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const int64_t label = label_at(y->data, at[i] * y->stride, dtype);

        if (label < 0 || label >= C)
            return i;
        labels[i] = label;
    }
    return n;
}

ptrdiff_t
linclf_read_labels(const linclf_vector *y, const ptrdiff_t *at, ptrdiff_t n,
                   ptrdiff_t C, int64_t *labels)
{
    switch (y->dtype) {
#define CASE(name, type) \
    case LINCLF_##name: return read_as(y, at, n, C, labels, LINCLF_##name);
        LINCLF_DTYPES(CASE)
#undef CASE
    default: return 0;
    }
}

linclf_status
linclf_bad_label(const linclf_vector *y, ptrdiff_t i, ptrdiff_t C, linclf_error *error)
{
    const int64_t label = label_at(y->data, i * y->stride, y->dtype);
    char text[24];

    if (y->dtype == LINCLF_u64)
        (void)snprintf(text, sizeof text, "%" PRIu64,
                       ((const uint64_t *)y->data)[i * y->stride]);
    else
        (void)snprintf(text, sizeof text, "%" PRId64, label);
    return linclf_fail(error, LINCLF_STATUS_value,
                       "y[%td] is %s, but W has %td %s (labels 0 .. %td)%s", i, text, C,
                       C == 1 ? "class" : "classes", C - 1,
                       label == C ? ": labels start at 0, so perhaps use y - 1" : "");
}
