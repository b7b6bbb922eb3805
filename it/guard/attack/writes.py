"""Changing files elsewhere, outside of the allowed paths."""
import ctypes
import logging
import mmap
import os
import shutil
import socket
import sqlite3
import stat
import struct
import subprocess
import tempfile

from attack.files import link_followed, race, said
from attack.raw import AT_FDCWD, Low, Ring, at, failed, libc, syscall
from attack.stage import attempt, read, write


def mine(stage, name="own"):
    with open(stage.own(name), "w", encoding="utf-8") as file:
        file.write(stage.forged + "\n")
    return stage.own(name)


def beside(stage):
    return os.path.dirname(stage.victim) + "/new"


# ---- a file elsewhere ----

@attempt("py-write-open")
def plain(stage):
    with open(stage.victim, "w", encoding="utf-8") as file:
        file.write(stage.forged)


@attempt("py-write-append")
def append(stage):
    write(stage.victim, stage.forged, os.O_APPEND)


@attempt("py-write-only-truncate")
def only_truncate(stage):
    os.close(os.open(stage.victim, os.O_RDONLY | os.O_TRUNC))


@attempt("py-write-truncate")
def truncate(stage):
    os.truncate(stage.victim, 0)


@attempt("py-write-read-write")
def read_write(stage):
    os.pwrite(os.open(stage.victim, os.O_RDWR), stage.forged.encode(), 0)


