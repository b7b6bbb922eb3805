"""A frame for programs that try one thing a line and tell what came of it, and a test case around it."""

import json
import os
import unittest

import hooked
from hooked import SECRET, WORK

FRAME = """
import errno, json, os, sys
tried = []
def attempt(name, call):
    try:
        tried.append((name, "done", repr(call())))
    except PermissionError as error:
        tried.append((name, "blocked" if str(error).startswith("[Errno 13] sentinel: ") else "kernel", str(error)))
    except BaseException as error:
        tried.append((name, type(error).__name__, str(error)))
W, S = %r, %r
%s
print(json.dumps(tried))
"""


def content(path):
    with open(path, errors="replace") as file:
        return file.read()


def frame(lines):
    return FRAME % (WORK, SECRET, lines)


class HookCase(unittest.TestCase):
    def setUp(self):
        hooked.clean()
        hooked.usual(command=["true"])

    def _formatMessage(self, message, standard):
        return "Python %d.%d.%d: %s" % (*self.current.version, super()._formatMessage(message, standard))

    def each(self):
        for python in hooked.PYTHONS:
            hooked.clean()
            self.current = python
            yield python

    def tried(self, python, lines, **options):
        done = python.run(frame(lines), **options)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def assert_all(self, outcome, tried):
        self.assertEqual([], [one for one in tried if one[1] != outcome])
        self.assertTrue(tried)

    def state(self, folder):
        found = {}
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            about = os.lstat(path)
            found[name] = (about.st_mode, about.st_nlink, about.st_mtime, about.st_size,
                           os.path.isfile(path) and content(path))
        return found
