"""Ordinary work that a policy for it must let be: each is a process of its own, and prints "ID<tab>ok" at its end.

    ordinary.py FOLDER ASKED   in a folder that it may write to, the ids that come from the pipe ASKED, one a line
    ordinary.py list           prints the ids

Needed beside Python: numpy, pandas, pytest, setuptools, wheel, pip, git.
"""
import asyncio
import concurrent.futures
import ctypes
import datetime
import fcntl
import json
import locale
import logging
import mmap
import multiprocessing
import os
import pty
import resource
import select
import shutil
import signal
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zoneinfo
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

SECONDS = 60
uses = {}


def use(function):
    uses["py-" + function.__name__.replace("_", "-")] = function
    return function


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r}, not {wanted!r}")


def run(*words, **settings):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True, **settings).stdout


# ---- libraries ----

@use
def numpy():
    import numpy as np
    matrix = np.arange(10000.0).reshape(100, 100)
    expect(round(float(np.linalg.norm(matrix @ np.eye(100) - matrix)), 6), 0.0)
    np.save("matrix.npy", matrix)
    expect(np.load("matrix.npy", mmap_mode="r").shape, (100, 100))


@use
def pandas():
    import pandas as pd
    table = pd.DataFrame({"name": ["a", "b", "a"], "value": [1, 2, 3]})
    table.to_csv("table.csv", index=False)
    expect(pd.read_csv("table.csv").groupby("name")["value"].sum().to_dict(), {"a": 4, "b": 2})


def package():
    os.makedirs("project/greeting")
    with open("project/setup.py", "w", encoding="utf-8") as file:
        file.write("from setuptools import setup\nsetup(name='greeting', version='1.0', packages=['greeting'])\n")
    with open("project/greeting/__init__.py", "w", encoding="utf-8") as file:
        file.write("def main():\n    return 'hello'\n")


@use
def pip():
    package()
    alone = [sys.executable, "-m", "pip", "-q", "--no-cache-dir", "--disable-pip-version-check"]
    run(*alone, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", "wheels", "./project")
    run(*alone, "install", "--no-index", "--target", "site", "wheels/greeting-1.0-py3-none-any.whl")
    expect(run(sys.executable, "-c", "import greeting; print(greeting.main())", env=os.environ | {"PYTHONPATH": "site"}), "hello\n")


@use
def pytest():
    package()
    with open("project/test_greeting.py", "w", encoding="utf-8") as file:
        file.write("import greeting\n\ndef test_main(tmp_path):\n    (tmp_path / 'x').write_text('x')\n    assert greeting.main() == 'hello'\n")
    expect("1 passed" in run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "project", env=os.environ | {"PYTHONPATH": "project:" + os.environ.get("PYTHONPATH", "")}), True)


@use
def venv():
    run(sys.executable, "-m", "venv", "--without-pip", "inner")
    expect(run("inner/bin/python", "-c", "import sys; print(sys.prefix != sys.base_prefix)"), "True\n")


@use
def import_own_module():
    os.mkdir("own")
    with open("own/__init__.py", "w", encoding="utf-8") as file:
        file.write("from json import dumps\nvalue = dumps([1])\n")
    sys.path.insert(0, ".")
    import own
    expect(own.value, "[1]")


@use
def sqlite():
    with sqlite3.connect("base.db") as base:
        base.execute("pragma journal_mode=wal")
        base.execute("create table words (word)")
        base.executemany("insert into words values (?)", [("a",), ("b",)])
    expect(base.execute("select count(*) from words").fetchone(), (2,))
    base.execute("attach 'other.db' as other")
    base.execute("create table other.words (word)")


@use
def tls_contexts():
    context = ssl.create_default_context()
    expect(context.verify_mode, ssl.CERT_REQUIRED)
    out = ssl.MemoryBIO()
    inner = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="allowed.test")
    try:
        inner.do_handshake()
    except ssl.SSLWantReadError:
        expect(out.read(1), b"\x16")


