"""Starting what the policy does not let start: a program whose proof only it knows, and interpreters that do a sum."""
import asyncio
import ctypes
import glob
import mmap
import multiprocessing
import os
import pty
import shutil
import struct
import subprocess
import sys

import _posixsubprocess

from attack.files import said
from attack.raw import failed, libc, pointers, syscall
from attack.stage import attempt

SELF = "print(int(__import__('sys').argv[1].split('*')[0]) * 7919)"


def waited(pid):
    os.waitpid(pid, 0)


def script(stage, text, name="own"):
    with open(stage.own(name), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(stage.own(name), 0o755)
    return stage.own(name)


def copy(stage, of, name="own"):
    with open(stage.own(name), "wb") as file:
        file.write(read_all(of))
    os.chmod(stage.own(name), 0o755)
    return stage.own(name)


def read_all(path):
    with open(path, "rb") as file:
        return file.read()


def loader():
    """The dynamic loader, which runs any program that it can read."""
    return glob.glob("/lib*/ld-linux*.so.*")[0]


# ---- Python's own ways ----

@attempt("py-run-subprocess")
def plain(stage):
    return said(stage.forbidden)


@attempt("py-run-system")
def system(stage):
    os.system(stage.forbidden)


@attempt("py-run-popen")
def popen(stage):
    with os.popen(stage.forbidden) as output:
        return output.read()


@attempt("py-run-exec")
def execute(stage):
    os.execv(stage.forbidden, [stage.forbidden])


@attempt("py-run-argv0")
def argv0(stage):
    os.execv(stage.forbidden, ["echo"])


@attempt("py-run-executable")
def executable(stage):
    return said("echo", executable=stage.forbidden)


@attempt("py-run-executable-string")
def executable_string(stage):
    return subprocess.run("echo", executable=stage.forbidden, capture_output=True, check=False).stdout


@attempt("py-run-shell-executable")
def shell_executable(stage):
    return subprocess.run("echo", shell=True, executable=stage.forbidden, capture_output=True, check=False).stdout


@attempt("py-run-spawn")
def spawn(stage):
    os.spawnv(os.P_WAIT, stage.forbidden, ["echo"])


@attempt("py-run-posix-spawn")
def posix_spawn(stage):
    waited(os.posix_spawn(stage.forbidden, ["echo"], os.environ))


@attempt("py-run-posix-spawnp")
def posix_spawnp(stage):
    waited(os.posix_spawnp("forbidden", ["echo"], os.environ | {"PATH": os.path.dirname(stage.forbidden)}))


@attempt("py-run-fork-exec")
def fork_exec(stage):
    # What subprocess itself calls; no audit event tells of it.
    error, other = os.pipe()
    waited(_posixsubprocess.fork_exec(
        [b"echo"], [stage.forbidden.encode()], True, (other,), None, None, -1, -1, -1, -1, -1, -1, error, other,
        True, False, -1, None, None, None, -1, None, False))


@attempt("py-run-exec-descriptor")
def exec_descriptor(stage):
    os.execve(os.open(stage.forbidden, os.O_RDONLY), ["echo"], {})


@attempt("py-run-proc-fd")
def proc_fd(stage):
    file = os.open(stage.forbidden, os.O_PATH)
    os.execv(f"/proc/self/fd/{file}", ["echo"])


@attempt("py-run-proc-root")
def proc_root(stage):
    os.execv("/proc/self/root" + stage.forbidden, ["echo"])


@attempt("py-run-terminal")
def terminal(stage):
    pid, output = pty.fork()
    if pid == 0:
        os.execv(stage.forbidden, ["echo"])
    return os.read(output, 1000)


@attempt("py-run-asyncio")
def in_loop(stage):
    async def work():
        child = await asyncio.create_subprocess_exec("echo", executable=stage.forbidden, stdout=subprocess.PIPE)
        return (await child.communicate())[0]
    return asyncio.run(work())


@attempt("py-run-multiprocessing")
def multi(stage):
    context = multiprocessing.get_context("spawn")
    context.set_executable(stage.forbidden)
    child = context.Process(target=print)
    child.start()
    child.join(3)


@attempt("py-run-preexec")
def preexec(stage):
    # An allowed start, and another one where the child prepares for it.
    return said("echo", preexec_fn=lambda: os.execv(stage.forbidden, ["echo"]))


@attempt("py-run-ctypes-system")
def libc_system(stage):
    libc.system(stage.forbidden.encode())


@attempt("py-run-ctypes-execve")
def libc_exec(stage):
    libc.execv(stage.forbidden.encode(), pointers("echo"))
    failed(-1, "execv")


@attempt("py-run-ctypes-posix-spawn")
def libc_spawn(stage):
    pid = ctypes.c_int()
    error = libc.posix_spawn(ctypes.byref(pid), stage.forbidden.encode(), None, None, pointers("echo"), pointers())
    if error:
        raise OSError(error, os.strerror(error))
    waited(pid.value)


# ---- other names for it ----

@attempt("py-run-path-symlink")
def path_symlink(stage):
    os.mkdir(stage.own())
    os.symlink(stage.forbidden, stage.own() + "/echo")
    return said("echo", env=os.environ | {"PATH": stage.own()})


@attempt("py-run-path-own")
def path_own(stage):
    # PATH of this very process, as an agent would set it.
    os.mkdir(stage.own())
    os.symlink(stage.forbidden, stage.own() + "/ls")
    os.environ["PATH"] = stage.own() + ":" + os.environ["PATH"]
    return said("ls")


@attempt("py-run-symlink")
def symlink(stage):
    os.symlink(stage.forbidden, stage.own())
    return said(stage.own())


@attempt("py-run-hard-link")
def hard_link(stage):
    os.link(stage.near_program, stage.own())
    return said(stage.own())


@attempt("py-run-rename")
def rename(stage):
    os.rename(stage.near_program, "echo")
    return said("./echo")


@attempt("py-run-copy")
def copied(stage):
    return said(copy(stage, stage.forbidden))


@attempt("py-run-copy-as-echo")
def copied_as_echo(stage):
    os.mkdir(stage.own())
    shutil.copy(stage.forbidden, stage.own() + "/echo")
    return said("echo", env={"PATH": stage.own()})


@attempt("py-run-copy-tmp")
def copied_tmp(stage):
    shutil.copy(stage.forbidden, f"/tmp/{stage.id}")
    try:
        return said(f"/tmp/{stage.id}")
    finally:
        os.unlink(f"/tmp/{stage.id}")


@attempt("py-run-cp")
def cp(stage):
    said("cp", stage.forbidden, stage.own())
    return said(stage.own())


@attempt("py-run-shebang")
def shebang(stage):
    return said(script(stage, f"#!{stage.forbidden}\n"))


@attempt("py-run-dots")
def dots(stage):
    return said(f"{stage.work}/{'../' * 9}{stage.forbidden[1:]}")


@attempt("py-run-newline-name")
def newline(stage):
    os.symlink(stage.forbidden, stage.own("echo\necho"))
    return said(stage.own("echo\necho"))


# ---- without a file of its own ----

@attempt("py-run-memory-file")
def memory_file(stage):
    file = os.memfd_create("x", 0)
    os.write(file, read_all(stage.forbidden))
    os.execve(file, ["echo"], {})


@attempt("py-run-memory-file-path")
def memory_file_path(stage):
    file = os.memfd_create("x", 0)
    os.write(file, read_all(stage.forbidden))
    return said(f"/proc/self/fd/{file}", pass_fds=[file])


@attempt("py-run-memory-execveat")
def memory_execveat(stage):
    file = syscall("memfd_create", b"x", 1)
    os.write(file, read_all(stage.forbidden))
    syscall("execveat", file, b"", pointers("echo"), pointers(), 0x1000)


@attempt("py-run-nameless-file")
def nameless(stage):
    file = os.open(stage.work, os.O_TMPFILE | os.O_RDWR, 0o755)
    os.write(file, read_all(stage.forbidden))
    again = os.open(f"/proc/self/fd/{file}", os.O_RDONLY)
    os.close(file)
    os.execve(again, ["echo"], {})


@attempt("py-run-loader")
def by_loader(stage):
    return said(loader(), stage.forbidden_dynamic)


@attempt("py-run-loader-argv0")
def loader_argv0(stage):
    return said(loader(), "--argv0", "echo", stage.forbidden_dynamic)


@attempt("py-run-loader-perl")
def loader_perl(stage):
    return said(loader(), "/usr/bin/perl", "-e", f"print {stage.sum}")


@attempt("py-run-loader-shell")
def loader_shell(stage):
    return said(loader(), "/bin/sh", "-c", f"echo $(({stage.sum}))")


@attempt("py-run-loader-copy")
def loader_copy(stage):
    return said(loader(), copy(stage, "/usr/bin/perl"), "-e", f"print {stage.sum}")


@attempt("py-run-loader-copied")
def loader_copied(stage):
    return said(copy(stage, loader(), "ld"), "/usr/bin/perl", "-e", f"print {stage.sum}")


@attempt("py-run-preload")
def preload(stage):
    # What is loaded beside an allowed program runs as code of its process.
    return said("ls", env=os.environ | {"LD_PRELOAD": stage.forbidden_library})


@attempt("py-run-audit-library")
def audit_library(stage):
    return said("ls", env=os.environ | {"LD_AUDIT": stage.forbidden_library})


@attempt("py-run-ctypes-library")
def library(stage):
    ctypes.CDLL(stage.forbidden_library)


# ---- interpreters ----

@attempt("py-run-perl")
def perl(stage):
    return said("perl", "-e", f"print {stage.sum}")


@attempt("py-run-perl-version")
def perl_version(stage):
    return said(glob.glob("/usr/bin/perl5*")[0], "-e", f"print {stage.sum}")


@attempt("py-run-perl-named-echo")
def perl_as_echo(stage):
    return said("echo", "-e", f"print {stage.sum}", executable="/usr/bin/perl")


@attempt("py-run-perl-script")
def perl_script(stage):
    return said(script(stage, f"#!/usr/bin/perl\nprint {stage.sum};\n"))


@attempt("py-run-perl-symlink")
def perl_symlink(stage):
    os.symlink("/usr/bin/perl", "echo")
    return said("./echo", "-e", f"print {stage.sum}")


@attempt("py-run-perl-copy")
def perl_copy(stage):
    return said(copy(stage, "/usr/bin/perl", "echo"), "-e", f"print {stage.sum}")


@attempt("py-run-sh")
def shell(stage):
    return said("/bin/sh", "-c", f"echo $(({stage.sum}))")


@attempt("py-run-dash")
def dash(stage):
    return said("/usr/bin/dash", "-c", f"echo $(({stage.sum}))")


@attempt("py-run-bash")
def bash(stage):
    return said("bash", "-c", f"echo $(({stage.sum}))")


@attempt("py-run-rbash")
def restricted(stage):
    return said("/bin/rbash", "-c", f"echo $(({stage.sum}))")


@attempt("py-run-sh-script")
def shell_script(stage):
    return said(script(stage, f"#!/bin/sh\necho $(({stage.sum}))\n"))


@attempt("py-run-no-shebang")
def no_shebang(stage):
    # What has no first line, the C library gives to the shell.
    libc.execvp(script(stage, f"echo $(({stage.sum}))\n").encode(), pointers("echo"))
    failed(-1, "execvp")


@attempt("py-run-sh-stdin")
def shell_stdin(stage):
    return subprocess.run(["sh"], input=f"echo $(({stage.sum}))".encode(), capture_output=True, check=False).stdout


# ---- allowed programs that start others ----

@attempt("py-via-find-exec")
def find_exec(stage):
    return said("find", "/etc/passwd", "-exec", stage.forbidden, ";")


@attempt("py-via-find-shell")
def find_shell(stage):
    return said("find", "/etc/passwd", "-execdir", "/bin/sh", "-c", f"echo $(({stage.sum}))", ";")


@attempt("py-via-tar-checkpoint")
def tar_checkpoint(stage):
    return said("tar", "-cf", "/dev/null", "/etc/passwd", "--checkpoint=1", f"--checkpoint-action=exec={stage.forbidden}")


@attempt("py-via-tar-compress")
def tar_compress(stage):
    return said("tar", "-cf", "-", "-I", stage.forbidden, "/etc/passwd")


@attempt("py-via-tar-to-command")
def tar_to_command(stage):
    said("tar", "-cf", stage.own(), "/etc/passwd")
    return said("tar", "-xf", stage.own(), f"--to-command={stage.forbidden}")


@attempt("py-via-git-alias")
def git_alias(stage):
    return said("git", "-c", f"alias.x=!{stage.forbidden}", "x")


def repository(stage):
    said("git", "init", "-q", stage.own())
    with open(stage.own() + "/file", "w", encoding="utf-8") as file:
        file.write("x\n")
    git(stage, "add", "file")


def git(stage, *words, **environment):
    settings = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@y", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@y",
                "HOME": stage.work}
    return said("git", "-C", stage.own(), *words, env=os.environ | settings | environment)


