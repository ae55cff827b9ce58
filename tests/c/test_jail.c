/* The filter of system calls, interpreted here as the kernel does it: for both
 * machines on either, so that the one of ARM is tested on x86-64 too. */
#include "check.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>

#include "filter.h"

#define SELF 4711U
#define ALLOWED SECCOMP_RET_ALLOW
#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)

static const char *const machine_names[] = {"x86-64", "aarch64"};
static const uint32_t architectures[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64};

static struct sock_filter filters[2][JAIL_FILTER_LENGTH];
static size_t lengths[2];

/* What the filter answers; 1 if it does what the kernel would refuse to load. */
static uint32_t
interpret(int machine, const struct seccomp_data *data)
{
    const struct sock_filter *filter = filters[machine];
    uint32_t value = 0;

    for (size_t at = 0; at < lengths[machine]; at++) {
        const struct sock_filter *step = &filter[at];

        switch (step->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (step->k % 4 || step->k + 4 > sizeof *data)
                return 1;
            memcpy(&value, (const char *)data + step->k, 4);
            break;
        case BPF_ALU | BPF_AND | BPF_K: value &= step->k; break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += value == step->k ? step->jt : step->jf;
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            at += value > step->k ? step->jt : step->jf;
            break;
        case BPF_RET | BPF_K: return step->k;
        default: return 1;
        }
    }
    return 1;
}

/* A call with an argument at one place and, elsewhere, bits that must not matter. */
static uint32_t
call(int machine, int number, unsigned place, uint64_t argument)
{
    struct seccomp_data data = {number, architectures[machine], 0x7f0000001234, {0}};

    for (unsigned i = 0; i < 6; i++)
        data.args[i] = i == place ? argument : UINT64_C(0xa5a5a5a5a5a5a5a5);
    return interpret(machine, &data);
}

static int
number_of(int machine, const char *wanted)
{
    int numbers[2], error;
    const char *name;

    for (size_t i = 0; (name = jail_filter_call(i, &numbers[0], &numbers[1], &error));
         i++)
        if (!strcmp(name, wanted))
            return numbers[machine];
    CHECK(0, "there is no %s in the table", wanted);
    return -1;
}

/* Each row of the tables, and whatever stands in no row. */
static void
test_every_call(int machine)
{
    int numbers[2], error, refused[1024] = {0};
    const char *name;

    for (size_t i = 0; (name = jail_filter_call(i, &numbers[0], &numbers[1], &error));
         i++) {
        const int number = numbers[machine];

        if (number < 0)
            continue;
        CHECK(number < 1024 && !refused[number], "%s: %d is there twice", name, number);
        if (number < 1024)
            refused[number] = 1;
    }
    for (int number = 0; number < 1024; number++) {
        const uint32_t answer = call(machine, number, 6, 0);

        if (number > 469)
            CHECK(answer == UNKNOWN, "%s: %d is answered %#x", machine_names[machine],
                  number, answer);
        else if (!refused[number])
            CHECK(answer == ALLOWED, "%s: %d is answered %#x", machine_names[machine],
                  number, answer);
        /* The x32 calls of x86-64. */
        CHECK(call(machine, number | 0x40000000, 6, 0) == UNKNOWN, "%d of x32", number);
    }
    CHECK(call(machine, -1, 6, 0) == UNKNOWN, "-1");
}

static void
test_refused(int machine)
{
    static const char *const denied[] = {
        "fork",           "vfork",   "execve",
        "execveat",       "ptrace",  "process_vm_readv",
        "socket",         "chmod",   "fchmodat",
        "io_uring_setup", "bpf",     "memfd_create",
        "setns",          "mount",   "pidfd_open",
        "seccomp",        "unshare", "setpriority",
        "keyctl",         "shmget",  "truncate",
        "userfaultfd",    "setsid",  "landlock_add_rule",
    };

    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        const int number = number_of(machine, denied[i]);

        if (number >= 0)
            CHECK(call(machine, number, 6, 0) == DENIED, "%s", denied[i]);
    }
    CHECK(call(machine, number_of(machine, "clone3"), 6, 0) == UNKNOWN, "clone3");
    CHECK(call(machine, number_of(machine, "openat2"), 6, 0) == UNKNOWN, "openat2");
}

struct example {
    const char *name;
    unsigned place;
    uint64_t argument;
    uint32_t answer;
};

