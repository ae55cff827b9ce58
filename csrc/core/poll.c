/* Whether the caller wants a long call to end: asked every 50 ms or so. */
#define _POSIX_C_SOURCE 200809L   /* clock_gettime */
#include <time.h>

#include "internal.h"

static double
seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void
linclf_poll_open(linclf_poll *p, int (*ask)(void *context), void *context)
{
    *p = (linclf_poll){.ask = ask, .context = context, .asked = seconds()};
}

bool
linclf_poll_stop(linclf_poll *p)
{
    const double interval = 0.05;
    bool stop;

    if (!p->ask || seconds() - p->asked < interval)
        return false;
    stop = p->ask(p->context);
    p->asked = seconds();
    return stop;
}
