/* Limits, rights, Landlock and the installing of the filter.
 *
 * Numbers of the kernel's interfaces stand here where the headers that a wheel
 * is built with may be older than they are. */
#define _GNU_SOURCE /* unshare, O_PATH */
#include "jail.h"
#include "filter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static int
failed(const char **what, const char *text)
{
    *what = text;
    return -1;
}

/* --- limits */

#ifdef __GLIBC__
typedef __rlimit_resource_t resource_type;
#else
typedef int resource_type;
#endif

int
jail_limit(const struct jail_limits *limits, const char **what)
{
    /* The first signal of RLIMIT_CPU can be caught, the one a second later not. A
     * core of one byte is never written, nor is it, as one of none is, handed to a
     * program that collects crashes. */
    const struct {
        resource_type resource;
        int64_t value, grace;
        const char *what;
    } rows[] = {
        {RLIMIT_CPU, limits->cpu_seconds, 1, "limit the processor time"},
        {RLIMIT_AS, limits->memory, 0, "limit the memory"},
        {RLIMIT_FSIZE, limits->file_size, 0, "limit the size of files"},
        {RLIMIT_NOFILE, limits->files, 0, "limit the number of open files"},
        {RLIMIT_NPROC, limits->processes, 0, "limit the number of threads"},
        {RLIMIT_CORE, 1, 0, "switch off core dumps"},
        {RLIMIT_MSGQUEUE, 0, 0, "switch off message queues"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct rlimit limit;

        if (rows[i].value < 0)
            continue;
        if (getrlimit(rows[i].resource, &limit))
            return failed(what, rows[i].what);
        /* Never above what the process was allowed already. */
        if (limit.rlim_max == RLIM_INFINITY
            || limit.rlim_max > (rlim_t)(rows[i].value + rows[i].grace))
            limit.rlim_max = (rlim_t)(rows[i].value + rows[i].grace);
        if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > (rlim_t)rows[i].value)
            limit.rlim_cur = (rlim_t)rows[i].value;
        if (limit.rlim_cur > limit.rlim_max)
            limit.rlim_cur = limit.rlim_max;
        if (setrlimit(rows[i].resource, &limit))
            return failed(what, rows[i].what);
    }
    return 0;
}

int
jail_die_with(pid_t parent, const char **what)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
        return failed(what, "ask for a signal at the end of the parent");
    if (getppid() != parent) { /* it ended before the kernel knew */
        errno = ESRCH;
        return failed(what, "find the parent");
    }
    return 0;
}

/* --- threads and rights */

/* The number of threads as /proc has it, or -1 without /proc. */
static int
count_threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    int count = 0;

    if (!folder)
        return -1;
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

int
jail_one_thread(const char **what)
{
    int count;

    /* Asks nothing but this: the kernel refuses it where there are others. A
     * container may refuse the question. */
    if (!unshare(CLONE_THREAD))
        return 0;
    count = errno == EINVAL ? 2 : count_threads();
    if (count == 1)
        return 0;
    if (count > 1)
        errno = EBUSY;
    return failed(what, count > 1 ? "be alone: the process has other threads"
                                  : "find out whether there are other threads");
}

int
jail_drop_rights(const char **what)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct rights[2] = {{0, 0, 0}, {0, 0, 0}};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return failed(what, "set no_new_privs");
    if (syscall(SYS_capset, &header, rights))
        return failed(what, "give up capabilities");
    return 0;
}

/* --- Landlock */

#define SYS_LANDLOCK_CREATE_RULESET 444
#define SYS_LANDLOCK_ADD_RULE 445
#define SYS_LANDLOCK_RESTRICT_SELF 446
#define LANDLOCK_VERSION 1U
#define LANDLOCK_PATH_BENEATH 1
#define NEWEST_ABI 7 /* that this file knows */

#define ACCESS(bit) (UINT64_C(1) << (bit))
#define WRITE_FILE ACCESS(1)
#define READ_FILE ACCESS(2)
#define READ_DIR ACCESS(3)
#define REMOVE_DIR ACCESS(4)
#define REMOVE_FILE ACCESS(5)
#define MAKE_DIR ACCESS(7)
#define MAKE_REG ACCESS(8)
#define REFER ACCESS(13)
#define TRUNCATE ACCESS(14)

