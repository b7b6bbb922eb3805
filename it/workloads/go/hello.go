// A program that uses what Go's runtime does for itself: goroutines on many threads, timers, processes, the poller.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func expect(met bool, what string) {
	if !met {
		check(fmt.Errorf("not met: %s", what))
	}
}

func goroutines() {
	var group sync.WaitGroup
	sums := make(chan int, 64)
	for i := 0; i < 64; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			time.Sleep(time.Millisecond)
			sums <- n
		}(i)
	}
	group.Wait()
	close(sums)
	total := 0
	for n := range sums {
		total += n
	}
	expect(total == 2016, "the sum of all goroutines")
	runtime.GC()
}

func timers() {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for i := 0; i < 3; i++ {
		<-ticker.C
	}
	select {
	case <-time.After(time.Millisecond):
	case <-time.After(time.Minute):
		expect(false, "the shorter timer first")
	}
}

func processes() {
	said, err := exec.Command("sh", "-c", "cat; exit 0").Output()
	check(err)
	expect(len(said) == 0, "no input by default")
	command := exec.Command("cat")
	command.Stdin = strings.NewReader("through")
	said, err = command.Output()
	check(err)
	expect(string(said) == "through", "the child's output")

	came := make(chan os.Signal, 1)
	signal.Notify(came, syscall.SIGUSR1)
	check(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	<-came
}

func files() {
	source, err := os.Create("source")
	check(err)
	_, err = source.Write(make([]byte, 1<<20))
	check(err)
	_, err = source.Seek(0, io.SeekStart)
	check(err)
	target, err := os.Create("target")
	check(err)
	copied, err := io.Copy(target, source)
	check(err)
	expect(copied == 1<<20, "all bytes copied")
	entries, err := os.ReadDir(".")
	check(err)
	expect(len(entries) >= 2, "both files listed")

	reader, writer, err := os.Pipe()
	check(err)
	check(reader.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, err = reader.Read(make([]byte, 1))
	expect(os.IsTimeout(err), "a pipe's deadline")
	check(writer.Close())
}

func main() {
	goroutines()
	timers()
	processes()
	files()
	sockets()
}
