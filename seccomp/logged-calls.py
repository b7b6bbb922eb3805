"""Counts the system calls that seccomp filters log, by the container that made them.

The kernel sends each such call to its audit subsystem, and that sends every record to whoever listens to a netlink
group. Unlike dmesg, which drops what comes fast, a listener is told when it missed something.

Says "ready" once a logged call of its own has come through: only then do records reach this process, and are the process
IDs in them the ones that it sees in /proc. That needs root's CAP_AUDIT_READ, CAP_AUDIT_CONTROL and CAP_NET_ADMIN, and the
first network and process namespace. Otherwise it says why not, and ends.

When its standard input ends, as it does when whoever started it is gone, it writes what it counted: a line for each kind
of call, and a last one.

    call COUNT CONTAINER UID ARCHITECTURE NUMBER NAME FILE
    end whole | end lossy

CONTAINER is an ID of 64 hexadecimal digits, "host" for a process in none, or "-" for one that had ended before it could
be looked up, as could none that it descends from: the kernel tells of every process that begins, on another socket, and
what ends at once is known by its parent. NAME (what the process calls itself) and FILE (its program) are in hexadecimal: both are the agent's words.
"""

import ctypes
import os
import re
import select
import signal
import socket
import struct
import time

NETLINK_AUDIT = 9
RECORDS_GROUP = 1
NETLINK_CONNECTOR = 11
PROCESSES_GROUP = 1
SO_RCVBUFFORCE = 33
AUDIT_GET = 1000
AUDIT_SECCOMP = 1326
SECCOMP_RET_LOG = 0x7FFC0000

# Length, kind, flags, sequence, port.
HEADER = struct.Struct("=IHHII")
# The connector's index, value, sequence, acknowledgement, length and flags.
CONNECTOR = struct.Struct("=IIIIHH")
# What happened, processor, time; then up to four numbers.
EVENT = struct.Struct("=IIQ4I")
EVENT_AT = HEADER.size + CONNECTOR.size
LISTEN = 1
IGNORE = 2
FORK = 1
EXEC = 2
# For some 50,000 records that come while this process has no processor.
BUFFER = 64 << 20
# An agent chooses call numbers and names: no more kinds are told apart than this.
KINDS = 10_000
PROCESSES = 100_000
# As a record has it, where a name with blanks is in hexadecimal; what is longer loses its end. An even number.
LONGEST_NAME = 512
BATCH = 1_000
PATIENCE = 10.0

# Names hold no blank and no quotation mark: the kernel writes one that does in hexadecimal.
RECORD = re.compile(
    rb' uid=(\d+) gid=\d+ ses=\d+ .*?pid=(\d+) comm=(\S+) exe=(\S+) sig=\d+'
    rb' arch=([0-9a-f]+) syscall=(-?\d+) .*code=0x7ffc0000\b'
)
CONTAINER = re.compile(rb"[0-9a-f]{64}")


class Unreadable(Exception):
    """Why the records cannot be read here: the end of a sentence."""


class Processes:
    """Which container a process belongs to, or belonged to."""

    def __init__(self):
        self.containers = {}
        self.whole = True
        self.socket = listening(socket.SOCK_DGRAM, NETLINK_CONNECTOR, PROCESSES_GROUP)
        self.ask(LISTEN)

    def ask(self, what):
        """Kernels before 6.6 tell of processes, to nobody, until as many have said that they no longer listen."""
        operation = struct.pack("=I", what)
        connector = CONNECTOR.pack(PROCESSES_GROUP, 1, 0, 0, len(operation), 0)
        self.socket.send(HEADER.pack(EVENT_AT + len(operation), 3, 0, 0, 0) + connector + operation)

    def read(self):
        """Looks up those that begin, or get their program, while they are there."""
        for message in received(self.socket, PROCESSES):
            if message is None:
                # What is known of a number may be of the process that had it before.
                self.whole = False
                continue
            what, _, _, first, parent, thread, child = EVENT.unpack_from(message, EVENT_AT)
            if what == FORK and thread == child:
                self.note(child, look_up(child) or self.containers.get(parent))
            elif what == EXEC:
                # Here the second number is the process, the first its thread.
                self.note(parent, look_up(parent) or self.containers.get(parent))

    def container(self, pid):
        found = look_up(pid) or self.containers.get(pid)
        self.note(pid, found)
        return found or b"-"

    def note(self, pid, container):
        # A number comes again; that a parent was of the host says little, since an engine makes containers of those.
        self.containers.pop(pid, None)
        if container and container != b"host":
            self.containers[pid] = container
            if len(self.containers) > PROCESSES:
                del self.containers[next(iter(self.containers))]


