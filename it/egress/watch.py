"""Watches the host's own interfaces, in the host's network: which packets of whom go over them, and whether a name of the
test is in them. It also listens on a port of the host, which no agent is to reach. It prints what it sees, each once:
"packet INTERFACE SOURCE TARGET", "name INTERFACE", "reached PROTOCOL SOURCE".
"""
import socket
import threading

# Every name of the test ends so; in DNS the length of a label stands before it.
MARKS = (b"suffix\x04test", b"listed\x04test", b"evil\x04test", b"suffix.test", b"listed.test", b"evil.test")
seen = set()
lock = threading.Lock()


def tell(line):
    with lock:
        if line not in seen:
            seen.add(line)
            print(line, flush=True)


def inner(device):
    """Bridges of containers, and the containers' ends on the host: where their packets belong."""
    return device.startswith(("veth", "br-"))


def watch():
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    while True:
        packet, (device, protocol, *_) = packets.recvfrom(65535)
        if inner(device):
            continue
        if protocol == 0x0800:
            tell(f"packet {device} {socket.inet_ntop(socket.AF_INET, packet[12:16])}"
                 f" {socket.inet_ntop(socket.AF_INET, packet[16:20])}")
        elif protocol == 0x86DD:
            tell(f"packet {device} {socket.inet_ntop(socket.AF_INET6, packet[8:24])}"
                 f" {socket.inet_ntop(socket.AF_INET6, packet[24:40])}")
        if any(mark in packet for mark in MARKS):
            tell(f"name {device}")


def accept(server):
    while True:
        connection, peer = server.accept()
        tell(f"reached tcp {peer[0]}")
        connection.close()


def receive(server):
    while True:
        _, peer = server.recvfrom(2048)
        tell(f"reached udp {peer[0]}")


tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
port = tcp.getsockname()[1]
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
udp.bind(("::", port))
for work in (watch, lambda: accept(tcp), lambda: receive(udp)):
    threading.Thread(target=work, daemon=True).start()
print(f"watching {port}", flush=True)
threading.Event().wait(3600)
