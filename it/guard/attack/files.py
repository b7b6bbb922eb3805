"""Reading what the policy does not let read: by other names for the same file, by other readers, by races."""
import ctypes
import glob
import importlib.machinery
import io
import linecache
import mmap
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile

from attack.raw import AT_FDCWD, failed, libc, syscall
from attack.stage import attempt, read

TIMES = 50


def parts(path):
    return os.path.split(path)


def link_followed(old, new):
    """A further name for what a link in /proc leads to; os.link does not follow it."""
    failed(libc.linkat(AT_FDCWD, old.encode(), AT_FDCWD, new.encode(), 0x400), "linkat")


def said(*words, **settings):
    """What another program says, errors too."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=6, check=False, **settings)
    return done.stdout


# ---- the same file by another name ----

@attempt("py-read-open")
def plain(stage):
    with open(stage.secret, encoding="utf-8") as file:
        return file.read()


@attempt("py-read-os-open")
def os_open(stage):
    return read(stage.secret)


@attempt("py-read-dots")
def dots(stage):
    return read(stage.work + "/" + "../" * 12 + stage.secret)


@attempt("py-read-dir-fd")
def dir_fd(stage):
    folder, name = parts(stage.secret)
    return os.read(os.open(name, os.O_RDONLY, dir_fd=os.open(folder, os.O_PATH)), 100)


@attempt("py-read-root-fd")
def root_fd(stage):
    return os.read(os.open(stage.secret[1:], os.O_RDONLY, dir_fd=os.open("/", os.O_PATH)), 100)


@attempt("py-read-chdir")
def chdir(stage):
    folder, name = parts(stage.secret)
    os.chdir(folder)
    return read(name)


@attempt("py-read-fchdir")
def fchdir(stage):
    folder, name = parts(stage.secret)
    os.fchdir(os.open(folder, os.O_PATH))
    return read("./" + name)


@attempt("py-read-symlink")
def symlink(stage):
    os.symlink(stage.secret, stage.own())
    return read(stage.own())


@attempt("py-read-symlink-folder")
def symlink_folder(stage):
    folder, name = parts(stage.secret)
    os.symlink(folder, stage.own())
    return read(stage.own() + "/" + name)


@attempt("py-read-symlink-chain")
def symlink_chain(stage):
    os.symlink("..", stage.own("a"))
    os.symlink(stage.own("a") + "/" + "../" * 9 + stage.secret[1:], stage.own("b"))
    os.symlink(stage.own("b"), stage.own("c"))
    return read(stage.own("c"))


@attempt("py-read-hard-link")
def hard_link(stage):
    os.link(stage.near, stage.own())
    return read(stage.own())


@attempt("py-read-hard-link-fd")
def hard_link_fd(stage):
    # By a descriptor that has the name only, through its place in /proc.
    link_followed(f"/proc/self/fd/{os.open(stage.near, os.O_PATH)}", stage.own())
    return read(stage.own())


@attempt("py-read-rename-in")
def rename_in(stage):
    os.rename(stage.near, stage.own())
    return read(stage.own())


@attempt("py-read-rename-folder")
def rename_folder(stage):
    folder, name = parts(stage.near)
    os.rename(folder, stage.own())
    return read(stage.own() + "/" + name)


@attempt("py-read-exchange")
def exchange(stage):
    folder, name = parts(stage.near)
    os.mkdir(stage.own())
    syscall("renameat2", AT_FDCWD, stage.own(), AT_FDCWD, folder, 2)
    return read(stage.own() + "/" + name)


@attempt("py-read-proc-root")
def proc_root(stage):
    return read("/proc/self/root" + stage.secret)


@attempt("py-read-proc-thread-root")
def proc_thread_root(stage):
    return read(f"/proc/self/task/{threading.get_native_id()}/root" + stage.secret)


@attempt("py-read-proc-cwd")
def proc_cwd(stage):
    return read("/proc/self/cwd/" + "../" * 9 + stage.secret[1:])


@attempt("py-read-proc-fd")
def proc_fd(stage):
    return read(f"/proc/self/fd/{os.open(stage.secret, os.O_PATH)}")


@attempt("py-read-dev-fd")
def dev_fd(stage):
    return read(f"/dev/fd/{os.open(stage.secret, os.O_PATH)}")


@attempt("py-read-proc-fd-folder")
def proc_fd_folder(stage):
    folder, name = parts(stage.secret)
    return read(f"/proc/self/fd/{os.open(folder, os.O_PATH)}/{name}")


@attempt("py-read-parent-root")
def parent_root(stage):
    return read(f"/proc/{stage.supervisor}/root{stage.secret}")


@attempt("py-read-parent-cwd")
def parent_cwd(stage):
    return read(f"/proc/{stage.supervisor}/cwd/{'../' * 9}{stage.secret[1:]}")


@attempt("py-read-child-root")
def child_root(stage):
    pid = os.fork()
    if pid == 0:
        time.sleep(3)
        os._exit(0)
    return read(f"/proc/{pid}/root{stage.secret}")


# ---- other readers in the same process ----

@attempt("py-read-open-code")
def open_code(stage):
    with io.open_code(stage.secret) as file:
        return file.read()


@attempt("py-read-loader")
def loader(stage):
    return importlib.machinery.SourceFileLoader("x", stage.secret).get_data(stage.secret)


@attempt("py-read-linecache")
def lines(stage):
    return linecache.getline(stage.secret, 1)


@attempt("py-read-exec-traceback")
def compile_error(stage):
    # The message of a syntax error quotes the line.
    return said("python3", stage.secret)


@attempt("py-read-mmap")
def mapped(stage):
    with open(stage.secret, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return view[:]


@attempt("py-read-sendfile")
def sendfile(stage):
    with open(stage.own(), "wb") as to:
        os.sendfile(to.fileno(), os.open(stage.secret, os.O_RDONLY), 0, 100)
    return read(stage.own())


@attempt("py-read-copyfile")
def copyfile(stage):
    shutil.copyfile(stage.secret, stage.own())
    return read(stage.own())


@attempt("py-read-zip")
def zipped(stage):
    with zipfile.ZipFile(stage.own(), "w") as archive:
        archive.write(stage.secret, "x")
        return archive.read("x")


@attempt("py-read-sqlite")
def sqlite(stage):
    with sqlite3.connect(stage.database) as base:
        return base.execute("select word from words").fetchone()[0]


@attempt("py-read-sqlite-attach")
def sqlite_attach(stage):
    # The C library of SQLite opens the file, and no Python function.
    with sqlite3.connect(":memory:") as base:
        base.execute("attach ? as other", (stage.database,))
        return base.execute("select word from other.words").fetchone()[0]


@attempt("py-read-unix-domain-descriptor")
def passed(stage):
    # A friend outside hands out a descriptor of the file.
    with socket.socket(socket.AF_UNIX) as friend:
        friend.connect(f"{stage.sockets}/give")
        _, files, _, _ = socket.recv_fds(friend, 100, 1)
        return os.read(files[0], 100)


@attempt("py-read-inherited")
def inherited(stage):
    answer = b""
    for file in range(3, 256):
        try:
            os.lseek(file, 0, os.SEEK_SET)
            answer += os.read(file, 200)
        except OSError:
            continue
    return answer


@attempt("py-read-listing")
def listing(stage):
    return " ".join(os.listdir(stage.names))


@attempt("py-read-scandir")
def scandir(stage):
    return " ".join(entry.name for entry in os.scandir(stage.names))


@attempt("py-read-glob")
def globbed(stage):
    return " ".join(glob.glob(stage.names + "/*"))


@attempt("py-read-getdents-fd")
def listing_fd(stage):
    return " ".join(os.listdir(os.open(stage.names, os.O_RDONLY)))


@attempt("py-read-link-target")
def link_target(stage):
    return os.readlink(stage.link)


@attempt("py-read-attribute")
def attribute(stage):
    return os.getxattr(stage.secret, "user.word")


# ---- other programs that read ----

@attempt("py-read-cat")
def cat(stage):
    return said("cat", stage.secret)


@attempt("py-read-cat-stdin")
def cat_stdin(stage):
    return said("cat", stdin=os.open(stage.secret, os.O_RDONLY))


@attempt("py-read-cp")
def copied(stage):
    said("cp", stage.secret, stage.own())
    return read(stage.own())


@attempt("py-read-tar")
def tar(stage):
    return said("tar", "-cf", "-", "-P", stage.secret)[512:700]


@attempt("py-read-tar-names")
def tar_names(stage):
    # A list of names: what is not a name is told in the message.
    return said("tar", "-cf", "/dev/null", "-T", stage.secret)


@attempt("py-read-find-names")
def find_names(stage):
    return said("find", "-files0-from", stage.secret)


@attempt("py-read-sed")
def sed(stage):
    return said("sed", "-n", f"1r {stage.secret}", "/etc/passwd")


@attempt("py-read-awk")
def awk(stage):
    return said("awk", 'BEGIN { while ((getline line < ARGV[1]) > 0) print line }', stage.secret)


@attempt("py-read-git")
def git(stage):
    return said("git", "diff", "--no-index", "/dev/null", stage.secret)


@attempt("py-read-git-config")
def git_config(stage):
    return said("git", "config", "--file", stage.config, "x.word")


@attempt("py-read-xargs")
def xargs(stage):
    return said("xargs", "-a", stage.secret, "echo")


@attempt("py-read-env-split")
def env_with_preload(stage):
    # The loader quotes what it cannot load.
    return said("env", f"LD_PRELOAD={stage.secret}", "cat", stage.secret)


@attempt("py-read-ls")
def ls(stage):
    return said("ls", stage.names)


# ---- other mounts ----

def new_mounts():
    # A user namespace of its own, in which mounts are for everybody.
    uid, gid = os.getuid(), os.getgid()
    failed(libc.unshare(0x10000000 | 0x00020000), "unshare")
    for file, line in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{file}", "w", encoding="utf-8") as to:
            to.write(line)


@attempt("py-read-bind-mount")
def bind_mount(stage):
    new_mounts()
    folder, name = parts(stage.secret)
    os.mkdir(stage.own())
    failed(libc.mount(folder.encode(), stage.own().encode(), None, 4096, None), "mount")
    return read(stage.own() + "/" + name)


@attempt("py-read-moved-mount")
def moved_mount(stage):
    new_mounts()
    folder, name = parts(stage.secret)
    os.mkdir(stage.own())
    tree = syscall("open_tree", AT_FDCWD, folder, 1)
    syscall("move_mount", tree, "", AT_FDCWD, stage.own(), 4)
    return read(stage.own() + "/" + name)


@attempt("py-read-detached-mount")
def detached_mount(stage):
    new_mounts()
    folder, name = parts(stage.secret)
    tree = syscall("open_tree", AT_FDCWD, folder, 1)
    return os.read(os.open(name, os.O_RDONLY, dir_fd=tree), 100)


@attempt("py-read-overlay")
def overlay(stage):
    new_mounts()
    folder, name = parts(stage.secret)
    os.mkdir(stage.own())
    os.mkdir(stage.own("empty"))
    layers = f"lowerdir={folder}:{stage.own('empty')}".encode()
    failed(libc.mount(b"overlay", stage.own().encode(), b"overlay", 0, layers), "mount")
    return read(stage.own() + "/" + name)


@attempt("py-read-chroot")
def chroot(stage):
    new_mounts()
    folder, name = parts(stage.secret)
    os.chroot(folder)
    return read("/" + name)


# ---- races ----

def race(change, look, seconds=4):
    """Changes something all the time, and looks 50 times; the first look that sees a token wins."""
    over = threading.Event()
    sys.setswitchinterval(0.0001)

    def turn():
        while not over.is_set():
            change()
    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    until, seen = time.monotonic() + seconds, b""
    for _ in range(TIMES):
        time.sleep(0.001)
        # A look is many tries; each has a chance to fall between the check and the use.
        for _ in range(40):
            try:
                seen = look() or seen
            except OSError:
                continue
            if b"tok-" in seen:
                break
        if b"tok-" in seen or time.monotonic() > until:
            break
    over.set()
    thread.join(1)
    return seen


@attempt("py-race-symlink-read")
def race_symlink(stage):
    good, link, other = stage.own("good"), stage.own("link"), stage.own("next")
    with open(good, "wb") as file:
        file.write(b"nothing")

    def change():
        for target in (good, stage.secret):
            os.symlink(target, other)
            os.rename(other, link)
    return race(change, lambda: read(link))


@attempt("py-race-folder-read")
def race_folder(stage):
    name = parts(stage.secret)[1]
    good, place = stage.own("good"), stage.own("place")
    os.mkdir(good)
    with open(f"{good}/{name}", "wb") as file:
        file.write(b"nothing")
    os.symlink(parts(stage.secret)[0], place)

    def change():
        syscall("renameat2", AT_FDCWD, good, AT_FDCWD, place, 2)
    return race(change, lambda: read(f"{place}/{name}"))


@attempt("py-race-path-memory")
def race_memory(stage):
    # The path's own bytes change between two readers of the argument.
    one, two = stage.own().encode(), stage.secret.encode()
    with open(one, "wb") as file:
        file.write(b"nothing")
    path = ctypes.create_string_buffer(256)

    def change():
        path.value = one
        path.value = two

    def look():
        file = libc.open(path, 0)
        if file < 0:
            return b""
        try:
            return os.read(file, 100)
        finally:
            os.close(file)
    return race(change, look)
