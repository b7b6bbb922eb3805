"""System calls without Python's own functions: by number, through the 32-bit entry, through the x32 table, by io_uring."""
import ctypes
import os
import platform
import socket
import struct

from attack.stage import attempt

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
AT_FDCWD = -100
X32 = 0x40000000
NUMBERS = {
    "x86_64": {"open": 2, "socket": 41, "connect": 42, "sendto": 44, "sendmsg": 46, "execve": 59, "rename": 82, "ptrace": 101,
               "prctl": 157, "unshare": 272, "openat": 257, "renameat2": 316, "seccomp": 317, "execveat": 322,
               "sendmmsg": 307, "process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319},
    "aarch64": {"socket": 198, "connect": 203, "sendto": 206, "sendmsg": 211, "execve": 221, "ptrace": 117, "prctl": 167,
                "unshare": 97, "openat": 56, "renameat2": 276, "seccomp": 277, "execveat": 281, "sendmmsg": 269,
                "process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279},
}[platform.machine()]
# The same on every machine.
NUMBERS |= {"io_uring_setup": 425, "io_uring_enter": 426, "open_tree": 428, "move_mount": 429, "pidfd_open": 434,
            "pidfd_send_signal": 424, "openat2": 437, "pidfd_getfd": 438, "landlock_create_ruleset": 444, "landlock_add_rule": 445,
            "landlock_restrict_self": 446}


def failed(value, what):
    if value == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return value


def word(value):
    """An argument as the machine's word: numbers with their sign, text and buffers as addresses."""
    if isinstance(value, str):
        value = value.encode()
    return ctypes.c_long(value) if isinstance(value, int) else value


def syscall(name, *arguments, table=0):
    return failed(libc.syscall(ctypes.c_long(NUMBERS[name] | table), *map(word, arguments)), name)


def sockaddr(host, port):
    if ":" in host:
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + socket.inet_pton(socket.AF_INET6, host) + bytes(4)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)


def pointers(*texts):
    """An argument vector: texts, and the null at its end."""
    return (ctypes.c_char_p * (len(texts) + 1))(*[text.encode() for text in texts], None)


class Message:
    """A struct msghdr with one address and one piece; `entry` is the same as a struct mmsghdr."""

    def __init__(self, address, data, flags=0):
        self.address, self.data = ctypes.create_string_buffer(address, len(address)), ctypes.create_string_buffer(data, len(data))
        self.piece = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(self.data), len(data)))
        head = struct.pack("=QIiQQQQi4x", ctypes.addressof(self.address), len(address), 0, ctypes.addressof(self.piece), 1, 0, 0, flags)
        self.entry = ctypes.create_string_buffer(head + bytes(8))
        # They live as long as what points to them.
        self.entry.parts = self.address, self.data, self.piece


# ---- the 32-bit entry ----

LOW = 0x40
I386 = {"open": 5, "execve": 11, "rename": 38, "socketcall": 102, "socket": 359, "connect": 362, "sendto": 369}
# Saves what the callee must keep, takes the number and six words, enters by int 0x80.
ENTRY = bytes.fromhex("5355 89f8 4989f2 418b1a 418b4a04 418b5208 418b720c 418b7a10 418b6a14 cd80 5d5b 4898 c3")


class Low:
    """Memory below 4 GB, where 32-bit calls find their arguments; and the entry itself."""

    def __init__(self):
        if platform.machine() != "x86_64":
            raise OSError("no 32-bit entry on this machine")
        at = libc.mmap(None, 1 << 16, 7, 0x22 | LOW, -1, 0)
        if at in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "mmap")
        ctypes.memmove(at, ENTRY, len(ENTRY))
        self.enter = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long, ctypes.c_void_p)(at)
        self.free = at + 4096

    def put(self, data):
        at, self.free = self.free, self.free + (len(data) + 16 & ~15)
        ctypes.memmove(at, data, len(data))
        return at

    def call(self, name, *arguments):
        words = struct.pack("=6I", *[value & 0xFFFFFFFF for value in (*arguments, 0, 0, 0, 0, 0, 0)][:6])
        value = self.enter(I386[name], self.put(words))
        if -4096 < value < 0:
            raise OSError(-value, os.strerror(-value), name)
        return value


# ---- io_uring ----

