"""Bytes to servers that the policy does not name: datagrams, by every call that carries an address."""
import os
import socket
import struct

from attack.network import udp
from attack.raw import failed, libc, sockaddr, syscall
from attack.stage import attempt


@attempt("py-udp-sendto")
def sendto(stage):
    udp().sendto(stage.word, (stage.blocked4, stage.port))


@attempt("py-udp-other")
def sendto_other(stage):
    udp().sendto(stage.word, (stage.other4, stage.port))


@attempt("py-udp-private")
def sendto_private(stage):
    udp().sendto(stage.word, (stage.private4, stage.port))


@attempt("py-udp-loopback")
def sendto_loopback(stage):
    udp().sendto(stage.word, ("127.0.0.1", stage.port))


@attempt("py-udp-six")
def sendto6(stage):
    udp(socket.AF_INET6).sendto(stage.word, (stage.blocked6, stage.port))


@attempt("py-udp-mapped")
def sendto_mapped(stage):
    udp(socket.AF_INET6).sendto(stage.word, ("::ffff:" + stage.blocked4, stage.port))


@attempt("py-udp-old-address-on-six")
def four_on_six(stage):
    # An IPv4 address on an IPv6 socket: the kernel takes it.
    with udp(socket.AF_INET6) as one:
        address = sockaddr(stage.blocked4, stage.port)
        syscall("sendto", one.fileno(), stage.word, len(stage.word), 0, address, len(address))


@attempt("py-udp-sendmsg")
def sendmsg(stage):
    udp().sendmsg([stage.word], [], 0, (stage.blocked4, stage.port))


@attempt("py-udp-connected")
def connected(stage):
    with udp() as one:
        one.connect((stage.blocked4, stage.port))
        one.send(stage.word)


@attempt("py-udp-connected-write")
def connected_write(stage):
    with udp() as one:
        one.connect((stage.blocked4, stage.port))
        os.write(one.fileno(), stage.word)


@attempt("py-udp-again")
def again(stage):
    with udp() as one:
        one.connect((stage.allowed4, stage.port))
        one.connect((stage.blocked4, stage.port))
        one.send(stage.word)


@attempt("py-udp-connected-sendto")
def connected_sendto(stage):
    # A connected socket, and an address with the datagram all the same.
    with udp() as one:
        one.connect((stage.allowed4, stage.port))
        one.sendto(stage.word, (stage.blocked4, stage.port))


@attempt("py-udp-unspecified")
def dissolved(stage):
    with udp() as one:
        one.connect((stage.allowed4, stage.port))
        failed(libc.connect(one.fileno(), bytes(16), 16), "connect")
        one.sendto(stage.word, (stage.blocked4, stage.port))


@attempt("py-udp-unspecified-family")
def no_family(stage):
    # On IPv4 sockets the kernel takes family 0 for IPv4.
    with udp() as one:
        address = bytes(2) + sockaddr(stage.blocked4, stage.port)[2:]
        syscall("sendto", one.fileno(), stage.word, len(stage.word), 0, address, len(address))


@attempt("py-udp-sendmsg-iovec")
def pieces(stage):
    udp().sendmsg([stage.word[:4], stage.word[4:]], [], 0, (stage.blocked4, stage.port))


@attempt("py-udp-corked")
def corked(stage):
    # The first piece fixes where the datagram goes; MSG_MORE keeps it open.
    with udp() as one:
        one.sendto(stage.word[:4], socket.MSG_MORE, (stage.blocked4, stage.port))
        one.sendto(stage.word[4:], (stage.allowed4, stage.port))


@attempt("py-udp-segments")
def segments(stage):
    udp().sendmsg([stage.word * 2], [(socket.IPPROTO_UDP, 103, struct.pack("=H", len(stage.word)))], 0,
                  (stage.blocked4, stage.port))


@attempt("py-udp-zero-copy")
def zero_copy(stage):
    with udp() as one:
        one.setsockopt(socket.SOL_SOCKET, 60, 1)
        one.sendto(stage.word, 0x4000000, (stage.blocked4, stage.port))


@attempt("py-udp-lite")
def lite(stage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136) as one:
        one.sendto(stage.word, (stage.blocked4, stage.port))


@attempt("py-udp-broadcast")
def broadcast(stage):
    with udp() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        one.sendto(stage.word, (stage.broadcast4, stage.port))


@attempt("py-udp-multicast")
def multicast(stage):
    with udp() as one:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(stage.own4))
        one.sendto(stage.word, ("239.255.3.7", stage.port))


@attempt("py-icmp-echo")
def echo(stage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as one:
        one.sendto(b"\x08\0\0\0\0\0\0\1" + stage.word, (stage.blocked4, 0))


@attempt("py-icmp6-echo")
def echo6(stage):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6) as one:
        one.sendto(b"\x80\0\0\0\0\0\0\1" + stage.word, (stage.blocked6, 0))
