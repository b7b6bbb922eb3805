package main

import (
	"io"
	"net"
	"os"
)

// A file that is sent over a socket goes by sendfile or splice, where the kernel lets it.
func sockets() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		connection, err := listener.Accept()
		check(err)
		source, err := os.Open("source")
		check(err)
		_, err = io.Copy(connection, source)
		check(err)
		check(connection.Close())
	}()
	connection, err := net.Dial("tcp", listener.Addr().String())
	check(err)
	kept, err := os.Create("kept")
	check(err)
	got, err := io.Copy(kept, connection)
	check(err)
	expect(got == 1<<20, "the whole file received")

	first, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	second, err := net.Dial("udp", first.LocalAddr().String())
	check(err)
	_, err = second.Write([]byte("datagram"))
	check(err)
	n, _, err := first.ReadFrom(make([]byte, 64))
	check(err)
	expect(n == 8, "the datagram")

	local, err := net.Listen("unix", "socket")
	check(err)
	check(local.Close())
	_, err = net.Interfaces()
	check(err)
}
