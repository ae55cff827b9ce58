/* The jail on this kernel, each part in a child of its own: with Landlock as each
 * older version of it, the filter, the limits. Skips what the kernel lacks. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail.h"

static char inside[] = "/tmp/linclf-inside-XXXXXX",
            outside[] = "/tmp/linclf-outside-XXXXXX";
static char inner_file[64], outer_file[64], new_file[64], moved_file[64];

/* Run a part in a child; its answer is 0, or the line that found something wrong. */
static void
in_child(int (*part)(int), int argument, const char *name)
{
    int status = -1;
    const pid_t child = fork();

    if (!child)
        _exit(part(argument));
    CHECK(child > 0 && waitpid(child, &status, 0) == child, "%s: no child", name);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
          "%s(%d): status %#x: line %d is wrong", name, argument, (unsigned)status,
          WEXITSTATUS(status));
}

#define WANT(condition)            \
    do {                           \
        if (!(condition))          \
            return __LINE__ % 256; \
    } while (0)

static int
can_open(const char *path, int flags)
{
    const int file = open(path, flags | O_CLOEXEC, 0600);

    if (file >= 0)
        (void)close(file);
    return file >= 0;
}

static int
landlock(int abi)
{
    const char *what = NULL;
    const int ruleset = jail_landlock_open(abi, &what);

    WANT(ruleset >= 0);
    WANT(!jail_landlock_allow(ruleset, abi, inside, 1, &what));
    WANT(!jail_landlock_allow(ruleset, abi, "/dev/null", 1, &what));
    WANT(jail_landlock_allow(ruleset, abi, "/not/there", 0, &what) && errno == ENOENT
         && what);
    WANT(!jail_drop_rights(&what));
    WANT(!jail_landlock_enter(ruleset, &what));
    (void)close(ruleset);
    WANT(can_open(inner_file, O_RDWR)
         && can_open(new_file, O_CREAT | O_WRONLY | O_TRUNC));
    WANT(can_open(inside, O_RDONLY | O_DIRECTORY) && can_open("/dev/null", O_RDWR));
    WANT(!rename(new_file, moved_file) && !unlink(moved_file));
    WANT(!can_open(outer_file, O_RDONLY) && errno == EACCES);
    WANT(!can_open(outer_file, O_WRONLY) && !can_open(outside, O_RDONLY | O_DIRECTORY));
    WANT(unlink(outer_file) && rename(outer_file, new_file)
         && mkdir(moved_file, 0700) == 0);
    WANT(rmdir(moved_file) == 0 && symlink(outer_file, new_file));
    WANT(abi < 3 || truncate(outer_file, 0));
    WANT(abi < 6 || kill(getppid(), 0));
    return 0;
}

static int
reading(int abi)
{
    const char *what = NULL;
    const int ruleset = jail_landlock_open(abi, &what);

    WANT(ruleset >= 0 && !jail_landlock_allow(ruleset, abi, inside, 0, &what));
    WANT(!jail_drop_rights(&what) && !jail_landlock_enter(ruleset, &what));
    WANT(can_open(inner_file, O_RDONLY) && !can_open(inner_file, O_WRONLY));
    WANT(!can_open(new_file, O_CREAT | O_WRONLY) && unlink(inner_file));
    WANT(abi < 3 || !can_open(inner_file, O_RDONLY | O_TRUNC));
    return 0;
}

static int
filter(int unused)
{
    const char *what = NULL;
    int ends[2];

    (void)unused;
    WANT(!jail_one_thread(&what) && !jail_drop_rights(&what) && !jail_seccomp(&what));
    WANT(fork() == -1 && errno == EPERM);
    WANT(kill(getppid(), 0) == -1 && errno == EPERM);
    WANT(kill(getpid(), 0) == 0 && getppid() > 0);
    WANT(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
    WANT(!can_open(inner_file, O_RDONLY | O_TRUNC) && errno == EPERM);
    WANT(can_open(inner_file, O_WRONLY | O_TRUNC));
    WANT(chmod(inner_file, 0) == -1 && syscall(SYS_socket, 1, 1, 0) == -1);
    WANT(syscall(100000) == -1 && errno == ENOSYS);
    WANT(!jail_seccomp_available() && !jail_landlock_abi());
    WANT(jail_seccomp(&what) && what);
    return 0;
}

static int
limits(int unused)
{
    const struct jail_limits wanted = {5, -1, 1 << 20, 20, -1},
                             more = {6, -1, -1, 30, -1};
    const char *what = NULL;
    struct rlimit limit;

    (void)unused;
    WANT(!jail_limit(&wanted, &what) && !jail_limit(&more, &what));
    WANT(!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur == 20
         && limit.rlim_max == 20);
    WANT(!getrlimit(RLIMIT_CPU, &limit) && limit.rlim_cur == 5 && limit.rlim_max == 6);
    WANT(!getrlimit(RLIMIT_CORE, &limit) && limit.rlim_max <= 1);
    return 0;
}

static int
parent(int wrong)
{
    const char *what = NULL;
    const int failed = jail_die_with(wrong ? getpid() : getppid(), &what);

    WANT(wrong ? failed && errno == ESRCH && what : !failed);
    return 0;
}

int
main(void)
{
    const int abi = jail_landlock_abi();
    int file;

    CHECK(mkdtemp(inside) && mkdtemp(outside), "no folders");
    (void)snprintf(inner_file, sizeof inner_file, "%s/file", inside);
    (void)snprintf(outer_file, sizeof outer_file, "%s/file", outside);
    (void)snprintf(new_file, sizeof new_file, "%s/new", inside);
    (void)snprintf(moved_file, sizeof moved_file, "%s/moved", inside);
    for (int i = 0; i < 2; i++) {
        file = open(i ? inner_file : outer_file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        CHECK(file >= 0 && !close(file), "no file");
    }
    for (int version = 1; version <= abi; version++) {
        in_child(landlock, version, "landlock");
        in_child(reading, version, "reading");
    }
    if (jail_seccomp_available())
        in_child(filter, 0, "filter");
    in_child(limits, 0, "limits");
    in_child(parent, 0, "parent");
    in_child(parent, 1, "parent");
    (void)printf("Landlock %d, seccomp %d\n", abi, jail_seccomp_available());
    (void)unlink(inner_file);
    CHECK(!unlink(outer_file) && !rmdir(inside) && !rmdir(outside),
          "something is left");
    return check_report();
}
