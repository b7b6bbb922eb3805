"""CPython: threads, subprocesses, multiprocessing, and what the os module does with processes."""

import concurrent.futures
import multiprocessing
import multiprocessing.shared_memory
import os
import pty
import resource
import signal
import subprocess
import threading
import time


def threads():
    barrier = threading.Barrier(8)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda n: (barrier.wait(), n)[1], range(8))) == list(range(8))
    happened = threading.Event()
    timer = threading.Timer(0.01, happened.set)
    timer.start()
    assert happened.wait(60)
    assert threading.get_native_id() == os.getpid()


def subprocesses():
    assert subprocess.run(["tr", "a", "b"], input=b"aa", capture_output=True, check=True).stdout == b"bb"
    assert subprocess.run("exit 3", shell=True).returncode == 3
    child = subprocess.Popen(["sleep", "100"], start_new_session=True, close_fds=True, cwd="/", umask=0o77)
    child.send_signal(signal.SIGTERM)
    assert child.wait() == -signal.SIGTERM
    try:
        subprocess.run(["sleep", "100"], timeout=0.05)
        raise AssertionError("no timeout")
    except subprocess.TimeoutExpired:
        pass
    # By a descriptor instead of a path: execveat, or what the C library does where the kernel seems not to have it.
    true = os.open("/bin/true", os.O_RDONLY)
    pid = os.fork()
    if pid == 0:
        try:
            os.execve(true, ["true"], {})
        finally:
            os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    pid = os.posix_spawn("/bin/true", ["true"], os.environ, setsigdef=[signal.SIGPIPE])
    handle = os.pidfd_open(pid)
    assert os.waitid(os.P_PIDFD, handle, os.WEXITED).si_status == 0


def square(n):
    return n * n


def add(counter, semaphore, times):
    for _ in range(times):
        with semaphore:
            counter.value += 1


def fill(name):
    shared = multiprocessing.shared_memory.SharedMemory(name)
    shared.buf[:4] = b"full"
    shared.close()


def processes(method):
    context = multiprocessing.get_context(method)
    with context.Pool(4) as pool:
        assert pool.map(square, range(100)) == [n * n for n in range(100)]
    counter, semaphore = context.Value("i", 0, lock=False), context.Semaphore(1)
    workers = [context.Process(target=add, args=(counter, semaphore, 50)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counter.value == 200
    queue = context.Queue()
    worker = context.Process(target=queue.put, args=("said",))
    worker.start()
    assert queue.get(timeout=60) == "said"
    worker.join()
    shared = multiprocessing.shared_memory.SharedMemory(create=True, size=4096)
    worker = context.Process(target=fill, args=(shared.name,))
    worker.start()
    worker.join()
    assert bytes(shared.buf[:4]) == b"full"
    shared.close()
    shared.unlink()


def signals():
    seen = []
    signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while not seen:
        time.sleep(0.005)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.kill(os.getpid(), signal.SIGUSR1)
    assert signal.sigwait([signal.SIGUSR1]) == signal.SIGUSR1
    signal.signal(signal.SIGUSR2, lambda number, frame: seen.append(number))
    signal.pidfd_send_signal(os.pidfd_open(os.getpid()), signal.SIGUSR2)
    assert seen[-1] == signal.SIGUSR2


def terminals():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("stty", ["stty", "size"])
    said = b""
    while b"\n" not in said:
        said += os.read(terminal, 100)
    assert said.split() == [b"0", b"0"], said
    os.waitpid(pid, 0)


def limits():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime >= 0
    assert os.sched_getaffinity(0) and os.cpu_count() >= 1
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    os.setuid(os.getuid())
    os.setresgid(os.getgid(), os.getgid(), os.getgid())
    os.nice(1)


if __name__ == "__main__":
    threads()
    subprocesses()
    for start_method in ("fork", "spawn", "forkserver"):
        processes(start_method)
    signals()
    terminals()
    limits()
    print("passed")