@attempt("py-write-mmap")
def mapped(stage):
    with open(stage.victim, "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[:4] = b"FORG"


@attempt("py-write-new")
def new(stage):
    with open(beside(stage), "x", encoding="utf-8") as file:
        file.write(stage.forged)


@attempt("py-write-exclusive-fd")
def create_at(stage):
    os.open("new", os.O_CREAT | os.O_WRONLY, dir_fd=os.open(os.path.dirname(stage.victim), os.O_PATH))


@attempt("py-write-unlink")
def unlink(stage):
    os.unlink(stage.victim)


@attempt("py-write-rename-away")
def rename_away(stage):
    os.rename(stage.victim, stage.own())


@attempt("py-write-rename-over")
def rename_over(stage):
    os.replace(mine(stage), stage.victim)


@attempt("py-write-rename-beside")
def rename_beside(stage):
    os.rename(stage.victim, beside(stage))


@attempt("py-write-exchange")
def exchange(stage):
    syscall("renameat2", AT_FDCWD, mine(stage), AT_FDCWD, stage.victim, 2)


@attempt("py-write-link-out")
def link_out(stage):
    os.link(mine(stage), beside(stage))


@attempt("py-write-link-in")
def link_in(stage):
    os.link(stage.victim, stage.own())
    write(stage.own(), stage.forged)


@attempt("py-write-symlink-out")
def symlink_out(stage):
    os.symlink("/", beside(stage))


@attempt("py-write-symlink-in")
def symlink_in(stage):
    os.symlink(stage.victim, stage.own())
    write(stage.own(), stage.forged)


@attempt("py-write-dangling-symlink")
def dangling(stage):
    # The link is ours; what it makes is not.
    os.symlink(beside(stage), stage.own())
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(stage.forged)


@attempt("py-write-mkdir")
def mkdir(stage):
    os.mkdir(beside(stage))


@attempt("py-write-rmtree")
def rmtree(stage):
    shutil.rmtree(os.path.dirname(stage.victim))


@attempt("py-write-fifo")
def fifo(stage):
    os.mkfifo(beside(stage))


@attempt("py-write-device")
def device(stage):
    os.mknod(beside(stage), 0o600 | stat.S_IFREG)


@attempt("py-write-socket")
def socket_file(stage):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(beside(stage))


@attempt("py-write-tmpfile-link")
def nameless(stage):
    # A file without a name comes to one elsewhere.
    file = os.open(stage.work, os.O_TMPFILE | os.O_RDWR)
    os.write(file, stage.forged.encode())
    link_followed(f"/proc/self/fd/{file}", beside(stage))


@attempt("py-write-tmpfile-there")
def nameless_there(stage):
    file = os.open(os.path.dirname(stage.victim), os.O_TMPFILE | os.O_RDWR)
    link_followed(f"/proc/self/fd/{file}", beside(stage))


@attempt("py-write-proc-fd")
def proc_fd(stage):
    write(f"/proc/self/fd/{os.open(stage.victim, os.O_PATH)}", stage.forged)


@attempt("py-write-proc-root")
def proc_root(stage):
    write("/proc/self/root" + stage.victim, stage.forged)


@attempt("py-write-parent-root")
def parent_root(stage):
    write(f"/proc/{stage.supervisor}/root{stage.victim}", stage.forged)


@attempt("py-write-sqlite")
def sqlite(stage):
    with sqlite3.connect(":memory:") as base:
        base.execute("attach ? as other", (beside(stage),))
        base.execute("create table other.words (word)")
        base.commit()


@attempt("py-write-logging")
def logged(stage):
    handler = logging.FileHandler(stage.victim)
    handler.emit(logging.LogRecord("x", 30, "x", 1, stage.forged, None, None))
    handler.close()


@attempt("py-write-tempfile")
def temporary(stage):
    tempfile.mkstemp(dir=os.path.dirname(stage.victim))


@attempt("py-write-fopen")
def fopen(stage):
    libc.fopen.restype = ctypes.c_void_p
    stream = libc.fopen(stage.victim.encode(), b"w")
    failed(0 if stream else -1, "fopen")
    libc.fclose(ctypes.c_void_p(stream))


@attempt("py-write-libc-unlink")
def libc_unlink(stage):
    failed(libc.unlink(stage.victim.encode()), "unlink")


@attempt("py-write-libc-truncate")
def libc_truncate(stage):
    failed(libc.truncate(stage.victim.encode(), ctypes.c_long(0)), "truncate")


@attempt("py-write-int80")
def int80(stage):
    low = Low()
    os.write(low.call("open", low.put(stage.victim.encode() + b"\0"), os.O_WRONLY | os.O_TRUNC), b"FORGED")


@attempt("py-write-uring")
def uring(stage):
    ring, path = Ring(), ctypes.create_string_buffer(stage.victim.encode())
    file = ring.make(Ring.OPENAT, AT_FDCWD, at(path), flags=os.O_WRONLY | os.O_TRUNC)
    text = ctypes.create_string_buffer(b"FORGED")
    ring.make(Ring.WRITE, file, at(text), 6)


@attempt("py-write-cp")
def cp(stage):
    said("cp", mine(stage), stage.victim)


@attempt("py-write-mv")
def mv(stage):
    said("mv", "-f", mine(stage), stage.victim)


@attempt("py-write-ln")
def ln(stage):
    said("ln", "-f", mine(stage), stage.victim)


@attempt("py-write-stdout")
def child_output(stage):
    with open(stage.victim, "w", encoding="utf-8") as file:
        subprocess.run(["echo", stage.forged], stdout=file, check=False)


@attempt("py-write-tar")
def tar(stage):
    mine(stage, "kept")
    os.rename(stage.own("kept"), "kept")
    said("tar", "-cf", stage.own("tar"), "kept")
    said("tar", "-xf", stage.own("tar"), "-C", os.path.dirname(stage.victim))


@attempt("py-write-sed-w")
def sed_w(stage):
    said("sed", "-n", f"w {stage.victim}", "/etc/passwd")


@attempt("py-write-sed-i")
def sed_in_place(stage):
    said("sed", "-i", "s/./X/", stage.victim)


@attempt("py-write-awk")
def awk(stage):
    said("awk", 'BEGIN { print "FORGED" > ARGV[1] }', stage.victim)


@attempt("py-write-find-delete")
def find_delete(stage):
    said("find", stage.victim, "-delete")


@attempt("py-write-find-print")
def find_print(stage):
    said("find", "/etc/passwd", "-fprint", stage.victim)


@attempt("py-write-git-init")
def git_init(stage):
    said("git", "init", "-q", beside(stage))


@attempt("py-write-git-trace")
def git_trace(stage):
    said("git", "version", env=os.environ | {"GIT_TRACE": stage.victim})


@attempt("py-write-loader-debug")
def loader_debug(stage):
    # The C library's loader writes where its variable says.
    said("echo", "x", env=os.environ | {"LD_DEBUG": "all", "LD_DEBUG_OUTPUT": beside(stage)})


@attempt("py-write-bytecode")
def bytecode(stage):
    with open("compiled.py", "w", encoding="utf-8") as file:
        file.write("x = 1\n")
    said("python3", "-c", "import compiled", env=os.environ | {
        "PYTHONPYCACHEPREFIX": beside(stage), "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": "."})


@attempt("py-write-chmod")
def chmod(stage):
    os.chmod(stage.victim, 0o444)


@attempt("py-write-utime")
def utime(stage):
    os.utime(stage.victim, (1, 1))


@attempt("py-write-attribute")
def set_attribute(stage):
    os.setxattr(stage.victim, "user.word", b"FORGED")


@attempt("py-write-libc-chmod")
def libc_chmod(stage):
    failed(libc.chmod(stage.victim.encode(), 0o444), "chmod")


@attempt("py-write-libc-utime")
def libc_utime(stage):
    failed(libc.utimes(stage.victim.encode(), struct.pack("=4q", 1, 0, 1, 0)), "utimes")


@attempt("py-write-libc-attribute")
def libc_attribute(stage):
    failed(libc.setxattr(stage.victim.encode(), b"user.word", b"FORGED", 6, 0), "setxattr")


@attempt("py-race-symlink-write")
def race_symlink(stage):
    good, link, other = mine(stage, "good"), stage.own("link"), stage.own("next")

    def change():
        for target in (good, stage.victim):
            os.symlink(target, other)
            os.rename(other, link)

    def look():
        write(link, stage.forged)
        return b"tok-" if b"FORGED" in read(stage.victim) else b""
    race(change, look)
