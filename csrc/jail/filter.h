/* The seccomp filter of the jail, as classic BPF: which system calls a
 * submission may not make. Plain C without Python, and for both architectures
 * on each, so that a test can interpret the filter of another machine. */
#ifndef LINCLF_JAIL_FILTER_H
#define LINCLF_JAIL_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct sock_filter; /* <linux/filter.h> */

enum jail_machine { JAIL_X86_64, JAIL_AARCH64 };

/* Enough for the filter of either machine. */
#define JAIL_FILTER_LENGTH 512

/* Write the filter for a process and return its number of instructions, or 0
 * if it is longer than `room`. `self` is the one process that kill(2),
 * tgkill(2) and prlimit64(2) may name. */
size_t jail_filter(enum jail_machine machine, uint32_t self, struct sock_filter *filter,
                   size_t room);

/* The system call of the table that stands at `index`, its numbers (-1 where a
 * machine has none) and the error it ends with; NULL behind the last. */
const char *jail_filter_call(size_t index, int *x86_64, int *aarch64, int *error);

#endif
