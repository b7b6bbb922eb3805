"""Puts the hook into the interpreter: which events of Python are judged, and what happens to those that are blocked."""

import _socket
import _thread
import errno
import os
import sys

from . import files, layer, network, programs, report

_PROBE = "sentinel.probe"
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_INET = (_socket.AF_INET, _socket.AF_INET6)
_family = _socket.socket.family.__get__


class Hook:
    """The rules of one policy, and a method for each kind of event. A method that returns lets the event go on."""

    def __init__(self, policy, path, proxies):
        self._audit = policy.audit
        # Of the network the supervisor decides alone then: what it asks somebody, nothing here denies before.
        self._ask = policy.ask
        self._programs = programs.Programs(policy, path)
        self.program = files.own_program()
        # What may be started may be read: a script is read by its interpreter.
        self._files = files.Files(policy, [self.program, *self._programs.files.values()])
        self._network = network.Network(policy, proxies)
        self._writes = {None: False, "r": False, "rb": False}
        # Of this thread: whether it is in the hook's own work, in connect_ex, or in a start that was judged.
        self._state = _State()

    def restrict(self):
        """Puts on the inner layer where it belongs; returns a sentence about it."""
        if self._audit:
            return "no inner layer: the policy only records"
        if self._programs.allows_own(self.program):
            return "no inner layer: allowed_interpreters names this interpreter"
        if not layer.is_main_interpreter():
            return "no inner layer of its own: an interpreter within a process has the process's"
        if layer.restrict(self._programs.files.values()):
            return "inner layer in force"
        return "no inner layer: this kernel has no Landlock"

    def table(self):
        """Which method judges which event. Others (shutil's, tempfile's) are made of these, or open nothing."""
        table = {
            "open": self.opened,
            "os.listdir": self.listed, "os.scandir": self.listed,
            "os.mkdir": lambda args: self.changed("creating", args[0], args[2]),
            "os.rmdir": lambda args: self.changed("removing", args[0], args[1]),
            "os.remove": lambda args: self.changed("removing", args[0], args[1]),
            "os.rename": lambda args: self.moved("renaming", args), "os.link": lambda args: self.moved("linking", args),
            "os.symlink": lambda args: self.changed("creating", args[1], args[2]),
            "os.truncate": lambda args: self.touched(args[0], None),
            "os.chmod": lambda args: self.touched(args[0], args[2]),
            "os.chown": lambda args: self.touched(args[0], args[3]),
            "os.utime": lambda args: self.touched(args[0], args[3]),
            "os.setxattr": lambda args: self.touched(args[0], None),
            "os.removexattr": lambda args: self.touched(args[0], None),
            "sqlite3.connect": self.database,
            "subprocess.Popen": self.popen,
            "os.system": lambda args: self.started(["/bin/sh"]),
            "os.exec": lambda args: self.started([args[0]]),
            "os.posix_spawn": self.spawned,
            "import": self.imported,
            "ctypes.dlopen": lambda args: self.loaded(args[0]),
        }
        # In the other profiles the launcher judges no names and addresses either: there is no network, or one port of it.
        if self._network.judged and os.environ.get("SENTINEL_PROFILE", "standard") == "standard":
            table.update({
                "socket.connect": lambda args: self.connected("connecting to", args),
                "socket.sendto": lambda args: self.connected("sending to", args),
                "socket.sendmsg": lambda args: self.connected("sending to", args),
                "socket.getaddrinfo": self.resolved, "socket.gethostbyname": self.resolved,
            })
        return table

    # What is done about a verdict

    def block(self, action, doing, target, key):
        """Records what the policy does not allow, and ends the call with an error unless the policy only records."""
        blocks = key.rpartition(".")[2].startswith("blocked_")
        sentence = "%s %s is not allowed; %s of the policy %s" % (
            doing, _printable(target), key, "forbids it" if blocks else "would allow it",
        )
        # An import tries to keep its bytecode wherever the source is: no act of the agent's.
        if "/__pycache__/" not in target and not self._state.busy:
            self._state.busy = True
            try:
                if self._audit:
                    report.send(action, target, "allowed", key, "recorded only: " + sentence)
                else:
                    report.send(action, target, "denied", key, sentence)
            finally:
                self._state.busy = False
        if not self._audit:
            self._state.blocked = True
            raise PermissionError(errno.EACCES, "sentinel: " + sentence)

    # Files

    def opened(self, args):
        path, mode, flags = args
        try:
            write = self._writes[mode]
        except KeyError:
            write = self._writes[mode] = any(letter in mode for letter in "wax+")
        write = write or flags & _WRITE_FLAGS != 0
        if type(path) is str and self._files.quickly(path, write):
            return
        if flags & layer.O_PATH:
            return  # names a file and opens nothing
        path = _path(path)
        if path is None:
            return
        try:
            key, real = self._files.judge_opened(path, write)
            if key is not None and write and flags & _WRITE_FLAGS == os.O_CREAT and os.path.exists(path):
                write = False
                key, real = self._files.judge_opened(path, False)
        except files.NoPath:
            return
        if key is not None:
            self.block("write" if write else "read", "writing" if write else "reading", real, key)

    def listed(self, args):
        path = "." if args[0] is None else _path(args[0])
        if path is None:
            return
        try:
            key, real = self._files.judge(path, False)
        except files.NoPath:
            return
        if key is not None:
            self.block("read", "listing", real, key)

    def changed(self, doing, path, folder):
        """An entry of a folder comes or goes; where it leads, if it is a link, does not matter."""
        path = _path(path)
        if path is None:
            return
        try:
            key, real = self._files.judge(path, True, folder, follow=False)
        except files.NoPath:
            return
        if key is None and doing in ("renaming", "removing") and self._files.holds_blocked(real):
            key = "blocked_paths"
        if key is not None:
            self.block("write", doing, real, key)

    def moved(self, doing, args):
        self.changed(doing, args[0], args[2])
        self.changed(doing, args[1], args[3])

    def touched(self, path, folder):
        """A file's data or metadata changes. Whether a link is followed the event does not say, so either will do."""
        path = _path(path)
        if path is None:
            return
        try:
            key, real = self._files.judge(path, True, folder)
            if key is not None and self._files.judge(path, True, folder, follow=False)[1] != real:
                key = self._files.judge(path, True, folder, follow=False)[0]
        except files.NoPath:
            return
        if key is not None:
            self.block("write", "changing", real, key)

    def database(self, args):
        path = _path(args[0])
        if not path or path == ":memory:":
            return
        if path.startswith("file:"):
            path, _, query = path[5:].partition("?")
            if path.startswith("//"):
                path = "/" + path[2:].partition("/")[2]
            if not path or path == ":memory:" or "mode=memory" in query or "%" in path:
                return
        try:
            # SQLite opens a file that it cannot write to for reading, and makes one that is not there.
            key, real = self._files.judge(path, not os.path.exists(path))
        except files.NoPath:
            return
        if key is not None:
            self.block("read", "opening the database", real, key)

    def imported(self, args):
        if args[1] is not None:
            self.loaded(args[1])
        elif args[0] in _WRAPPED and not self._state.busy:
            self._state.busy = True
            try:
                _WRAPPED[args[0]](self, __import__(args[0]))
            except Exception:
                pass  # the import itself fails in the same way, and says so to whom it concerns
            finally:
                self._state.busy = False

    def loaded(self, path):
        """Native code is loaded. Code that the agent brought may run, but the trail shows it."""
        path = _path(path)
        if path is None or "/" not in path or self._state.busy:
            return
        try:
            key, real = self._files.judge(path, False)
        except files.NoPath:
            return
        if key is not None:
            self.block("load", "loading", real, key)
        elif not self._files.in_runtime(real):
            report.send("load", real, "allowed", "readable_paths", "native code from outside the runtime roots")

    # Programs

    def started(self, tried):
        try:
            key, real = self._programs.judge(map(os.fsdecode, tried))
        except (OSError, ValueError, TypeError, files.NoPath):
            return  # the call itself says what is wrong with it
        if key is not None:
            self.block("exec", "starting", real, key)

    def popen(self, args):
        executable, _, cwd, environment = args
        self._state.judged = True
        try:
            name = os.fsdecode(executable)
            tried = programs.candidates(name, _search_path(environment), os.fsdecode(cwd) if cwd else None)
        except (TypeError, ValueError):
            return
        self.started(tried)

    def spawned(self, args):
        self._state.judged = False
        name = os.fsdecode(args[0])
        # posix_spawn and posix_spawnp raise the same event; only the second looks into PATH.
        self.started([name] if "/" in name else [name] + programs.candidates(name, _search_path(None)))

    def forked(self, args):
        """_posixsubprocess.fork_exec, for which Python has no event: multiprocessing starts its children with it."""
        if self._state.judged:
            self._state.judged = False
            return
        cwd = args[4]
        self.started(os.path.join(os.fsencode(cwd), path) if cwd else path for path in args[1])

    # Network

    def connected(self, doing, args):
        address = args[1]
        if self._ask or type(address) is not tuple or len(address) < 2 or _family(args[0]) not in _INET:
            return
        host, port = address[:2]
        if isinstance(host, (str, bytes, bytearray)) and isinstance(port, int):
            key = self._network.judge_target(_text(host), port)
            if key is not None:
                self.block("connect" if doing[0] == "c" else "send", doing, "%s:%d" % (_text(host), port), key)

    def resolved(self, args):
        host = args[0]
        if self._ask or not isinstance(host, (str, bytes)):
            return
        host = _text(host)
        if network.parse(host) is None:
            key = self._network.judge_name(host)
            if key is not None:
                self.block("resolve", "resolving", host, key)


