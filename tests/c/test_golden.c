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
#include "layouts.h"
#include "sha256.h"

enum { MAX_LINES = 1024, NAME = 64, LARGE_THREADS = 7, ALL = -1 };

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

/* How a result was computed: nothing of this may change it. */
typedef struct {
    const char *isa;
    layout layout;
    ptrdiff_t offset;   /* of matrices, in elements after a cache line */
    int n_threads;
} manner;

static void
compare(const char *what, const problem *p, const manner *how, sha256 *s)
{
    const linclf_matrix *const X = &p->data.X, *const W = &p->model.W;
    char name[NAME], digest[SHA256_TEXT];

    (void)snprintf(name, sizeof name, "%s %s %s %tdx%tdx%td", what,
                   linclf_dtype_name(W->dtype), linclf_dtype_name(X->dtype), X->rows,
                   W->rows, W->cols);
    sha256_end(s, digest);

    const line *expected = find(&found, name);

    if (!expected) {
        append(&found, name, digest);
        expected = find(updating ? &found : &golden, name);
        CHECK(expected != NULL, "%s is new: make golden", name);
    }
    if (expected)
        CHECK(strcmp(digest, expected->digest) == 0,
              "%s has other bits on %s, %d threads, X %s at %td", name, how->isa,
              how->n_threads, layout_name(how->layout), how->offset);
}

static void
add_matrix(sha256 *s, const linclf_matrix *m)
{
    const ptrdiff_t size = linclf_dtype_size(m->dtype);

    for (ptrdiff_t i = 0; i < m->rows; i++)
        for (ptrdiff_t j = 0; j < m->cols; j++)
            sha256_add(s, (const char *)m->data + place(m, i, j) * size, (size_t)size);
}

static void
add_vector(sha256 *s, const linclf_vector *v)
{
    sha256_add(s, v->data, (size_t)(v->size * linclf_dtype_size(v->dtype)));
}

static void
check_loss(const char *what, const problem *p, const manner *how)
{
    linclf_error error = {{0}};
    linclf_value value = {0, 0};
    sha256 s = sha256_begin();

    CHECK(loss_grad(p, how->n_threads, &value, &error) == LINCLF_STATUS_ok, "%s: %s",
          what, error.message);

    const double objective = value.data + value.penalty;

    sha256_add(&s, &value.data, sizeof value.data);
    sha256_add(&s, &objective, sizeof objective);
    add_matrix(&s, &p->gradient.dW);
    add_vector(&s, &p->gradient.db);
    compare(what, p, how, &s);
}

/* Steps with all that a step can have, from rows in some other order; W and b
 * are copies. */