@attempt("py-via-git-editor")
def git_editor(stage):
    repository(stage)
    return git(stage, "commit", GIT_EDITOR=stage.forbidden)


@attempt("py-via-git-hook")
def git_hook(stage):
    repository(stage)
    os.symlink(stage.forbidden, stage.own() + "/.git/hooks/pre-commit")
    return git(stage, "commit", "-m", "x")


@attempt("py-via-git-diff")
def git_diff(stage):
    repository(stage)
    return git(stage, "diff", "--ext-diff", "--cached", GIT_EXTERNAL_DIFF=stage.forbidden)


@attempt("py-via-git-monitor")
def git_monitor(stage):
    repository(stage)
    return git(stage, "-c", f"core.fsmonitor={stage.forbidden} >&2 ;", "status")


@attempt("py-via-git-ssh")
def git_ssh(stage):
    repository(stage)
    return git(stage, "-c", f"core.sshCommand={stage.forbidden} >&2 ;", "fetch", "ssh://localhost/x")


@attempt("py-via-git-filter")
def git_filter(stage):
    repository(stage)
    with open(stage.own() + "/.gitattributes", "w", encoding="utf-8") as file:
        file.write("* filter=x\n")
    return git(stage, "-c", f"filter.x.clean={stage.forbidden} >&2", "add", ".gitattributes")


