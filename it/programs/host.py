"""The test's host behind the proxy: it answers every name with its own address, and serves /site/FIRST-LABEL-OF-HOST.

It says "from ADDRESS" for each connection.
  world.py ADDRESS CERTIFICATE KEY
"""
import hashlib
import http.server
import io
import os
import socket
import ssl
import struct
import sys
import threading

ADDRESS, CERTIFICATE, KEY = sys.argv[1:]


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        self.directory = os.path.join("/site", self.headers["Host"].split(".")[0])
        return super().translate_path(path)

    def send_head(self):
        file = self.translate_path(self.path.removesuffix(".sha1"))
        if self.path.endswith(".sha1") and os.path.isfile(file):
            # A remote repository has the digests that a local one lacks; Maven 4 asks for them.
            with open(file, "rb") as content:
                digest = hashlib.sha1(content.read()).hexdigest().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(digest)))
            self.end_headers()
            return io.BytesIO(digest)
        return super().send_head()

    def setup(self):
        print("from", self.client_address[0], flush=True)
        super().setup()

    def log_message(self, *_):
        pass


def answer_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((ADDRESS, 53))
    while True:
        question, peer = server.recvfrom(4096)
        end = question.index(b"\0", 12) + 5
        # An address where one is asked for (type A), and else an answer without a record.
        found = [socket.inet_aton(ADDRESS)] if question[end - 4:end - 2] == b"\0\1" else []
        head = question[:2] + struct.pack("!HHHHH", 0x8580, 1, len(found), 0, 0)
        body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4) + data for data in found)
        server.sendto(head + question[12:end] + body, peer)


threading.Thread(target=answer_names, daemon=True).start()
plain = http.server.ThreadingHTTPServer((ADDRESS, 80), Files)
threading.Thread(target=plain.serve_forever, daemon=True).start()
secure = http.server.ThreadingHTTPServer((ADDRESS, 443), Files)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
# The handshake is made by the connection's own thread, at its first read.
secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
print("ready", flush=True)
secure.serve_forever()
