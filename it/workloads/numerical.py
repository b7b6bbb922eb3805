"""What libraries for large computations ask of the kernel beyond ordinary programs, by the C library's functions."""

import ctypes
import errno
import os

MCL_FUTURE, MPOL_DEFAULT = 2, 0
PAGE = 4096

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p


def check(result, *accepted):
    number = ctypes.get_errno()
    if result == -1 and number not in accepted:
        raise OSError(number, os.strerror(number))


# A PyTorch data loader, an MPI rank: memory that is not to be swapped. Undone at once, as the limit is low.
check(libc.mlockall(MCL_FUTURE))
check(libc.munlockall())

area = libc.mmap(None, ctypes.c_size_t(PAGE), 3, 0x22, -1, ctypes.c_long(0))
# OpenMP runtimes and libnuma: memory on the node that uses it. A kernel without nodes has neither call.
SET_MEMPOLICY, MBIND = {"x86_64": (238, 237), "aarch64": (237, 235)}[os.uname().machine]
check(libc.syscall(SET_MEMPOLICY, MPOL_DEFAULT, None, ctypes.c_ulong(0)), errno.ENOSYS)
check(
    libc.syscall(MBIND, ctypes.c_void_p(area), ctypes.c_ulong(PAGE), MPOL_DEFAULT, None, ctypes.c_ulong(0), 0),
    errno.ENOSYS,
)

os.sync()
print("passed")
