"""Which paths the policy lets a program read and write. The rules are the launcher's; paths are judged resolved."""

import os
import posix
import sys

RUNTIME_ROOTS = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/proc", "/sys", "/dev")
NO_RUNTIME_ROOTS = ("/usr/bin", "/usr/sbin", "/usr/games", "/usr/local/bin", "/usr/local/sbin", "/usr/local/games",
                    "/opt/sentinel")
# Of the guard's own folder, what the hook itself is made of.
OWN_PATHS = ("/opt/sentinel/python", "/opt/sentinel/policy")
ALWAYS_WRITABLE = ("/tmp", "/run")

# Runtime roots in which a name alone says where a file is: nothing that an agent can write leads out of them.
QUICK_ROOTS = ("/usr/lib", "/usr/local/lib", "/usr/share", "/lib", "/lib64", "/etc")

# Bound here, so that a test tool that replaces functions of os does not change what the hook sees.
_getcwd, _lstat, _readlink, _stat = posix.getcwd, posix.lstat, posix.readlink, posix.stat

_MOST_LINKS = 40
_MOST_FOLDERS = 4096


class NoPath(Exception):
    """What was named has no place in the file tree (a pipe, a deleted file): there is nothing to judge."""


def resolve(path, follow=True):
    """The absolute `path` without symbolic links, as far as it exists; with `follow` false, the last part stays."""
    rest = [part for part in path.split("/") if part and part != "."]
    rest.reverse()
    real = ""
    links = 0
    while rest:
        part = rest.pop()
        if part == "..":
            real = real[: real.rfind("/")] if real else ""
            continue
        here = real + "/" + part
        if not follow and not rest:
            return here
        try:
            target = _readlink(here)
        except OSError:
            real = here
            continue
        links += 1
        if links > _MOST_LINKS:
            return here
        if here.startswith("/proc/") and (target[:1] != "/" and ":" in target or target.endswith(" (deleted)")):
            raise NoPath
        if target[:1] == "/":
            real = ""
        parts = [part for part in target.split("/") if part and part != "."]
        parts.reverse()
        rest += parts
    return real or "/"


def folders(paths):
    """`paths` in the form that str.startswith takes for "is below or equal", given a path that ends in a slash."""
    return tuple("/" if path == "/" else path + "/" for path in paths)


def _here(path, folder):
    """`path` made absolute against the descriptor `folder`, or the current folder when that is none."""
    if path[:1] == "/":
        return path
    base = _readlink("/proc/self/fd/%d" % folder) if isinstance(folder, int) and folder >= 0 else _getcwd()
    return base + "/" + path


