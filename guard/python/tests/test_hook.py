"""What the hook blocks of files and programs, by what is there afterwards and then by the message."""

import os
import unittest

import hooked
from framed import HookCase, content
from hooked import SECRET, WORK


class HookTest(HookCase):
    # Files

    CHANGES = """
attempt("open w", lambda: open(S + "/new", "w"))
attempt("open a", lambda: open(S + "/secret", "a"))
attempt("open r+", lambda: open(S + "/secret", "r+"))
attempt("open x", lambda: open(S + "/new", "x"))
attempt("open bytes", lambda: open(os.fsencode(S + "/new"), "wb"))
import pathlib
attempt("open a path object", lambda: pathlib.Path(S, "new").write_text("x"))
attempt("os.open", lambda: os.open(S + "/new", os.O_CREAT | os.O_WRONLY))
attempt("os.open truncating", lambda: os.open(S + "/secret", os.O_RDONLY | os.O_TRUNC))
attempt("os.open creating", lambda: os.open(S + "/new", os.O_RDONLY | os.O_CREAT))
attempt("io.FileIO", lambda: __import__("io").FileIO(S + "/new", "w"))
attempt("dots", lambda: open(W + "/../outside/new", "w"))
os.symlink(S, W + "/link")
attempt("a link to a folder", lambda: open(W + "/link/new", "w"))
os.symlink(S + "/secret", W + "/file")
attempt("a link to a file", lambda: open(W + "/file", "w"))
attempt("/proc/self/root", lambda: open("/proc/self/root" + S + "/new", "w"))
os.chdir(W)
attempt("relative", lambda: open("../outside/new", "w"))
attempt("mkdir", lambda: os.mkdir(S + "/new"))
attempt("remove", lambda: os.remove(S + "/secret"))
attempt("unlink in a folder", lambda: os.unlink("../outside/secret", dir_fd=os.open(W, os.O_RDONLY)))
attempt("rename from", lambda: os.rename(S + "/secret", W + "/secret"))
open(W + "/mine", "w").close()
attempt("rename to", lambda: os.rename(W + "/mine", S + "/secret"))
attempt("replace", lambda: os.replace(W + "/mine", S + "/secret"))
attempt("link", lambda: os.link(S + "/secret", W + "/hard"))
attempt("link to", lambda: os.link(W + "/mine", S + "/new"))
attempt("symlink", lambda: os.symlink("x", S + "/new"))
attempt("truncate", lambda: os.truncate(S + "/secret", 0))
attempt("chmod", lambda: os.chmod(S + "/secret", 0))
attempt("chown", lambda: os.chown(S + "/secret", 1, 1))
attempt("utime", lambda: os.utime(S + "/secret", (1, 1)))
attempt("setxattr", lambda: os.setxattr(S + "/secret", "user.x", b"x"))
import shutil, sqlite3, tempfile
attempt("copy", lambda: shutil.copy(W + "/mine", S + "/new"))
attempt("move", lambda: shutil.move(W + "/mine", S + "/new"))
attempt("database", lambda: sqlite3.connect(S + "/new"))
attempt("database by URI", lambda: sqlite3.connect("file:" + S + "/new", uri=True))
attempt("tempfile", lambda: tempfile.mkdtemp(dir=S))
"""

    def test_changeOutsideOfAllowedPathsIsBlocked(self):
        for python in self.each():
            before = self.state(SECRET)
            tried = self.tried(python, self.CHANGES)
            self.assertEqual(before, self.state(SECRET))
            self.assert_all("blocked", tried)
            self.assertEqual([], [one for one in tried if "allowed_paths of the policy would allow it" not in one[2]
                                  and "database" not in one[0]])

    def test_changeWhereThePolicyOnlyRecordsGoesThrough(self):
        hooked.usual(mode="audit")
        for python in self.each():
            with hooked.Reports() as reports:
                tried = self.tried(python, 'attempt("w", lambda: open(S + "/new", "w").write("x"))')
                self.assert_all("done", tried)
                self.assertEqual("x", content(SECRET + "/new"))
                self.assertIn(("write", SECRET + "/new", "allowed", "allowed_paths", "recorded only: writing %s/new is not"
                               " allowed; allowed_paths of the policy would allow it" % SECRET), reports.records())

    def test_readOutsideOfReadablePathsIsBlocked(self):
        for python in self.each():
            tried = self.tried(python, """
attempt("open", lambda: open(S + "/secret").read())
attempt("os.open", lambda: os.read(os.open(S + "/secret", os.O_RDONLY), 99))
attempt("listdir", lambda: os.listdir(S))
attempt("scandir", lambda: list(os.scandir(S)))
attempt("program", lambda: open("/usr/bin/ls", "rb").read())
attempt("root", lambda: os.listdir("/root"))
os.symlink(S + "/secret", W + "/l")
attempt("link", lambda: open(W + "/l").read())
open(W + "/plain", "w").close(); open(W + "/plain").close(); os.remove(W + "/plain")
os.symlink(S + "/secret", W + "/plain")
attempt("link in the place of a file", lambda: open(W + "/plain").read())
os.mkdir(W + "/d"); open(W + "/d/secret", "w").close(); open(W + "/d/secret").close()
os.rename(W + "/d", W + "/e"); os.symlink(S, W + "/d")
attempt("link in the place of a folder", lambda: open(W + "/d/secret").read())
import ctypes
attempt("library", lambda: ctypes.CDLL(S + "/secret"))
""")
            self.assert_all("blocked", tried)
            self.assertNotIn("the secret", repr(tried))

    def test_blockedPathsWinAndCannotBeMovedAway(self):
        hooked.usual(block=[WORK + "/in/keys"])
        for python in self.each():
            os.makedirs(WORK + "/in/keys")
            with open(WORK + "/in/keys/k", "w") as file:
                file.write("the secret")
            tried = self.tried(python, """
attempt("read", lambda: open(W + "/in/keys/k").read())
attempt("list", lambda: os.listdir(W + "/in/keys"))
attempt("write", lambda: open(W + "/in/keys/new", "w"))
attempt("move the folder above", lambda: os.rename(W + "/in", W + "/out"))
""")
            self.assert_all("blocked", tried)
            self.assertEqual(["k"], os.listdir(WORK + "/in/keys"))
            self.assertIn("blocked_paths of the policy forbids it", tried[0][2])

    def test_whatIsAllowedGoesThrough(self):
        for python in self.each():
            tried = self.tried(python, """
import tempfile, shutil, sqlite3
os.chdir(W)
attempt("write", lambda: open("a", "w").write("x"))
attempt("again", lambda: open("a", "w").write("x"))
attempt("bytes", lambda: open(b"a", "ab").write(b"x"))
attempt("descriptor", lambda: os.fdopen(os.open("a", os.O_RDONLY)).read())
attempt("folder", lambda: os.makedirs("b/c/d"))
attempt("list", lambda: os.listdir())
attempt("tree", lambda: shutil.rmtree("b"))
os.makedirs("from"); os.makedirs("to"); open("from/f", "w").close()
attempt("move between folders", lambda: os.rename("from/f", "to/f"))
attempt("link between folders", lambda: os.link("to/f", "from/l"))
os.chdir("/")
os.makedirs(W + "/t/u")
attempt("tree from elsewhere", lambda: shutil.rmtree(W + "/t"))
fd = os.open(W, os.O_RDONLY)
attempt("in a folder", lambda: os.close(os.open("in-folder", os.O_CREAT | os.O_WRONLY, dir_fd=fd)))
attempt("by an opener", lambda: open("opened", "w", opener=lambda p, f: os.open(p, f, dir_fd=fd)).close())
attempt("removed in a folder", lambda: os.remove("opened", dir_fd=fd))
attempt("temporary", lambda: tempfile.TemporaryFile().write(b"x"))
attempt("named temporary", lambda: tempfile.NamedTemporaryFile().write(b"x"))
attempt("null", lambda: open("/dev/null", "w").write("x"))
attempt("stdout", lambda: open("/dev/stdout", "w").close())
attempt("stderr", lambda: open("/proc/self/fd/2", "w").close())
attempt("passwd", lambda: open("/etc/passwd").read(1))
attempt("proc", lambda: open("/proc/self/status").read(1))
attempt("own file", lambda: open(sys.argv[0]).read(1))
attempt("own program", lambda: open(sys.executable, "rb").read(1))
attempt("database", lambda: sqlite3.connect(W + "/db").execute("create table t (x)"))
attempt("memory", lambda: sqlite3.connect(":memory:"))
os.symlink("/etc/passwd", W + "/link")
attempt("link itself", lambda: os.lchown(W + "/link", 0, 0))
attempt("link removed", lambda: os.remove(W + "/link"))
""")
            self.assert_all("done", tried)

    def test_whatIsNoFileFailsAsWithoutTheHook(self):
        for python in self.each():
            tried = self.tried(python, r"""
attempt("FileNotFoundError", lambda: open(W + "/none"))
attempt("NotADirectoryError", lambda: open("/etc/passwd/x"))
attempt("ValueError", lambda: open("a\0b"))
attempt("TypeError", lambda: open(None))
attempt("OSError", lambda: open(12345))
attempt("UnicodeEncodeError", lambda: open("\ud800"))
attempt("FileNotFoundError", lambda: open(""))
attempt("FileNotFoundError", lambda: __import__("subprocess").run(["no-such-program"]))
attempt("FileNotFoundError", lambda: os.execv("/no/such", ["x"]))
""")
            self.assertEqual([one[0] for one in tried], [one[1] for one in tried])

    # Programs

    STARTS = """
import subprocess, multiprocessing
mark = W + "/ran"
touch = "open(%r, 'w').close()" % mark
attempt("run", lambda: subprocess.run(["/usr/bin/touch", mark], check=True))
attempt("by name", lambda: subprocess.run(["touch", mark], check=True))
attempt("executable", lambda: subprocess.run(["true", mark], executable="/usr/bin/touch", check=True))
attempt("shell", lambda: subprocess.run("touch " + mark, shell=True, check=True))
attempt("system", lambda: os.system("touch " + mark))
attempt("posix_spawn", lambda: os.posix_spawn("/usr/bin/touch", ["touch", mark], {}))
attempt("posix_spawnp", lambda: os.posix_spawnp("touch", ["touch", mark], {}))
attempt("execv", lambda: os.execv("/usr/bin/touch", ["touch", mark]))
attempt("execvp", lambda: os.execvp("touch", ["touch", mark]))
attempt("link", lambda: (os.symlink("/usr/bin/touch", W + "/true"), subprocess.run([W + "/true", mark], check=True)))
attempt("itself", lambda: subprocess.run([sys.executable, "-c", touch], check=True))
attempt("itself, exec", lambda: os.execv(sys.executable, ["python", "-c", touch]))
attempt("spawn", lambda: multiprocessing.get_context("spawn").Process(target=print).start())
attempt("forkserver", lambda: multiprocessing.get_context("forkserver").Process(target=print).start())
"""

    def test_startOfWhatIsNotAllowedIsBlocked(self):
        for python in self.each():
            tried = self.tried(python, self.STARTS)
            self.assertFalse(os.path.lexists(WORK + "/ran"))
            self.assert_all("blocked", tried)
            said = {name: text for name, _, text in tried}
            for name, key in (("run", "allowed_commands"), ("shell", "allowed_interpreters"),
                              ("spawn", "allowed_interpreters"), ("itself", "allowed_interpreters")):
                self.assertIn(key + " of the policy would allow it", said[name])

    def test_startOfItselfIsBlockedByTheKernelToo(self):
        # By the C library, which no event tells of; without the layer these succeed (see the control below).
        code = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def start(program, *words):
    child = os.fork()
    if child == 0:
        words = [word.encode() for word in (program, *words)]
        libc.execv(words[0], (ctypes.c_char_p * (len(words) + 1))(*words, None))
        os._exit(ctypes.get_errno())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if sys.version_info > (3, 9) else os.waitpid(child, 0)[1] >> 8
