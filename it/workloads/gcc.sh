#!/bin/sh
# A C compiler, and what it made.
set -eu
sources=/opt/workloads/c
gcc -O2 -Wall -Werror -pthread -o threads "$sources/threads.c"
./threads
gcc -O2 -Wall -Werror -o restricted "$sources/restricted.c"
./restricted
gcc -shared -fPIC -o libanswer.so -x c - <<'C'
int answer(void) { return 42; }
C
gcc -o answer -x c - -L. -lanswer -Wl,-rpath,"$PWD" <<'C'
int answer(void);
int main(void) { return answer(); }
C
code=0
./answer || code=$?
[ "$code" = 42 ]
echo passed
