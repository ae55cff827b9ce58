/* The entry point for a loss and its gradient: check, plan, run the pass,
 * add what has no samples, and only then write the outputs. */
#include "internal.h"

static void
job(void *pass, int worker)
{
    linclf_pass_work(pass, 0, worker);
}

/* All of W's part of the objective. */
static double
penalty(const linclf_pass *pass, void *g)
{
    const linclf_plan *const p = &pass->plan;
    linclf_norms norms[MAX_SEGMENTS];

    for (ptrdiff_t s = 0; s < p->n_slices; s++) {
        const ptrdiff_t begin = s * p->slice;

        pass->real->objective(pass, begin, linclf_slice_end(p, s),
                              g ? (char *)g + begin * p->real : NULL, true, &norms[s]);
    }
    linclf_add_norms(norms, p->n_slices);
    return linclf_penalty(pass->objective, &norms[0]);
}

static void
write_outputs(const linclf_pass *pass, void *g, const linclf_gradient *gradient)
{
    const linclf_vector *const db = &gradient->db;

    pass->real->store(&pass->plan, g, &gradient->dW);
    for (ptrdiff_t c = 0; db->data && c < db->size; c++)
        linclf_set(db->data, c * db->stride, db->dtype,
                   pass->db[c] / (double)pass->plan.N);
}

linclf_status
linclf_loss_grad(const linclf_objective *objective, const linclf_model *model,
                 const linclf_data *data, const linclf_gradient *gradient,
                 int n_threads, linclf_value *value, linclf_error *error)
{
    linclf_status status = linclf_check_objective(objective, data, error);
    const bool wanted = gradient && gradient->dW.data;
    linclf_small small;
    linclf_arena arena = {.small = &small};
    linclf_pass pass;

    if (!status)
        status = linclf_check_operands(model, data, true, error);
    if (!status && wanted)
        status = linclf_check_gradient(model, data, gradient,
                                       (const char *const[]){"dW", "db"}, error);
    if (status)
        return status;

    linclf_pass_plan(&pass, objective, model, data, data->X.rows, wanted);
    const linclf_plan *const p = &pass.plan;
    const int n = linclf_threads_for(
        n_threads, 4.0 * (double)p->N * (double)p->D * (double)p->C, LINCLF_START);

    while (linclf_another_round(&arena))
        linclf_pass_take(&arena, &pass, n);
    if (!arena.base)
        return linclf_out_of_memory(error, arena.used);
    linclf_pass_pack(&pass);

    linclf_pass_open(&pass, 0);
    linclf_parallel(n, job, &pass);
    status = linclf_pass_status(&pass, error);
    if (!status) {
        /* free by now, or pass.last, which is read just before it is written */
        void *const g = wanted ? pass.blocks[0].sum->dW : NULL;

        value->data = pass.loss / (double)p->N;
        value->penalty = penalty(&pass, g);
        if (wanted)
            write_outputs(&pass, g, gradient);
    }
    linclf_release(&arena);
    return status;
}