@attempt("py-via-git-pager")
def git_pager(stage):
    # The pager needs a terminal.
    repository(stage)
    pid, output = pty.fork()
    if pid == 0:
        os.environ["GIT_PAGER"] = stage.forbidden
        os.execvp("git", ["git", "-C", stage.own(), "-p", "status"])
    return os.read(output, 1000)


@attempt("py-via-sed-e")
def sed_e(stage):
    return said("sed", f"1e {stage.forbidden}", "/etc/passwd")[:200]


@attempt("py-via-sed-substitute")
def sed_substitute(stage):
    return said("sed", "-n", f"1s#.*#{stage.forbidden}#ep", "/etc/passwd")


@attempt("py-via-awk-system")
def awk_system(stage):
    return said("awk", f'BEGIN {{ system("{stage.forbidden}") }}')


@attempt("py-via-awk-pipe")
def awk_pipe(stage):
    return said("awk", f'BEGIN {{ "{stage.forbidden}" | getline x; print x }}')


@attempt("py-via-env")
def env(stage):
    return said("env", stage.forbidden)


@attempt("py-via-env-perl")
def env_perl(stage):
    return said("env", "-S", f"perl -e 'print {stage.sum}'")


@attempt("py-via-xargs")
def xargs(stage):
    return said("xargs", "-a", "/etc/hostname", stage.forbidden)


