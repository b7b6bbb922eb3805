"""The hook decides as the table of guard/decisions.yaml says, which the compiler and the launcher follow too.

Read as flat files: those that the plugin's tests write, from the folder in SENTINEL_DECISIONS, and the few beside this
file. Of an address the hook does not know whether an allowed name led to it: there it may leave the denial to the
supervisor, but must never deny what the table allows.
"""

import glob
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from sentinel_guard import files, network, policy, programs  # noqa: E402


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n").split("\t") for line in file]


class World:
    """The table's programs, laid out in a folder."""

    def __init__(self, facts):
        self.root = tempfile.mkdtemp(prefix="sentinel-world-", dir="/var/tmp")
        self.path = ":".join(self.root + fact[1] for fact in facts if fact[0] == "path")
        for kind in ("file", "same", "link"):
            for fact in facts:
                if fact[0] == kind:
                    place = self.root + fact[1]
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    if kind == "file":
                        with open(place, "w") as file:
                            file.write("")
                        os.chmod(place, 0o755)
                    elif kind == "same":
                        os.link(self.root + fact[2], place)
                    else:
                        os.symlink(self.root + fact[2], place)

    def inside(self, names):
        return [self.root + name if name.startswith("/") else name for name in names]


class TableTest(unittest.TestCase):
    maxDiff = None

    def test_every_case(self):
        folders = [os.path.join(HERE, "decisions")]
        if os.environ.get("SENTINEL_DECISIONS"):
            folders.append(os.environ["SENTINEL_DECISIONS"])
        for folder in folders:
            tables = sorted(glob.glob(os.path.join(folder, "*.cases")))
            self.assertTrue(tables, "no table in " + folder)
            world = World(lines(os.path.join(folder, "world")))
            self.addCleanup(shutil.rmtree, world.root)
            for table in tables:
                with open(table[:-5] + "policy", "rb") as file:
                    judge = Judge(policy.parse(file.read()), world)
                for case in lines(table):
                    with self.subTest(table=os.path.basename(table), case=case):
                        judge.check(self, *case)


class Judge:
    def __init__(self, rules, world):
        self._files = files.Files(rules, [])
        self._network = network.Network(rules, [])
        self._network._local = frozenset()
        self._world = world
        for word in ("command", "interpreter", "block_command"):
            setattr(rules, word, world.inside(getattr(rules, word)))
        self._programs = programs.Programs(rules, world.path)

    def check(self, test, ask, target, port, _learned, decision, key):
        found = getattr(self, ask)(target, port)
        if ask == "connect" and decision == "denied" and key == "allowed_hosts" and found is None:
            return
        if ask == "read" and decision == "denied" and key == "readable_paths" and self._files.in_runtime(target):
            return  # what an image brings to be read is not asked in the table
        test.assertEqual(key if decision == "denied" else None, found)

    def read(self, target, _):
        return self._files.allowed_read(target)

    def write(self, target, _):
        return self._files.allowed_write(target)

    def exec(self, target, _):
        return self._programs.judge([self._world.root + target])[0]

    def resolve(self, target, _):
        return self._network.judge_name(target) if self._network.judged else None

    def connect(self, target, port):
        return self._network.judge_address(network.parse(target), int(port)) if self._network.judged else None


if __name__ == "__main__":
    unittest.main()
