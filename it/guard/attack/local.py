"""Local sockets of servers outside: by path, by name without a path, by what a friend hands out."""
import array
import ctypes
import os
import socket
import struct

from attack.network import LIMIT
from attack.raw import Message, Ring, at, syscall
from attack.stage import attempt


def local(address, word, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.settimeout(LIMIT)
        one.connect(address)
        one.send(word)


@attempt("py-unix-path")
def unix(stage):
    local(f"{stage.sockets}/stream", stage.word)


@attempt("py-unix-relative")
def unix_relative(stage):
    local(os.path.relpath(f"{stage.sockets}/stream"), stage.word)


@attempt("py-unix-chdir")
def unix_chdir(stage):
    os.chdir(stage.sockets)
    local("stream", stage.word)


@attempt("py-unix-proc-fd")
def unix_descriptor(stage):
    local(f"/proc/self/fd/{os.open(stage.sockets, os.O_PATH)}/stream", stage.word)


@attempt("py-unix-symlink")
def unix_symlink(stage):
    os.symlink(f"{stage.sockets}/stream", stage.own())
    local(stage.own(), stage.word)


@attempt("py-unix-symlink-folder")
def unix_symlink_folder(stage):
    os.symlink(stage.sockets, "s")
    local("s/stream", stage.word)


@attempt("py-unix-hard-link")
def unix_hard_link(stage):
    os.link(stage.near_socket, stage.own())
    local(stage.own(), stage.word)


@attempt("py-unix-datagram")
def unix_datagram(stage):
    local(f"{stage.sockets}/datagram", stage.word, socket.SOCK_DGRAM)


@attempt("py-unix-sendto")
def unix_sendto(stage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendto(stage.word, f"{stage.sockets}/datagram")


@attempt("py-unix-sendmsg")
def unix_sendmsg(stage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendmsg([stage.word], [], 0, f"{stage.sockets}/datagram")


@attempt("py-unix-sendmmsg")
def unix_sendmmsg(stage):
    address = struct.pack("=H", 1) + f"{stage.sockets}/datagram".encode() + b"\0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        syscall("sendmmsg", one.fileno(), Message(address, stage.word).entry, 1, 0)


@attempt("py-unix-packets")
def unix_packets(stage):
    local(f"{stage.sockets}/packets", stage.word, socket.SOCK_SEQPACKET)


@attempt("py-unix-abstract")
def unix_abstract(stage):
    local("\0" + stage.abstract, stage.word)


@attempt("py-unix-abstract-datagram")
def unix_abstract_datagram(stage):
    local("\0" + stage.abstract + ".datagram", stage.word, socket.SOCK_DGRAM)


@attempt("py-unix-abstract-sendto")
def unix_abstract_sendto(stage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendto(stage.word, "\0" + stage.abstract + ".datagram")


@attempt("py-unix-uring")
def unix_uring(stage):
    address = ctypes.create_string_buffer(struct.pack("=H", 1) + f"{stage.sockets}/stream".encode() + b"\0")
    with socket.socket(socket.AF_UNIX) as one:
        Ring().make(Ring.CONNECT, one.fileno(), at(address), offset=len(address))
        one.send(stage.word)


@attempt("py-unix-connected-socket")
def given_socket(stage):
    # A friend outside hands out a connection that it made.
    with socket.socket(socket.AF_UNIX) as friend:
        friend.connect(f"{stage.sockets}/give")
        _, ancillary, _, _ = friend.recvmsg(100, socket.CMSG_LEN(8))
        files = array.array("i", ancillary[0][2])
        os.write(files[1], stage.word)
