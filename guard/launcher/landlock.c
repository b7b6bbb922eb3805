// The files that the agent may read, write and start, as rules of Landlock (landlock(7)). They are of files, not of names: a
// link, another spelling or /proc/self/root leads to the same one.
#include "launcher.h"

enum { CREATE_VERSION = 1, RULE_BENEATH = 1, RULE_PORT = 2, PROXY_PORT = 3128, MOST_BLOCKS = 512, MOST_ENTRIES = 65536 };
enum { DEEPEST = 40, DT_LNK = 10 };

#define EXECUTE (1UL << 0)
#define WRITE_FILE (1UL << 1)
#define READ_FILE (1UL << 2)
#define READ_DIR (1UL << 3)
#define MAKE_CHAR (1UL << 6)
#define MAKE_BLOCK (1UL << 11)
#define REFER (1UL << 13)      // from version 2 on: moving and linking between folders; denied before
#define TRUNCATE (1UL << 14)   // from version 3 on: before, DAC alone decides
#define IOCTL_DEV (1UL << 15)  // from version 5 on
#define CONNECT_TCP (1UL << 1) // from version 4 on
#define SCOPES 3UL             // from version 6 on: abstract sockets and signals reach no process outside of the rules

#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)
#define READ (READ_FILE | READ_DIR)

static u64 handled; // what the kernel's version knows of files, and the agent's rules are about
static const char *blocks[MOST_BLOCKS];
static word block_count;

long landlock_version(void) {
    long version = CALL(NR_landlock_create_ruleset, 0, 0, CREATE_VERSION);
#ifdef AT_MOST // of a test, which has an older kernel's rules made by the one at hand
    version = version < AT_MOST ? version : AT_MOST;
#endif
    return version < 0 ? 0 : version;
}

long landlock_begin(long version, int only_proxy) {
    struct {
        u64 files, ports, scopes;
    } attributes = {(1UL << 13) - 1, 0, 0};
    attributes.files |= version >= 2 ? REFER : 0;
    attributes.files |= version >= 3 ? TRUNCATE : 0;
    attributes.files |= version >= 5 ? IOCTL_DEV : 0;
    attributes.ports = version >= 4 && only_proxy ? CONNECT_TCP : 0;
    attributes.scopes = version >= 6 ? SCOPES : 0;
    handled = attributes.files;
    long rules = CALL(NR_landlock_create_ruleset, &attributes, version >= 6 ? 24 : version >= 4 ? 16 : 8, 0);
    if (rules < 0) {
        refuse("the kernel makes no Landlock ruleset", 0, 0, 0);
    }
    if (attributes.ports) {
        struct {
            u64 access, port;
        } rule = {CONNECT_TCP, PROXY_PORT};
        if (CALL(NR_landlock_add_rule, rules, RULE_PORT, &rule, 0) < 0) {
            refuse("the kernel takes no Landlock rule for a port", 0, 0, 0);
        }
    }
    return rules;
}

static void add(long rules, long fd, u64 access) {
    struct {
        u64 access;
        int fd;
    } __attribute__((packed)) rule = {access, (int)fd};
    if (rule.access && CALL(NR_landlock_add_rule, rules, RULE_BENEATH, &rule, 0) < 0) {
        char path[PATH_BYTES];
        refuse("the kernel takes no Landlock rule for ", real_path(fd, path) < 0 ? "a file" : path, 0, 0);
    }
}

