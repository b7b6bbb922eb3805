"""The test's internet: it owns every address, answers every name, and writes down what reaches it, one JSON object a line.

It sits at the other end of a cable from the sidecar (cable.sh). Each line says whether the sidecar was to let that
through: a breach is anything but HTTP on 80 and TLS on 443 for a listed name at a listed name's address, and the
questions for the addresses of listed names. With "listen ADDRESS PORT..." it is a bystander: whatever arrives is a breach.
"""
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

DNS = "198.51.100.53"
LISTED = {"198.51.100.10", "198.51.100.11", "198.51.100.12", "198.51.100.13", "2001:db8::10"}
OTHER = "198.51.100.66"
OTHER6 = "2001:db8::66"
PLAIN = (21, 22, 25, 43, 70, 80, 81, 210, 853, 1025, 3128, 3129, 8000, 8080, 8081, 9418)
TLS = (443, 444, 990, 8443)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Entries with limits of their own: the addresses, the ports for plain HTTP and for TLS, the methods.
LIMITED = {
    "ports.test": ({"198.51.100.20"}, {8080}, {8443}, METHODS),
    "read.test": ({"198.51.100.21"}, {80, 8080}, set(), {"GET", "HEAD"}),
    "inner.test": ({"10.9.8.7", "fd00:1::7"}, {8081}, {8443}, METHODS),
}
LEAKS = {"via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-client-ip", "proxy-authorization",
         "proxy-connection", "upgrade"}
# Below .suffix.test, which is listed. Any other name there is 198.51.100.11, and any name elsewhere is OTHER.
ZONE = {
    "many": ["198.51.100.12", "198.51.100.13"],
    "six": ["2001:db8::10"],
    "ten": ["10.1.2.3"], "b172": ["172.16.5.4"], "c192": ["192.168.255.250"], "loop": ["127.0.0.1"],
    "loop-high": ["127.8.8.8"], "zero": ["0.0.0.0"], "zero-net": ["0.1.2.3"], "link": ["169.254.10.10"],
    "metadata": ["169.254.169.254"], "shared": ["100.64.1.1"], "shared-high": ["100.127.255.1"],
    "bench": ["198.18.0.1"], "ietf": ["192.0.0.8"], "multicast": ["224.0.0.251"], "reserved": ["240.0.0.1"],
    "broadcast": ["255.255.255.255"], "mapped": ["::ffff:10.1.2.3"], "mapped-loop": ["::ffff:127.0.0.1"],
    "loop6": ["::1"], "any6": ["::"], "unique6": ["fd00:1::1"], "unique6-fc": ["fc00::1"], "link6": ["fe80::1"],
    "site6": ["fec0::1"], "multicast6": ["ff02::fb"], "nat64": ["64:ff9b::a01:203"], "nat64-local": ["64:ff9b:1::a01:203"],
    "six-to-four": ["2002:a01:203::1"], "teredo": ["2001:0:a01:203::1"], "discard6": ["100::1"],
    "compatible": ["::10.1.2.3"], "azure": ["168.63.129.16"], "aws6": ["fd00:ec2::254"],
    "mixed": ["198.51.100.11", "10.1.2.3"], "mixed-last": ["10.1.2.3", "198.51.100.11"],
    "mixed-family": ["198.51.100.11", "fd00:1::1"],
}
A, CNAME, PTR, AAAA = 1, 5, 12, 28
lock = threading.Lock()


def note(what, breach):
    with lock:
        print(json.dumps({"time": time.time(), "breach": bool(breach), "what": what}), flush=True)


def listed(name):
    name = name.lower().rstrip(".")
    return name == "listed.test" or name == "suffix.test" or name.endswith(".suffix.test")


def limited(name):
    """The entry for a name that is listed with limits; only that of inner.test is for the names below it too."""
    name = name.lower().rstrip(".")
    return LIMITED.get("inner.test" if name.endswith(".inner.test") else name)


def known(name):
    return bool(listed(name) or limited(name))


def legal(name, where, tls, method):
    """Whether a listed name may be asked for at "tcp ADDRESS PORT"."""
    _, address, port = where.split()[:3]
    if listed(name):
        return address in LISTED and port == ("443" if tls else "80")
    if not limited(name):
        return False
    addresses, plain, secure, methods = limited(name)
    return address in addresses and int(port) in (secure if tls else plain) and method in methods