class Ring:
    """A ring with room for eight requests, made one at a time."""
    OPENAT, READ, WRITE, CONNECT, SEND, SENDMSG, RENAMEAT, SOCKET = 18, 22, 23, 16, 26, 9, 35, 45

    def __init__(self, poll=False):
        settings = ctypes.create_string_buffer(120)
        # With a thread of the kernel that looks for requests, no call of this process is there to be judged.
        struct.pack_into("=I", settings, 8, 2 if poll else 0)
        self.wake = 3 if poll else 1
        self.file = syscall("io_uring_setup", 8, settings)
        numbers = struct.unpack("=30I", settings.raw)
        entries, submit, done = numbers[0], numbers[10:20], numbers[20:30]
        size = max(submit[6] + entries * 4, done[5] + numbers[1] * 16)
        self.ring = self.map(size, 0)
        self.requests = self.map(entries * 64, 0x10000000)
        self.submit, self.done = submit, done

    def map(self, size, offset):
        at = libc.mmap(None, size, 3, 1, self.file, offset)
        if at in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "mmap of a ring")
        return at

    def number(self, offset):
        return ctypes.c_uint32.from_address(self.ring + offset)

    def make(self, operation, file, address=0, length=0, offset=0, flags=0):
        """One request; its result, or an error."""
        tail = self.number(self.submit[1])
        slot = tail.value & self.number(self.submit[2]).value
        request = struct.pack("=BBHiQQIIQ24x", operation, 0, 0, file, offset, address, length, flags, 7)
        ctypes.memmove(self.requests + slot * 64, request, 64)
        self.number(self.submit[6] + slot * 4).value = slot
        tail.value += 1
        syscall("io_uring_enter", self.file, 1, 1, self.wake, 0, 0)
        head = self.number(self.done[0])
        at = self.ring + self.done[5] + (head.value & self.number(self.done[2]).value) * 16
        _, result, _ = struct.unpack("=QiI", ctypes.string_at(at, 16))
        head.value += 1
        if result < 0:
            raise OSError(-result, os.strerror(-result), "io_uring")
        return result


def at(buffer):
    return ctypes.addressof(buffer)


# ---- attempts ----

@attempt("py-raw-libc-open")
def libc_open(stage):
    return os.read(failed(libc.open(stage.secret.encode(), 0), "open"), 100)


@attempt("py-raw-libc-fopen")
def libc_fopen(stage):
    libc.fopen.restype = ctypes.c_void_p
    stream = libc.fopen(stage.secret.encode(), b"r")
    failed(0 if stream else -1, "fopen")
    data = ctypes.create_string_buffer(100)
    libc.fgets(data, 100, ctypes.c_void_p(stream))
    return data.value


@attempt("py-raw-openat")
def openat(stage):
    return os.read(syscall("openat", AT_FDCWD, stage.secret, 0), 100)


@attempt("py-raw-open")
def old_open(stage):
    return os.read(syscall("open", stage.secret, 0), 100)


@attempt("py-raw-openat2")
def openat2(stage):
    how = struct.pack("=QQQ", os.O_RDONLY, 0, 0)
    return os.read(syscall("openat2", AT_FDCWD, stage.secret, how, len(how)), 100)


@attempt("py-raw-openat2-in-root")
def openat2_in_root(stage):
    # RESOLVE_IN_ROOT: the path is meant below the folder that is given, here the whole file system.
    how = struct.pack("=QQQ", os.O_RDONLY, 0, 0x10)
    root = os.open("/", os.O_PATH | os.O_DIRECTORY)
    return os.read(syscall("openat2", root, stage.secret, how, len(how)), 100)


@attempt("py-raw-int80-open")
def int80_open(stage):
    low = Low()
    return os.read(low.call("open", low.put(stage.secret.encode() + b"\0"), 0), 100)


@attempt("py-raw-x32-openat")
def x32_openat(stage):
    return os.read(syscall("openat", AT_FDCWD, stage.secret, 0, table=X32), 100)


@attempt("py-raw-uring-open")
def uring_open(stage):
    path = ctypes.create_string_buffer(stage.secret.encode())
    return os.read(Ring().make(Ring.OPENAT, AT_FDCWD, at(path)), 100)


@attempt("py-raw-uring-sqpoll")
def uring_poll(stage):
    path = ctypes.create_string_buffer(stage.secret.encode())
    return os.read(Ring(poll=True).make(Ring.OPENAT, AT_FDCWD, at(path)), 100)


@attempt("py-raw-execve")
def execve(stage):
    syscall("execve", stage.forbidden, pointers("echo"), pointers())


@attempt("py-raw-execveat")
def execveat(stage):
    syscall("execveat", AT_FDCWD, stage.forbidden, pointers("echo"), pointers(), 0)


@attempt("py-raw-execveat-empty")
def execveat_empty(stage):
    file = os.open(stage.forbidden, os.O_PATH)
    syscall("execveat", file, b"", pointers("echo"), pointers(), 0x1000)


@attempt("py-raw-execveat-folder")
def execveat_folder(stage):
    folder, _, name = stage.forbidden.rpartition("/")
    syscall("execveat", os.open(folder, os.O_PATH), name, pointers("echo"), pointers(), 0)


