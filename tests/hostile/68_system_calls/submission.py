"""Asks the kernel, past Python, for what a worker never needs; the operands make it harmless."""

import ctypes
import errno
import platform

import kit

# A call that reaches the kernel fails of its operands; one that is denied fails as these do.
DENIED = (errno.EPERM, errno.EACCES, errno.ENOSYS)
X86_64 = {
    "ptrace": 101, "mount": 165, "umount2": 166, "pivot_root": 155, "process_vm_readv": 310,
    "process_vm_writev": 311, "setns": 308, "bpf": 321, "perf_event_open": 298, "keyctl": 250,
    "add_key": 248, "io_uring_setup": 425, "userfaultfd": 323, "memfd_create": 319,
    "pidfd_open": 434, "pidfd_getfd": 438, "open_by_handle_at": 304, "kcmp": 312,
    "execve": 59, "execveat": 322, "socket": 41, "socketpair": 53, "init_module": 175,
}  # fmt: skip
AARCH64 = {
    "ptrace": 117, "mount": 40, "umount2": 39, "pivot_root": 41, "process_vm_readv": 270,
    "process_vm_writev": 271, "setns": 268, "bpf": 280, "perf_event_open": 241, "keyctl": 219,
    "add_key": 217, "io_uring_setup": 425, "userfaultfd": 282, "memfd_create": 279,
    "pidfd_open": 434, "pidfd_getfd": 438, "open_by_handle_at": 265, "kcmp": 272,
    "execve": 221, "execveat": 281, "socket": 198, "socketpair": 199, "init_module": 105,
}  # fmt: skip


@kit.once
def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for name, number in (X86_64 if platform.machine() == "x86_64" else AARCH64).items():
        ctypes.set_errno(0)
        operands = [ctypes.c_long(-1) for _ in range(6)]
        result = libc.syscall(ctypes.c_long(number), *operands)
        if result != -1 or ctypes.get_errno() not in DENIED:
            kit.harm(
                f"{name} reached the kernel: {result}, {errno.errorcode.get(ctypes.get_errno())}"
            )


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
