"""One more Landlock layer: of programs it lets start the allowed ones alone, and so not this interpreter again.

The launcher cannot do this. It has to grant the command's program the right to start, and what it granted the
program's children have too. Landlock layers only ever take away, so this one needs no trust in what runs later.
Threads and fork are not touched, nor is the mapping of libraries: the layer takes the right to start, no other.
"""

import os

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_VERSION = 1  # the flag that asks for Landlock's version
_FS_EXECUTE = 1 << 0
# Moving and linking between folders, from version 2 on. A layer that does not handle it denies it.
_FS_REFER = 1 << 13
_PR_SET_NO_NEW_PRIVS = 38

_ENOSYS, _EOPNOTSUPP = 38, 95

O_PATH = getattr(os, "O_PATH", 0o10000000)  # PyPy has no name for it

# Loaders of dynamic programs, for a program that may be started but not read.
_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1",
            "/lib/ld-musl-aarch64.so.1")


class LayerError(Exception):
    """The layer that the policy needs cannot be put on."""


def is_main_interpreter():
    """Whether this is the process's first interpreter; those that it makes in itself live in its layer."""
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            current = __import__(name).get_current()
            return int(current[0] if isinstance(current, tuple) else current) == 0
        except ImportError:
            continue
    return True


def loaders(programs):
    """The ELF interpreters that the files `programs` ask for."""
    found = set()
    for program in programs:
        try:
            with open(program, "rb", buffering=0) as file:
                found.add(_loader(file.read(64), lambda offset, size: os.pread(file.fileno(), size, offset)))
        except PermissionError:
            found.update(path for path in _LOADERS if os.path.exists(path))
        except (OSError, ValueError, IndexError):
            continue
    return found - {""}


def _loader(header, read):
    """The path in the PT_INTERP segment of a 64-bit ELF file; empty when it has none."""
    if header[:5] != b"\x7fELF\x02":
        return ""
    order = "little" if header[5] == 1 else "big"

    def number(data, at, size):
        return int.from_bytes(data[at : at + size], order)

    offset, size, count = number(header, 32, 8), number(header, 54, 2), number(header, 56, 2)
    if size < 56 or count > 512:
        raise ValueError
    table = read(offset, size * count)
    for at in range(0, len(table), size):
        if number(table, at, 4) == 3:
            length = min(number(table, at + 32, 8), 4096)
            return os.fsdecode(read(number(table, at + 8, 8), length).rstrip(b"\0"))
    return ""


def restrict(programs):
    """Puts the layer on this thread and all that it will start. True when it is on, False when the kernel has none.

    LayerError when it should be there and is not.
    """
    call, errno, bytes_of = _system_call()
    version = call(_CREATE_RULESET, 0, 0, _VERSION)
    if version < 0:
        if errno() in (_ENOSYS, _EOPNOTSUPP):
            return False
        raise LayerError("the kernel does not tell its version of Landlock: %s" % os.strerror(errno()))
    refer = _FS_REFER if version >= 2 else 0
    ruleset = call(_CREATE_RULESET, (_FS_EXECUTE | refer).to_bytes(8, bytes_of), 8, 0)
    if ruleset < 0:
        raise LayerError("landlock_create_ruleset failed: %s" % os.strerror(errno()))
    rules = dict.fromkeys(sorted(set(programs) | loaders(programs)), _FS_EXECUTE)
    if refer:
        rules["/"] = refer
    try:
        for path, access in rules.items():
            try:
                file = os.open(path, O_PATH | os.O_CLOEXEC)
            except OSError:
                continue  # not there, so nothing to grant
            try:
                rule = access.to_bytes(8, bytes_of) + file.to_bytes(4, bytes_of)
                if call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) < 0:
                    raise LayerError("landlock_add_rule failed for %s: %s" % (path, os.strerror(errno())))
            finally:
                os.close(file)
        if call(_RESTRICT_SELF, ruleset, 0) < 0:
            raise LayerError("landlock_restrict_self failed: %s" % os.strerror(errno()))
        return True
    finally:
        os.close(ruleset)


def _system_call():
    """(call, errno, byte order): raw system calls by way of _ctypes, which costs a fifth of the package ctypes."""
    import sys

    try:
        import _ctypes
    except ImportError as error:
        raise LayerError(
            "this Python has no _ctypes (%s), so its children cannot be kept from being it;"
            " install it, or name this interpreter in allowed_interpreters" % error
        )

    if hasattr(_ctypes, "dlsym"):

        class Long(_ctypes._SimpleCData):
            _type_ = "l"

        class Function(_ctypes.CFuncPtr):
            _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_USE_ERRNO
            _restype_ = Long

        library = _ctypes.dlopen(None, 0)
        syscall = Function(_ctypes.dlsym(library, "syscall"))
        prctl = Function(_ctypes.dlsym(library, "prctl"))
        errno = _ctypes.get_errno
    else:  # PyPy's is another
        import ctypes

        Long, errno = ctypes.c_long, ctypes.get_errno
        library = ctypes.CDLL(None, use_errno=True)
        syscall, prctl = library.syscall, library.prctl
        syscall.restype = Long

    def call(number, *arguments):
        return syscall(*(Long(a) if isinstance(a, int) else a for a in (number,) + arguments))

    # The launcher has set it; a process without it may not restrict itself.
    prctl(*map(Long, (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
    return call, errno, sys.byteorder