static void
check_run(const char *what, const problem *given, const manner *how)
{
    enum { STEPS = 2 };
    static const double rates[STEPS] = {0x1p-10, 0x1p-11};
    problem p = *given;
    const ptrdiff_t N = p.data.X.rows, n_index = N + N / 2;
    int64_t done = 0;
    linclf_error error = {{0}};
    sha256 s = sha256_begin();

    p.memory.count = 0;
    p.model.W = relay(&p.memory, &p.model.W, how->layout, how->offset, false);
    p.model.b = new_vector(&p, p.model.b.size, p.model.b.dtype, true);
    memcpy(p.model.b.data, given->model.b.data,
           (size_t)(p.model.b.size * linclf_dtype_size(p.model.b.dtype)));

    const linclf_vector index = new_vector(&p, n_index, LINCLF_i64, true);
    const linclf_matrix history = new_matrix(&p, STEPS, 3, LINCLF_f64, true);
    const linclf_run run = {
        .index = index.data,
        .n_index = n_index,
        .batch_size = N,
        .n_steps = (n_index + N - 1) / N,
        .rate = rates,
        .momentum = 0.5,
        .nesterov = 1,
        .velocity = {.dW = new_matrix(&p, p.model.W.rows, p.model.W.cols,
                                      p.model.W.dtype, true),
                     .db = new_vector(&p, p.model.b.size, p.model.b.dtype, true)},
        .history = history.data,
        .done = &done,
    };

    for (ptrdiff_t i = 0; i < n_index; i++)
        ((int64_t *)index.data)[i] = (7 * i + 3) % N;
    CHECK(linclf_sgd_run(&p.objective, &p.model, &p.data, &run, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s: %s", what, error.message);
    add_matrix(&s, &p.model.W);
    add_vector(&s, &p.model.b);
    add_matrix(&s, &run.velocity.dW);
    add_vector(&s, &run.velocity.db);
    sha256_add(&s, history.data, (size_t)(3 * run.n_steps) * sizeof(double));
    compare(what, &p, how, &s);
    release(&p.memory);
}

static void
check_scores(const problem *p, const manner *how)
{
    const ptrdiff_t N = p->data.X.rows, C = p->model.W.cols;
    rooms memory = {.count = 0};
    const linclf_matrix like = {.rows = N, .cols = C, .dtype = p->model.W.dtype};
    const linclf_matrix S = new_layout(&memory, &like, how->layout, how->offset, false);
    int64_t *const labels = guarded(&memory, (size_t)N * sizeof *labels, true);
    linclf_error error = {{0}};
    sha256 s = sha256_begin();

    CHECK(linclf_scores(&p->model, &p->data, &S, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    add_matrix(&s, &S);
    CHECK(linclf_predict(&p->model, &p->data, labels, how->n_threads, &error)
              == LINCLF_STATUS_ok,
          "%s", error.message);
    sha256_add(&s, labels, (size_t)N * sizeof *labels);
    CHECK(linclf_softmax(&S, &S, how->n_threads, &error) == LINCLF_STATUS_ok, "%s",
          error.message);
    add_matrix(&s, &S);
    compare("scores", p, how, &s);
    release(&memory);
}

/* ---- all results --------------------------------------------------------------- */

/* All results of one problem, or those of one loss; scores go with softmax. */
static void
check_everything(const problem *given, const linclf_matrix *targets, const manner *how,
                 int only)
{
    problem p = *given;
    char what[NAME];

    p.memory.count = 0;
    p.data.X = relay(&p.memory, &p.data.X, how->layout, how->offset, false);
    p.model.W = relay(&p.memory, &p.model.W, how->layout, how->offset, false);
    p.gradient.dW =
        new_layout(&p.memory, &p.gradient.dW, how->layout, how->offset, false);
    for (int loss = 0; loss < LINCLF_N_LOSSES; loss++) {
        if (only != ALL && loss != only)
            continue;
        p.objective.loss = (linclf_loss)loss;
        check_loss(linclf_loss_name(loss), &p, how);
        (void)snprintf(what, sizeof what, "%s-run", linclf_loss_name(loss));
        check_run(what, &p, how);
    }
    if (only == ALL || only == LINCLF_LOSS_softmax) {
        check_scores(&p, how);
        p.objective.loss = LINCLF_LOSS_softmax;
        p.data.targets = relay(&p.memory, targets, how->layout, how->offset, false);
        p.data.y = (linclf_vector){0};
        check_loss("softmax-targets", &p, how);
    }
    release(&p.memory);
}

static void
check_problem(ptrdiff_t N, ptrdiff_t D, ptrdiff_t C, linclf_dtype real, linclf_dtype x)
{
    static const int threads[] = {1, 2, 3, LARGE_THREADS};
    const double flops = 4.0 * (double)N * (double)D * (double)C;
    const bool large = linclf_threads_for(2, flops) > 1;
    const ptrdiff_t offsets = LINE / linclf_dtype_size(x);
    problem p = new_problem(N, D, C, real, x, true);
    const linclf_matrix targets = new_matrix(&p, N, C, real, true);
    uint64_t seed = (uint64_t)(N + D + C);

    p.objective.l1 = 0.0625;
    for (ptrdiff_t i = 0; i < N * C; i++)
        put(targets.data, i, real, (draw(&seed) + 1) / 2);
    if (x != real) {   /* raw pixels */
        p.data.center = new_vector(&p, D, real, true);
        for (ptrdiff_t d = 0; d < D; d++)
            put(p.data.center.data, d, real, 100 * draw(&seed));
    }
    for (int i = 0; i < linclf_isa_count(); i++) {
        manner how = {.isa = linclf_isa_name(i)};

        if (strcmp(how.isa, "baseline") == 0)
            continue;
        CHECK(linclf_use_isa(how.isa) == 0, "%s", how.isa);
        for (int t = 0; large && t < 4; t++) {
            how.n_threads = threads[t];
            how.layout = (layout)t;
            how.offset = t;
            CHECK(linclf_threads_for(threads[t], flops) == threads[t],
                  "%tdx%tdx%td is too small for %d threads", N, D, C, threads[t]);
            check_everything(&p, &targets, &how,
                             quick ? (t + (int)x) % LINCLF_N_LOSSES : ALL);
        }
        how.n_threads = LARGE_THREADS;
        for (int m = 0; !large && m < N_LAYOUTS; m++) {
            how.layout = (layout)m;
            for (how.offset = 0; how.offset < offsets; how.offset++)
                if (how.offset == 5 * m % offsets)
                    check_everything(&p, &targets, &how, ALL);
                else if (!quick && flops < 1e4)
                    check_everything(&p, &targets, &how,
                                     (int)(how.offset + m + D) % LINCLF_N_LOSSES);
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