/* Where an argument decides. The kernel looks at the lower half of each. */
static void
test_arguments(int machine)
{
    static const struct example examples[] = {
        {"clone", 0, 0x003d0f00, ALLOWED}, /* what the C library passes for a thread */
        {"clone", 0, 0x01200011, DENIED}, /* ... and for fork() */
        {"clone", 0, UINT64_C(0x1000000000000), DENIED},
        {"clone", 0, 0x4111, DENIED}, /* vfork() */
        {"kill", 0, SELF, ALLOWED},
        {"kill", 0, UINT64_C(0xffffffff00000000) | SELF, ALLOWED},
        {"kill", 0, SELF + 1, DENIED},
        {"kill", 0, 0, DENIED},
        {"kill", 0, UINT64_MAX, DENIED},
        {"kill", 0, (uint64_t)-(int64_t)SELF, DENIED},
        {"tgkill", 0, SELF, ALLOWED},
        {"tgkill", 0, 1, DENIED},
        {"prlimit64", 0, 0, ALLOWED},
        {"prlimit64", 0, SELF, ALLOWED},
        {"prlimit64", 0, SELF - 1, DENIED},
        {"prctl", 0, 15, ALLOWED}, /* PR_SET_NAME */
        {"prctl", 0, 0x53564d41, ALLOWED},
        {"prctl", 0, 1, DENIED}, /* PR_SET_PDEATHSIG */
        {"prctl", 0, 4, DENIED}, /* PR_SET_DUMPABLE */
        {"prctl", 0, 22, DENIED}, /* PR_SET_SECCOMP */
        {"prctl", 0, 35, DENIED}, /* PR_SET_MM */
        {"ioctl", 1, 0x5401, ALLOWED},
        {"ioctl", 1, 0x5412, DENIED}, /* TIOCSTI */
        {"ioctl", 1, UINT64_C(0x100005412), DENIED},
        {"fcntl", 1, 3, ALLOWED},
        {"fcntl", 1, 8, DENIED}, /* F_SETOWN */
        {"open", 1, 02000000, ALLOWED},
        {"open", 1, 01001, ALLOWED}, /* O_TRUNC | O_WRONLY */
        {"open", 1, 01002, ALLOWED},
        {"open", 1, 01000, DENIED},
        {"openat", 2, 01000, DENIED},
        {"openat", 2, 02001000, DENIED},
        {"openat", 2, 02001101, ALLOWED},
    };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        const int number = number_of(machine, example->name);
        const uint32_t answer =
            number < 0 ? 0 : call(machine, number, example->place, example->argument);

        CHECK(number < 0 || answer == example->answer,
              "%s: %s of %#llx: %#x instead of %#x", machine_names[machine],
              example->name, (unsigned long long)example->argument, answer,
              example->answer);
    }
}

static void
test_other_architecture(int machine)
{
    const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
                               architectures[!machine]};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (int number = 0; number < 512; number++) {
            struct seccomp_data data = {number, others[i], 0, {0}};

            CHECK(interpret(machine, &data) == SECCOMP_RET_KILL_PROCESS,
                  "call %d of %#x", number, others[i]);
        }
}

static void
test_room(int machine)
{
    struct sock_filter little[8];

    CHECK(jail_filter((enum jail_machine)machine, SELF, little, 8) == 0,
          "a filter without room for it");
}

