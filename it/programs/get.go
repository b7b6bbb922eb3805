package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

// Prints what is at an address, as any Go program fetches it.
func main() {
	answer, err := http.Get(os.Args[1])
	if err == nil {
		_, err = io.Copy(os.Stdout, answer.Body)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
