"""Getting rid of what watches inside Python: by switches, by other interpreters, by changing what the hook stands on."""
import builtins
import ctypes
import gc
import glob
import os
import resource
import shutil
import subprocess
import sys
import types
import venv

from attack.files import said
from attack.raw import libc, pointers, syscall
from attack.stage import attempt, read

PYTHON = os.path.realpath(sys.executable)
SHOW = "import sys; print(open(sys.argv[1]).read())"


def bare(program, *words, **environment):
    """Starts a program by the system call alone, which no hook hears of, and gives what it says."""
    pipe, output = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(output, 1)
        os.dup2(output, 2)
        variables = [f"{name}={value}" for name, value in (os.environ | environment).items()]
        libc.syscall(59 if os.uname().machine == "x86_64" else 221, program.encode(), pointers("python3", *words),
                     pointers(*variables))
        os._exit(99)
    os.close(output)
    with os.fdopen(pipe, "rb") as answers:
        answer = answers.read()
    os.waitpid(pid, 0)
    return answer


# ---- other starts of the same interpreter ----

for name, switches in {"isolated": "-I", "no-site": "-S", "no-environment": "-E", "all-switches": "-ISEs",
                       "no-frozen": "-Xfrozen_modules=off", "optimised": "-OO"}.items():
    attempt(f"py-hook-{name}")(lambda stage, switches=switches: bare(PYTHON, switches, "-c", SHOW, stage.secret))


@attempt("py-hook-home")
def home(stage):
    return bare(PYTHON, "-c", SHOW, stage.secret, PYTHONHOME=sys.prefix, PYTHONNOUSERSITE="1", PYTHONSAFEPATH="1")


@attempt("py-hook-path-first")
def path_first(stage):
    # A sitecustomize of its own, before the guard's.
    os.mkdir(stage.own())
    with open(stage.own() + "/sitecustomize.py", "w", encoding="utf-8") as file:
        file.write("")
    return bare(PYTHON, "-c", SHOW, stage.secret, PYTHONPATH=stage.own())


@attempt("py-hook-disabled")
def disabled(stage):
    switches = {"SENTINEL_DISABLE": "1", "SENTINEL_ALLOW_DISABLE": "1", "SENTINEL_POLICY_CONTENT": "allowed_paths: [/]",
                "SENTINEL_TAMPER_CHECK_INTERVAL_MS": "100000000", "SENTINEL_PRODUCTION": ""}
    os.environ.update(switches)
    return bare(PYTHON, "-c", SHOW, stage.secret, **switches) + read(stage.secret)


@attempt("py-hook-copied-interpreter")
def copied(stage):
    shutil.copy(PYTHON, stage.own())
    return bare(stage.own(), "-c", SHOW, stage.secret)


@attempt("py-hook-venv")
def virtual(stage):
    venv.EnvBuilder(with_pip=False, symlinks=True).create(stage.own())
    return bare(stage.own() + "/bin/python", "-c", SHOW, stage.secret)


@attempt("py-hook-by-loader")
def by_loader(stage):
    return bare(glob.glob("/lib*/ld-linux*.so.*")[0], PYTHON, "-I", "-c", SHOW, stage.secret)


@attempt("py-hook-by-perl-child")
def by_other(stage):
    return said("find", "/etc/passwd", "-exec", PYTHON, "-I", "-c", SHOW, stage.secret, ";")


@attempt("py-hook-finalizing")
def finalizing(stage):
    # At an interpreter's end its hooks are gone, and some objects are not.
    late = ("import os, sys\nclass Late:\n    def __del__(self, os=os, path=sys.argv[1]):\n"
            "        os.write(1, os.read(os.open(path, os.O_RDONLY), 100))\nlate = Late()\n")
    return bare(PYTHON, "-c", late, stage.secret)


# ---- the same interpreter ----

@attempt("py-hook-modules")
def modules(stage):
    for name in [name for name in sys.modules if "sentinel" in name or name in ("os", "io", "sitecustomize")]:
        del sys.modules[name]
    import os as again
    return again.read(again.open(stage.secret, again.O_RDONLY), 100)


@attempt("py-hook-inner-names")
def inner_names(stage):
    import posix
    return posix.read(posix.open(stage.secret, posix.O_RDONLY), 100)


@attempt("py-hook-raw-file")
def raw_file(stage):
    import _io
    return _io.FileIO(stage.secret).read()


@attempt("py-hook-list")
def hook_list(stage):
    # All hooks stand in one list. One of ours is in it, and the collector knows what refers to that.
    def mark(_event, _arguments):
        return None
    sys.addaudithook(mark)
    for holder in gc.get_referrers(mark):
        if isinstance(holder, list):
            holder.clear()
    return read(stage.secret)


@attempt("py-hook-functions")
def functions(stage):
    # Every function that looks like the guard's is made to do nothing.
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and "sentinel" in (thing.__module__ or "") + thing.__code__.co_filename:
            thing.__code__ = (lambda *words, **more: None).__code__
    return read(stage.secret)


@attempt("py-hook-globals")
def guard_globals(stage):
    # Its lists of what is allowed are made to hold everything.
    for thing in gc.get_objects():
        if isinstance(thing, types.ModuleType) and "sentinel" in thing.__name__:
            for name, value in list(vars(thing).items()):
                if isinstance(value, (list, tuple, set, frozenset)):
                    vars(thing)[name] = type(value)(["/", "/srv"])
    return read(stage.secret)