# ---- names ----

def wire(name):
    return b"".join(bytes([len(label)]) + label.encode("latin-1") for label in name.split(".") if label) + b"\0"


asked = {}


def records(name, kind):
    """(type, data) pairs; CNAME first where there is one."""
    if kind == PTR:
        # What an address's owner can claim.
        return [(PTR, wire("listed.test"))]
    host = name.lower()[:-len(".suffix.test")] if name.lower().endswith(".suffix.test") else None
    answer, found = [], ["198.51.100.11"] if listed(name) else [OTHER, OTHER6]
    if name.lower() == "listed.test":
        found = ["198.51.100.10"]
    elif limited(name):
        found = {"loop.inner.test": ["127.0.0.1"], "link.inner.test": ["169.254.169.254"], "six.inner.test": ["fd00:1::7"],
                 "mapped.inner.test": ["::ffff:127.0.0.1"], "loop6.inner.test": ["::1"], "alibaba.inner.test": ["100.100.100.200"],
                 "aws6.inner.test": ["fd00:ec2::254"], "google6.inner.test": ["fd20:ce::254"], "www.inner.test": ["10.9.8.7"],
                 "inner.test": ["10.9.8.7"]}.get(name.lower()) or sorted(limited(name)[0])
    elif host in ZONE:
        found = ZONE[host]
    elif host and host.startswith("rebind"):
        asked[host] = asked.get(host, 0) + 1
        found = ["198.51.100.11" if asked[host] == 1 else "10.1.2.3"]
    elif host in ("alias", "alias-loop"):
        answer = [(CNAME, wire("inner.hidden.test"))]
        found = ["10.1.2.3" if host == "alias" else "127.0.0.1"]
    for address in found:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        if kind == (AAAA if ":" in address else A):
            answer.append((kind, socket.inet_pton(family, address)))
    return answer


def answer(question):
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("latin-1"))
        at += 1 + question[at]
    kind = struct.unpack("!H", question[at + 1:at + 3])[0]
    name = ".".join(labels)
    note(f"dns {kind} {name}", not (kind in (A, AAAA) and known(name)))
    found, owner, body = records(name, kind), b"\xc0\x0c", b""
    for each, data in found:
        body += owner + struct.pack("!HHIH", each, 1, 0, len(data)) + data
        if each == CNAME:
            owner = data
    flags = struct.pack("!HHHHHH", struct.unpack("!H", question[:2])[0], 0x8580, 1, len(found), 0, 0)
    return flags + question[12:at + 5] + body


def serve_udp_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND: the cable is not there yet
    server.bind((DNS, 53))
    while True:
        question, peer = server.recvfrom(4096)
        try:
            server.sendto(answer(question), peer)
        except (IndexError, struct.error):
            note(f"udp 53 {question[:40]!r}", True)


def serve_tcp_names(connection):
    size = connection.recv(2)
    if len(size) == 2:
        question = connection.recv(struct.unpack("!H", size)[0])
        reply = answer(question)
        connection.sendall(struct.pack("!H", len(reply)) + reply)


# ---- connections ----

def plain_address(text):
    return text[7:] if text.startswith("::ffff:") else text


def serve_http(stream, where, inside):
    """Requests, one after another; it takes Content-Length and chunks as they come, as a simple server does."""
    reader, first = stream.makefile("rb"), True
    while True:
        line = reader.readline(65536)
        if not line:
            if first:
                note(f"{where} nothing said", not inside)
            return
        first = False
        words = line.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/"):
            note(f"{where} bytes {line[:60]!r}", True)
            return
        headers = []
        while (field := reader.readline(65536).strip()):
            key, _, value = field.decode("latin-1").partition(":")
            headers.append((key.strip().lower(), value.strip()))
        hosts = [value for key, value in headers if key == "host"]
        leaks = sorted({key for key, _ in headers} & LEAKS)
        host = hosts[0].rsplit(":", 1)[0] if len(hosts) == 1 else ""
        good = (known(host) and words[0] in METHODS and not leaks and words[1].startswith("/")
                and "breach" not in words[1])
        legal_place = inside or legal(host, where, False, words[0])
        note(f"{where} {words[0]} {words[1][:60]} host {hosts} {' '.join(leaks)}", not (good and legal_place))
        fields = dict(headers)
        body = b""
        if "chunked" in fields.get("transfer-encoding", ""):
            while (size := int(reader.readline(100).split(b";")[0] or b"0", 16)):
                body += reader.read(size)
                reader.readline(10)
            reader.readline(10)
        else:
            body = reader.read(int(fields.get("content-length", 0)))
        if words[1].startswith("/big"):
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n")
            for _ in range(200):
                stream.sendall(b"x" * 100_000)
        elif words[1].startswith("/upgrade"):
            stream.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        else:
            page = f"{words[0]} {words[1]} {len(body)}".encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(page)
            stream.sendall(head if words[0] == "HEAD" else head + page)


