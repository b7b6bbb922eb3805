"""The servers of the stage. They print a line for all that reaches them:

    forbidden<tab>HOW<tab>WHERE<tab>DATA    what no attempt may bring about
    allowed<tab>HOW<tab>WHERE<tab>DATA      what shows that the allowed way is open

Roles are given as words: forbidden=ADDRESS,… for all of their ports; allowed=ADDRESS:PORT, whose other ports are
forbidden; dns=ADDRESS,…; sockets=FOLDER with abstract=NAME and passes=FILE, near=PATH for one more socket;
broadcast=ADDRESS; multicast=OWN ADDRESS; watch=ADDRESS,… for packets that no server takes; database=FILE:WORD for one
that holds the word. The first line is "ready".
"""
import os
import socket
import sqlite3
import struct
import sys
import threading
import time

PORTS = (80, 443, 8080, 8081)
LISTED = {
    "allowed.test": ["203.0.113.10", "2001:db8::10"], "elsewhere.test": ["203.0.113.20"], "trap.test": ["203.0.113.66"],
    "inner.test": ["10.99.0.66"], "loop.test": ["127.0.0.1"], "zero.test": ["0.0.0.0"], "link.test": ["169.254.10.10"],
    "mapped.test": ["::ffff:203.0.113.66"], "mixed.test": ["203.0.113.10", "203.0.113.66"],
    "rebind.test": ["203.0.113.10"], "alias.test": ["203.0.113.66"], "wide.test": ["203.0.113.10"],
}
REBOUND = "203.0.113.66"
A, CNAME, AAAA = 1, 5, 28
lock = threading.Lock()
asked = {}


def tell(kind, how, where, data=b""):
    with lock:
        print(kind, how, where, data.decode("latin-1").encode("unicode_escape").decode(), sep="\t", flush=True)


# ---- servers for addresses ----

def stream(server, kind, how, where, echo):
    def serve(connection):
        with connection:
            connection.settimeout(2)
            try:
                data = connection.recv(4096)
                tell(kind, how, where, data)
                if data and echo:
                    connection.sendall(data)
            except OSError:
                tell(kind, how, where)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def datagrams(server, kind, how, where, echo):
    while True:
        data, peer = server.recvfrom(4096)
        tell(kind, how, where, data)
        if echo and peer:
            server.sendto(data, peer)


def start(work, *arguments):
    threading.Thread(target=work, args=arguments, daemon=True).start()


def listen(address, allowed=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in PORTS:
        kind = "allowed" if port == allowed else "forbidden"
        one = socket.socket(family)
        two = socket.socket(family, socket.SOCK_DGRAM)
        for server in (one, two):
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            server.bind((address, port))
        one.listen(200)
        start(stream, one, kind, "tcp", f"{address} {port}", kind == "allowed")
        start(datagrams, two, kind, "udp", f"{address} {port}", kind == "allowed")


def lite(address):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136)
    server.bind((address, 8080))
    start(datagrams, server, "forbidden", "udplite", f"{address} 8080", False)


def broadcast(address):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 8080))
    start(datagrams, server, "forbidden", "broadcast", f"{address} 8080", False)


def multicast(own):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("239.255.3.7", 8080))
    server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.255.3.7") + socket.inet_aton(own))
    start(datagrams, server, "forbidden", "multicast", "239.255.3.7 8080", False)


