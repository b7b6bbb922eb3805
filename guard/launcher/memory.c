// The memory and descriptors of the process whose call is judged. It waits in the kernel; once it does not any more, its number
// may be another process's, and what was found is not used.
#include "launcher.h"

#define NOTIF_ID_VALID 0x40082102UL // SECCOMP_IOCTL_NOTIF_ID_VALID (linux/seccomp.h)

int still_waits(const struct call *call) {
    return CALL(NR_ioctl, notifications, NOTIF_ID_VALID, &call->id) == 0;
}

static const char *process_file(u32 pid, const char *file, char room[64]) {
    struct text path = {room, 64, 0, 0};
    put(&path, "/proc/");
    put_number(&path, pid, 1);
    put(&path, file);
    return ended(&path);
}

// The process of the last call, since calls come in rows: its memory is that of one program, and its number that of one process.
// forget_process() says when another may have come.
static struct {
    u32 pid;
    long memory, process;
} last = {0, -1, -1};

static void shut(long *fd) {
    if (*fd >= 0) {
        CALL(NR_close, *fd);
    }
    *fd = -1;
}

void forget_process(void) {
    shut(&last.memory);
    shut(&last.process);
    last.pid = 0;
}

static long open_memory(const struct call *call, int flags) {
    char room[64];
    long fd = CALL(NR_openat, AT_FDCWD, process_file(call->pid, "/mem", room), flags | O_CLOEXEC);
    if (fd >= 0 && !still_waits(call)) {
        shut(&fd);
    }
    return fd;
}

int reach(const struct call *call) {
    if (last.pid != call->pid) {
        forget_process();
        last.pid = call->pid;
    }
    if (last.memory < 0) {
        last.memory = open_memory(call, O_RDONLY);
    }
    return last.memory < 0 ? -EACCES : 0;
}

long read_memory(const struct call *call, u64 at, void *to, word count) {
    for (int fresh = 0;; fresh = 1) {
        // The kernel takes offsets as signed numbers, and no memory of a process is above.
        long n = (long)at < 0 ? -EFAULT : reach(call) < 0 ? -EACCES : CALL(NR_pread64, last.memory, to, count, at);
        if (n || !count || fresh) {
            return n;
        }
        shut(&last.memory); // it was of a program that ended
    }
}

int write_memory(const struct call *call, u64 at, const void *from, word count) {
    long fd = open_memory(call, O_WRONLY);
    long n = fd < 0 ? fd : CALL(NR_pwrite64, fd, from, count, at);
    shut(&fd);
    return n == (long)count;
}

// The process that a thread belongs to.
long process_of(u32 thread) {
    static char status[2048];
    char room[64];
    long fd = CALL(NR_openat, AT_FDCWD, process_file(thread, "/status", room), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fd;
    }
    long n = CALL(NR_read, fd, status, sizeof status - 1);
    CALL(NR_close, fd);
    status[n > 0 ? n : 0] = 0;
    for (const char *at = status; *at; at++) {
        if (starts(at, "\nTgid:\t")) {
            long pid = 0;
            for (at += 7; *at >= '0' && *at <= '9'; at++) {
                pid = pid * 10 + (*at - '0');
            }
            return pid;
        }
    }
    return -ENOENT;
}

long descriptor_of(const struct call *call, u64 fd) {
    long own = reach(call) < 0 || last.process < 0 ? -ESRCH : CALL(NR_pidfd_getfd, last.process, (u32)fd, 0);
    if (own != -ESRCH) {
        return own;
    }
    shut(&last.process);
    last.process = CALL(NR_pidfd_open, call->pid, 0);
    if (last.process < 0) { // a thread that is not the first of its process
        long pid = process_of(call->pid);
        last.process = pid < 0 ? pid : CALL(NR_pidfd_open, pid, 0);
    }
    if (last.process >= 0 && !still_waits(call)) {
        shut(&last.process);
    }
    return last.process < 0 ? -ESRCH : CALL(NR_pidfd_getfd, last.process, (u32)fd, 0);
}
