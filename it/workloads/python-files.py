"""CPython: files, memory and a database."""

import fcntl
import mmap
import os
import random
import secrets
import shutil
import sqlite3
import tempfile
import time
import zipfile

MFD_CLOEXEC, MFD_NOEXEC_SEAL = 1, 8


def files():
    with tempfile.TemporaryDirectory(dir=".") as folder:
        path = os.path.join(folder, "file")
        with open(path, "wb") as file:
            file.write(bytes(1 << 20))
            file.flush()
            os.fsync(file.fileno())
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX)
            os.posix_fallocate(file.fileno(), 0, 2 << 20)
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            os.ftruncate(file.fileno(), 1 << 20)
        shutil.copy2(path, path + "2")
        os.utime(path, ns=(1, 10**18))
        assert os.stat(path).st_mtime_ns == 10**18 and os.path.getsize(path + "2") == 1 << 20
        with open(path, "rb") as source, open(path + "3", "wb") as target:
            assert os.copy_file_range(source.fileno(), target.fileno(), 4096) == 4096
            reader, writer = os.pipe()
            assert os.splice(source.fileno(), writer, 4096) == 4096
            assert len(os.pread(source.fileno(), 10, 100)) == 10
        os.mkfifo(path + ".fifo")
        os.mknod(path + ".node", 0o600)
        assert len(list(os.scandir(folder))) == 5
        with zipfile.ZipFile(path + ".zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path)
        try:
            os.setxattr(path, "user.colour", b"blue")
            assert os.getxattr(path, "user.colour") == b"blue"
        except OSError as e:
            assert e.errno == 95, e  # not every file system has them
        assert shutil.disk_usage(folder).total > 0


def memory():
    # Sealed against execution, which every preset allows.
    descriptor = os.memfd_create("sealed", MFD_CLOEXEC | MFD_NOEXEC_SEAL)
    os.truncate(descriptor, 4096)
    with mmap.mmap(descriptor, 4096) as mapped:
        mapped[:4] = b"abcd"
        mapped.flush()
    assert os.pread(descriptor, 4, 0) == b"abcd"
    with mmap.mmap(-1, 1 << 24) as anonymous:
        anonymous.madvise(mmap.MADV_DONTNEED)
        anonymous.resize(1 << 25)
    assert len(secrets.token_bytes(32)) == len(os.getrandom(32)) == 32
    assert len([bytes(random.randrange(1, 100_000)) for _ in range(1000)]) == 1000


def database():
    with sqlite3.connect("data.db") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)")
        connection.executemany("INSERT INTO t (s) VALUES (?)", [(str(n),) for n in range(1000)])
    with sqlite3.connect("data.db") as connection:
        assert connection.execute("SELECT count(*), max(n) FROM t").fetchone() == (1000, 1000)
        connection.execute("VACUUM")


files()
memory()
database()
assert time.monotonic() > 0 and time.clock_getres(time.CLOCK_REALTIME) > 0
print("passed")
