/* The bits of all results, by their SHA-256, are those of a file: on every
 * instruction set with a fused multiply-add, on every processor, for any number
 * of threads, any alignment and any strides.
 *
 *     test_golden <file>            compare
 *     test_golden <file> --quick    with fewer combinations, for an emulator
 *     test_golden <file> --update   write the file again (not where CI is set)
 *
 * The operands come from integers (draw() in problem.h), so that the Python
 * tests make the same ones (tests/test_golden_bits.py). */
#define _GNU_SOURCE   /* MAP_ANONYMOUS */

#include "internal.h"
#include "results.h"

enum { MAX_LINES = 1024, NAME = 64, LARGE_THREADS = 7 };

typedef struct {
    char name[NAME], digest[SHA256_TEXT];
} line;

typedef struct {
    line lines[MAX_LINES];
    int count;
} record;

static record golden, found;
static bool updating, quick;

/* ---- the file -------------------------------------------------------------- */

static const line *
find(const record *r, const char *name)
{
    for (int i = 0; i < r->count; i++)
        if (strcmp(r->lines[i].name, name) == 0)
            return &r->lines[i];
    return NULL;
}

static void
append(record *r, const char *name, const char *digest)
{
    if (r->count == MAX_LINES)
        abort();
    line *const l = &r->lines[r->count++];

    if (snprintf(l->name, sizeof l->name, "%s", name) >= (int)sizeof l->name
        || snprintf(l->digest, sizeof l->digest, "%s", digest) >= (int)sizeof l->digest)
        abort();
}

static void
read_golden(const char *path)
{
    FILE *const file = fopen(path, "r");
    char text[256];

    while (file && fgets(text, sizeof text, file)) {
        char *const digest = strrchr(text, ' ');

        if (text[0] == '#' || !digest)
            continue;
        *digest = '\0';
        digest[strcspn(digest + 1, "\n") + 1] = '\0';
        append(&golden, text, digest + 1);
    }
    if (file)
        (void)fclose(file);
}

