"""The policy, the log, the trail and the guard's own files: read, written, cut, unlinked, replaced, linked."""
import os
import shutil
import socket
import subprocess

from attack.files import said
from attack.raw import failed, libc
from attack.stage import attempt, read, write
from attack.writes import mine


@attempt("py-policy-write")
def policy(stage):
    write(stage.policy, f"allowed_paths: [/]\n# {stage.forged}\n")


@attempt("py-policy-rename")
def policy_rename(stage):
    os.rename(mine(stage), stage.policy)


@attempt("py-policy-libc-rename")
def policy_libc(stage):
    failed(libc.rename(mine(stage).encode(), stage.policy.encode()), "rename")


@attempt("py-policy-unlink")
def policy_unlink(stage):
    os.unlink(stage.policy)


@attempt("py-policy-link")
def policy_link(stage):
    os.link(stage.policy, stage.own())
    write(stage.own(), stage.forged)


@attempt("py-policy-symlink")
def policy_symlink(stage):
    os.symlink(stage.policy, stage.own())
    write(stage.own(), stage.forged)


@attempt("py-policy-compiled")
def compiled(stage):
    write(stage.compiled, stage.forged)


@attempt("py-policy-compiled-rename")
def compiled_rename(stage):
    shutil.move(mine(stage), stage.compiled)


@attempt("py-policy-folder-rename")
def compiled_folder(stage):
    os.rename(os.path.dirname(stage.compiled), os.path.dirname(stage.compiled) + ".old")


@attempt("py-log-truncate")
def log_truncate(stage):
    os.truncate(stage.log, 0)


@attempt("py-log-append")
def log_append(stage):
    write(stage.log, f"\n{stage.forged}\n", os.O_APPEND)


@attempt("py-log-unlink")
def log_unlink(stage):
    os.unlink(stage.log)


@attempt("py-log-rename")
def log_rename(stage):
    os.rename(mine(stage), stage.log)


@attempt("py-log-libc-rename")
def log_libc(stage):
    failed(libc.rename(mine(stage).encode(), stage.log.encode()), "rename")


@attempt("py-log-newline-name")
def log_newline(stage):
    # A name with line ends in it comes into the log by being refused.
    for text in (f"\n{stage.forged}\n", f"\r\n{stage.forged}\r\n", f"\x85{stage.forged}\u2028{stage.forged}\n"):
        for place in (os.path.dirname(stage.secret), stage.work):
            try:
                read(place + "/" + text)
            except OSError:
                continue
    try:
        subprocess.run([f"x\n{stage.forged}\n"], check=False)
    except OSError:
        pass
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.connect(stage.reports)
        one.send(f"open\0/x\n{stage.forged}\n\0allowed\0x\0\n{stage.forged}\n".encode())


@attempt("py-trail-write")
def trail(stage):
    write(stage.trail, stage.forged)


@attempt("py-trail-append")
def trail_append(stage):
    write(stage.trail, f"\n{stage.forged}\n", os.O_APPEND)


@attempt("py-trail-unlink")
def trail_unlink(stage):
    os.unlink(stage.trail)


@attempt("py-trail-rename")
def trail_rename(stage):
    os.rename(os.path.dirname(stage.trail), os.path.dirname(stage.trail) + ".old")


@attempt("py-trail-inherited")
def trail_inherited(stage):
    # A descriptor that the supervisor left open.
    for file in range(3, 256):
        try:
            os.write(file, f"\n{stage.forged}\n".encode())
        except OSError:
            continue


@attempt("py-trail-supervisor-fd")
def trail_supervisor(stage):
    for file in range(3, 64):
        try:
            write(f"/proc/{stage.supervisor}/fd/{file}", f"\n{stage.forged}\n", os.O_APPEND)
        except OSError:
            continue


@attempt("py-code-write")
def code(stage):
    write(stage.code, "# " + stage.forged)


@attempt("py-code-rename")
def code_rename(stage):
    os.rename(mine(stage), stage.code)


@attempt("py-code-launcher")
def launcher(stage):
    write(stage.launcher, stage.forged)


@attempt("py-code-launcher-unlink")
def launcher_unlink(stage):
    os.unlink(stage.launcher)


@attempt("py-code-launcher-rename")
def launcher_rename(stage):
    shutil.move(mine(stage), stage.launcher)


@attempt("py-code-shadow")
def code_shadow(stage):
    # A module of the hook's name that is found first, for the next program that starts.
    with open(os.path.join(os.path.dirname(os.path.dirname(stage.code)), "sitecustomize.py"), "w", encoding="utf-8") as file:
        file.write(f"# {stage.forged}\n")


@attempt("py-policy-compiled-unlink")
def compiled_unlink(stage):
    os.unlink(stage.compiled)


@attempt("py-policy-truncate")
def policy_truncate(stage):
    os.truncate(stage.policy, 0)


@attempt("py-policy-cp")
def policy_copy(stage):
    said("cp", "-f", mine(stage), stage.policy)


@attempt("py-policy-raw-descriptor")
def policy_descriptor(stage):
    # What may be read, opened again for writing by its place in /proc.
    file = os.open(stage.compiled, os.O_RDONLY)
    write(f"/proc/self/fd/{file}", stage.forged)


@attempt("py-log-read")
def log_read(stage):
    return read(stage.log)


@attempt("py-log-cat")
def log_cat(stage):
    return said("cat", stage.log)


@attempt("py-log-link")
def log_link(stage):
    os.link(stage.log, stage.own())
    write(stage.own(), f"\n{stage.forged}\n", os.O_APPEND)


@attempt("py-log-mv")
def log_mv(stage):
    said("mv", "-f", mine(stage), stage.log)


@attempt("py-trail-read")
def trail_read(stage):
    return read(stage.trail)


@attempt("py-trail-cat")
def trail_cat(stage):
    return said("cat", stage.trail)


@attempt("py-trail-read-parent")
def trail_read_parent(stage):
    return read(f"/proc/{stage.supervisor}/root{stage.trail}")


@attempt("py-trail-read-descriptor")
def trail_read_descriptor(stage):
    answer = b""
    for file in range(3, 64):
        try:
            answer += read(f"/proc/{stage.supervisor}/fd/{file}")
        except OSError:
            continue
    return answer


@attempt("py-trail-truncate")
def trail_truncate(stage):
    os.truncate(stage.trail, 0)


@attempt("py-trail-replace")
def trail_replace(stage):
    shutil.move(mine(stage), stage.trail)


@attempt("py-trail-new")
def trail_new(stage):
    with open(os.path.join(os.path.dirname(stage.trail), "forged.jsonl"), "w", encoding="utf-8") as file:
        file.write(stage.forged)


@attempt("py-trail-symlink")
def trail_symlink(stage):
    os.symlink(stage.trail, stage.own())
    write(stage.own(), f"\n{stage.forged}\n", os.O_APPEND)


@attempt("py-trail-link")
def trail_link(stage):
    os.link(stage.trail, stage.own())
    return read(stage.own())
