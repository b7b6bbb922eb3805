"""What the hook blocks of the network, what it tells the supervisor, and that it holds in threads and forks."""

import os
import socket
import unittest

import hooked
from framed import HookCase
from hooked import SECRET


class NetworkTest(HookCase):
    # Network

    def reached(self, server):
        try:
            server.accept()[0].close()
            return True
        except BlockingIOError:
            return False

    def test_connectIsJudgedByAddress(self):
        code = """
import socket
def open_(kind=socket.SOCK_STREAM):
    return socket.socket(socket.AF_INET, kind)
attempt("connect", lambda: open_().connect(("127.0.0.1", P)))
attempt("name", lambda: open_().connect(("localhost", P)))
attempt("short", lambda: open_().connect(("127.1", P)))
attempt("mapped", lambda: socket.socket(socket.AF_INET6).connect(("::ffff:127.0.0.1", P)))
attempt("create_connection", lambda: socket.create_connection(("127.0.0.1", P)))
attempt("sendto", lambda: open_(socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", P)))
attempt("sendmsg", lambda: open_(socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("127.0.0.1", P)))
import asyncio
attempt("asyncio", lambda: asyncio.run(asyncio.open_connection("127.0.0.1", P)))
"""
        with socket.socket() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            server.bind(("127.0.0.1", 0))
            server.listen()
            server.setblocking(False)
            datagrams.bind(server.getsockname())
            datagrams.setblocking(False)
            code = code.replace("P)", "%d)" % server.getsockname()[1])
            for python in self.each():
                hooked.usual()
                tried = self.tried(python, code)
                self.assertFalse(self.reached(server))
                self.assertRaises(BlockingIOError, datagrams.recv, 9)
                self.assert_all("blocked", tried)
                self.assertIn("allow_private_network of the policy would allow it", tried[0][2])
                returned = self.tried(python, 'import socket\nattempt("ex", lambda: socket.socket().connect_ex(("127.0.0.1", %d)))'
                                      % server.getsockname()[1])
                self.assertEqual([["ex", "done", "13"]], returned)
                self.assertFalse(self.reached(server))
                hooked.usual(private_network="on", allow_ip=["127.0.0.1/32"])
                self.assert_all("done", self.tried(python, code))
                self.assertTrue(self.reached(server))
                while self.reached(server):
                    pass
                self.assertEqual(b"x", datagrams.recv(9))
                self.assertEqual(b"x", datagrams.recv(9))
                hooked.usual(failsafe="off")
                self.assert_all("done", self.tried(python, code))
                while self.reached(server):
                    pass
                datagrams.recv(9), datagrams.recv(9)

    def test_namesAreJudged(self):
        hooked.usual(host=["exact * * allowed.invalid"], block_host=["blocked.invalid"])
        for python in self.each():
            tried = self.tried(python, """
import socket
attempt("getaddrinfo", lambda: socket.getaddrinfo("other.invalid", 80))
attempt("gethostbyname", lambda: socket.gethostbyname("other.invalid"))
attempt("blocked", lambda: socket.getaddrinfo("x.Blocked.invalid.", 80))
""")
            self.assert_all("blocked", tried)
            self.assertIn("allowed_hosts of the policy would allow it", tried[0][2])
            self.assertIn("network_failsafe.blocked_hosts of the policy forbids it", tried[2][2])
            tried = self.tried(python, """
import socket
attempt("own", lambda: socket.getaddrinfo("localhost", 80))
attempt("none", lambda: socket.getaddrinfo(None, 80))
attempt("address", lambda: socket.getaddrinfo("192.0.2.1", 80))
""")
            self.assert_all("done", tried)

    def test_askLeavesTheNetworkAloneToTheSupervisor(self):
        hooked.usual(on_block="ask")
        for python in self.each():
            tried = self.tried(python, """
import socket, subprocess
attempt("ConnectionRefusedError", lambda: socket.socket().connect(("127.0.0.1", 1)))
attempt("blocked", lambda: subprocess.run(["touch", W + "/x"]))
attempt("blocked", lambda: open(S + "/new", "w"))
""")
            self.assertEqual([one[0] for one in tried], [one[1] for one in tried])

    # Reports

    def test_reportsNameWhatWasBlocked(self):
        for python in self.each():
            with hooked.Reports() as reports:
                self.tried(python, r'attempt("w", lambda: open(S + "/a\nb", "w"))')
                written = [one for one in reports.records() if one[0] == "write"]
                self.assertEqual([("write", SECRET + "/a\nb", "denied", "allowed_paths", "writing %s/a\\nb is not allowed;"
                                   " allowed_paths of the policy would allow it" % SECRET)], written)
                self.tried(python, 'attempt("w", lambda: open(S + "/" + "x" * 250 + "/y" * 1900, "w"))')
                self.assertTrue(all(len("\0".join(one).encode()) <= 4000 for one in reports.records()))

    def test_reportsThatNobodyReadsBlockNothing(self):
        for python in self.each():
            with hooked.Reports():
                tried = self.tried(python, 'for i in range(500): attempt("w", lambda: open(S + "/new", "w"))', timeout=20)
                self.assertEqual(500, len(tried))
                self.assert_all("blocked", tried)

    def test_hookHoldsInThreadsAndForks(self):
        for python in self.each():
            tried = self.tried(python, """
import threading
def work():
    for i in range(200):
        attempt("w", lambda: open(S + "/new", "w"))
        open(W + "/ok%d" % threading.get_ident(), "w").close()
threads = [threading.Thread(target=work) for i in range(8)]
for one in threads: one.start()
child = os.fork()
if child == 0:
    try: open(S + "/forked", "w").close()
    except PermissionError: os._exit(0)
    os._exit(1)
attempt("fork", lambda: 1 / (os.waitpid(child, 0)[1] == 0))
for one in threads: one.join()
""")
            self.assertEqual({"blocked"}, {one[1] for one in tried if one[0] == "w"})
            self.assertEqual(["done"], [one[1] for one in tried if one[0] == "fork"])
            self.assertEqual(["secret"], os.listdir(SECRET))


if __name__ == "__main__":
    unittest.main()
