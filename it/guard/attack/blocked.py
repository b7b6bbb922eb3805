"""A blocked folder that lies inside an allowed one: denial wins, whatever happens to the folders above and beside it."""
import os
import subprocess

from attack.files import race, said
from attack.raw import AT_FDCWD, syscall
from attack.stage import attempt, read, write


def folder(stage):
    return os.path.dirname(stage.blocked)


@attempt("py-blocked-read")
def plain(stage):
    return read(stage.blocked)


@attempt("py-blocked-relative")
def relative(stage):
    os.mkdir("x")
    return read("./x/.././" + os.path.relpath(stage.blocked, stage.work))


@attempt("py-blocked-cat")
def cat(stage):
    return said("cat", stage.blocked)


@attempt("py-blocked-tar")
def tar(stage):
    return said("tar", "-cf", "-", "-C", stage.work, ".")


@attempt("py-blocked-list")
def listing(stage):
    return b" ".join(read(f"{folder(stage)}/{name}") for name in os.listdir(folder(stage)))


@attempt("py-blocked-rename")
def rename(stage):
    os.rename(folder(stage), stage.own())
    return read(stage.own() + "/" + os.path.basename(stage.blocked))


@attempt("py-blocked-rename-file")
def rename_file(stage):
    os.rename(stage.blocked, stage.own())
    return read(stage.own())


@attempt("py-blocked-exchange")
def exchange(stage):
    os.mkdir(stage.own())
    syscall("renameat2", AT_FDCWD, stage.own(), AT_FDCWD, folder(stage), 2)
    return read(stage.own() + "/" + os.path.basename(stage.blocked))


@attempt("py-blocked-rename-parent")
def rename_parent(stage):
    # The allowed folder itself is moved: the blocked one has another path then.
    os.rename(stage.work, stage.work + ".moved")
    return read(stage.blocked.replace(stage.work, stage.work + ".moved"))


@attempt("py-blocked-link")
def link(stage):
    os.link(stage.blocked, stage.own())
    return read(stage.own())


@attempt("py-blocked-symlink")
def symlink(stage):
    os.symlink("blocked", stage.own())
    return read(stage.own() + "/" + os.path.basename(stage.blocked))


@attempt("py-blocked-folder-fd")
def by_descriptor(stage):
    here = os.open(stage.work, os.O_RDONLY)
    return os.read(os.open(os.path.relpath(stage.blocked, stage.work), os.O_RDONLY, dir_fd=here), 100)


@attempt("py-blocked-before-fork")
def other_process(stage):
    # Somebody else's current folder.
    child = subprocess.Popen(["cat"], cwd=folder(stage), stdin=subprocess.PIPE)
    try:
        return read(f"/proc/{child.pid}/cwd/{os.path.basename(stage.blocked)}")
    finally:
        child.kill()
        child.wait()


@attempt("py-blocked-write")
def change(stage):
    write(stage.blocked_kept, stage.forged)


@attempt("py-blocked-remove")
def remove(stage):
    os.unlink(stage.blocked_kept)


@attempt("py-blocked-create")
def create(stage):
    with open(f"{folder(stage)}/{stage.id}", "w", encoding="utf-8") as file:
        file.write(stage.forged)


@attempt("py-race-blocked")
def race_exchange(stage):
    os.mkdir(stage.own())

    def turn():
        syscall("renameat2", AT_FDCWD, stage.own(), AT_FDCWD, folder(stage), 2)
    return race(turn, lambda: read(stage.own() + "/" + os.path.basename(stage.blocked)))