void landlock_sockets(long version) {
    // Any rules deny moving between folders, unless they say otherwise.
    struct {
        u64 files, ports, scopes;
    } attributes = {REFER, 0, 1};
    long rules = version < 6 ? -1 : CALL(NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    long root = CALL(NR_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC);
    if (rules >= 0) {
        add(rules, root, REFER);
    }
    CALL(NR_close, root);
    if (version >= 6 && (rules < 0 || CALL(NR_landlock_restrict_self, rules, 0) < 0)) {
        refuse("the kernel takes no Landlock rules for the guard itself", 0, 0, 0);
    }
    if (rules >= 0) {
        CALL(NR_close, rules);
    }
}

void landlock_program(long rules, long fd) {
    add(rules, fd, EXECUTE | READ_FILE);
}

static void block(const char *path) {
    if (block_count == MOST_BLOCKS) {
        refuse("the policy blocks more paths than this guard takes", 0, 0, 0);
    }
    blocks[block_count++] = path;
}

// Blocks a path as it is written, and where it leads to.
static void block_resolved(const char *path) {
    static char rooms[128][PATH_BYTES];
    static word used;
    block(path);
    long fd = CALL(NR_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (used == COUNT(rooms) || real_path(fd, rooms[used]) < 0) {
        refuse("the policy blocks more paths than this guard takes, or one that cannot be resolved: ", path, 0, 0);
    }
    CALL(NR_close, fd);
    if (!same(rooms[used], path)) {
        block(rooms[used++]);
    }
}

int is_blocked_path(const char *path) {
    return is_within_any(path, blocks, block_count);
}

void block_paths(const struct policy *policy) {
    for (word i = 0; i < policy->blocks.count; i++) {
        block_resolved(policy->blocks.at[i]);
    }
}

static const char *field(const char *line, int number) {
    for (; number > 1 && *line; line++) {
        number -= *line == ' ';
    }
    return line;
}

// Whether nothing below can be written, whatever the rules say: the file system is mounted read-only wherever it is mounted, and
// no other one below. What is mounted, the agent cannot change (proc(5): mountinfo).
static int is_read_only(const struct file *file, const char *real) {
    static char mounts[1 << 16];
    static long size;
    size = size ? size : read_file("/proc/self/mountinfo", (byte *)mounts, sizeof mounts - 1);
    int found = 0;
    for (const char *at = real; *at; at++) {
        if ((byte)*at <= ' ' || *at == '\\') {
            return 0; // which stand there in another spelling
        }
    }
    for (const char *line = mounts, *next; size > 0 && *line; line = next) {
        for (next = line; *next && *next++ != '\n';) {
        }
        char room[PATH_BYTES];
        struct text device = {room, sizeof room, 0, 0}, point = {room, sizeof room, 0, 0};
        put_number(&device, file->major, 1);
        put(&device, ":");
        put_number(&device, file->minor, 1);
        put(&device, " ");
        if (starts(field(line, 3), ended(&device))) {
            const char *how = field(line, 6);
            if (!starts(how, "ro,") && !starts(how, "ro ")) {
                return 0;
            }
            found = 1;
        }
        put_bytes(&point, field(line, 5), (word)(field(line, 6) - field(line, 5)) - 1);
        if (point.cut || (is_within(ended(&point), real) && !same(room, real))) {
            return 0;
        }
    }
    return found;
}

// The kernel asks at each opening whether the file may be truncated as well, and goes up to the root for a yes. Where nothing can
// be written, a yes gives nothing away and ends that.
static void add_folder(long rules, long fd, const char *real, const struct file *file, u64 access) {
    add(rules, fd, access & WRITE_FILE || !is_read_only(file, real) ? access : access | (TRUNCATE & handled));
}

static void allow(long rules, long fd, const char *real, u64 access, int depth);

// A rule holds for all that is below a folder, and none takes anything back: where something below is blocked, what stands
// beside it is allowed one by one, and nothing new can be made there.
static void allow_around(long rules, const char *real, u64 access, int depth) {
    long folder = CALL(NR_openat, AT_FDCWD, real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        return;
    }
    int listed = 1;
    for (word i = 0; i < block_count; i++) {
        struct file file;
        if (is_within(blocks[i], real) && look_at(AT_FDCWD, blocks[i], 0, &file) == 0 && (file.mode & S_IFMT) == S_IFDIR) {
            listed = 0; // its names would be read with those of the folder
        }
    }
    add(rules, folder, listed ? access & READ_DIR : 0);
    byte room[4096] __attribute__((aligned(8)));
    word seen = 0;
    long n;
    while ((n = CALL(NR_getdents64, folder, room, sizeof room)) > 0) {
        // struct linux_dirent64: the record's length at byte 16, its type at 18, its name from 19 on
        for (long at = 0; at < n; at += room[at + 16] | room[at + 17] << 8) {
            const char *name = (const char *)room + at + 19;
            if (same(name, ".") || same(name, "..") || room[at + 18] == DT_LNK) {
                continue;
            }
            if (++seen > MOST_ENTRIES) {
                refuse("the folder of a blocked path has more entries than this guard takes: ", real, 0, 0);
            }
            char path[PATH_BYTES];
            struct text child = {path, sizeof path, 0, 0};
            put(&child, same(real, "/") ? "" : real);
            put(&child, "/");
            put(&child, name);
            long fd = CALL(NR_openat, folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
            if (fd >= 0) {
                if (!child.cut) {
                    allow(rules, fd, ended(&child), access, depth + 1);
                }
                CALL(NR_close, fd);
            }
        }
    }
    CALL(NR_close, folder);
}

static void allow(long rules, long fd, const char *real, u64 access, int depth) {
    struct file file;
    if (is_blocked_path(real) || look_at(fd, "", AT_EMPTY_PATH, &file) < 0) {
        return;
    }
    if ((file.mode & S_IFMT) != S_IFDIR) {
        add(rules, fd, access & OF_FILES);
        return;
    }
    for (word i = 0; i < block_count; i++) {
        if (is_within(blocks[i], real)) {
            if (depth == DEEPEST) {
                refuse("a blocked path lies too deep: ", blocks[i], 0, 0);
            }
            allow_around(rules, real, access, depth);
            return;
        }
    }
    add_folder(rules, fd, real, &file, access);
}

// What the policy or the image names, where it is there.
static void allow_path(long rules, const char *path, u64 access) {
    char real[PATH_BYTES];
    long fd = CALL(NR_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (real_path(fd, real) < 0) {
        refuse(path, " cannot be resolved", 0, 0);
    }
    // An earlier agent may have put a link where the policy names a folder of the workspace.
    if (is_within(path, "/workspace") && !is_within(real, "/workspace")) {
        refuse(path, " leads out of the workspace, to ", real, "; remove the link");
    }
    if (is_within(real, "/opt/sentinel") && (access & WRITE_FILE)) {
        refuse(path, " leads to the guard's own files; remove it from the policy", 0, 0);
    }
    allow(rules, fd, real, access, 0);
    CALL(NR_close, fd);
}

// All folders of a folder but some: what is installed there to be started is readable only where it may be.
static void allow_but(long rules, const char *folder, const char *const *but, word count) {
    word before = block_count;
    static char rooms[16][64];
    static word used;
    for (word i = 0; i < count; i++) {
        struct text path = {rooms[used++], sizeof rooms[0], 0, 0};
        put(&path, folder);
        put(&path, "/");
        put(&path, but[i]);
        block(ended(&path));
    }
    allow_path(rules, folder, READ);
    block_count = before;
}

void landlock_files(long rules, const struct policy *policy, char **words) {
    static const char *const programs[] = {"bin", "sbin", "games", "local"};
    static const char *const read_only[] = {"/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/proc", "/sys"};
    static const char *const written[] = {"/tmp", "/run", "/dev/shm"};
    u64 write = handled & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV);
    block("/opt/sentinel");
    allow_but(rules, "/usr", programs, 4);
    allow_but(rules, "/usr/local", programs, 3);
    for (word i = 0; i < COUNT(read_only); i++) {
        allow_path(rules, read_only[i], READ);
    }
    allow_path(rules, "/dev", (READ | WRITE_FILE | IOCTL_DEV) & handled);
    for (word i = 0; i < COUNT(written); i++) {
        allow_path(rules, written[i], write);
    }
    for (word i = 0; i < policy->writes.count; i++) {
        allow_path(rules, policy->writes.at[i], write);
    }
    for (word i = 0; i < policy->reads.count; i++) {
        allow_path(rules, policy->reads.at[i], READ);
    }
    if (words[1]) {
        struct file file;
        if (look_at(AT_FDCWD, words[1], 0, &file) == 0 && (file.mode & S_IFMT) == S_IFREG) {
            allow_path(rules, words[1], READ_FILE);
        }
    }
    // What the Python hook is read from.
    block_count--;
    allow_path(rules, "/opt/sentinel/python", READ);
    allow_path(rules, POLICY, READ_FILE);
}