@attempt("py-raw-int80-execve")
def int80_execve(stage):
    low = Low()
    path = low.put(stage.forbidden.encode() + b"\0")
    low.call("execve", path, low.put(struct.pack("=II", path, 0)), low.put(bytes(4)))


@attempt("py-raw-x32-execve")
def x32_execve(stage):
    failed(libc.syscall(ctypes.c_long(520 | X32), stage.forbidden.encode(), pointers("echo"), pointers()), "execve")


@attempt("py-raw-rename")
def rename(stage):
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(stage.forged + "\n")
    syscall("renameat2", AT_FDCWD, stage.own(), AT_FDCWD, stage.policy, 0)


@attempt("py-raw-int80-rename")
def int80_rename(stage):
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(stage.forged + "\n")
    low = Low()
    low.call("rename", low.put(stage.own().encode() + b"\0"), low.put(stage.victim.encode() + b"\0"))


@attempt("py-raw-uring-rename")
def uring_rename(stage):
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(stage.forged + "\n")
    old, new = (ctypes.create_string_buffer(path.encode()) for path in (stage.own(), stage.victim))
    Ring().make(Ring.RENAMEAT, AT_FDCWD, at(old), AT_FDCWD & 0xFFFFFFFF, at(new))


def stream():
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@attempt("py-raw-connect")
def connect(stage):
    with stream() as one:
        address = sockaddr(stage.blocked4, stage.port)
        syscall("connect", one.fileno(), address, len(address))
        os.write(one.fileno(), stage.word)


@attempt("py-raw-sendto")
def sendto(stage):
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        address = sockaddr(stage.blocked4, stage.port)
        syscall("sendto", one.fileno(), stage.word, len(stage.word), 0, address, len(address))


@attempt("py-raw-sendmsg")
def sendmsg(stage):
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        syscall("sendmsg", one.fileno(), Message(sockaddr(stage.blocked4, stage.port), stage.word).entry, 0)


@attempt("py-raw-sendmmsg")
def sendmmsg(stage):
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        syscall("sendmmsg", one.fileno(), Message(sockaddr(stage.blocked4, stage.port), stage.word).entry, 1, 0)


@attempt("py-raw-sendmmsg-second")
def sendmmsg_second(stage):
    # The first goes where it may; the second, in the same call, where it may not.
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        both = [Message(sockaddr(to, stage.port), stage.word) for to in (stage.allowed4, stage.blocked4)]
        entries = ctypes.create_string_buffer(b"".join(message.entry.raw[:64] for message in both))
        syscall("sendmmsg", one.fileno(), entries, 2, 0)


@attempt("py-raw-int80-connect")
def int80_connect(stage):
    low = Low()
    one = low.call("socket", socket.AF_INET, socket.SOCK_STREAM, 0)
    low.call("connect", one, low.put(sockaddr(stage.blocked4, stage.port)), 16)
    os.write(one, stage.word)


@attempt("py-raw-int80-socketcall")
def int80_socketcall(stage):
    # One call for all of the sockets, whose real arguments lie in memory.
    low = Low()
    one = low.call("socketcall", 1, low.put(struct.pack("=III", socket.AF_INET, socket.SOCK_STREAM, 0)))
    low.call("socketcall", 3, low.put(struct.pack("=III", one, low.put(sockaddr(stage.blocked4, stage.port)), 16)))
    os.write(one, stage.word)


@attempt("py-raw-x32-connect")
def x32_connect(stage):
    with stream() as one:
        address = sockaddr(stage.blocked4, stage.port)
        syscall("connect", one.fileno(), address, len(address), table=X32)
        os.write(one.fileno(), stage.word)


@attempt("py-raw-uring-connect")
def uring_connect(stage):
    address = ctypes.create_string_buffer(sockaddr(stage.blocked4, stage.port))
    with stream() as one:
        Ring().make(Ring.CONNECT, one.fileno(), at(address), offset=16)
        os.write(one.fileno(), stage.word)


@attempt("py-raw-uring-sendmsg")
def uring_sendmsg(stage):
    message = Message(sockaddr(stage.blocked4, stage.port), stage.word)
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        Ring().make(Ring.SENDMSG, one.fileno(), at(message.entry), 1)


@attempt("py-raw-uring-socket")
def uring_socket(stage):
    ring = Ring()
    one = ring.make(Ring.SOCKET, socket.AF_INET, offset=socket.SOCK_STREAM)
    address = ctypes.create_string_buffer(sockaddr(stage.blocked4, stage.port))
    ring.make(Ring.CONNECT, one, at(address), offset=16)
    word_of_it = ctypes.create_string_buffer(stage.word)
    ring.make(Ring.SEND, one, at(word_of_it), len(stage.word))