#define SAME(name)                                                            \
    CHECK(number_of(machine, #name) == SYS_##name, "%s is %d, not %d", #name, \
          number_of(machine, #name), (int)SYS_##name)

/* The numbers of this machine are those of its headers. */
static void
test_numbers(void)
{
#if defined(__x86_64__)
    const int machine = JAIL_X86_64;

    SAME(fork);
    SAME(vfork);
    SAME(chmod);
    SAME(link);
    SAME(inotify_init);
    SAME(modify_ldt);
    SAME(open);
    SAME(utime);
#elif defined(__aarch64__)
    const int machine = JAIL_AARCH64;
#endif
#if defined(__x86_64__) || defined(__aarch64__)
    SAME(execve);
    SAME(execveat);
    SAME(ptrace);
    SAME(process_vm_readv);
    SAME(process_vm_writev);
    SAME(process_madvise);
    SAME(process_mrelease);
    SAME(kcmp);
    SAME(tkill);
    SAME(rt_sigqueueinfo);
    SAME(rt_tgsigqueueinfo);
    SAME(pidfd_open);
    SAME(pidfd_send_signal);
    SAME(pidfd_getfd);
    SAME(setpriority);
    SAME(ioprio_set);
    SAME(sched_setscheduler);
    SAME(sched_setparam);
    SAME(sched_setattr);
    SAME(sched_setaffinity);
    SAME(migrate_pages);
    SAME(move_pages);
    SAME(setpgid);
    SAME(setsid);
    SAME(socket);
    SAME(socketpair);
    SAME(bind);
    SAME(connect);
    SAME(listen);
    SAME(accept);
    SAME(accept4);
    SAME(sendto);
    SAME(sendmsg);
    SAME(sendmmsg);
    SAME(recvmmsg);
    SAME(shmget);
    SAME(shmat);
    SAME(shmctl);
    SAME(msgget);
    SAME(msgsnd);
    SAME(msgrcv);
    SAME(msgctl);
    SAME(semget);
    SAME(semop);
    SAME(semtimedop);
    SAME(semctl);
    SAME(mq_open);
    SAME(mq_unlink);
    SAME(mq_timedsend);
    SAME(mq_timedreceive);
    SAME(mq_notify);
    SAME(add_key);
    SAME(request_key);
    SAME(keyctl);
    SAME(memfd_create);
    SAME(memfd_secret);
    SAME(fchmod);
    SAME(fchmodat);
#ifdef SYS_fchmodat2
    SAME(fchmodat2);
#endif
    SAME(fchown);
    SAME(fchownat);
    SAME(utimensat);
    SAME(setxattr);
    SAME(lsetxattr);
    SAME(fsetxattr);
#ifdef SYS_setxattrat
    SAME(setxattrat);
#endif
    SAME(removexattr);
    SAME(lremovexattr);
    SAME(fremovexattr);
#ifdef SYS_removexattrat
    SAME(removexattrat);
#endif
#ifdef SYS_file_setattr
    SAME(file_setattr);
#endif
    SAME(truncate);
    SAME(mknodat);
    SAME(linkat);
    SAME(symlinkat);
    SAME(name_to_handle_at);
    SAME(open_by_handle_at);
    SAME(fanotify_init);
    SAME(fanotify_mark);
    SAME(inotify_init1);
    SAME(inotify_add_watch);
    SAME(sync);
    SAME(syncfs);
    SAME(mount);
    SAME(umount2);
    SAME(pivot_root);
    SAME(chroot);
    SAME(setns);
    SAME(unshare);
    SAME(open_tree);
#ifdef SYS_open_tree_attr
    SAME(open_tree_attr);
#endif
    SAME(move_mount);
    SAME(fsopen);
    SAME(fsconfig);
    SAME(fsmount);
    SAME(fspick);
    SAME(mount_setattr);
#ifdef SYS_statmount
    SAME(statmount);
#endif
#ifdef SYS_listmount
    SAME(listmount);
#endif
    SAME(quotactl);
    SAME(quotactl_fd);
    SAME(bpf);
    SAME(perf_event_open);
    SAME(io_uring_setup);
    SAME(io_uring_enter);
    SAME(io_uring_register);
    SAME(userfaultfd);
    SAME(seccomp);
    SAME(landlock_create_ruleset);
    SAME(landlock_add_rule);
    SAME(landlock_restrict_self);
#ifdef SYS_lsm_set_self_attr
    SAME(lsm_set_self_attr);
#endif
    SAME(io_setup);
    SAME(io_submit);
    SAME(vmsplice);
    SAME(setuid);
    SAME(setgid);
    SAME(setreuid);
    SAME(setregid);
    SAME(setresuid);
    SAME(setresgid);
    SAME(setgroups);
    SAME(setfsuid);
    SAME(setfsgid);
    SAME(capset);
    SAME(personality);
    SAME(reboot);
    SAME(kexec_load);
    SAME(kexec_file_load);
    SAME(init_module);
    SAME(finit_module);
    SAME(delete_module);
    SAME(swapon);
    SAME(swapoff);
    SAME(acct);
    SAME(syslog);
    SAME(sethostname);
    SAME(setdomainname);
    SAME(settimeofday);
    SAME(clock_settime);
    SAME(clock_adjtime);
    SAME(adjtimex);
    SAME(vhangup);
    SAME(nfsservctl);
    SAME(lookup_dcookie);
    SAME(clone3);
    SAME(openat2);
    SAME(clone);
    SAME(kill);
    SAME(tgkill);
    SAME(prlimit64);
    SAME(prctl);
    SAME(ioctl);
    SAME(fcntl);
    SAME(openat);
#endif
}

int
main(void)
{
    for (int machine = JAIL_X86_64; machine <= JAIL_AARCH64; machine++) {
        lengths[machine] = jail_filter((enum jail_machine)machine, SELF,
                                       filters[machine], JAIL_FILTER_LENGTH);
        CHECK(lengths[machine] > 0, "%s: the filter is too long",
              machine_names[machine]);
        test_every_call(machine);
        test_refused(machine);
        test_arguments(machine);
        test_other_architecture(machine);
        test_room(machine);
    }
    test_numbers();
    return check_report();
}
