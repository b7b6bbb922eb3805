"""What a guard costs a Python program: guard-cost.c in Python, with open() and subprocess.run() as programs call them."""

import socket
import subprocess
import sys
import time

PORT = 3128
BATCHES = 20


def opens(file):
    begin = time.perf_counter_ns()
    open(file).close()
    return time.perf_counter_ns() - begin


def connects(listener):
    with socket.socket() as one:
        begin = time.perf_counter_ns()
        one.connect(("127.0.0.1", PORT))
        took = time.perf_counter_ns() - begin
        listener.accept()[0].close()
    return took


def sends(sender, receiver):
    begin = time.perf_counter_ns()
    sender.sendto(b"x", ("127.0.0.1", PORT))
    took = time.perf_counter_ns() - begin
    receiver.recv(1)
    return took


def runs():
    begin = time.perf_counter_ns()
    subprocess.run(["/usr/bin/true"], check=True)
    return time.perf_counter_ns() - begin


def main():
    kinds = {}
    for word in sys.argv[1:]:
        name, _, file = word.partition("=")
        kinds[name] = (100, opens, file)
    listener = socket.create_server(("127.0.0.1", PORT))
    receiver = socket.socket(type=socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", PORT))
    kinds["connect"] = (10, connects, listener)
    kinds["sendto"] = (50, sends, socket.socket(type=socket.SOCK_DGRAM), receiver)
    kinds["subprocess"] = (1, runs)
    for _ in sys.stdin:
        best = {}
        for _ in range(BATCHES):
            for name, (calls, call, *arguments) in kinds.items():
                each = sum(call(*arguments) for _ in range(calls)) / calls
                best[name] = min(each, best.get(name, each))
        for name, nanos in best.items():
            print(name, round(nanos))
        print(".", flush=True)


if __name__ == "__main__":
    main()
