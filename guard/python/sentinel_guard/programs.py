"""Which programs the policy lets a program start: judged by what they are (inode, real path), not by their spelling.

The rules are the launcher's; the search path is the one of the moment before the agent runs.
"""

import os
import posix

from . import files

# Programs that run whatever they are given; also with a version behind the name. The launcher has the same list.
INTERPRETERS = frozenset(
    "python pypy bash sh dash ash ksh mksh zsh fish csh tcsh perl ruby node nodejs deno bun php lua luajit tclsh wish"
    " pwsh powershell java jshell busybox toybox coreutils".split()
)

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# A program found by its name in a folder that an agent can write to could be another one later.
_WRITTEN = ("/workspace", "/tmp", "/run", "/dev/shm", "/proc")

_DEEPEST = 8
_HEAD = 4096

_stat = posix.stat


def is_interpreter(real):
    base = os.path.basename(real)
    return base in INTERPRETERS or base.rstrip("0123456789.") in INTERPRETERS


def candidates(name, path, cwd=None):
    """The files that starting `name` would try, in order: one for a path, one for each folder of `path` for a name."""
    if "/" in name:
        return [os.path.join(cwd, name) if cwd else name]
    return [os.path.join(folder, name) for folder in path.split(":") if folder]


def _identity(path):
    """(device, inode) of a regular file that may be started; None for anything else, and for nothing."""
    try:
        found = _stat(path)
    except (OSError, ValueError):
        return None
    regular = found.st_mode & 0o170000 == 0o100000 and found.st_mode & 0o111
    return (found.st_dev, found.st_ino) if regular else None


class Programs:
    """Judges programs. `files` are the granted ones: their real paths by identity."""

    def __init__(self, policy, path):
        written = files.folders([*_WRITTEN, *policy.write])
        self._path = ":".join(
            folder for folder in path.split(":") if folder[:1] == "/" and not (folder + "/").startswith(written)
        )
        self._blocked_names = frozenset(policy.block_command)
        self._blocked = self._identities(policy.block_command)
        self._denied = self._identities(INTERPRETERS)
        self.files = {}
        self._listed = set()
        for name in policy.interpreter:
            self._add(name, True)
        for name in policy.command:
            self._add(name, False)

    def _find(self, name):
        for candidate in candidates(name, self._path):
            identity = _identity(candidate)
            if identity is not None:
                return identity, candidate
        return None, ""

    def _identities(self, names):
        return frozenset(filter(None, (self._find(name)[0] for name in names)))

    def _add(self, name, interpreter, depth=0):
        identity, found = self._find(name)
        if identity is None:
            return
        real = files.resolve(os.path.abspath(found))
        if self._is_blocked(identity, name, real):
            return
        if interpreter:
            self._listed.add(identity)
        elif self._runs_others(identity, real) and identity not in self._listed:
            return
        self.files[identity] = real
        if depth < _DEEPEST:
            for program in _script_programs(real):
                self._add(program, interpreter, depth + 1)

    def _is_blocked(self, identity, name, real):
        if identity in self._blocked or not self._blocked_names.isdisjoint((name, real, os.path.basename(name))):
            return True
        base = os.path.basename(real)
        return any(base.startswith(one) and not base[len(one):].strip("0123456789.") for one in self._blocked_names)

    def _runs_others(self, identity, real):
        return is_interpreter(real) or identity in self._denied

    def allows_own(self, program):
        """Whether the policy names the interpreter `program` itself, so that it may start itself again."""
        return _identity(program) in self._listed

    def judge(self, tried):
        """(key or None, path) for a start that tries the paths `tried` in order.

        The kernel goes on to the next path after a refusal, so one granted path is enough; and a start that finds
        no file at all fails by itself.
        """
        first = None
        for candidate in tried:
            identity = _identity(candidate)
            if identity is None:
                continue
            if identity in self.files:
                return None, candidate
            first = first or (identity, candidate)
        if first is None:
            return None, ""
        identity, candidate = first
        real = files.resolve(os.path.abspath(candidate))
        if self._is_blocked(identity, candidate, real):
            return "blocked_command_bases", real
        return "allowed_interpreters" if self._runs_others(identity, real) else "allowed_commands", real


def _script_programs(path):
    """What the kernel, or env(1), starts in a script's place: the words behind its `#!`."""
    try:
        with open(path, "rb", buffering=0) as file:
            head = file.read(_HEAD)
    except OSError:
        return []
    if head[:2] != b"#!":
        return []
    words = os.fsdecode(head[2:].partition(b"\n")[0]).split()
    if len(words) > 1 and os.path.basename(words[0]) == "env":
        if words[1] == "-S":
            del words[1]
        elif words[1].startswith("-S"):
            words[1] = words[1][2:]
        return words[:2]
    return words[:1]
