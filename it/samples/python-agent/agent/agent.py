"""Does an agent's ordinary work (threads, a child process, files), then what an agent should not do, and tells."""

import ctypes
import os
import socket
import subprocess
import threading
from pathlib import Path

CLONE_NEWUSER = 0x10000000  # linux/sched.h

results = []
threads = [threading.Thread(target=lambda n=n: results.append(n * n)) for n in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"work    8 threads computed {sum(results)}")

child = subprocess.run(["uname", "-s"], capture_output=True, text=True, check=True)
print(f"work    a child process said {child.stdout.strip()}")

report = Path("/workspace/workspace/report.txt")
report.write_text("written inside the sandbox\n")
print(f"work    wrote {report}")


def unshare():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def attempt(what, action):
    try:
        action()
    except OSError as error:
        print(f"denied  {what}: {error.strerror}")
    else:
        print(f"DONE    {what}")


attempt("changing a system file", lambda: open("/etc/passwd", "a"))
attempt("changing its own program", lambda: open(__file__, "a"))
attempt("changing its own policy", lambda: open("/workspace/sentinel.yaml", "a"))
attempt("becoming root", lambda: os.setuid(0))
attempt("a raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
attempt("a user namespace of its own", unshare)
print("network", [name for _, name in socket.if_nameindex()], flush=True)