os.mkdir(W + "/from"); os.mkdir(W + "/to"); open(W + "/from/f", "w").close()
os.rename(W + "/from/f", W + "/to/f")
tried = [start(os.readlink("/proc/self/exe"), "-c", "open(%r, 'w').close()" % (W + "/ran")), start("/usr/bin/true")]
"""
        for python in self.each():
            self.assertEqual([13, 0], self.tried(python, code))
            self.assertFalse(os.path.exists(WORK + "/ran"))
        hooked.usual(command=["true"], interpreter=[python.program for python in hooked.PYTHONS])
        for python in self.each():
            self.assertEqual([0, 0], self.tried(python, code))
            self.assertTrue(os.path.exists(WORK + "/ran"))

    def test_startOfAllowedProgramsGoesThrough(self):
        hooked.usual(command=["true", "/usr/bin/touch"], interpreter=["sh", *[one.program for one in hooked.PYTHONS]])
        for python in self.each():
            tried = self.tried(python, """
import subprocess, multiprocessing
attempt("run", lambda: subprocess.run(["/usr/bin/touch", W + "/1"], check=True))
attempt("by name", lambda: subprocess.run(["touch", W + "/2"], check=True))
attempt("shell", lambda: subprocess.run("touch " + W + "/3", shell=True, check=True))
attempt("system", lambda: os.system("touch " + W + "/4"))
attempt("spawnp", lambda: os.waitpid(os.posix_spawnp("touch", ["touch", W + "/5"], {}), 0))
attempt("itself", lambda: subprocess.run([sys.executable, "-c", "open(%r, 'w')" % (W + "/6")], check=True))
attempt("in a folder", lambda: subprocess.run(["touch", "7"], cwd=W, env={"PATH": "/usr/bin"}, check=True))
""")
            self.assert_all("done", tried)
            self.assertEqual(list("1234567"), sorted(os.listdir(WORK)))

    def test_blockedCommandBasesWin(self):
        hooked.usual(command=["touch"], block_command=["touch"])
        for python in self.each():
            tried = self.tried(python, 'attempt("x", lambda: __import__("subprocess").run(["touch", W + "/ran"]))')
            self.assert_all("blocked", tried)
            self.assertIn("blocked_command_bases of the policy forbids it", tried[0][2])


if __name__ == "__main__":
    unittest.main()