class Files:
    """Judges paths. `allowed_read` and `allowed_write` answer with None, or with the policy key that stands against it."""

    def __init__(self, policy, readable_files):
        """`readable_files` are the resolved single files that may be read besides: the program, the commands."""
        resolved = {
            name: [resolve(path) for path in getattr(policy, name)] for name in ("write", "read", "block")
        }
        always = [resolve(path) for path in ALWAYS_WRITABLE]
        self._blocked = folders(resolved["block"] + policy.block)
        self._writable = folders(resolved["write"] + always)
        self._readable = folders(resolved["write"] + always + resolved["read"] + [*OWN_PATHS])
        self._runtime = folders([resolve(path) for path in RUNTIME_ROOTS])
        self._no_runtime = folders([resolve(path) for path in NO_RUNTIME_ROOTS])
        self._files = frozenset([*readable_files, *main_script()])
        # Children of a folder share its answer, but for those that a rule names themselves.
        self._named = self._files.union(
            entry.rstrip("/") for entry in self._blocked + self._readable + self._runtime + self._no_runtime
        )
        # This interpreter's own library may stand elsewhere than an image's.
        self._library = folders([os.path.dirname(resolve(os.path.abspath(os.__file__)))])
        self._folders = {}
        self._quick = folders(root for root in QUICK_ROOTS if not self._touches_blocked(resolve(root)))

    def allowed_read(self, real):
        below = real + "/"
        if below.startswith(self._blocked):
            return "blocked_paths"
        if below.startswith(self._readable) or real in self._files:
            return None
        if below.startswith(self._runtime) and not below.startswith(self._no_runtime):
            return None
        return "readable_paths"

    def allowed_write(self, real):
        below = real + "/"
        if below.startswith(self._blocked):
            return "blocked_paths"
        # Which devices may be written to is a matter of the container and the launcher: /dev/null always is.
        return None if below.startswith(self._writable) or below.startswith("/dev/") else "allowed_paths"

    def holds_blocked(self, real):
        """Whether a blocked path is below `real`, so that moving it would take the block away."""
        return any(blocked.startswith(real + "/") for blocked in self._blocked)

    def _touches_blocked(self, real):
        return (real + "/").startswith(self._blocked) or self.holds_blocked(real)

    def in_runtime(self, real):
        return (real + "/").startswith(self._runtime + self._library)

    def quickly(self, path, write):
        """Whether `path` (a str) is surely allowed. False says nothing yet. This is what every open pays for.

        Nothing that an agent can write leads out of the runtime roots, so a plain look at the name is enough for
        a read there. Elsewhere the folder's answer is kept, and is good as long as its name leads to the same
        inode; the file itself must not be a link, nor named by a rule.
        """
        if not write and path.startswith(self._quick) and "/.." not in path:
            return True
        folder, slash, name = path.rpartition("/")
        if not folder:
            folder = slash or "."
        try:
            found = _stat(folder)
            kept = self._folders.get(folder)
            if kept is None or kept[0] != found.st_ino or kept[1] != found.st_dev:
                kept = self._keep(folder, found)
            if not kept[3 if write else 2] or name in ("", ".", "..") or kept[4] + name in self._named:
                return False
            try:
                return _lstat(path).st_mode & 0o170000 != 0o120000
            except FileNotFoundError:
                return True
        except (OSError, ValueError, NoPath):
            return False

    def _keep(self, folder, found):
        real = resolve(_here(folder, None))
        child = real.rstrip("/") + "/?"
        kept = (
            found.st_ino, found.st_dev, self.allowed_read(child) is None, self.allowed_write(child) is None, child[:-1],
        )
        # A folder that was replaced between the two looks must not lend its answer to its successor, and what
        # /proc shows is another thing for every process and thread.
        again = _stat(real)
        if (again.st_ino, again.st_dev) != kept[:2] or real.startswith("/proc"):
            return kept[:2] + (False, False, "")
        if len(self._folders) >= _MOST_FOLDERS:
            self._folders.clear()
        self._folders[folder] = kept
        return kept

    def judge(self, path, write, folder=None, follow=True):
        """(key or None, resolved path) for `path` against the descriptor `folder`. NoPath: nothing to judge."""
        try:
            real = resolve(_here(path, folder), follow)
        except (OSError, ValueError):
            raise NoPath
        return (self.allowed_write(real) if write else self.allowed_read(real)), real

    def judge_opened(self, path, write):
        """As `judge`, for the open event: it does not tell the folder that a relative path was opened against.

        So a relative path is blocked only when it is blocked against the current folder and against every folder
        that the process holds open: nothing allowed is ever refused, and the kernel refuses the rest.
        """
        key, real = self.judge(path, write)
        if key is not None and path[:1] != "/":
            for entry in posix.listdir("/proc/self/fd"):
                try:
                    if posix.fstat(int(entry)).st_mode & 0o170000 == 0o040000:
                        if self.judge(path, write, int(entry))[0] is None:
                            return None, real
                except (OSError, NoPath):
                    continue
        return key, real


def main_script():
    """The file that the interpreter's first argument names, which the launcher makes readable too."""
    named = []
    for argument in getattr(sys, "argv", [])[:1] + getattr(sys, "orig_argv", [])[1:2]:
        try:
            real = resolve(_here(argument, None))
            if argument and posix.stat(real).st_mode & 0o170000 == 0o100000:
                named.append(real)
        except (OSError, ValueError, NoPath):
            continue
    return named


def own_program():
    """The resolved path of the running interpreter, from the kernel; sys.executable can be anything."""
    return os.fsdecode(_readlink(b"/proc/self/exe"))
