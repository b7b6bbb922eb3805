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

long open_memory(const struct call *call, int flags) {
    char room[64];
    long fd = CALL(NR_openat, AT_FDCWD, process_file(call->pid, "/mem", room), flags | O_CLOEXEC);
    if (fd >= 0 && !still_waits(call)) {
        CALL(NR_close, fd);
        return -ENOENT;
    }
    return fd;
}

// Reads up to so many bytes. Returns how many, perhaps less, where the memory ends.
long read_memory(long memory, u64 at, void *to, word count) {
    // The kernel takes offsets as signed numbers, and no memory of a process is above.
    return (long)at < 0 ? -EFAULT : CALL(NR_pread64, memory, to, count, at);
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
    long process = CALL(NR_pidfd_open, call->pid, 0);
    if (process < 0) { // a thread that is not the first of its process
        long pid = process_of(call->pid);
        process = pid < 0 ? pid : CALL(NR_pidfd_open, pid, 0);
    }
    if (process < 0) {
        return process;
    }
    long own = CALL(NR_pidfd_getfd, process, (u32)fd, 0);
    CALL(NR_close, process);
    if (own >= 0 && !still_waits(call)) {
        CALL(NR_close, own);
        return -ENOENT;
    }
    return own;
}