def serve_tls(connection, where, context):
    start = b""
    deadline = time.time() + 3
    while len(start) < 1 and time.time() < deadline:
        start = connection.recv(64, socket.MSG_PEEK)
        if not start:
            break
    if start[:1] != b"\x16":
        note(f"{where} bytes {start[:40]!r}", True)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        return
    names = []
    context.sni_callback = lambda _, name, __: names.append(name)
    try:
        stream = context.wrap_socket(connection, server_side=True)
    except (ssl.SSLError, OSError) as error:
        stream = None
        reason = type(error).__name__
    name = names[0] if names else None
    inside = name is not None and legal(name, where, True, "GET")
    note(f"{where} tls sni {name}" + ("" if stream else f" ({reason})"), not inside)
    if stream:
        serve_http(stream, where + " inside", inside)


def serve_connection(connection, port, tls, everything):
    connection.settimeout(60)
    address = plain_address(connection.getsockname()[0])
    where = f"tcp {address} {port}"
    try:
        if everything:
            note(f"{where} {connection.recv(60)!r}", True)
        elif port == 53:
            serve_tcp_names(connection)
        elif tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("/tmp/server.pem")
            serve_tls(connection, where, context)
        else:
            serve_http(connection, where, False)
    except (OSError, ValueError) as error:
        if everything:
            note(f"{where} {type(error).__name__}", True)
    finally:
        connection.close()


def listen(address, port, tls=False, everything=False):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen(128)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(
                target=serve_connection, args=(connection, port, tls, everything), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def sniff(known):
    """What no listener sees: other ports, other protocols."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    while True:
        packet, (device, protocol, direction, *_) = packets.recvfrom(65535)
        if device == "lo" or direction == 4:  # our own answers
            continue
        if protocol == 0x0800:
            next_protocol, head = packet[9], (packet[0] & 15) * 4
            target = socket.inet_ntop(socket.AF_INET, packet[16:20])
        elif protocol == 0x86DD:
            next_protocol, head = packet[6], 40
            target = socket.inet_ntop(socket.AF_INET6, packet[24:40])
        else:
            continue
        port = int.from_bytes(packet[head + 2:head + 4], "big")
        if next_protocol == 6:
            begins = packet[head + 13] & 0x12 == 0x02
            if begins and port not in known:
                note(f"tcp {target} {port} begins", True)
        elif next_protocol == 17:
            if (target, port) != (DNS, 53):
                note(f"udp {target} {port}", True)
        # Neighbour discovery and multicast reports are how the cable itself works.
        elif not (next_protocol in (0, 58) and protocol == 0x86DD and packet[head] != 128):
            note(f"protocol {next_protocol} {target}", True)


def main():
    if sys.argv[1:2] == ["listen"]:
        for port in sys.argv[3:]:
            listen(sys.argv[2], int(port), everything=True)
    else:
        # The authority is our own and forgotten with the container; nobody verifies it.
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=listed.test",
                        "-keyout", "/tmp/key.pem", "-out", "/tmp/cert.pem"], check=True, stderr=subprocess.DEVNULL)
        with open("/tmp/server.pem", "w") as out:
            for part in ("/tmp/key.pem", "/tmp/cert.pem"):
                out.write(open(part).read())
        threading.Thread(target=serve_udp_names, daemon=True).start()
        for port in PLAIN + (53,):
            listen("::", port)
        for port in TLS:
            listen("::", port, tls=True)
        threading.Thread(target=sniff, args=(set(PLAIN + TLS + (53,)),), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait(3600)


main()