@use
def ctypes_calls():
    libc = ctypes.CDLL(None)
    expect(libc.abs(-3), 3)
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)
    expect(callback(1), 2)


# ---- processes ----

def square(n):
    return n * n


@use
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    expect(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 7)


@use
def pool():
    with multiprocessing.get_context("fork").Pool(2) as workers:
        expect(workers.map(square, range(20)), [n * n for n in range(20)])


@use
def pool_spawned():
    with multiprocessing.get_context("spawn").Pool(2) as workers:
        expect(workers.map(square, range(5)), [0, 1, 4, 9, 16])


@use
def pool_forkserver():
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("forkserver")) as workers:
        expect(list(workers.map(square, range(5))), [0, 1, 4, 9, 16])


@use
def manager():
    with multiprocessing.Manager() as shared:
        words = shared.dict()
        worker = multiprocessing.Process(target=words.update, args=({"a": 1},))
        worker.start()
        worker.join()
        expect(dict(words), {"a": 1})


@use
def queues():
    queue, lock = multiprocessing.Queue(), multiprocessing.Lock()
    worker = multiprocessing.Process(target=queue.put, args=("said",))
    with lock:
        worker.start()
        expect(queue.get(timeout=20), "said")
    worker.join()


@use
def shared_memory():
    from multiprocessing import shared_memory as shared
    one = shared.SharedMemory(create=True, size=4096)
    two = shared.SharedMemory(one.name)
    one.buf[:2] = b"ab"
    expect(bytes(two.buf[:2]), b"ab")
    two.close()
    one.close()
    one.unlink()


@use
def threads():
    with concurrent.futures.ThreadPoolExecutor(8) as workers:
        expect(sum(workers.map(square, range(100))), 328350)


@use
def commands():
    expect(run("ls", "-a").split(), [".", ".."])
    expect(subprocess.run(["tr", "a", "b"], input=b"aa", capture_output=True, check=True).stdout, b"bb")
    one = subprocess.Popen(["echo", "word"], stdout=subprocess.PIPE)
    two = subprocess.Popen(["wc", "-c"], stdin=one.stdout, stdout=subprocess.PIPE)
    expect(two.communicate()[0].strip(), b"5")
    one.wait()


@use
def shell_commands():
    expect(subprocess.run("echo a | sed s/a/b/ && exit 3", shell=True, capture_output=True, check=False).stdout, b"b\n")
    with os.popen("echo $((6 * 7))") as output:
        expect(output.read(), "42\n")


@use
def spawning():
    pid = os.posix_spawnp("true", ["true"], os.environ)
    expect(os.waitpid(pid, 0)[1], 0)
    handle = os.pidfd_open(child := os.posix_spawnp("sleep", ["sleep", "30"], os.environ))
    signal.pidfd_send_signal(handle, signal.SIGTERM)
    expect(os.WTERMSIG(os.waitpid(child, 0)[1]), signal.SIGTERM)


@use
def missing_command():
    try:
        subprocess.run(["no-such-program"], check=False)
    except FileNotFoundError:
        return
    raise AssertionError("it started")


@use
def time_limits():
    try:
        subprocess.run(["sleep", "30"], timeout=0.1, check=False)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("no limit")


@use
def signals():
    seen = []
    signal.signal(signal.SIGALRM, lambda number, _: seen.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.2)
    signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
    os.kill(os.getpid(), signal.SIGUSR1)
    expect(seen, [signal.SIGALRM, signal.SIGUSR1])


@use
def terminals():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("stty", ["stty", "size"])
    expect(os.read(terminal, 100).split(), [b"0", b"0"])
    os.waitpid(pid, 0)


@use
def limits():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    expect(resource.getrlimit(resource.RLIMIT_NOFILE)[0], min(soft, 256))