def watch(addresses):
    """Packets with options, and those of protocols that have no server here."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    wanted = {socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text) for text in addresses}
    while True:
        packet, (_, protocol, *_) = packets.recvfrom(65535)
        if protocol == 0x0800 and packet[16:20] in wanted and (packet[9] == 1 and packet[20] == 8 or packet[0] & 15 > 5):
            tell("forbidden", "packet", socket.inet_ntoa(packet[16:20]), packet[20:])
        elif protocol == 0x86DD and packet[24:40] in wanted and packet[6] == 58 and packet[40] == 128:
            tell("forbidden", "packet", socket.inet_ntop(socket.AF_INET6, packet[24:40]), packet[40:])


# ---- names ----

def listed(name):
    return name in LISTED or name.endswith(".wide.test") and not ("." + name).endswith(".bad.wide.test")


def wire(name):
    return b"".join(bytes([len(part)]) + part.encode("latin-1") for part in name.split(".") if part) + b"\0"


def addresses(name):
    if name == "rebind.test":
        asked[name] = asked.get(name, 0) + 1
        return LISTED[name] if asked[name] < 3 else [REBOUND]
    return LISTED.get(name, ["203.0.113.10"] if listed(name) else ["203.0.113.66"])


def answer(question, how):
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("latin-1"))
        at += question[at] + 1
    name, (kind,) = ".".join(labels).lower(), struct.unpack("!H", question[at + 1:at + 3])
    tell("allowed" if listed(name) and kind in (A, AAAA) else "forbidden", how, f"dns {kind}", question[12:])
    records, owner = b"", b"\xc0\x0c"
    found = [text for text in addresses(name) if kind == (AAAA if ":" in text else A)]
    if name == "alias.test" and found:
        records += owner + struct.pack("!HHIH", CNAME, 1, 0, len(wire("hidden.evil.test"))) + wire("hidden.evil.test")
        owner = wire("hidden.evil.test")
    for text in found:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
        records += owner + struct.pack("!HHIH", kind, 1, 0, len(packed)) + packed
    count = len(found) + (1 if owner != b"\xc0\x0c" else 0)
    return question[:2] + struct.pack("!5H", 0x8580, 1, count, 0, 0) + question[12:at + 5] + records


def names(address):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    streams = socket.create_server((address, 53))

    def ask():
        while True:
            question, peer = server.recvfrom(4096)
            try:
                server.sendto(answer(question, "udp"), peer)
            except (IndexError, struct.error):
                tell("forbidden", "udp", "dns", question)

    def ask_stream():
        while True:
            connection, _ = streams.accept()
            connection.settimeout(1)
            with connection:
                try:
                    said = answer(connection.recv(4096)[2:], "tcp")
                    connection.sendall(struct.pack("!H", len(said)) + said)
                except (OSError, IndexError, struct.error):
                    tell("forbidden", "tcp", "dns")
    start(ask)
    start(ask_stream)


# ---- local sockets ----

def local(address, kind, work, how):
    server = socket.socket(socket.AF_UNIX, kind)
    server.bind(address)
    if not address.startswith("\0"):
        os.chmod(address, 0o777)
    if kind != socket.SOCK_DGRAM:
        server.listen(50)
    start(work, server, "forbidden", how, address.replace("\0", "@"), False)


def give(server, *_):
    """Hands out a descriptor of a file that the asker may not read, and one of a connection that it may not make."""
    while True:
        connection, _ = server.accept()
        with connection, open(roles["passes"], "rb") as file, socket.create_connection((roles["forbidden"].split(",")[0], 8080)) as way:
            socket.send_fds(connection, [b"x"], [file.fileno(), way.fileno()])
            # As long as the asker has it; the connection alone is not an arrival.
            time.sleep(0.3)


def sockets(folder):
    local(f"{folder}/stream", socket.SOCK_STREAM, stream, "unix")
    local(f"{folder}/datagram", socket.SOCK_DGRAM, datagrams, "unix")
    local(f"{folder}/packets", socket.SOCK_SEQPACKET, stream, "unix")
    local(f"{folder}/give", socket.SOCK_STREAM, give, "unix")


roles = dict(word.partition("=")[::2] for word in sys.argv[1:])
for one in filter(None, roles.get("forbidden", "").split(",")):
    listen(one)
    if ":" not in one:
        lite(one)
for one in filter(None, roles.get("allowed", "").split(",")):
    listen(one.rpartition(":")[0], int(one.rpartition(":")[2]))
if "dns" in roles:
    for one in roles["dns"].split(","):
        names(one)
if "sockets" in roles:
    sockets(roles["sockets"])
if "near" in roles:
    local(roles["near"], socket.SOCK_STREAM, stream, "unix")
if "abstract" in roles:
    local("\0" + roles["abstract"], socket.SOCK_STREAM, stream, "abstract")
    # Some libraries fill the name up with zeros.
    local(("\0" + roles["abstract"]).ljust(108, "\0"), socket.SOCK_STREAM, stream, "abstract")
    local("\0" + roles["abstract"] + ".datagram", socket.SOCK_DGRAM, datagrams, "abstract")
if "database" in roles:
    file, _, word = roles["database"].partition(":")
    with sqlite3.connect(file) as base:
        base.execute("create table words (word)")
        base.execute("insert into words values (?)", (word,))
    base.close()
if "watch" in roles:
    start(watch, roles["watch"].split(","))
if "broadcast" in roles:
    broadcast(roles["broadcast"])
if "multicast" in roles:
    multicast(roles["multicast"])
print("ready", flush=True)
# Whoever asked for it ends it, or has been ended itself.
threading.Event().wait(3600)
