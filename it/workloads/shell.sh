#!/bin/sh
# A shell and the usual small programs: files, pipes, processes, users, priorities.
set -eu

equal() { # EXPECTED FOUND
  [ "$1" = "$2" ] || { echo "expected '$1', found '$2'" >&2 && exit 1; }
}

equal '10001 10001' "$(id -u) $(id -g)"
equal Linux "$(uname -s)"

mkdir -p tree/deep && cd tree
seq 1000 | sort -rn | head -n 1 >most
equal 1000 "$(cat most)"
ln -s most symbolic && ln most hard && mv hard deep/moved && cp -a deep copy
equal most "$(readlink symbolic)"
equal 3 "$(find . -type f | wc -l)"
chmod 640 most && touch -d '2001-02-03 04:05:06 UTC' most
equal '640 981173106' "$(stat -c '%a %Y' most)"
chown 10001:10001 most
truncate -s 1M sparse && dd if=/dev/zero of=block bs=64k count=4 conv=fsync 2>/dev/null
equal 262144 "$(stat -c %s block)"
tar -cf ../tree.tar . && gzip ../tree.tar && tar -xzf ../tree.tar.gz -C copy
cmp most copy/most
mkfifo pipe
echo through >pipe &
equal through "$(cat pipe)"
wait $!
df . >/dev/null && du -s . >/dev/null
cd .. && rm -r tree

sleep 0.05
sleep 100 &
kill -TERM $! && ! wait $!
caught=no
trap 'caught=yes' USR1
kill -USR1 $$
equal yes "$caught"
equal 124 "$(timeout 0.1 sleep 5 || echo $?)"
# shellcheck disable=SC3045 # the shell is Debian's
equal 15 "$(ulimit -n 15 && ulimit -n)"
equal 5 "$(nice -n 5 nice)"
nproc >/dev/null
# A program that is told it is on another kind of machine, as build tools do.
equal "$(uname -m)" "$(setarch "$(uname -m)" uname -m)"
flock lock true
date >/dev/null
yes | head -n 100000 | xargs -n 1000 echo | wc -l >lines
equal 100 "$(cat lines)"
printf 'a\0b\0' | xargs -0 -n 1 -P 2 true
echo passed
