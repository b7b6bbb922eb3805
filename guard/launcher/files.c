// What is looked at of files.
#include "launcher.h"

enum { STATX_TYPE = 1, STATX_MODE = 2, STATX_INO = 0x100, EFBIG = 27 };

int look_at(long folder, const char *path, int flags, struct file *file) {
    // struct statx of the kernel's ABI: mode at byte 28, inode at 32, device at 136 and 140.
    union {
        byte bytes[256];
        u16 halves[128];
        u32 words[64];
        u64 longs[32];
    } found;
    clear(&found, sizeof found);
    long answer = CALL(NR_statx, folder, path, flags, STATX_TYPE | STATX_MODE | STATX_INO, &found);
    if (answer < 0) {
        return (int)answer;
    }
    file->mode = found.halves[14];
    file->inode = found.longs[4];
    file->major = found.words[34];
    file->minor = found.words[35];
    return 0;
}

int same_file(const struct file *one, const struct file *other) {
    return one->inode == other->inode && one->major == other->major && one->minor == other->minor;
}

int is_within(const char *path, const char *folder) {
    word count = length(folder);
    if (count == 1) {
        return *path == '/';
    }
    return starts(path, folder) && (path[count] == 0 || path[count] == '/');
}

int is_within_any(const char *path, const char *const *folders, word count) {
    for (word i = 0; i < count; i++) {
        if (is_within(path, folders[i])) {
            return 1;
        }
    }
    return 0;
}

const char *base_name(const char *path) {
    const char *base = path;
    for (; *path; path++) {
        base = *path == '/' ? path + 1 : base;
    }
    return base;
}

long real_path(long fd, char path[PATH_BYTES]) {
    char link[40];
    struct text name = {link, sizeof link, 0, 0};
    put(&name, "/proc/self/fd/");
    put_number(&name, (u64)fd, 1);
    long count = CALL(NR_readlinkat, AT_FDCWD, ended(&name), path, PATH_BYTES - 1);
    if (count >= 0) {
        path[count] = 0;
    }
    return count;
}

long read_file(const char *path, byte *room, word size) {
    long fd = CALL(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return fd;
    }
    struct file file;
    word count = 0;
    long n = look_at(fd, "", AT_EMPTY_PATH, &file);
    n = n < 0 ? n : (file.mode & S_IFMT) == S_IFREG ? 1 : -EINVAL;
    while (n > 0 || n == -EINTR) {
        n = count == size ? -EFBIG : CALL(NR_read, fd, room + count, size - count);
        count += n > 0 ? (word)n : 0;
    }
    CALL(NR_close, fd);
    return n < 0 ? n : (long)count;
}

int digest_file(const char *path, byte digest[DIGEST_BYTES]) {
    static byte room[16384];
    long fd = CALL(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return (int)fd;
    }
    struct sha256 sha;
    sha256_begin(&sha);
    long n = 1;
    while (n > 0 || n == -EINTR) {
        n = CALL(NR_read, fd, room, sizeof room);
        sha256_add(&sha, room, n > 0 ? (word)n : 0);
    }
    CALL(NR_close, fd);
    sha256_end(&sha, digest);
    return (int)n;
}

u64 now_millis(void) {
    long time[2] = {0, 0};
    CALL(NR_clock_gettime, CLOCK_MONOTONIC, time);
    return (u64)time[0] * 1000 + (u64)time[1] / 1000000;
}
