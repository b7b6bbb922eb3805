"""CPython: sockets, asyncio and TLS, over loopback and local sockets only."""

import asyncio
import asyncio.subprocess
import http.server
import select
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request

REQUEST = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout key.pem -out cert.pem -subj /CN=localhost"


def sockets():
    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, "socket")):
        with socket.create_server(address) if family == socket.AF_INET else socket.socket(family) as server:
            if family == socket.AF_UNIX:
                server.bind(address)
                server.listen()
            with socket.socket(family) as client:
                client.settimeout(60)
                client.connect(server.getsockname())
                accepted, _ = server.accept()
                client.sendall(b"through")
                assert accepted.recv(100) == b"through"
                accepted.close()
    one, two = socket.socketpair()
    socket.send_fds(one, [b"x"], [0])
    assert len(socket.recv_fds(two, 1, 1)[1]) == 1
    one.sendmsg([b"a", b"b"])
    assert two.recvmsg(10)[0] == b"ab"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first, socket.socket(type=socket.SOCK_DGRAM) as second:
        first.bind(("127.0.0.1", 0))
        second.sendto(b"datagram", first.getsockname())
        assert first.recvfrom(100)[0] == b"datagram"
    assert "lo" in [name for _, name in socket.if_nameindex()]
    for wait in (select.select, lambda r, w, x: [select.poll().register(r[0])]):
        wait([two], [two], [])
    assert socket.getaddrinfo("localhost", 80, proto=socket.IPPROTO_TCP)


def downloads():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        server.RequestHandlerClass.log_message = lambda *words: None
        threading.Thread(target=server.serve_forever).start()
        with open("page", "wb") as page:
            page.write(bytes(100_000))
        with urllib.request.urlopen("http://127.0.0.1:%d/page" % server.server_port) as answer:
            assert len(answer.read()) == 100_000
        server.shutdown()


async def events():
    async def echo(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    subprocess.run(["openssl"] + REQUEST.split(), check=True, stderr=subprocess.DEVNULL)
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain("cert.pem", "key.pem")
    theirs = ssl.create_default_context(cafile="cert.pem")
    for server_tls, client_tls in ((None, None), (ours, theirs)):
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_tls)
        port = server.sockets[0].getsockname()[1]
        name = "localhost" if client_tls else None
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_tls, server_hostname=name)
        writer.write(b"line\n")
        assert await reader.readline() == b"line\n"
        writer.close()
        server.close()
        await server.wait_closed()

    child = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate(b"through")
    assert said == b"through" and child.returncode == 0
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(50)))
    assert await asyncio.get_running_loop().run_in_executor(None, lambda: 42) == 42
    assert await asyncio.to_thread(lambda: 43) == 43


def handshake():
    """TLS without any socket."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("cert.pem", "key.pem")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = ssl.create_default_context(cafile="cert.pem").wrap_bio(to_client, to_server, server_hostname="localhost")
    waiting = [client, server]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass
    assert not waiting and client.version() == "TLSv1.3"


sockets()
downloads()
asyncio.run(events())
# The watcher of children that waits for them by descriptors instead of threads.
asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
asyncio.run(events())
handshake()
print("passed")
