"""Attempts to get around a policy from Python, one after another, as somebody outside asks for them.

    attempts.py STAGE ASKED   reads ids from the pipe ASKED, one a line; tries each; prints "ID<tab>answer" at once
    attempts.py list          prints the ids

Each runs in a process of its own, in a group of its own, for a few seconds at most. The answer is one line of printable
characters. Whether an attempt got through is not for this program to say.
"""
import os
import select
import signal
import sys
import time

from attack import (  # noqa: F401 - each registers its attempts
    blocked, datagrams, files, guards, interpreter, local, network, programs, races, raw, resolving, shells, supervisor, writes)
from attack.stage import Stage, tried

SECONDS = 8
LONGEST = 1 << 15


def run(function, stage):
    """In the child: the attempt, with its output where the parent reads."""
    try:
        os.chdir(stage.work)
        answer = function(stage)
        if answer is not None:
            os.write(1, answer if isinstance(answer, bytes) else str(answer).encode("utf-8", "replace"))
    except BaseException as error:
        os.write(1, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
    os._exit(0)


def child(function, stage, output):
    os.setpgid(0, 0)
    for number in (signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    run(function, stage)


def gather(pipe, until):
    """What comes within the time. A grandchild that keeps the pipe open costs its own attempt the rest, nothing more."""
    said = b""
    while len(said) < LONGEST:
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return said + b" (took too long)"
        more = os.read(pipe, 4096)
        if not more:
            return said
        said += more
    return said[:LONGEST]


def answer_of(function, stage):
    pipe, output = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(pipe)
            child(function, stage, output)
        finally:
            os._exit(99)
    os.close(output)
    try:
        return gather(pipe, time.monotonic() + SECONDS)
    finally:
        os.close(pipe)
        for kill in (os.killpg, os.kill):
            try:
                kill(pid, signal.SIGKILL)
            except OSError:
                # It has ended, or did not come to have a group.
                continue
        os.waitpid(pid, 0)


def printable(said):
    return said.decode("utf-8", "replace").encode("unicode_escape").decode("ascii")


def main():
    if sys.argv[1:] == ["list"]:
        print("\n".join(tried))
        return
    stage = Stage(sys.argv[1])
    os.environ["HOME"] = stage.work
    os.dup2(os.open(sys.argv[2], os.O_RDONLY), 0)
    for line in sys.stdin:
        stage.id = line.strip()
        said = printable(answer_of(tried[stage.id], stage))
        sys.stdout.write(f"{stage.id}\t{said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
