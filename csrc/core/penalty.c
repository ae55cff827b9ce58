/* Sums over all of W, for the penalty and for the norm of its gradient.
 *
 * W is walked in slices, which depend on its size alone. The norms of each begin
 * at 0 and are added in their order, so that the bits are the same whichever
 * thread walked along a slice. */
#include "internal.h"

ptrdiff_t
linclf_slice_end(const linclf_plan *p, ptrdiff_t slice)
{
    const ptrdiff_t size = p->C * p->ld, end = (slice + 1) * p->slice;

    return end < size ? end : size;
}

void
linclf_add_norms(linclf_norms *norms, ptrdiff_t n)
{
    for (ptrdiff_t slice = 1; slice < n; slice++)
        for (int i = 0; i < 8; i++) {
            norms[0].squares[i] += norms[slice].squares[i];
            norms[0].absolute[i] += norms[slice].absolute[i];
            norms[0].slope[i] += norms[slice].slope[i];
        }
}

/* 0 * inf would hide a penalty that is not there */
double
linclf_penalty(const linclf_objective *o, const linclf_norms *norms)
{
    return (o->l2 > 0 ? o->l2 * sum8(norms->squares) : 0)
         + (o->l1 > 0 ? o->l1 * sum8(norms->absolute) : 0);
}
