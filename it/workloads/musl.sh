#!/bin/sh
# Another C library: programs with musl's own ways to start threads and processes, and busybox with all its applets.
set -eu
sources=/opt/workloads/c
musl-gcc -O2 -pthread -o dynamic "$sources/threads.c" && ./dynamic
musl-gcc -O2 -static -pthread -o static "$sources/threads.c" && ./static

# shellcheck disable=SC2016 # the inner shell's
/bin/busybox sh -euc '
  for name in mkdir mkfifo mknod cat ln readlink stat id uname tar timeout sleep seq sort find setsid mktemp; do
    eval "$name() { /bin/busybox $name \"\$@\"; }"
  done
  mkdir box && cd box
  seq 100 | sort -r >sorted
  mkfifo pipe && mknod second p
  (cat sorted >pipe) & [ "$(cat pipe | /bin/busybox wc -l)" = 100 ]
  wait
  ln -s sorted link && [ "$(readlink link)" = sorted ]
  tar -cf all.tar sorted link && mkdir out && tar -xf all.tar -C out
  [ "$(id -u) $(uname -s)" = "10001 Linux" ]
  /bin/busybox timeout 1 /bin/busybox sleep 0.05
  setsid /bin/busybox true
  find . -type f | /bin/busybox xargs -n 1 /bin/busybox md5sum | /bin/busybox awk "END { exit NR < 3 }"
  /bin/busybox linux64 /bin/busybox true
'
echo passed
