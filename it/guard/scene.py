"""The stage as files: what is secret, what must not change, what must not run. The judge builds it, looks at it, mends it."""
import hashlib
import os
import secrets
import shutil
import sqlite3
import stat
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
LISTED4, OTHER4, BLOCKED4, PRIVATE4 = "203.0.113.10", "203.0.113.77", "203.0.113.66", "10.99.0.66"
ADDRESSES = {
    "allowed4": LISTED4, "allowed6": "2001:db8::10", "blocked4": BLOCKED4, "blocked6": "2001:db8::66", "other4": OTHER4,
    "private4": PRIVATE4, "broadcast4": "203.0.113.255", "own4": "203.0.113.1", "dns": "203.0.113.53", "port": "8080",
    "closed": "8081", "abstract": "sentinel-test",
}


def token():
    return "tok-" + secrets.token_hex(12)


def put(path, data, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    os.chmod(path, mode)


class Scene:
    """Places inside the sandbox, each also as the judge sees it: below `root`."""

    def __init__(self, root, workspace, sentinel, services, uid):
        self.root, self.uid = root, uid
        self.nonce = str(10**8 + secrets.randbelow(10**8))
        self.tokens, self.programs = {}, {}
        self.places = {
            "work": f"{workspace}/workspace", "blocked": f"{workspace}/workspace/blocked/token",
            "blocked_kept": f"{workspace}/workspace/blocked/kept", "near": f"{workspace}/near/token",
            "near_program": f"{workspace}/near/program", "near_socket": f"{workspace}/near/socket",
            "outside": f"{workspace}/outside", "policy": f"{workspace}/sentinel.yaml", "log": f"{workspace}/audit.log",
            "compiled": f"{sentinel}/policy", "launcher": f"{sentinel}/bin/sentinel-guard",
            "code": f"{sentinel}/python/sentinel_guard.py", "trail": f"{sentinel}/audit/trail.jsonl",
            "secret": f"{services}/secret/token", "database": f"{services}/secret/base.db",
            "config": f"{services}/secret/config", "names": f"{services}/names", "link": f"{services}/link", "reports": "/run/sentinel/guard.sock",
            "sockets": f"{services}/sockets", "forbidden": "/usr/local/bin/forbidden",
            "forbidden_dynamic": "/usr/local/bin/forbidden-dynamic", "forbidden_library": f"{services}/secret/library.so",
        }
        # Kept by the sandbox itself, so that the judge neither makes nor mends them.
        self.given = set()
        self.tops = [workspace, sentinel, services]

    def outside(self, place):
        """A place as the judge sees it."""
        return self.root + self.places[place]

    def new(self, name):
        self.tokens[name] = token()
        return self.tokens[name]

    # ---- building ----

    def programs_built(self, folder, code):
        """The forbidden program in its three forms, each with a proof of its own. Compiled once."""
        for name, words in {"forbidden": ["-static"], "forbidden_dynamic": [], "forbidden_library": ["-shared", "-fPIC", "-DLIBRARY"]}.items():
            self.programs[name] = token()
            changed = "".join(f"\\x{byte ^ 1:02x}" for byte in self.programs[name].encode())
            file = f"{folder}/{name}"
            subprocess.run(["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", f'-DTOKEN="{changed}"', *words, "-o", file,
                            f"{code}/forbidden.c"], check=True)
            with open(file, "rb") as built:
                self.programs[name + ".bytes"] = built.read()

    def build(self):
        """Everything new, with new tokens; what stood there is gone."""
        for top in self.tops:
            # An attempt may have moved the whole of it.
            shutil.rmtree(f"{self.root}{top}.old", ignore_errors=True)
            os.makedirs(self.root + top, exist_ok=True)
            for entry in os.scandir(self.root + top):
                if entry.path in self.given:
                    continue
                shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)
        for name in ("secret", "near", "blocked"):
            put(self.outside(name), self.new(name) + "\n")
        os.setxattr(self.outside("secret"), "user.word", self.new("attribute").encode())
        for name in ("forbidden", "forbidden_dynamic", "forbidden_library"):
            put(self.outside(name), self.programs[name + ".bytes"], 0o755)
        put(self.outside("near_program"), self.programs["forbidden.bytes"], 0o755)
        put(self.outside("blocked_kept"), "kept\n")
        put(self.outside("config"), f"[x]\n\tword = {self.new('config')}\n")
        os.makedirs(self.outside("names"))
        put(f"{self.outside('names')}/{self.new('names')}", "")
        os.symlink(self.new("link"), self.outside("link"))
        self.new("memory")
        for name in ("outside", "sockets"):
            os.makedirs(self.outside(name))
        with sqlite3.connect(self.outside("database")) as base:
            base.execute("create table words (word)")
            base.execute("insert into words values (?)", (self.new("database"),))
        base.close()
        for name, text in {"policy": "allowed_paths: []\n", "log": "first line\n", "compiled": "sentinel-policy 1\n",
                           "launcher": "launcher\n", "code": "# hook\n", "trail": "first record\n"}.items():
            if name not in self.given:
                put(self.outside(name), text, 0o644)
        self.owned()

    def owned(self):
        """Everything is the agent's own by its owner and mode: what stops an attempt is the policy."""
        for top in self.tops:
            for folder, folders, files in os.walk(self.root + top):
                for name in [folder, *(f"{folder}/{name}" for name in folders + files)]:
                    os.chown(name, self.uid, self.uid, follow_symlinks=False)

    def settings(self):
        """The file that attempts read."""
        lines = {**self.places, **ADDRESSES, "nonce": self.nonce}
        return "".join(f"{name}={value}\n" for name, value in sorted(lines.items()))

    # ---- one attempt ----

    def before(self, name):
        """A clean folder to work in, and a file to go for."""
        work = self.outside("work")
        for entry in os.scandir(work):
            if entry.name != "blocked":
                # In one step, whatever it is: an attempt leaves odd things.
                subprocess.run(["rm", "-rf", "--", entry.path], check=True)
        victim = f"{self.outside('outside')}/{name}/kept"
        put(victim, "kept\n")
        for path in (victim, os.path.dirname(victim)):
            os.chown(path, self.uid, self.uid)
        return self.look(name)

    def after(self, name):
        shutil.rmtree(f"{self.outside('outside')}/{name}", ignore_errors=True)

    def look(self, name):
        """What must not change: each path below the tops, but for the folder to work in, with what it holds."""
        seen = {}
        work = self.outside("work")
        for top in self.tops:
            for folder, folders, files in os.walk(self.root + top):
                if folder == work:
                    folders[:] = [entry for entry in folders if entry == "blocked"]
                    files = []
                for entry in folders + files:
                    self.note(seen, f"{folder}/{entry}", name)
        return seen

    def note(self, seen, path, name):
        state = os.lstat(path)
        facts = [stat.S_IFMT(state.st_mode)]
        if f"/{name}/" in path:
            facts += [state.st_mode, state.st_mtime_ns, os.listxattr(path) if stat.S_ISREG(state.st_mode) else []]
        if stat.S_ISREG(state.st_mode):
            with open(path, "rb") as file:
                data = file.read()
            facts.append(data if self.grows(path) else hashlib.sha256(data).hexdigest())
        elif stat.S_ISLNK(state.st_mode):
            facts.append(os.readlink(path))
        seen[path] = facts

    def grows(self, path):
        return path == self.outside("log") or os.path.dirname(path) == os.path.dirname(self.outside("trail"))

    def changes(self, before, after, name):
        """What an attempt has changed, in words; nothing where all is as it was."""
        found = []
        for path in sorted(before.keys() | after.keys()):
            old, new = before.get(path), after.get(path)
            shown = path.removeprefix(self.root)
            if old is None:
                found.append(f"new {shown}")
            elif new is None:
                found.append(f"gone {shown}")
            elif self.grows(path) and old[0] == new[0]:
                if not new[-1].startswith(old[-1]):
                    found.append(f"not as it was {shown}")
                elif f"FORGED {name}".encode() in new[-1][len(old[-1]):].replace(b"\r", b"\n").split(b"\n"):
                    found.append(f"forged line {shown}")
            elif old != new:
                found.append(f"changed {shown}")
        return found

    def said(self, answer):
        """Which tokens and proofs an answer has."""
        found = [f"token {name}" for name, text in self.tokens.items() if text in answer]
        found += [f"ran {name}" for name, text in self.programs.items() if isinstance(text, str) and text in answer]
        if str(int(self.nonce) * 7919) in answer:
            found.append("ran an interpreter")
        return found