@use
def git():
    settings = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@y", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@y"}
    os.environ.update(settings)
    run("git", "init", "-q", "one")
    with open("one/file", "w", encoding="utf-8") as file:
        file.write("text\n")
    run("git", "-C", "one", "add", "file")
    run("git", "-C", "one", "commit", "-q", "-m", "first")
    run("git", "-C", "one", "branch", "other")
    run("git", "clone", "-q", "one", "two")
    expect(run("git", "-C", "two", "log", "--format=%s"), "first\n")
    expect(run("git", "-C", "two", "status", "--short"), "")


# ---- files ----

@use
def temporary_files():
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(dir=folder) as file, tempfile.TemporaryFile() as nameless:
        file.write(b"x")
        nameless.write(b"y")


@use
def trees():
    os.makedirs("a/b/c")
    with open("a/b/c/file", "w", encoding="utf-8") as file:
        file.write("x")
    shutil.copytree("a", "copy")
    os.rename("a", "moved")
    os.symlink("moved/b", "link")
    os.link("moved/b/c/file", "hard")
    os.replace("hard", "copy/b/c/file")
    expect(sorted(os.listdir("link/c")), ["file"])
    shutil.rmtree("moved")
    shutil.rmtree("copy")
    os.unlink("link")


@use
def large_file():
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(os.urandom(1 << 20))
        file.truncate(100 << 20)
        os.posix_fallocate(file.fileno(), 0, 1 << 20)
    expect(os.path.getsize("large"), 100 << 20)
    shutil.copyfile("large", "larger")


@use
def locks():
    with open("lock", "w", encoding="utf-8") as one, open("lock", "w", encoding="utf-8") as two:
        fcntl.flock(one, fcntl.LOCK_EX)
        try:
            fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.lockf(one, fcntl.LOCK_EX)
            return
    raise AssertionError("both have the lock")


@use
def mappings():
    with open("mapped", "w+b") as file:
        file.truncate(8192)
        with mmap.mmap(file.fileno(), 0) as view:
            view[4096:4100] = b"word"
            view.flush()
        file.seek(4096)
        expect(file.read(4), b"word")
    with mmap.mmap(-1, 4096) as anonymous:
        anonymous.write(b"x")


@use
def watching():
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(0)
    expect(libc.inotify_add_watch(watch, os.getcwd().encode(), 0x100) > 0, True)
    with open("new", "w", encoding="utf-8"):
        expect(b"new" in os.read(watch, 4096), True)


@use
def modes_and_times():
    with open("file", "w", encoding="utf-8"):
        os.chmod("file", 0o640)
        os.utime("file", (1, 2))
    expect(int(os.stat("file").st_mtime), 2)


@use
def own_process_files():
    for name in ("status", "maps", "stat", "cmdline", "limits", "mountinfo"):
        with open(f"/proc/self/{name}", encoding="utf-8") as file:
            expect(len(file.read()) > 0, True)
    expect(len(os.listdir("/proc/self/fd")) > 2, True)


@use
def machine_files():
    for path in ("/proc/meminfo", "/proc/cpuinfo", "/proc/sys/kernel/osrelease", "/etc/os-release", "/etc/passwd"):
        with open(path, encoding="utf-8") as file:
            file.readline()
    expect((os.cpu_count() or 0) >= 1, True)


@use
def devices():
    with open("/dev/null", "wb") as nothing, open("/dev/urandom", "rb") as numbers, open("/dev/zero", "rb") as zeros:
        nothing.write(numbers.read(10) + zeros.read(10))


@use
def locales_and_zones():
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    day = datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    expect(day.utcoffset(), datetime.timedelta(hours=2))


@use
def log_files():
    logging.basicConfig(filename="agent.log", level=logging.INFO)
    logging.info("a line")
    with open("agent.log", encoding="utf-8") as file:
        expect("a line" in file.read(), True)


@use
def json_round_trip():
    with open("x.json", "w", encoding="utf-8") as file:
        json.dump({"ä": [1, None]}, file)
    with open("x.json", encoding="utf-8") as file:
        expect(json.load(file), {"ä": [1, None]})


