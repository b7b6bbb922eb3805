// Time, and what is tried of system calls, files and processes.
#include "probe.h"

unsigned char zeros[4096];
static char *environment[] = {0};

long now(void) {
    struct time t = {0, 0};
    CALL(NR_clock_gettime, CLOCK_MONOTONIC, &t);
    return t.seconds * 1000 + t.nanos / 1000000;
}

// The process ends by SIGALRM after that.
void alarm_after(long millis) {
    struct time timer[2] = {{0, 0}, {millis / 1000, millis % 1000 * 1000}}; // the interval, the first time; microseconds
    CALL(NR_setitimer, 0, timer, 0);
}

// Waits for a descriptor until a time of now(). Returns 1, 0 when the time is over, or an error.
long wait_for(long fd, short events, long until) {
    for (;;) {
        long left = until - now();
        if (left < 0) {
            return 0;
        }
        struct time t = {left / 1000, left % 1000 * 1000000};
        struct { int fd; short events, revents; } one = {(int)fd, events, 0};
        long n = CALL(NR_ppoll, &one, 1, &t, 0, 8);
        if (n != -EINTR) {
            return n;
        }
    }
}

// Whether one of the signals that ask a process to end comes within that time. They are blocked: as process 1 of a
// container, the kernel would not deliver them to a process that has no handler.
int asked_to_end(long millis) {
    word ends = 1UL << (SIGHUP - 1) | 1UL << (SIGINT - 1) | 1UL << (SIGTERM - 1);
    struct time t = {millis / 1000, millis % 1000 * 1000000};
    CALL(NR_rt_sigprocmask, 0, &ends, 0, sizeof ends);
    return CALL(NR_rt_sigtimedwait, &ends, 0, &t, sizeof ends) > 0;
}

// ---- System calls ----

static int argument(char *text, word *value) {
    if (same(text, "BAD")) {
        *value = 0x1000; // below what the kernel ever maps for a program
    } else if (same(text, "BUF")) {
        *value = (word)zeros;
    } else if (text[0] == '@') {
        *value = (word)(text + 1);
    } else {
        return number(text, value);
    }
    return 1;
}

