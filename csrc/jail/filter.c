/* The filter: two tables, and the few lines of BPF that each row becomes.
 *
 * It is a list of what is refused, not of what is allowed: NumPy, the C library
 * and Python need some hundred calls that differ from version to version. What
 * is left open by that is closed twice: Landlock watches files whatever call
 * opens them, and a call that is newer than this file does not exist.
 *
 * Numbers stand here instead of <sys/syscall.h> since the headers that a wheel
 * is built with are older than the kernels it meets. */
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

/* The newest call that was looked at: file_setattr of Linux 6.17. The calls of
 * the x32 ABI have bit 30 set, so that they are beyond it too. */
#define LAST_CALL 469

struct call {
    const char *name;
    int number[2]; /* of each machine; -1: it has no such call */
    int error;
};

/* Refused whatever the arguments. */
static const struct call refused[] = {
    /* Other processes: none can be started. What could start a thread is in rules_special. */
    {"fork", {57, -1}, EPERM},
    {"vfork", {58, -1}, EPERM},
    {"execve", {59, 221}, EPERM},
    {"execveat", {322, 281}, EPERM},
    /* Other processes: none can be looked into, signalled, slowed down or limited. */
    {"ptrace", {101, 117}, EPERM},
    {"process_vm_readv", {310, 270}, EPERM},
    {"process_vm_writev", {311, 271}, EPERM},
    {"process_madvise", {440, 440}, EPERM},
    {"process_mrelease", {448, 448}, EPERM},
    {"kcmp", {312, 272}, EPERM},
    {"tkill", {200, 130}, EPERM},
    {"rt_sigqueueinfo", {129, 138}, EPERM},
    {"rt_tgsigqueueinfo", {297, 240}, EPERM},
    {"pidfd_open", {434, 434}, EPERM},
    {"pidfd_send_signal", {424, 424}, EPERM},
    {"pidfd_getfd", {438, 438}, EPERM},
    {"setpriority", {141, 140}, EPERM},
    {"ioprio_set", {251, 30}, EPERM},
    {"sched_setscheduler", {144, 119}, EPERM},
    {"sched_setparam", {142, 118}, EPERM},
    {"sched_setattr", {314, 274}, EPERM},
    {"sched_setaffinity", {203, 122}, EPERM},
    {"migrate_pages", {256, 238}, EPERM},
    {"move_pages", {279, 239}, EPERM},
    {"setpgid", {109, 154}, EPERM},
    {"setsid", {112, 157}, EPERM},
    /* The network, and every socket. */
    {"socket", {41, 198}, EPERM},
    {"socketpair", {53, 199}, EPERM},
    {"bind", {49, 200}, EPERM},
    {"connect", {42, 203}, EPERM},
    {"listen", {50, 201}, EPERM},
    {"accept", {43, 202}, EPERM},
    {"accept4", {288, 242}, EPERM},
    {"sendto", {44, 206}, EPERM},
    {"sendmsg", {46, 211}, EPERM},
    {"sendmmsg", {307, 269}, EPERM},
    {"recvmmsg", {299, 243}, EPERM},
    /* What outlives a process or is shared with others of the same user. */
    {"shmget", {29, 194}, EPERM},
    {"shmat", {30, 196}, EPERM},
    {"shmctl", {31, 195}, EPERM},
    {"msgget", {68, 186}, EPERM},
    {"msgsnd", {69, 189}, EPERM},
    {"msgrcv", {70, 188}, EPERM},
    {"msgctl", {71, 187}, EPERM},
    {"semget", {64, 190}, EPERM},
    {"semop", {65, 193}, EPERM},
    {"semtimedop", {220, 192}, EPERM},
    {"semctl", {66, 191}, EPERM},
    {"mq_open", {240, 180}, EPERM},
    {"mq_unlink", {241, 181}, EPERM},
    {"mq_timedsend", {242, 182}, EPERM},
    {"mq_timedreceive", {243, 183}, EPERM},
    {"mq_notify", {244, 184}, EPERM},
    {"add_key", {248, 217}, EPERM},
    {"request_key", {249, 218}, EPERM},
    {"keyctl", {250, 219}, EPERM},
    {"memfd_create", {319, 279}, EPERM},
    {"memfd_secret", {447, 447}, EPERM},
    /* Files: what Landlock does not watch. A user may change the mode and the times of all that is his. */
    {"chmod", {90, -1}, EPERM},
    {"fchmod", {91, 52}, EPERM},
    {"fchmodat", {268, 53}, EPERM},
    {"fchmodat2", {452, 452}, EPERM},
    {"chown", {92, -1}, EPERM},
    {"fchown", {93, 55}, EPERM},
    {"lchown", {94, -1}, EPERM},
    {"fchownat", {260, 54}, EPERM},
    {"utime", {132, -1}, EPERM},
    {"utimes", {235, -1}, EPERM},
    {"futimesat", {261, -1}, EPERM},
    {"utimensat", {280, 88}, EPERM},
    {"setxattr", {188, 5}, EPERM},
    {"lsetxattr", {189, 6}, EPERM},
    {"fsetxattr", {190, 7}, EPERM},
    {"setxattrat", {463, 463}, EPERM},
    {"removexattr", {197, 14}, EPERM},
    {"lremovexattr", {198, 15}, EPERM},
    {"fremovexattr", {199, 16}, EPERM},
    {"removexattrat", {466, 466}, EPERM},
    {"file_setattr", {469, 469}, EPERM},
    {"truncate", {76, 45}, EPERM},
    {"mknod", {133, -1}, EPERM},
    {"mknodat", {259, 33}, EPERM},
    {"link", {86, -1}, EPERM},
    {"linkat", {265, 37}, EPERM},
    {"symlink", {88, -1}, EPERM},
    {"symlinkat", {266, 36}, EPERM},
    {"name_to_handle_at", {303, 264}, EPERM},
    {"open_by_handle_at", {304, 265}, EPERM},
    {"fanotify_init", {300, 262}, EPERM},
    {"fanotify_mark", {301, 263}, EPERM},
    {"inotify_init", {253, -1}, EPERM},
    {"inotify_init1", {294, 26}, EPERM},
    {"inotify_add_watch", {254, 27}, EPERM},
    {"sync", {162, 81}, EPERM},
    {"syncfs", {306, 267}, EPERM},
    /* Mounts and namespaces. */
    {"mount", {165, 40}, EPERM},
    {"umount2", {166, 39}, EPERM},
    {"pivot_root", {155, 41}, EPERM},
    {"chroot", {161, 51}, EPERM},
    {"setns", {308, 268}, EPERM},
    {"unshare", {272, 97}, EPERM},
    {"open_tree", {428, 428}, EPERM},
    {"open_tree_attr", {467, 467}, EPERM},
    {"move_mount", {429, 429}, EPERM},
    {"fsopen", {430, 430}, EPERM},
    {"fsconfig", {431, 431}, EPERM},
    {"fsmount", {432, 432}, EPERM},
    {"fspick", {433, 433}, EPERM},
    {"mount_setattr", {442, 442}, EPERM},
    {"statmount", {457, 457}, EPERM},
    {"listmount", {458, 458}, EPERM},
    {"quotactl", {179, 60}, EPERM},
    {"quotactl_fd", {443, 443}, EPERM},
    /* Large interfaces of the kernel that arithmetic has no use for. */
    {"bpf", {321, 280}, EPERM},
    {"perf_event_open", {298, 241}, EPERM},
    {"io_uring_setup", {425, 425}, EPERM},
    {"io_uring_enter", {426, 426}, EPERM},
    {"io_uring_register", {427, 427}, EPERM},
    {"userfaultfd", {323, 282}, EPERM},
    {"seccomp", {317, 277}, EPERM},
    {"landlock_create_ruleset", {444, 444}, EPERM},
    {"landlock_add_rule", {445, 445}, EPERM},
    {"landlock_restrict_self", {446, 446}, EPERM},
    {"lsm_set_self_attr", {460, 460}, EPERM},
    {"io_setup", {206, 0}, EPERM},
    {"io_submit", {209, 2}, EPERM},
    {"vmsplice", {278, 75}, EPERM},
    /* Rights. */
    {"setuid", {105, 146}, EPERM},
    {"setgid", {106, 144}, EPERM},
    {"setreuid", {113, 145}, EPERM},
    {"setregid", {114, 143}, EPERM},
    {"setresuid", {117, 147}, EPERM},
    {"setresgid", {119, 149}, EPERM},
    {"setgroups", {116, 159}, EPERM},
    {"setfsuid", {122, 151}, EPERM},
    {"setfsgid", {123, 152}, EPERM},
    {"capset", {126, 91}, EPERM},
    {"personality", {135, 92}, EPERM},
    /* The machine. */
    {"reboot", {169, 142}, EPERM},
    {"kexec_load", {246, 104}, EPERM},
    {"kexec_file_load", {320, 294}, EPERM},
    {"init_module", {175, 105}, EPERM},
    {"finit_module", {313, 273}, EPERM},
    {"delete_module", {176, 106}, EPERM},
    {"swapon", {167, 224}, EPERM},
    {"swapoff", {168, 225}, EPERM},
    {"acct", {163, 89}, EPERM},
    {"syslog", {103, 116}, EPERM},
    {"sethostname", {170, 161}, EPERM},
    {"setdomainname", {171, 162}, EPERM},
    {"settimeofday", {164, 170}, EPERM},
    {"clock_settime", {227, 112}, EPERM},
    {"clock_adjtime", {305, 266}, EPERM},
    {"adjtimex", {159, 171}, EPERM},
    {"vhangup", {153, 58}, EPERM},
    {"iopl", {172, -1}, EPERM},
    {"ioperm", {173, -1}, EPERM},
    {"modify_ldt", {154, -1}, EPERM},
    {"uselib", {134, -1}, EPERM},
    {"nfsservctl", {180, 42}, EPERM},
    {"lookup_dcookie", {212, 18}, EPERM},
    /* Programs use another call where these do not exist. Their flags are in memory,
     * where a filter cannot look. */
    {"clone3", {435, 435}, ENOSYS},
    {"openat2", {437, 437}, ENOSYS},
};

