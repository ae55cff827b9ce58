/* Outputs must not share memory with operands, nor with themselves.
 *
 * The test compares address ranges: cheap, and on the safe side for arrays
 * that interleave without touching. */
#include "internal.h"

typedef struct {
    uintptr_t low, high;   /* [low, high) in bytes; empty without data */
} extent;

static void
stretch(extent *e, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t size)
{
    const ptrdiff_t reach = (count - 1) * stride * size;

    if (reach < 0)
        e->low -= (uintptr_t)-reach;
    else
        e->high += (uintptr_t)reach;
}

static extent
matrix_extent(const linclf_matrix *m)
{
    const ptrdiff_t size = linclf_dtype_size(m->dtype);
    extent e = {(uintptr_t)m->data, (uintptr_t)m->data + (uintptr_t)size};

    if (!m->data || m->rows == 0 || m->cols == 0)
        return (extent){0, 0};
    stretch(&e, m->rows, m->row_stride, size);
    stretch(&e, m->cols, m->col_stride, size);
    return e;
}

linclf_matrix
linclf_as_matrix(const linclf_vector *v)
{
    return (linclf_matrix){v->data, v->size, 1, v->stride, 1, v->dtype};
}

static ptrdiff_t
distance(ptrdiff_t stride)
{
    return stride < 0 ? -stride : stride;
}

/* Whether two elements of m share memory; strides that interleave count. */
static bool
overlaps_itself(const linclf_matrix *m)
{
    const ptrdiff_t rows = distance(m->row_stride), cols = distance(m->col_stride);

    if ((m->rows > 1 && rows == 0) || (m->cols > 1 && cols == 0))
        return true;
    if (m->rows < 2 || m->cols < 2)
        return false;
    return rows < cols ? cols <= (m->rows - 1) * rows : rows <= (m->cols - 1) * cols;
}

linclf_status
linclf_check_output(const linclf_operand *out, const linclf_operand *inputs, int n,
                    linclf_error *error)
{
    const extent e = matrix_extent(&out->memory);

    if (overlaps_itself(&out->memory))
        return linclf_fail(error, LINCLF_STATUS_value,
                           "%s overlaps itself (elements share memory): use a fresh "
                           "array such as np.empty_like(W)",
                           out->name);
    for (int i = 0; i < n; i++) {
        const extent other = matrix_extent(&inputs[i].memory);

        if (e.low < other.high && other.low < e.high)
            return linclf_fail(error, LINCLF_STATUS_value,
                               "%s shares memory with %s: give it memory of its own, "
                               "for example %s.copy()",
                               out->name, inputs[i].name, out->name);
    }
    return LINCLF_STATUS_ok;
}