class Counter:
    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.counts = {}
        self.processes = Processes()
        self.own = None
        self.whole = True
        self.socket = listening(socket.SOCK_RAW, NETLINK_AUDIT, RECORDS_GROUP)
        self.dropped_before = dropped_by_kernel()

    def count_until_input_ends(self):
        while True:
            readable, _, _ = select.select([self.socket, self.processes.socket, 0], [], [])
            self.read_batch()
            if 0 in readable and not os.read(0, 4096):
                break
        # Records come in order: with one of its own, all that were made before are here.
        if not self.sees_own_call() or dropped_by_kernel() != self.dropped_before:
            self.whole = False

    def sees_own_call(self):
        child = os.fork()
        if child == 0:
            try:
                self.log_every_call()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        self.own = child
        deadline = time.monotonic() + PATIENCE
        seen = False
        while not seen and time.monotonic() < deadline:
            select.select([self.socket], [], [], 0.1)
            seen = child in self.read_batch()
        # From here on the number may be another's.
        self.own = None
        return seen

    def log_every_call(self):
        log = ctypes.create_string_buffer(struct.pack("@HBBI", 0x06, 0, 0, SECCOMP_RET_LOG))  # BPF_RET | BPF_K
        program = ctypes.create_string_buffer(struct.pack("@HP", 1, ctypes.addressof(log)))
        zero, one, two = (ctypes.c_ulong(n) for n in range(3))
        self.libc.prctl(38, one, zero, zero, zero)  # PR_SET_NO_NEW_PRIVS
        self.libc.prctl(22, two, program, zero, zero)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER

    def read_batch(self):
        """Counts what is there, but not without end; gives the processes that it was about."""
        records = []
        for message in received(self.socket, BATCH):
            if message is None:
                self.whole = False
            elif HEADER.unpack_from(message)[1] == AUDIT_SECCOMP:
                records.append(RECORD.search(message, HEADER.size))
        # A process was told of before it made its first call.
        self.processes.read()
        containers = {}
        for record in filter(None, records):
            pid = int(record[2])
            if pid not in containers:
                containers[pid] = self.processes.container(pid)
            if pid != self.own:
                self.add(containers[pid], record)
        return containers

    def add(self, container, record):
        key = (container, record[1], record[5], record[6], record[3], record[4][:LONGEST_NAME])
        if key in self.counts or len(self.counts) < KINDS:
            self.counts[key] = self.counts.get(key, 0) + 1
        else:
            self.whole = False

    def tell(self):
        for (container, uid, architecture, number, name, file), count in self.counts.items():
            words = [container, uid, architecture, number, hexadecimal(name), hexadecimal(file)]
            print("call", count, *(word.decode("ascii") for word in words))
        print("end", "whole" if self.whole and self.processes.whole else "lossy", flush=True)


def look_up(pid):
    """The container of a process; nothing for one that has ended, or is about to: it is in no group any more."""
    try:
        with open(f"/proc/{pid}/cgroup", "rb") as file:
            groups = file.read().splitlines()
    except OSError:
        return None
    containers = CONTAINER.findall(b"\n".join(groups))
    if containers:
        # An engine that runs in a container has its own below that one.
        return containers[-1]
    return None if all(group.endswith(b":/") for group in groups) else b"host"


def hexadecimal(name):
    """A name as a record has it: in quotation marks, in hexadecimal, or (null)."""
    if name.startswith((b'"', b"(")):
        return name.strip(b'"').hex().encode() or b"-"
    return name.lower()


def listening(kind, protocol, group):
    listener = socket.socket(socket.AF_NETLINK, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    listener.bind((0, group))
    listener.setblocking(False)
    return listener


def received(listener, most):
    """The messages that are there, but not without end; None where some were lost."""
    for _ in range(most):
        try:
            yield listener.recv(65536)
        except BlockingIOError:
            return
        except OSError:  # ENOBUFS: the buffer was full meanwhile.
            yield None


def dropped_by_kernel():
    """How many records the kernel has dropped so far, for a limit of its own."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT) as asking:
        asking.settimeout(PATIENCE)
        asking.send(HEADER.pack(HEADER.size, AUDIT_GET, 1, 1, 0))
        while True:
            answer = asking.recv(65536)
            _, kind, _, _, _ = HEADER.unpack_from(answer)
            if kind == AUDIT_GET:
                # mask, enabled, failure, pid, rate_limit, backlog_limit, lost
                return struct.unpack_from("=7I", answer, HEADER.size)[6]
            error = struct.unpack_from("=i", answer, HEADER.size)[0]
            if error:
                raise OSError(-error, os.strerror(-error))


def main():
    # Ctrl-C is for the agent, and for whoever waits for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    counter = None
    try:
        counter = Counter()
        if not counter.sees_own_call():
            raise Unreadable("a logged call of its own did not show: not the host's own namespaces, or audit is off")
    except OSError as problem:
        print(f"the kernel says {problem.strerror or problem}; it takes root on the host itself", flush=True)
    except Unreadable as problem:
        print(problem, flush=True)
    else:
        print("ready", flush=True)
        counter.count_until_input_ends()
        counter.tell()
    finally:
        if counter:
            counter.processes.ask(IGNORE)


if __name__ == "__main__":
    main()