/* How the arguments of a call decide. */
enum test {
    HAS_ALL,      /* allowed if the argument has all bits of the value */
    IS_SELF,      /* allowed if the argument is the process itself */
    IS_SELF_OR_0, /* allowed if it is the process itself, by its number or by 0 */
    IS_ONE_OF,    /* allowed if the argument is one of the values */
    IS_NONE_OF,   /* allowed if the argument is none of the values */
    NO_TRUNCATION /* refused if it is a reader that truncates: before ABI 3
                   * Landlock takes it for reading */
};

#define MAX_VALUES 8

struct look {
    struct call call;
    unsigned argument;
    enum test test;
    unsigned count;
    uint32_t value[MAX_VALUES];
};

/* Refused unless an argument is harmless. The kernel looks at the lower half of
 * each of these, and so does the filter. */
static const struct look looked_at[] = {
    /* CLONE_THREAD: a thread, which ends with the process. */
    {{"clone", {56, 220}, EPERM}, 0, HAS_ALL, 1, {0x00010000}},
    /* abort() and raise(). */
    {{"kill", {62, 129}, EPERM}, 0, IS_SELF, 0, {0}},
    {{"tgkill", {234, 131}, EPERM}, 0, IS_SELF, 0, {0}},
    {{"prlimit64", {302, 261}, EPERM}, 0, IS_SELF_OR_0, 0, {0}},
    /* PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
     * PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS, PR_SET_VMA: names and questions. */
    {{"prctl", {157, 167}, EPERM},
     0,
     IS_ONE_OF,
     8,
     {2, 3, 15, 16, 21, 23, 39, 0x53564d41}},
    /* TIOCSTI, TIOCLINUX: typing into a terminal; FIOSETOWN, SIOCSPGRP: signals. */
    {{"ioctl", {16, 29}, EPERM}, 1, IS_NONE_OF, 4, {0x5412, 0x541c, 0x8901, 0x8902}},
    /* F_SETOWN, F_SETSIG, F_SETOWN_EX: signals of the kernel to others. F_SETLEASE,
     * F_NOTIFY: making others wait who open a file. */
    {{"fcntl", {72, 25}, EPERM}, 1, IS_NONE_OF, 5, {8, 10, 15, 1024, 1026}},
    {{"open", {2, -1}, EPERM}, 1, NO_TRUNCATION, 0, {0}},
    {{"openat", {257, 56}, EPERM}, 2, NO_TRUNCATION, 0, {0}},
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct program {
    struct sock_filter *filter;
    size_t length, room;
};

static void
add(struct program *program, unsigned code, uint32_t value, unsigned if_true,
    unsigned if_false)
{
    if (program->length < program->room)
        program->filter[program->length] = (struct sock_filter){
            (uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, value};
    program->length++;
}

static void
load(struct program *program, size_t offset)
{
    add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Skip `distance` instructions if the loaded value is (not) equal. */
static void
skip_if(struct program *program, uint32_t value, unsigned distance)
{
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, distance, 0);
}

static void
skip_unless(struct program *program, uint32_t value, unsigned distance)
{
    add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, distance);
}

static void
allow(struct program *program)
{
    add(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void
refuse(struct program *program, int error)
{
    add(program, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error, 0, 0);
}

/* What decides about one call. It always returns, so the loaded number of the
 * call is still there for the rows that follow. */
static void
decide(struct program *program, const struct look *look, uint32_t self)
{
    uint32_t accepted[MAX_VALUES] = {0};
    unsigned count = 0;

    /* Both machines are little-endian: the lower half is the first. */
    load(program, offsetof(struct seccomp_data, args) + 8 * look->argument);
    switch (look->test) {
    case HAS_ALL:
        add(program, BPF_ALU | BPF_AND | BPF_K, look->value[0], 0, 0);
        accepted[count++] = look->value[0];
        break;
    case IS_SELF: accepted[count++] = self; break;
    case IS_SELF_OR_0:
        accepted[count++] = self;
        accepted[count++] = 0;
        break;
    case IS_ONE_OF:
    case IS_NONE_OF:
        for (; count < look->count; count++)
            accepted[count] = look->value[count];
        break;
    case NO_TRUNCATION:
        add(program, BPF_ALU | BPF_AND | BPF_K, 01003, 0, 0); /* O_TRUNC | O_ACCMODE */
        accepted[count++] = 01000; /* O_TRUNC | O_RDONLY */
        break;
    }
    for (unsigned i = 0; i < count; i++)
        skip_if(program, accepted[i], count - i);
    if (look->test == IS_NONE_OF || look->test == NO_TRUNCATION) {
        allow(program);
        refuse(program, look->call.error);
    } else {
        refuse(program, look->call.error);
        allow(program);
    }
}

size_t
jail_filter(enum jail_machine machine, uint32_t self, struct sock_filter *filter,
            size_t room)
{
    static const uint32_t architecture[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64};
    struct program program = {filter, 0, room};

    /* A call of another architecture, as i386 has on x86-64, has other numbers. */
    load(&program, offsetof(struct seccomp_data, arch));
    skip_if(&program, architecture[machine], 1);
    add(&program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);

    load(&program, offsetof(struct seccomp_data, nr));
    add(&program, BPF_JMP | BPF_JGT | BPF_K, LAST_CALL, 0, 1);
    refuse(&program, ENOSYS);
    for (size_t i = 0; i < LENGTH(looked_at); i++) {
        struct program part = {NULL, 0, 0};

        if (looked_at[i].call.number[machine] < 0)
            continue;
        decide(&part, &looked_at[i], self); /* to know how far to jump */
        skip_unless(&program, (uint32_t)looked_at[i].call.number[machine],
                    (unsigned)part.length);
        decide(&program, &looked_at[i], self);
    }
    for (size_t i = 0; i < LENGTH(refused); i++) {
        if (refused[i].number[machine] < 0)
            continue;
        skip_unless(&program, (uint32_t)refused[i].number[machine], 1);
        refuse(&program, refused[i].error);
    }
    allow(&program);
    return program.length <= room ? program.length : 0;
}

const char *
jail_filter_call(size_t index, int *x86_64, int *aarch64, int *error)
{
    const struct call *call;

    if (index >= LENGTH(looked_at) + LENGTH(refused))
        return NULL;
    call = index < LENGTH(looked_at) ? &looked_at[index].call
                                     : &refused[index - LENGTH(looked_at)];
    *x86_64 = call->number[JAIL_X86_64];
    *aarch64 = call->number[JAIL_AARCH64];
    *error = call->error;
    return call->name;
}