// call NUMBER ARGUMENT*6
void act_call(char **w) {
    word nr, a[6];
    int good = number(w[0], &nr);
    for (int i = 0; i < 6; i++) {
        good = good && argument(w[i + 1], &a[i]);
    }
    if (!good) {
        malformed();
        return;
    }
    long self = CALL(NR_getpid);
    long value = call6((long)nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (CALL(NR_getpid) != self) {
        CALL(NR_exit_group, 0); // what clone made runs on here as well
    }
    say(value);
}

// i386 NUMBER
void act_i386(char **w) {
    word nr;
    if (!number(w[0], &nr)) {
        malformed();
        return;
    }
#if defined(__x86_64__)
    say(call_i386((long)nr, 0, 0, 0));
#else
    malformed();
#endif
}

// ---- Files and processes ----

long open_at(const char *path, int flags, int mode) {
    return CALL(NR_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
}

// open PATH r|w: 0, or the error. Nothing is read, written, made or cut.
void act_open(char **w) {
    long fd = open_at(w[0], same(w[1], "w") ? O_WRONLY : 0, 0);
    say(fd < 0 ? fd : 0);
}

// read PATH: how many of its first bytes can be read
void act_read(char **w) {
    long fd = open_at(w[0], 0, 0);
    say(fd < 0 ? fd : CALL(NR_read, fd, zeros, 64));
}

// list PATH: how many entries of a folder can be seen, of its first ones
void act_list(char **w) {
    long fd = open_at(w[0], 0, 0);
    long n = fd < 0 ? fd : CALL(NR_getdents64, fd, zeros, sizeof zeros);
    if (n < 0) {
        say(n);
        return;
    }
    long entries = 0;
    // struct linux_dirent64: inode 8, offset 8, size of this one 2, type 1, name
    for (long at = 0; at + 19 < n;) {
        const char *name = (const char *)zeros + at + 19;
        entries += !same(name, ".") && !same(name, "..");
        long size = zeros[at + 16] | zeros[at + 17] << 8;
        at += size > 0 ? size : n;
    }
    say(entries);
}

static char path[HEAD_BYTES];

// Makes an empty file in a folder that one may run if the file system lets one. Returns 0, or the error.
// By a name that no other container which shares the folder has at that time: the time itself, to the nanosecond.
static long make_in(const char *folder) {
    static const char name[] = "/.sentinel-probe-";
    enum { DIGITS = 16 };
    struct time t = {0, 0};
    CALL(NR_clock_gettime, CLOCK_MONOTONIC, &t);
    word unique = (word)t.seconds * 1000000000 + (word)t.nanos;
    word n = length(folder), m = sizeof name - 1;
    if (n + m + DIGITS + 1 > sizeof path) {
        return -EINVAL;
    }
    for (word i = 0; i < n; i++) {
        path[i] = folder[i];
    }
    for (word i = 0; i < m; i++) {
        path[n + i] = name[i];
    }
    for (word i = 0; i < DIGITS; i++) {
        path[n + m + i] = "0123456789abcdef"[unique >> 4 * (DIGITS - 1 - i) & 15];
    }
    path[n + m + DIGITS] = 0;
    long fd = open_at(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
    if (fd >= 0) {
        CALL(NR_close, fd);
    }
    return fd < 0 ? fd : 0;
}

// create FOLDER: 0, or the error. The file is removed.
void act_create(char **w) {
    long made = make_in(w[0]);
    if (made == 0) {
        CALL(NR_unlinkat, AT_FDCWD, path, 0);
    }
    say(made);
}

// exec FOLDER: what running a file says that was just made there. The file is empty, so that nothing runs: where the file
// system would let it, the kernel answers ENOEXEC. It is removed.
void act_exec(char **w) {
    long made = make_in(w[0]);
    if (made == 0) {
        char *words[] = {path, 0};
        made = CALL(NR_execve, path, words, environment);
        CALL(NR_unlinkat, AT_FDCWD, path, 0);
    }
    say(made);
}

// run PATH: 0 where a program starts (and what kills it, if something does), or the error
void act_run(char **w) {
    char *words[] = {w[0], 0};
    answer->kind = STARTED;
    say(CALL(NR_execve, w[0], words, environment));
}

// file PATH: what it holds
void act_file(char **w) {
    long fd = open_at(w[0], 0, 0);
    if (fd < 0) {
        say(fd);
        return;
    }
    for (;;) {
        word room = TEXT_BYTES - answer->length;
        long n = room ? CALL(NR_read, fd, answer->text + answer->length, room) : -EFBIG;
        if (n <= 0) {
            CALL(NR_close, fd);
            answer->kind = n < 0 ? VALUE : TEXT;
            answer->value = n;
            return;
        }
        answer->length += (word)n;
    }
}

// parent NAME: what that file of /proc holds of the process that started this one
void act_parent(char **w) {
    char digits[20];
    word count = 0;
    for (word rest = (word)CALL(NR_getppid); rest || !count; rest /= 10) {
        digits[count++] = (char)('0' + rest % 10);
    }
    word n = 0;
    for (const char *at = "/proc/"; *at; at++) {
        path[n++] = *at;
    }
    while (count) {
        path[n++] = digits[--count];
    }
    path[n++] = '/';
    word m = length(w[0]);
    if (n + m + 1 > sizeof path) {
        malformed();
        return;
    }
    for (word i = 0; i <= m; i++) {
        path[n + i] = w[0][i];
    }
    char *words[] = {path};
    act_file(words);
}

// link PATH: where a symbolic link leads
void act_link(char **w) {
    long n = CALL(NR_readlinkat, AT_FDCWD, w[0], answer->text, HEAD_BYTES);
    answer->length = n < 0 ? 0 : (word)n;
    answer->kind = n < 0 ? VALUE : TEXT;
    answer->value = n;
}

// processes COUNT: how many of that many live at once. They end with the one that counts.
void act_processes(char **w) {
    word count;
    if (!bounded(w[0], MOST_CHILDREN, &count)) {
        malformed();
        return;
    }
    static int children[MOST_CHILDREN];
    word made = 0;
    while (made < count) {
        long pid = CALL(NR_clone, SIGCHLD);
        if (pid == 0) {
            CALL(NR_prctl, 1, SIGKILL); // PR_SET_PDEATHSIG
            wait_for(-1, 0, now() + 2 * ROW_SECONDS * 1000);
            CALL(NR_exit_group, 0);
        }
        if (pid < 0) {
            break;
        }
        children[made++] = (int)pid;
    }
    for (word i = 0; i < made; i++) {
        CALL(NR_kill, children[i], SIGKILL);
        CALL(NR_wait4, children[i], 0, 0, 0);
    }
    say((long)made);
}

// threads COUNT: how many of that many live at once beside the one that counts, with which they end. As a C library makes
// them: with everything shared (pthread_create(3)).
void act_threads(char **w) {
    enum { VM = 0x100, FS = 0x200, FILES = 0x400, SIGHAND = 0x800, THREAD = 0x10000, SYSVSEM = 0x40000 };
    word count;
    if (!bounded(w[0], MOST_CHILDREN, &count)) {
        malformed();
        return;
    }
    word made = 0;
    while (made < count && waiting_thread(VM | FS | FILES | SIGHAND | THREAD | SYSVSEM) > 0) {
        made++;
    }
    say((long)made);
}
