"""Ordinary work goes on under the hook as without it."""

import glob
import os
import subprocess
import sys
import unittest

import hooked

PROGRAMS = {
    "asyncio and subprocess": """
import asyncio
async def main():
    one = await asyncio.create_subprocess_exec("echo", "hello", stdout=asyncio.subprocess.PIPE)
    return (await one.communicate())[0]
assert asyncio.run(main()) == b"hello\\n"
""",
    "an asyncio server on loopback": """
import asyncio
async def serve(reader, writer):
    writer.write(await reader.readline()); await writer.drain(); writer.close()
async def main():
    server = await asyncio.start_server(serve, "localhost", 0, family=2)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(b"x\\n")
    assert await reader.readline() == b"x\\n"
    writer.close(); server.close()
asyncio.run(main())
""",
    "multiprocessing by fork": """
import multiprocessing
def square(x): return x * x
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool: assert pool.map(square, range(9)) == [x * x for x in range(9)]
    queue = context.Queue(); one = context.Process(target=queue.put, args=(7,)); one.start()
    assert queue.get() == 7; one.join()
    with context.Manager() as manager: assert manager.list([1])[0] == 1
""",
    "processes of concurrent.futures": """
import concurrent.futures, multiprocessing
with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]
with concurrent.futures.ThreadPoolExecutor(8) as pool: assert sum(pool.map(abs, range(-99, 0))) == 4950
""",
    "archives": """
import os, shutil, tarfile, zipfile
os.makedirs("a/b"); open("a/b/c", "w").write("x"); os.symlink("/etc/passwd", "a/link")
shutil.make_archive("all", "gztar", "a"); shutil.rmtree("a"); shutil.unpack_archive("all.tar.gz", "a")
assert open("a/b/c").read() == "x"
with zipfile.ZipFile("m.zip", "w") as archive: archive.writestr("inside.py", "VALUE = 7")
import sys; sys.path.insert(0, os.path.abspath("m.zip"))
import inside; assert inside.VALUE == 7
""",
    "databases": """
import sqlite3, dbm.dumb
with sqlite3.connect("a.db") as one: one.execute("create table t (x)"); one.execute("insert into t values (1)")
assert sqlite3.connect("file:a.db?mode=ro", uri=True).execute("select x from t").fetchall() == [(1,)]
dbm.dumb.open("d", "c")["k"] = "v"
""",
    "ssl, ctypes, platform": """
import ctypes, ctypes.util, hashlib, platform, ssl, uuid
ssl.create_default_context(); ctypes.CDLL(None).getpid(); ctypes.util.find_library("c"); platform.platform(); platform.uname()
uuid.uuid1(); hashlib.sha256(b"x"); platform.libc_ver()
""",
    "walking and finding": """
import glob, os, pathlib, shutil, linecache, inspect, tempfile
list(os.walk("/etc")); list(os.walk("/root")); glob.glob("/root/*"); shutil.which("python3"); shutil.disk_usage("/")
assert not os.path.exists("/root/none"); pathlib.Path("x").mkdir(); list(pathlib.Path(".").rglob("*"))
assert "mkdtemp" in inspect.getsource(tempfile.mkdtemp); os.chdir("/")
""",
    "a traceback and logging": """
import logging, logging.handlers, traceback
logging.basicConfig(filename="log.txt"); logging.error("x")
logging.handlers.RotatingFileHandler("r.log", maxBytes=1, backupCount=2).emit(logging.makeLogRecord({}))
try: 1 / 0
except ZeroDivisionError: traceback.format_exc()
""",
    "unittest and doctest": """
import unittest
class T(unittest.TestCase):
    def test(self): self.assertTrue(True)
unittest.main(argv=["x"], exit=False)
""",
    "a module of its own and its bytecode": """
import os, sys
sys.dont_write_bytecode = False; sys.path.insert(0, os.getcwd())
open("mine.py", "w").write("VALUE = 1"); import mine
assert os.path.exists("__pycache__") and mine.VALUE == 1
""",
    "a socket pair, a pipe and a UNIX socket": """
import os, socket
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
server = socket.socket(socket.AF_UNIX); server.bind("sock"); server.listen()
assert socket.socket(socket.AF_UNIX).connect_ex("sock") == 0
r, w = os.pipe(); os.write(w, b"x"); os.read(r, 1)
""",
}

