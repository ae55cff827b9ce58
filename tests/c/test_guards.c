/* Operands that end, and begin, at pages nobody may touch, with NaN in all gaps:
 * for every length of the last line of a row, class or block, and every place
 * of a row within a line, each call gives the bits that it gives elsewhere. */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */

#include "internal.h"
#include "results.h"

enum { MAX_RESULTS = 2 * LINCLF_N_LOSSES + 2 };

static struct {
    char what[64], digest[SHA256_TEXT];
} known[MAX_RESULTS];
static int n_known;

/* The first result of its kind is known from then on. */
static void
compare(const char *what, const problem *p, const manner *how, const char *digest)
{
    int i = 0;

    while (i < n_known && strcmp(known[i].what, what) != 0)
        i++;
    if (i < n_known) {
        CHECK(strcmp(digest, known[i].digest) == 0,
              "%s, %td x %td x %td, %s on %s: other bits with X %s, padding %td, at %s",
              what, p->data.X.rows, p->model.W.rows, p->model.W.cols,
              linclf_dtype_name(p->data.X.dtype), how->isa,
              layout_name(how->lie.layout), how->lie.padding,
              how->lie.at_end ? "the end" : "the beginning");
        return;
    }
    if (n_known == MAX_RESULTS)
        abort();
    n_known++;
    (void)snprintf(known[i].what, sizeof known[i].what, "%s", what);
    (void)snprintf(known[i].digest, sizeof known[i].digest, "%s", digest);
}

/* A kind of data, and how many of its elements fill a line. */
typedef struct {
    linclf_dtype real, x;
    ptrdiff_t lanes;   /* of W */
} kind;

static const kind kinds[] = {
    {LINCLF_f32, LINCLF_f32, 16},
    {LINCLF_f64, LINCLF_f64, 8},
    {LINCLF_f32, LINCLF_u8, 16},
    {LINCLF_f64, LINCLF_u8, 8},
};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* A size, side by side at either end; then `others` lays it out otherwise. */
static void
test_size(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, const kind *k, const char *isa,
          void (*others)(const problem *p, const linclf_matrix *targets, manner how))
{
    n_known = 0;
    for (int at_end = 0; at_end < 2; at_end++) {
        const manner how = {.isa = isa, .lie = {.at_end = at_end}, .n_threads = 1};
        linclf_matrix targets;
        problem p = new_full_problem(N, D, C, k->real, k->x, at_end, &targets);

        all_results(&p, &targets, &how, at_end ? (int)(D + C) % LINCLF_N_LOSSES : ALL,
                    compare);
        if (others)
            others(&p, &targets, how);
        release(&p.memory);
    }
}

static void
in_every_layout(const problem *p, const linclf_matrix *targets, manner how)
{
    how.lie.padding = 1;
    for (int m = 0; m < N_LAYOUTS; m++) {
        how.lie.layout = (layout)m;
        all_results(p, targets, &how, (int)(p->model.W.rows + m) % LINCLF_N_LOSSES,
                    compare);
    }
}

/* Rows that begin at every place of a line; those of bytes, which are converted
 * before anything else, at one in five. */
static void
with_every_padding(const problem *p, const linclf_matrix *targets, manner how)
{
    const ptrdiff_t D = p->model.W.rows;
    const ptrdiff_t size = linclf_dtype_size(p->data.X.dtype), line = LINE / size;
    const ptrdiff_t lines = D * linclf_dtype_size(p->model.W.dtype) / LINE;

    how.lie.layout = padded_rows;
    for (ptrdiff_t i = 1; i <= line; i += size == 1 ? 5 : 1)
        if ((i + lines) % 2 == how.lie.at_end) {   /* half of them at either end */
            how.lie.padding = i;
            all_results(p, targets, &how, (int)(D + i) % LINCLF_N_LOSSES, compare);
        }
}

static void
test_guards(const char *isa)
{
    for (int i = 0; i < N_KINDS; i++) {
        const kind *const k = &kinds[i];

        for (ptrdiff_t n = 1; n <= 2 * k->lanes + 1; n++)
            test_size(1 + n % 9, n, 1 + n % 11, k, isa, in_every_layout);
        for (ptrdiff_t n = 1; n <= 2 * k->lanes + 1; n++)
            test_size(5, n, 3, k, isa, with_every_padding);
        for (ptrdiff_t n = 2 * k->lanes; n <= 9 * k->lanes; n++)
            test_size(3, n, 4, k, isa, NULL);
        for (ptrdiff_t n = 1; n <= 70; n++) {
            test_size(n, 9, 3, k, isa, NULL);
            test_size(2, 5, n, k, isa, NULL);
        }
    }
}

int
main(void)
{
    on_every_isa(test_guards);
    return check_report();
}