@use
def pipes_and_polls():
    reading, writing = os.pipe()
    poll = select.epoll()
    poll.register(reading, select.EPOLLIN)
    os.write(writing, b"x")
    expect(poll.poll(1)[0][0], reading)
    os.mkfifo("fifo")
    thread = threading.Thread(target=lambda: open("fifo", "w", encoding="utf-8").close())
    thread.start()
    with open("fifo", encoding="utf-8") as file:
        expect(file.read(), "")
    thread.join()


# ---- network ----

@use
def loopback_server():
    async def work():
        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"word\n")
        expect(await reader.readline(), b"word\n")
        writer.close()
        server.close()
    asyncio.run(work())


@use
def loopback_six():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server, socket.create_connection(server.getsockname()[:2]) as one:
        accepted, _ = server.accept()
        one.sendall(b"word")
        expect(accepted.recv(10), b"word")
        accepted.close()


@use
def loopback_datagrams():
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        one.bind(("127.0.0.1", 0))
        two.sendto(b"a", one.getsockname())
        two.connect(one.getsockname())
        two.sendmsg([b"b", b"c"])
        expect([one.recv(10), one.recv(10)], [b"a", b"bc"])


@use
def web_server():
    SimpleHTTPRequestHandler.log_message = lambda *_: None
    with open("page", "wb") as file:
        file.write(bytes(100000))
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/page") as answer:
            expect(len(answer.read()), 100000)
        server.shutdown()


@use
def refused_connection():
    with socket.socket() as one, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        expect(one.connect_ex(free.getsockname()), 111)


@use
def local_sockets():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as one:
        server.bind(folder + "/s")
        server.listen()
        one.connect(folder + "/s")
        accepted, _ = server.accept()
        one.sendall(b"word")
        expect(accepted.recv(10), b"word")
        accepted.close()


@use
def local_socket_user():
    # Whom a server trusts by: the user. The process may be the supervisor, who connects for others.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as one:
        server.bind(folder + "/s")
        server.listen()
        one.connect(folder + "/s")
        accepted, _ = server.accept()
        credentials = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        expect(struct.unpack("3i", credentials)[1:], (os.getuid(), os.getgid()))
        accepted.close()


@use
def local_datagrams():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(folder + "/s")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.sendto(b"word", folder + "/s")
        expect(server.recv(10), b"word")


@use
def socket_pair():
    one, two = socket.socketpair()
    socket.send_fds(one, [b"x"], [0])
    expect(len(socket.recv_fds(two, 1, 1)[1]), 1)


@use
def allowed_name():
    expect(socket.getaddrinfo("allowed.test", 8080, socket.AF_INET, socket.SOCK_STREAM)[0][4][1], 8080)
    with socket.create_connection(("allowed.test", 8080), timeout=5) as one:
        one.sendall(b"word")
        expect(one.recv(10), b"word")


@use
def allowed_name_datagram():
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.settimeout(5)
        one.sendto(b"word", ("allowed.test", 8080))
        expect(one.recv(10), b"word")


def attempt(name):
    """In a child: the use, in a new folder."""
    os.setpgid(0, 0)
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        os.chdir(folder)
        try:
            signal.alarm(SECONDS)
            uses[name]()
            signal.alarm(0)
            print(f"{name}\tok", flush=True)
        except BaseException as error:
            more = getattr(error, "stdout", None) or ""
            print(f"{name}\tfailed: {type(error).__name__}: {error} {more[-300:]!r}".replace("\n", " "), flush=True)
        os.chdir("/")


def main(folder, asked):
    os.chdir(folder)
    with open(asked, encoding="ascii") as names:
        for name in names:
            pid = os.fork()
            if pid == 0:
                try:
                    attempt(name.strip())
                finally:
                    os._exit(0)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["list"]:
        print("\n".join(uses))
    else:
        main(*sys.argv[1:])