struct ruleset {
    uint64_t files, network, scopes;
};

struct __attribute__((packed)) path_rule {
    uint64_t allowed;
    int32_t folder;
};

/* Every right that an ABI can withhold. */
static struct ruleset
withheld(int abi)
{
    /* EXECUTE to MAKE_SYM; REFER since ABI 2, TRUNCATE since 3, IOCTL_DEV since 5;
     * TCP since 4: bind, connect; since 6: abstract sockets, signals. */
    return (struct ruleset){
        ACCESS(13) - 1 + (abi >= 2 ? ACCESS(13) : 0) + (abi >= 3 ? ACCESS(14) : 0)
            + (abi >= 5 ? ACCESS(15) : 0),
        abi >= 4 ? 3 : 0,
        abi >= 6 ? 3 : 0,
    };
}

int
jail_landlock_abi(void)
{
    const long abi = syscall(SYS_LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION);

    return abi > 0 ? (int)abi : 0;
}

static int
create(const struct ruleset *rules, int abi)
{
    /* An older kernel knows a shorter structure. */
    const size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;

    return (int)syscall(SYS_LANDLOCK_CREATE_RULESET, rules, size, 0);
}

int
jail_landlock_open(int abi, const char **what)
{
    struct ruleset rules = withheld(abi);
    int ruleset = create(&rules, abi);

    /* A kernel that is newer than this file may know more rights over files:
     * withhold them as well, for as long as it takes another bit. */
    for (int bit = 16; abi > NEWEST_ABI && ruleset >= 0 && bit < 64; bit++) {
        int more;

        rules.files |= ACCESS(bit);
        more = create(&rules, abi);
        if (more < 0)
            break;
        (void)close(ruleset);
        ruleset = more;
    }
    if (ruleset < 0)
        return failed(what, "make a ruleset of Landlock");
    return ruleset;
}

int
jail_landlock_allow(int ruleset, int abi, const char *path, int writing,
                    const char **what)
{
    struct path_rule rule = {READ_FILE, -1};
    struct stat status;
    int result, error;

    rule.folder = open(path, O_PATH | O_CLOEXEC);
    if (rule.folder < 0)
        return failed(what, "find what Landlock shall allow");
    if (writing)
        rule.allowed |= WRITE_FILE | TRUNCATE;
    result = fstat(rule.folder, &status);
    if (!result && S_ISDIR(status.st_mode)) {
        rule.allowed |= READ_DIR;
        if (writing)
            rule.allowed |= REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER;
    }
    if (!result) {
        rule.allowed &= withheld(abi).files;
        result = (int)syscall(SYS_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH,
                              &rule, 0);
    }
    error = errno;
    (void)close(rule.folder);
    errno = error;
    return result ? failed(what, "allow a path in Landlock") : 0;
}

int
jail_landlock_enter(int ruleset, const char **what)
{
    return syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
             ? failed(what, "enter the ruleset of Landlock")
             : 0;
}

/* --- seccomp */

#ifndef SECCOMP_FILTER_FLAG_TSYNC
#define SECCOMP_FILTER_FLAG_TSYNC 1UL
#endif

#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE JAIL_X86_64
#elif defined(__aarch64__)
#define MACHINE JAIL_AARCH64
#endif

int
jail_seccomp_available(void)
{
#ifdef MACHINE
    /* Nothing is installed: with a filter at NULL it fails in one way where there
     * are filters, and in another where there are none. */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
                   NULL)
             < 0
        && errno == EFAULT;
#else
    return 0;
#endif
}

int
jail_seccomp(const char **what)
{
#ifdef MACHINE
    struct sock_filter filter[JAIL_FILTER_LENGTH];
    struct sock_fprog program = {0, filter};
    long result;

    program.len = (unsigned short)jail_filter(MACHINE, (uint32_t)getpid(), filter,
                                              JAIL_FILTER_LENGTH);
    if (!program.len) {
        errno = E2BIG;
        return failed(what, "make the filter of system calls");
    }
    result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
                     &program);
    if (result > 0) /* the number of a thread that has another filter */
        errno = EBUSY;
    return result ? failed(what, "install the filter of system calls") : 0;
#else
    errno = ENOSYS;
    return failed(what, "filter system calls on this processor");
#endif
}
