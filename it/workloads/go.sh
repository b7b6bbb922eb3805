#!/bin/sh
# The Go compiler, and what it made, with cgo and without.
set -eu
export GOCACHE="$PWD/cache" GOFLAGS=-mod=mod GOPROXY=off GOTELEMETRY=off
cp /opt/workloads/go/*.go .
go build -o with-cgo ./*.go && ./with-cgo
CGO_ENABLED=0 go build -o static ./*.go && ./static
echo passed