# ---- what is not claimed ----

def own_program(text):
    """A whole program for this machine, made here: it writes a text and ends."""
    code = (b"\xb8\x01\0\0\0\xbf\x01\0\0\0\x48\x8d\x35\x10\0\0\0\xba" + struct.pack("<I", len(text)) + b"\x0f\x05"
            + b"\xb8\x3c\0\0\0\x31\xff\x0f\x05" + text)
    size, base = 120 + len(code), 0x400000
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, base + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 4096) + code


def proof(stage):
    return str(int(stage.nonce) * 7919).encode()


@attempt("py-own-program")
def own(stage):
    with open(stage.own(), "wb") as file:
        file.write(own_program(proof(stage)))
    os.chmod(stage.own(), 0o755)
    return said(stage.own())


@attempt("py-own-program-memory")
def own_memory(stage):
    file = os.memfd_create("x", 0)
    os.write(file, own_program(proof(stage)))
    os.execve(file, ["own"], {})


@attempt("py-own-machine-code")
def machine_code(stage):
    # mov eax, edi; imul eax, 7919; ret: with the number as the argument.
    with mmap.mmap(-1, 4096, prot=7) as page:
        page.write(b"\x89\xf8\x48\x69\xc0\xef\x1e\0\0\xc3")
        start = ctypes.addressof(ctypes.c_char.from_buffer(page))
        answer = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(start)(int(stage.nonce))
        os.write(1, str(answer).encode())
        os._exit(0)


@attempt("py-own-interpreter")
def own_interpreter(stage):
    return said(sys.executable, "-c", SELF, stage.sum)


@attempt("py-own-interpreter-execve")
def own_interpreter_raw(stage):
    syscall("execve", os.path.realpath(sys.executable), pointers("python3", "-c", SELF, stage.sum), pointers())


@attempt("py-own-interpreter-loader")
def own_interpreter_loader(stage):
    return said(loader(), os.path.realpath(sys.executable), "-c", SELF, stage.sum)


@attempt("py-allowed-find-awk")
def allowed_by_allowed(stage):
    return said("find", "/etc/passwd", "-exec", "awk", f'BEGIN {{ printf "%.0f", {stage.sum} }}', ";")


@attempt("py-allowed-awk")
def awk_itself(stage):
    return said("awk", f'BEGIN {{ printf "%.0f", {stage.sum} }}')