class _State(_thread._local):
    busy = False
    blocked = False
    judged = False


def _wrap_socket(hook, module):
    """connect_ex answers with a number; an event can only raise. So the one method is replaced, and no other."""
    state = hook._state
    original = _socket.socket.connect_ex

    def connect_ex(self, address):
        state.blocked = False
        try:
            return original(self, address)
        except PermissionError:
            if not state.blocked:
                raise
            return errno.EACCES

    connect_ex.__doc__ = original.__doc__
    connect_ex.__qualname__ = "socket.connect_ex"
    connect_ex.__module__ = module.__name__
    if "connect_ex" not in vars(module.socket):
        module.socket.connect_ex = connect_ex


def _wrap_posixsubprocess(hook, module):
    original = module.fork_exec
    if getattr(original, "__module__", "") == __name__:
        return

    def fork_exec(*args):
        hook.forked(args)
        return original(*args)

    module.fork_exec = fork_exec


_WRAPPED = {"socket": _wrap_socket, "_posixsubprocess": _wrap_posixsubprocess}


def _path(path):
    """The path that a file function was given, as text; None for a descriptor, and for what is no path at all."""
    if isinstance(path, int):
        return None
    try:
        return os.fsdecode(path)
    except (TypeError, ValueError):
        return None


def _text(host):
    return host if isinstance(host, str) else bytes(host).decode("ascii", "replace")


def _printable(text):
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in text
    )


def _search_path(environment):
    """The search path that a start would use: the child's own, as in os.get_exec_path."""
    if environment is None:
        environment = os.environ
    path = environment.get("PATH")
    if path is None and environment is not os.environ:
        path = environment.get(b"PATH")
    return os.defpath if path is None else os.fsdecode(path)


def install(policy):
    """Puts the hook for `policy` into this interpreter and makes sure that it hears; raises when it does not."""
    hook = Hook(policy, os.environ.get("PATH", programs.DEFAULT_PATH), network.proxies(os.environ))
    about = hook.restrict()
    heard = []
    judges = hook.table()
    judges[_PROBE] = heard.append
    judge = judges.get

    def audit(event, args):
        method = judge(event)
        if method is not None:
            method(args)

    sys.addaudithook(audit)
    sys.audit(_PROBE, judge)
    if heard != [(judge,)]:
        raise RuntimeError("another audit hook of this image keeps the hook out")
    del judges[_PROBE]
    for name in _WRAPPED:
        if name in sys.modules:
            _WRAPPED[name](hook, sys.modules[name])
    report.send("hook", hook.program, "allowed", "", about)
