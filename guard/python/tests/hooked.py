"""Pythons that start with the hook, put up in a folder of their own, and programs that run in them.

Each is a copy of an interpreter of this machine's with links to its standard library, hooked by `install` as an
image's would be. The copy of the package differs in one line: where its reports go.
"""

import atexit
import glob
import os
import shutil
import socket
import subprocess
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Not below /tmp, which every policy makes writable.
BASE = tempfile.mkdtemp(prefix="sentinel-hook-", dir="/var/tmp")
WORK = os.path.join(BASE, "workspace")
SECRET = os.path.join(BASE, "outside")
FOLDER = os.path.join(BASE, "sentinel", "python")
POLICY = os.path.join(BASE, "sentinel", "policy")
SOCKET = os.path.join(BASE, "reports")

_REPEATED = ("write", "read", "block", "command", "interpreter", "block-command")
_NAMES = ("host", "block-host", "block-ip", "allow-ip")


def policy(**lines):
    """The text of a compiled policy: the enforced default with `lines` (dashes as underscores) changed."""
    single = {"source": "0" * 64, "mode": "enforce", "on_block": "deny", "log_failure": "stop",
              "tamper_detection": "on", "failsafe": "on", "private_network": "off"}
    text = ["sentinel-policy 1"]
    for word in ("source", "mode", "on-block", "log-failure", "tamper-detection", *_REPEATED, "failsafe",
                 "private-network", *_NAMES):
        key = word.replace("-", "_")
        if key in single:
            text.append("%s %s" % (word, lines.pop(key, single[key])))
        else:
            text += ["%s %s" % (word, value) for value in sorted(set(lines.pop(key, ())))]
    assert not lines, lines
    return "\n".join(text + ["end %d" % len(text)]) + "\n"


def machine_pythons():
    """The interpreters of this machine that have audit hooks, each version once: (version, path)."""
    found = {}
    for path in sorted(glob.glob("/usr/bin/python3*") + glob.glob("/usr/local/bin/python3*")
                       + glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3"))):
        if os.path.islink(path) and os.path.dirname(path) == "/usr/bin" or "config" in path:
            continue
        answer = subprocess.run([path, "-I", "-S", "-c", "import sys; print(*sys.version_info[:3])"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
        version = tuple(map(int, answer.stdout.split()))
        if answer.returncode == 0 and version >= (3, 8):
            found.setdefault(version, os.path.realpath(path))
    return sorted(found.items())


class Python:
    """One interpreter of its own, in a folder below BASE."""

    def __init__(self, version, origin, folder="pythons"):
        self.version = version
        self.name = "python%d.%d" % version[:2]
        self.origin = origin
        self.home = os.path.join(BASE, folder, "%s-%s" % (self.name, version[2]))
        self.program = os.path.join(self.home, "bin", self.name)
        self.library = os.path.join(self.home, "lib", self.name)
        about = subprocess.run([origin, "-I", "-S", "-c", "import os, sys; print(os.path.dirname(os.__file__), sys.prefix)"],
                               stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout.split()
        self.origin_library, self.origin_home = about
        os.makedirs(os.path.join(self.home, "bin"))
        os.makedirs(self.library)
        shutil.copy2(origin, self.program)
        os.symlink(self.name, os.path.join(self.home, "bin", "python3"))
        for entry in os.listdir(self.origin_library):
            # Not the bytecode's folder: what is compiled here would stand in the machine's own Python.
            if entry == "__pycache__":
                shutil.copytree(os.path.join(self.origin_library, entry), os.path.join(self.library, entry))
            elif entry not in ("site-packages", "dist-packages"):
                os.symlink(os.path.join(self.origin_library, entry), os.path.join(self.library, entry))
        self.packages = os.path.join(self.library, "site-packages")
        if os.path.isdir("/usr/lib/python3/dist-packages") and self.origin_library.startswith("/usr/lib/"):
            self.packages = os.path.join(self.home, "lib", "python3", "dist-packages")
        os.makedirs(self.packages)

    def run(self, code, *options, program=None, args=(), cwd=None, env=None, timeout=60):
        """Runs `code` as a file named by the first argument; returns the finished process."""
        script = os.path.join(BASE, "program.py")
        with open(script, "w") as file:
            file.write(code)
        return self.start([*options, script, *args], program=program, cwd=cwd, env=env, timeout=timeout)

    def start(self, words, program=None, cwd=None, env=None, timeout=60):
        return subprocess.run([program or self.program, *words], cwd=cwd or WORK, timeout=timeout,
                              env={"PATH": "/usr/bin:/bin", "HOME": WORK, **(env or {})},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True)


def write_policy(text=None, **lines):
    with open(POLICY, "w", encoding="utf-8") as file:
        file.write(policy(**lines) if text is None else text)


def roots():
    """What the interpreters of this machine need to read and an image has among its runtime roots."""
    return [BASE + "/pythons", BASE + "/sentinel", *{python.origin_home for python in PYTHONS
                                                  if not python.origin_home.startswith("/usr")}]


def usual(**lines):
    """Writes a policy that lets the workspace be written to and the interpreters be read."""
    lines.setdefault("write", [WORK])
    lines["read"] = [*lines.get("read", []), *roots()]
    write_policy(**lines)


class Reports:
    """What the hook tells the supervisor, while the block lasts."""

    def __enter__(self):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(SOCKET)
        self._socket.setblocking(False)
        return self

    def __exit__(self, *_):
        self._socket.close()
        os.remove(SOCKET)

    def records(self):
        found = []
        while True:
            try:
                found.append(tuple(self._socket.recv(65536).decode("utf-8", "surrogateescape").split("\0")))
            except BlockingIOError:
                return found


def _set_up():
    os.chmod(BASE, 0o755)
    for folder in (WORK, SECRET, os.path.join(BASE, "pythons")):
        os.mkdir(folder)
    shutil.copytree(SOURCE, FOLDER, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    report = os.path.join(FOLDER, "sentinel_guard", "report.py")
    with open(report) as file:
        text = file.read()
    assert '"/run/sentinel/guard.sock"' in text
    with open(report, "w") as file:
        file.write(text.replace('"/run/sentinel/guard.sock"', repr(SOCKET)))
    pythons = [Python(version, path) for version, path in machine_pythons()]
    done = subprocess.run([os.path.join(FOLDER, "install"), os.path.join(BASE, "pythons")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    assert done.returncode == 0, done.stdout
    return pythons, done.stdout


atexit.register(shutil.rmtree, BASE, True)
PYTHONS, INSTALLED = _set_up()


def clean():
    """Empties the workspace and the folder outside it, and lays a secret there."""
    for folder in (WORK, SECRET):
        for entry in os.listdir(folder):
            path = os.path.join(folder, entry)
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
    with open(os.path.join(SECRET, "secret"), "w") as file:
        file.write("the secret\n")

