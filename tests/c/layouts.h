/* The memory layouts a matrix may have, and copies of one in each of them. What
 * lies between the elements is NaN, or 255: whoever used it would be seen. */
#ifndef LINCLF_LAYOUTS_H
#define LINCLF_LAYOUTS_H

#include "problem.h"

#define LAYOUTS(LAYOUT)        \
    LAYOUT(contiguous)         \
    LAYOUT(padded_rows)        \
    LAYOUT(every_other_row)    \
    LAYOUT(every_other_column) \
    LAYOUT(fortran)            \
    LAYOUT(reversed_rows)      \
    LAYOUT(reversed_columns)

#define LAYOUT_(name) name,
typedef enum { LAYOUTS(LAYOUT_) N_LAYOUTS } layout;
#undef LAYOUT_

typedef struct {
    layout layout;
    ptrdiff_t padding;   /* elements between padded rows */
    ptrdiff_t offset;    /* elements between the page before and the matrix */
    bool at_end;         /* whether it ends where the page after it begins */
} lie;

static inline const char *
layout_name(layout how)
{
#define LAYOUT_(name) #name,
    static const char *const names[] = {LAYOUTS(LAYOUT_)};
#undef LAYOUT_

    return names[how];
}

static inline void
set_strides(linclf_matrix *m, const lie *how)
{
    const ptrdiff_t cols = m->cols;

    m->col_stride = 1;
    switch (how->layout) {
    case padded_rows: m->row_stride = cols + how->padding; break;
    case every_other_row: m->row_stride = 2 * cols; break;
    case every_other_column:
        m->row_stride = 2 * cols;
        m->col_stride = 2;
        break;
    case fortran:
        m->row_stride = 1;
        m->col_stride = m->rows;
        break;
    case reversed_rows: m->row_stride = -cols; break;
    case reversed_columns:
        m->row_stride = cols;
        m->col_stride = -1;
        break;
    default: m->row_stride = cols; break;
    }
}

static inline ptrdiff_t
place(const linclf_matrix *m, ptrdiff_t i, ptrdiff_t j)
{
    return i * m->row_stride + j * m->col_stride;
}

/* A view with the shape and dtype of `like`, between forbidden pages. */
static inline linclf_matrix
new_layout(rooms *memory, const linclf_matrix *like, const lie *how)
{
    linclf_matrix m = *like;
    const ptrdiff_t size = linclf_dtype_size(m.dtype);

    set_strides(&m, how);

    const ptrdiff_t down = (m.rows - 1) * m.row_stride,
                    across = (m.cols - 1) * m.col_stride;
    const ptrdiff_t before = (down < 0 ? -down : 0) + (across < 0 ? -across : 0);
    const ptrdiff_t after = (down > 0 ? down : 0) + (across > 0 ? across : 0);
    const size_t bytes = (size_t)((how->offset + before + after + 1) * size);

    m.data = guarded(memory, bytes, how->at_end);
    memset(m.data, 255, bytes);
    m.data = (char *)m.data + (how->offset + before) * size;
    return m;
}

/* The elements of `from` in the places of `to`. */
static inline void
copy_elements(const linclf_matrix *to, const linclf_matrix *from)
{
    const size_t size = (size_t)linclf_dtype_size(to->dtype);

    for (ptrdiff_t i = 0; i < to->rows; i++)
        for (ptrdiff_t j = 0; j < to->cols; j++)
            memcpy((char *)to->data + place(to, i, j) * (ptrdiff_t)size,
                   (const char *)from->data + place(from, i, j) * (ptrdiff_t)size,
                   size);
}

static inline linclf_matrix
relay(rooms *memory, const linclf_matrix *from, const lie *how)
{
    const linclf_matrix m = new_layout(memory, from, how);

    copy_elements(&m, from);
    return m;
}

#endif