static void
write_golden(const char *path)
{
    FILE *const file = fopen(path, "w");
    int changed = 0;

    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    (void)fputs("# SHA-256 of results: what, dtype of W, dtype of X, N x D x C. Equal "
                "on every\n"
                "# processor with a fused multiply-add. Made by `make golden`; a "
                "change here is\n"
                "# a change of results, and CHANGELOG.md says why.\n",
                file);
    for (int i = 0; i < found.count; i++) {
        const line *const l = &found.lines[i], *const before = find(&golden, l->name);

        (void)fprintf(file, "%s %s\n", l->name, l->digest);
        changed += !before || strcmp(before->digest, l->digest) != 0;
    }
    if (fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    (void)printf("%s: %d lines, %d of them new or changed\n", path, found.count,
                 changed);
}

/* ---- one result -------------------------------------------------------------- */

static void
compare(const char *what, const problem *p, const manner *how, const char *digest)
{
    const linclf_matrix *const X = &p->data.X, *const W = &p->model.W;
    char name[NAME];

    (void)snprintf(name, sizeof name, "%s %s %s %tdx%tdx%td", what,
                   linclf_dtype_name(W->dtype), linclf_dtype_name(X->dtype), X->rows,
                   W->rows, W->cols);

    const line *expected = find(&found, name);

    if (!expected) {
        append(&found, name, digest);
        expected = find(updating ? &found : &golden, name);
        CHECK(expected != NULL, "%s is new: make golden", name);
    }
    if (expected)
        CHECK(strcmp(digest, expected->digest) == 0,
              "%s has other bits on %s, %d threads, X %s at %td", name, how->isa,
              how->n_threads, layout_name(how->lie.layout), how->lie.offset);
}

/* ---- all results --------------------------------------------------------------- */

static void
check_problem(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real, linclf_dtype x)
{
    static const int threads[] = {1, 2, 3, LARGE_THREADS};
    const double flops = 4.0 * (double)N * (double)D * (double)C;
    const bool large = linclf_threads_for(2, flops, LINCLF_START) > 1;
    const ptrdiff_t offsets = LINE / linclf_dtype_size(x);
    linclf_matrix targets;
    problem p = new_full_problem(N, D, C, real, x, true, &targets);

    for (int i = 0; i < linclf_isa_count(); i++) {
        manner how = {.isa = linclf_isa_name(i), .lie = {.padding = 3}};

        if (strcmp(how.isa, "baseline") == 0)
            continue;
        CHECK(linclf_use_isa(how.isa) == 0, "%s", how.isa);
        for (int t = 0; large && t < 4; t++) {
            how.n_threads = threads[t];
            how.lie.layout = (layout)t;
            how.lie.offset = t;
            CHECK(linclf_threads_for(threads[t], flops, LINCLF_START) == threads[t],
                  "%tdx%tdx%td is too small for %d threads", N, D, C, threads[t]);
            all_results(&p, &targets, &how,
                        quick ? (t + (int)x) % LINCLF_N_LOSSES : ALL, compare);
        }
        how.n_threads = LARGE_THREADS;
        for (int m = 0; !large && m < N_LAYOUTS; m++) {
            how.lie.layout = (layout)m;
            for (how.lie.offset = 0; how.lie.offset < offsets; how.lie.offset++)
                if (how.lie.offset == 5 * m % offsets)
                    all_results(&p, &targets, &how, ALL, compare);
                else if (!quick && flops < 1e4)
                    all_results(&p, &targets, &how,
                                (int)(how.lie.offset + m + D) % LINCLF_N_LOSSES,
                                compare);
        }
    }
    release(&p.memory);
}

/* Rows shorter than a line and not multiples of one, beyond one chunk of D;
 * classes of all tiles; one segment and many; one thread and seven. */
static void
check_all(void)
{
    static const ptrdiff_t sizes[][3] = {
        {1, 1, 1},     {3, 1, 2},      {5, 2, 3},     {20, 12, 1},    {4, 3, 11},
        {7, 7, 5},     {9, 8, 10},     {11, 9, 11},   {6, 15, 2},     {13, 16, 5},
        {17, 17, 10},  {1, 31, 3},     {2, 33, 100},  {16, 65, 10},   {300, 40, 7},
        {129, 64, 10}, {37, 1027, 10}, {515, 130, 5}, {2049, 21, 10}, {2051, 87, 100},
        {999, 33, 13}, {19, 1100, 13}, {70, 64, 70},  {21, 1041, 10}, {21, 3601, 3},
    };
    static const linclf_dtype types[][2] = {
        {LINCLF_f32, LINCLF_f32}, {LINCLF_f64, LINCLF_f64}, {LINCLF_f32, LINCLF_u8}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int t = 0; t < 3; t++)
            check_problem(sizes[i][0], sizes[i][1], sizes[i][2], types[t][0],
                          types[t][1]);
    for (int i = 0; i < golden.count && !updating && !quick; i++)
        CHECK(find(&found, golden.lines[i].name) != NULL,
              "%s is computed no more: make golden", golden.lines[i].name);
}

static void
check_sha256(void)
{
    sha256 s = sha256_begin();
    char text[SHA256_TEXT];

    sha256_add(&s, "abc", 3);
    sha256_end(&s, text);
    CHECK(
        strcmp(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            == 0,
        "%s", text);
}

int
main(int argc, char **argv)
{
    const char *const ci = getenv("CI");
    const char *const option = argc > 2 ? argv[2] : "";

    updating = strcmp(option, "--update") == 0;
    quick = strcmp(option, "--quick") == 0;
    if (argc < 2 || argc > 3 || (*option && !updating && !quick)) {
        (void)fprintf(stderr, "usage: %s <file> [--quick | --update]\n", argv[0]);
        return EXIT_FAILURE;
    }
    if (updating && ci && *ci) {
        (void)fputs("CI is set: golden results are not changed where they are tested\n",
                    stderr);
        return EXIT_FAILURE;
    }
    if (linclf_isa_count() == 1 && strcmp(linclf_isa_name(0), "baseline") == 0) {
        (void)puts("skipped: no fused multiply-add here");
        return 77;
    }
    read_golden(argv[1]);
    check_sha256();
    check_all();
    if (updating && !check_failures)
        write_golden(argv[1]);
    return check_report();
}
