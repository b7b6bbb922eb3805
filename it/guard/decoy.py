"""What stands above the attempts where there is no guard: a careless supervisor, so that the attempts against one find one.

    decoy.py TRAIL LOG SOCKET -- program args…

It keeps a word from its environment in its memory, writes what it is told into the log as it comes, leaves the trail's descriptor to its
child, and writes "end" into the trail when the child has ended.
"""
import os
import socket
import sys
import threading

trail, log, place = sys.argv[1:4]
kept = bytearray(b"a word in memory: " + os.environb.pop(b"GUARD_WORD"))
record = os.open(trail, os.O_RDWR | os.O_APPEND)
os.set_inheritable(record, True)
os.write(record, b"start\n")
os.write(record, kept + b"\n")
os.makedirs(os.path.dirname(place), exist_ok=True)
reports = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
reports.bind(place)


def listen():
    while True:
        report = reports.recv(4096)
        # Opened anew: it may be another file by now.
        with open(log, "ab", buffering=0) as file:
            file.write(report.replace(b"\0", b" ") + b"\n")


threading.Thread(target=listen, daemon=True).start()
child = os.fork()
if child == 0:
    os.execv(sys.argv[5], sys.argv[5:])
os.waitpid(child, 0)
os.write(record, b"end\n")
os._exit(0)