NATIVE = """
import sys
try:
    import numpy
except ImportError:
    sys.exit(3)
assert (numpy.arange(4).reshape(2, 2) @ numpy.ones((2, 2))).sum() == 12.0
numpy.save("a.npy", numpy.zeros(3)); assert numpy.load("a.npy").sum() == 0
"""


class OrdinaryTest(unittest.TestCase):
    def setUp(self):
        hooked.clean()
        hooked.usual(command=["echo"], private_network="on", allow_ip=["127.0.0.0/8"])

    def assert_works(self, done):
        self.assertEqual(0, done.returncode, done.stderr)

    def test_ordinaryProgramsWork(self):
        for python in hooked.PYTHONS:
            for name, code in PROGRAMS.items():
                with self.subTest(python=python.name, program=name):
                    hooked.clean()
                    self.assert_works(python.run(code))

    def packages(self, python):
        """The installed packages of the interpreter that this one is a copy of."""
        folder = os.path.join(python.origin_library, "site-packages")
        return folder if os.path.isdir(folder) else "/usr/lib/python3/dist-packages"

    def test_numpyWorksWhereItIsInstalled(self):
        ran = 0
        for python in hooked.PYTHONS:
            with self.subTest(python=python.name):
                done = python.run(NATIVE, env={"PYTHONPATH": self.packages(python)})
                if done.returncode != 3:
                    self.assert_works(done)
                    ran += 1
        if not ran:
            self.skipTest("no Python of this machine has numpy")

    def test_pytestWorksWhereItIsInstalled(self):
        ran = 0
        with open(os.path.join(hooked.WORK, "test_it.py"), "w") as file:
            file.write("def test_it(tmp_path):\n    (tmp_path / 'x').write_text('x')\n")
        for python in hooked.PYTHONS:
            with self.subTest(python=python.name):
                if not glob.glob(os.path.join(self.packages(python), "pytest")):
                    continue
                done = python.start(["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
                                    env={"PYTHONPATH": self.packages(python)})
                self.assertIn("1 passed", done.stdout, done.stderr)
                ran += 1
        if not ran:
            self.skipTest("no Python of this machine has pytest")

    def test_pipInstallsAWheelOfNativeOrPlainCode(self):
        wheel = os.path.join(hooked.WORK, "mine-1.0-py3-none-any.whl")
        subprocess.run([sys.executable, "-c", """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("mine.py", "VALUE = 7")
    wheel.writestr("mine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: mine\\nVersion: 1.0\\n")
    wheel.writestr("mine-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("mine-1.0.dist-info/RECORD", "mine.py,,\\nmine-1.0.dist-info/METADATA,,\\nmine-1.0.dist-info/WHEEL,,\\nmine-1.0.dist-info/RECORD,,\\n")
""", wheel], check=True)
        ran = 0
        for python in hooked.PYTHONS:
            with self.subTest(python=python.name):
                if not os.path.isdir(os.path.join(self.packages(python), "pip")):
                    continue
                target = os.path.join(hooked.WORK, python.home.rpartition("/")[2])
                done = python.start(["-m", "pip", "--isolated", "install", "--no-index", "--no-deps", "--no-cache-dir",
                                     "--target", target, wheel], env={"PYTHONPATH": self.packages(python)}, timeout=120)
                self.assert_works(done)
                self.assertTrue(os.path.exists(os.path.join(target, "mine.py")))
                ran += 1
        if not ran:
            self.skipTest("no Python of this machine has pip")


if __name__ == "__main__":
    unittest.main()
