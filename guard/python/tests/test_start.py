"""The hook starts with every Python of an image, or no Python starts."""

import os
import shutil
import subprocess
import unittest

import hooked

RAN = "open(%r, 'w').close()" % os.path.join(hooked.WORK, "ran")


class StartTest(unittest.TestCase):
    def setUp(self):
        hooked.clean()
        hooked.usual()

    def _formatMessage(self, message, standard):
        return "Python %d.%d.%d: %s" % (*self.current.version, super()._formatMessage(message, standard))

    def each(self):
        for python in hooked.PYTHONS:
            self.current = python
            yield python

    def assert_ends(self, python, said):
        """The process ended with 78, said one line, and ran nothing of the program's."""
        done = python.run(RAN)
        self.assertEqual((78, 1), (done.returncode, done.stderr.count("\n")), done.stderr)
        self.assertTrue(done.stderr.startswith("sentinel: the Python hook did not start"), done.stderr)
        self.assertIn(said, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(hooked.WORK, "ran")))

    def assert_hooked(self, done):
        self.assertEqual((1, ""), (done.returncode, done.stdout), done.stderr)
        self.assertIn("readable_paths of the policy would allow it", done.stderr)

    def test_startWhenAllIsWellRunsTheProgram(self):
        for python in self.each():
            hooked.clean()
            done = python.run(RAN)
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertTrue(os.path.exists(os.path.join(hooked.WORK, "ran")))

    def test_startWithAPolicyThatCannotBeUsedEndsTheProcess(self):
        good = hooked.policy(write=[hooked.WORK])
        for python in self.each():
            os.remove(hooked.POLICY)
            self.assert_ends(python, "cannot be read")
            os.mkdir(hooked.POLICY)
            self.assert_ends(python, "cannot be read")
            os.rmdir(hooked.POLICY)
            for text, said in (
                ("", "line 1"),
                (good[:-1], "cut off"),
                (good[: len(good) // 2], "cut off"),
                (good.replace("sentinel-policy 1", "sentinel-policy 2"), "expected 'sentinel-policy 1'"),
                (hooked.policy(block_ip=["10.0.0.0/33"]), "expected a network"),
                ("x" * (2 << 20), "more than"),
            ):
                hooked.write_policy(text)
                self.assert_ends(python, said)

    def test_startWithABrokenHookEndsTheProcess(self):
        package = os.path.join(hooked.FOLDER, "sentinel_guard")
        self.addCleanup(subprocess.run, [os.path.join(hooked.FOLDER, "install"), hooked.BASE + "/pythons"],
                        stdout=subprocess.DEVNULL)
        self.addCleanup(shutil.rmtree, package + ".away", True)
        shutil.copytree(package, package + ".away")
        self.addCleanup(shutil.copytree, package + ".away", package)
        self.addCleanup(shutil.rmtree, package)
        shutil.rmtree(os.path.join(package, "__pycache__"))
        with open(os.path.join(package, "files.py"), "a") as file:
            file.write("raise KeyError('broken')\n")
        for python in self.each():
            self.assert_ends(python, "broken")
        os.rename(package, package + ".gone")
        self.addCleanup(os.rename, package + ".gone", package)
        for python in self.each():
            self.assert_ends(python, "sentinel_guard")

    def test_startWhenAnotherHookKeepsItOutEndsTheProcess(self):
        for python in self.each():
            path = os.path.join(python.packages, "00-a.pth")
            with open(path, "w") as file:
                file.write("import sys; exec('def veto(event, args):\\n if event == \"sys.addaudithook\": "
                           "raise RuntimeError\\nsys.addaudithook(veto)')\n")
            self.addCleanup(os.remove, path)
            done = python.run(RAN)
            self.assertEqual(78, done.returncode, done.stderr)
            self.assertFalse(os.path.exists(os.path.join(hooked.WORK, "ran")))

    def test_startWithOptionsThatLeaveOutWhatTheUserBroughtIsHooked(self):
        code = "open(%r)" % os.path.join(hooked.SECRET, "secret")
        for python in self.each():
            for options in ((), ("-E",), ("-I",), ("-s",), ("-B",), ("-O",), ("-X", "dev")):
                self.assert_hooked(python.start([*options, "-c", code]))

    def test_startWithoutSiteIsNotHooked(self):
        # The documented limit: the launcher holds this one.
        for python in self.each():
            done = python.start(["-S", "-c", "import sys; print('sentinel_guard' in sys.modules)"])
            self.assertEqual("False\n", done.stdout)

    def test_startOfAVirtualEnvironmentIsHooked(self):
        code = "open(%r)" % os.path.join(hooked.SECRET, "secret")
        for python in self.each():
            home = os.path.join(hooked.WORK, "venv")
            done = python.start(["-m", "venv", "--symlinks", "--without-pip", home])
            self.assertEqual(0, done.returncode, done.stderr)
            program = os.path.join(home, "bin", "python")
            for options in ((), ("-E",), ("-I",)):
                self.assert_hooked(python.start([*options, "-c", code], program=program))
            shutil.rmtree(home)

    def test_startWithASitecustomizeOnTheUsersPathIsHooked(self):
        with open(os.path.join(hooked.WORK, "sitecustomize.py"), "w") as file:
            file.write("import sys; sys.stderr.write('user ')")
        for python in self.each():
            done = python.run("open(%r)" % os.path.join(hooked.SECRET, "secret"), env={"PYTHONPATH": hooked.WORK})
            self.assert_hooked(done)
            self.assertTrue(done.stderr.startswith("user "))

    def test_startRunsTheSitecustomizeThatWasThere(self):
        for python in self.each():
            before = os.path.join(python.library, "_sitecustomize_before_sentinel.py")
            beside = os.path.join(python.packages, "sitecustomize.py")
            with open(beside, "w") as file:
                file.write("import sys; sys.stderr.write('beside ' + __name__)")
            self.addCleanup(os.remove, beside)
            said = "" if os.path.lexists(before) else "beside sitecustomize"
            self.assertEqual(said, python.run("").stderr)
            if not os.path.lexists(before):
                with open(before, "w") as file:
                    file.write("import sys; sys.stderr.write('before ' + __name__)")
                self.assertEqual("before sitecustomize", python.run("").stderr)
                os.remove(before)

    def test_startTellsTheSupervisor(self):
        for python in self.each():
            with hooked.Reports() as reports:
                python.run("")
                self.assertEqual([("hook", python.program, "allowed", "", "inner layer in force")], reports.records())

    def test_installTwiceKeepsWhatWasThereFirst(self):
        again = subprocess.run([os.path.join(hooked.FOLDER, "install"), hooked.BASE + "/pythons"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        self.assertEqual(0, again.returncode, again.stdout)
        self.assertEqual(len(hooked.PYTHONS), again.stdout.count("starts with the hook ("))
        for python in self.each():
            self.assertEqual(("", 0), (python.run("").stderr, python.run("").returncode))

    def test_installLeavesThePythonsOfThisMachineAlone(self):
        for python in self.each():
            done = subprocess.run([python.origin, "-c", "import sys; print('sentinel_guard' in sys.modules)"],
                                  stdout=subprocess.PIPE, universal_newlines=True)
            self.assertEqual((0, "False\n"), (done.returncode, done.stdout))

    def test_installHooksTheEnvironmentsOfAnImage(self):
        for python in self.each():
            home = os.path.join(python.home, "environment")
            subprocess.run([python.program, "-S", "-m", "venv", "--symlinks", "--without-pip", home], check=True)
            self.addCleanup(shutil.rmtree, home)
            subprocess.run([os.path.join(hooked.FOLDER, "install"), python.home], check=True, stdout=subprocess.DEVNULL)
            done = python.start(["-c", "open(%r)" % os.path.join(hooked.SECRET, "secret")],
                                program=os.path.join(home, "bin", "python"), env={"PYTHONPATH": hooked.SECRET})
            self.assert_hooked(done)

    def test_subinterpreterIsHookedAndLaysNoLayerOnTop(self):
        code = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
for i in range(20):
    one = interpreters.create()
    interpreters.run_string(one, "import sys; assert 'sentinel_guard' in sys.modules; open(%r, 'w').close()")
    interpreters.destroy(one)
print("made")
"""
        for python in self.each():
            done = python.run(code % os.path.join(hooked.WORK, "inner"))
            self.assertEqual("made\n", done.stdout, done.stderr)
            self.assertTrue(os.path.exists(os.path.join(hooked.WORK, "inner")))


if __name__ == "__main__":
    unittest.main()
