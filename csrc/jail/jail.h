/* What a process can do to itself so that what it runs next can do little.
 * Linux; plain C without Python.
 *
 * Each function returns 0, or -1 with errno set and `what` naming, in words,
 * what could not be done. After a failure part of the jail may be in force: the
 * process must end. */
#ifndef LINCLF_JAIL_JAIL_H
#define LINCLF_JAIL_JAIL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The version of Landlock that the kernel has and has switched on; 0: none. */
int jail_landlock_abi(void);

/* Whether the kernel takes seccomp filters, and this machine has one. */
int jail_seccomp_available(void);

/* Limits of resources; a negative one stays as it is. */
struct jail_limits {
    int64_t cpu_seconds, memory, file_size, files, processes;
};

int jail_limit(const struct jail_limits *limits, const char **what);

/* Be killed when the parent ends; fails with ESRCH if it is not `parent` any more. */
int jail_die_with(pid_t parent, const char **what);

/* Fail unless the process has one thread: Landlock and rights are a thread's own. */
int jail_one_thread(const char **what);

/* Give up every capability and the gaining of new ones by execve(). */
int jail_drop_rights(const char **what);

/* A ruleset of Landlock: nothing is allowed until a path is. */
int jail_landlock_open(int abi, const char **what);
int jail_landlock_allow(int ruleset, int abi, const char *path, int writing,
                        const char **what);
int jail_landlock_enter(int ruleset, const char **what);

/* Install the filter of filter.h. */
int jail_seccomp(const char **what);

#endif