@attempt("py-hook-memory")
def interpreter_memory(stage):
    # The state of the interpreter points to that list; the pointer is made null.
    def mark(_event, _arguments):
        return None
    sys.addaudithook(mark)
    lists = [id(holder) for holder in gc.get_referrers(mark) if isinstance(holder, list)]
    ctypes.pythonapi.PyInterpreterState_Get.restype = ctypes.c_void_p
    state = ctypes.pythonapi.PyInterpreterState_Get()
    for offset in range(0, 1 << 17, 8):
        place = ctypes.c_uint64.from_address(state + offset)
        if place.value in lists:
            place.value = 0
            break
    return read(stage.secret)


@attempt("py-hook-subinterpreter")
def subinterpreter(stage):
    try:
        import _xxsubinterpreters as inner
    except ImportError:
        import _interpreters as inner
    inner.run_string(inner.create(), f"import os; os.write(1, os.read(os.open({stage.secret!r}, os.O_RDONLY), 100))")


@attempt("py-hook-embedded")
def embedded(stage):
    api = ctypes.pythonapi
    api.PyThreadState_Get.restype = api.Py_NewInterpreter.restype = ctypes.c_void_p
    api.PyThreadState_Swap.argtypes = [ctypes.c_void_p]
    before = api.PyThreadState_Get()
    api.Py_NewInterpreter()
    text = f"import os; os.write(1, os.read(os.open({stage.secret!r}, os.O_RDONLY), 100))"
    api.PyRun_SimpleString(text.encode())
    api.PyThreadState_Swap(before)


@attempt("py-hook-lying-name")
def lying_name(stage):
    class Lie(str):
        def __str__(self):
            return "/etc/passwd"
        __fspath__ = __repr__ = __str__

        def startswith(self, *_):
            return True
    with open(Lie(stage.secret), encoding="utf-8") as file:
        return file.read()


@attempt("py-hook-changing-name")
def changing_name(stage):
    class Change:
        asked = 0

        def __fspath__(self):
            self.asked += 1
            return "/etc/hostname" if self.asked == 1 else stage.secret
    thing, answer = Change(), ""
    for _ in range(3):
        with open(thing, encoding="utf-8") as file:
            answer += file.read()
    return answer


@attempt("py-hook-bytes-name")
def bytes_name(stage):
    with open(stage.secret.encode(), "rb") as file:
        return file.read()


@attempt("py-hook-patched-path")
def patched_path(stage):
    # What a hook would look names up with.
    os.fspath = os.path.realpath = os.path.abspath = os.path.normpath = lambda *_, **__: "/etc/passwd"
    builtins.isinstance = lambda *_: False
    return read(stage.secret)


@attempt("py-hook-deep")
def deep(stage):
    # Where there is no room on the stack for the hook's own calls.
    def down(left):
        try:
            return down(left + 1)
        except RecursionError:
            return read(stage.secret)
    for limit in range(60, 120):
        sys.setrecursionlimit(limit)
        try:
            return down(0)
        except (RecursionError, OSError):
            continue
    sys.setrecursionlimit(1000)
    return read(stage.secret)


@attempt("py-hook-no-memory")
def no_memory(stage):
    with open("/proc/self/statm", encoding="utf-8") as file:
        pages = int(file.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + (1 << 18), -1))
    return read(stage.secret)


@attempt("py-hook-trace")
def traced(stage):
    # A tracer gets at each frame, a hook's too.
    def tracer(frame, _event, _argument):
        if "sentinel" in frame.f_code.co_filename:
            frame.f_globals.clear()
        return tracer
    sys.settrace(tracer)
    sys.setprofile(lambda frame, *_: tracer(frame, *_))
    return read(stage.secret)


@attempt("py-hook-descriptors")
def closed_reports(stage):
    # Whatever the hook speaks through is closed.
    os.closerange(3, 256)
    return read(stage.secret)


@attempt("py-hook-unpickled")
def unpickled(stage):
    import pickle

    class Reader:
        def __reduce__(self):
            return os.popen, (f"cat {stage.secret}",)
    with pickle.loads(pickle.dumps(Reader())) as output:
        return output.read()


@attempt("py-hook-spawned-worker")
def spawned(stage):
    # A worker of multiprocessing's "spawn": a new interpreter, that the library itself starts.
    text = ("import multiprocessing, sys\ndef show(path):\n    print(open(path).read(), flush=True)\n"
            "if __name__ == '__main__':\n    multiprocessing.set_start_method('spawn')\n"
            "    child = multiprocessing.Process(target=show, args=(sys.argv[1],))\n    child.start()\n    child.join()\n")
    with open(stage.own("py"), "w", encoding="utf-8") as file:
        file.write(text)
    return bare(PYTHON, stage.own("py"), stage.secret)


@attempt("py-hook-zip-program")
def zipped(stage):
    import zipfile
    with zipfile.ZipFile(stage.own("zip"), "w") as archive:
        archive.writestr("__main__.py", SHOW)
    return bare(PYTHON, stage.own("zip"), stage.secret)


@attempt("py-hook-raw-descendant")
def descendant(stage):
    # From a child of a child, after the parents are gone.
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(1, bare(PYTHON, "-I", "-c", SHOW, stage.secret))
        os._exit(0)
    os.wait()
    try:
        return subprocess.run(["cat", stage.secret], capture_output=True, check=False).stdout
    finally:
        syscall("prctl", 1, 0)
