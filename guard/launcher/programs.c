// Which programs may start: those that the policy names, as files. What can start anything else, an interpreter or a program of
// many names, is none of them unless the policy names it as such.
#include "launcher.h"

enum { MOST_FILES = 2048, MOST_DENIED = 512, HEAD = 4096, DEEPEST = 8 };
enum how { OWN, LISTED, INTERPRETER, LOADER };

// By the name of the file itself; a version may follow.
static const char *const interpreters[] = {
    "python", "pypy", "bash", "sh", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "perl", "ruby", "node", "nodejs",
    "deno", "bun", "php", "lua", "luajit", "tclsh", "wish", "pwsh", "powershell", "java", "jshell", "busybox", "toybox", "coreutils",
};

char own_program[PATH_BYTES];
static struct file startable[MOST_FILES], denied[MOST_DENIED], listed_interpreters[MOST_DENIED], blocked[MOST_DENIED], own;
static word startable_count, denied_count, listed_count, blocked_count;
static const struct policy *rules_of;
static long ruleset;

static int is_version_of(const char *base, const char *name) {
    const char *rest = base + length(name);
    if (!starts(base, name)) {
        return 0;
    }
    while ((*rest >= '0' && *rest <= '9') || *rest == '.') {
        rest++;
    }
    return !*rest;
}

int is_interpreter(const char *real) {
    for (word i = 0; i < COUNT(interpreters); i++) {
        if (is_version_of(base_name(real), interpreters[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_among(const struct file *files, word count, const struct file *file) {
    for (word i = 0; i < count; i++) {
        if (same_file(&files[i], file)) {
            return 1;
        }
    }
    return 0;
}

int may_start(const struct file *file) {
    return is_among(startable, startable_count, file);
}

static void remember(struct file *files, word *count, word most, const struct file *file) {
    if (is_among(files, *count, file)) {
        return;
    }
    if (*count == most) {
        refuse("the policy names more programs than this guard takes", 0, 0, 0);
    }
    files[(*count)++] = *file;
}

// The next folder of PATH, or 0 at its end.
static const char *next_folder(const char **path, char room[PATH_BYTES]) {
    while (**path) {
        struct text folder = {room, PATH_BYTES, 0, 0};
        const char *from = *path;
        while (**path && **path != ':') {
            ++*path;
        }
        put_bytes(&folder, from, (word)(*path - from));
        *path += **path == ':';
        if (!folder.cut) {
            return ended(&folder);
        }
    }
    return 0;
}

static int is_written(const char *folder) {
    static const char *const always[] = {"/workspace", "/tmp", "/run", "/dev/shm", "/proc"};
    return is_within_any(folder, always, COUNT(always)) || is_within_any(folder, rules_of->writes.at, rules_of->writes.count);
}

// Finds a program by its name. Where the agent can write, another one could be found later than now: only the agent's own
// program may stand there.
static long open_program(const char *name, int anywhere, char path[PATH_BYTES], struct file *file) {
    char folder[PATH_BYTES];
    const char *rest = variable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    int direct = !same(base_name(name), name);
    while (direct || next_folder(&rest, folder)) {
        struct text full = {path, PATH_BYTES, 0, 0};
        if (!direct) {
            if (!anywhere && (*folder != '/' || is_written(folder))) {
                continue;
            }
            put(&full, *folder ? folder : ".");
            put(&full, "/");
        }
        put(&full, name);
        long fd = full.cut ? -ENOENT : CALL(NR_openat, AT_FDCWD, ended(&full), O_PATH | O_CLOEXEC);
        if (fd >= 0 && look_at(fd, "", AT_EMPTY_PATH, file) == 0 && (file->mode & S_IFMT) == S_IFREG && (file->mode & 0111)) {
            return fd;
        }
        if (fd >= 0) {
            CALL(NR_close, fd);
        }
        if (direct) {
            break;
        }
    }
    return -ENOENT;
}

static void add_named(const char *name, enum how how, int depth);

// What the kernel or env(1) starts in a script's place: `#!PROGRAM [ARGUMENT]` (execve(2)).
static void add_script(char *head, enum how how, int depth) {
    char *program = head + 2;
    while (*program == ' ' || *program == '\t') {
        program++;
    }
    char *end = program;
    while (*end && *end != '\n' && *end != ' ' && *end != '\t') {
        end++;
    }
    char *argument = *end == '\n' || !*end ? 0 : end + 1;
    *end = 0;
    add_named(program, how, depth + 1);
    if (argument && same(base_name(program), "env")) {
        while (*argument == ' ' || *argument == '\t' || starts(argument, "-S")) {
            argument += *argument == '-' ? 2 : 1;
        }
        for (end = argument; *end && *end != '\n' && *end != ' ' && *end != '\t'; end++) {
        }
        *end = 0;
        add_named(argument, how, depth + 1);
    }
}

// The loader that an ELF file names (elf(5): program header PT_INTERP).
static void add_loader(const char *path, const byte *head, word count, int depth) {
    static byte name[PATH_BYTES];
    u64 table, offset;
    u16 size, entries;
    copy(&table, head + 32, sizeof table);
    copy(&size, head + 54, sizeof size);
    copy(&entries, head + 56, sizeof entries);
    for (word i = 0; i < entries && size >= 56 && table + (i + 1) * size <= count && table < count; i++) {
        const byte *entry = head + table + i * size;
        u32 type;
        u64 bytes;
        copy(&type, entry, sizeof type);
        copy(&offset, entry + 8, sizeof offset);
        copy(&bytes, entry + 32, sizeof bytes);
        if (type == 3 && bytes > 1 && bytes < sizeof name) {
            long fd = CALL(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
            long n = fd < 0 ? fd : CALL(NR_pread64, fd, name, bytes, offset);
            if (fd >= 0) {
                CALL(NR_close, fd);
            }
            if (n == (long)bytes && !name[bytes - 1]) {
                add_named((const char *)name, LOADER, depth + 1);
            }
        }
    }
}

static int is_blocked(const char *name, const char *real, const struct file *file) {
    for (word i = 0; i < rules_of->blocked_commands.count; i++) {
        const char *one = rules_of->blocked_commands.at[i];
        if (same(one, name) || same(one, real) || is_version_of(base_name(real), one) || is_version_of(base_name(name), one)) {
            return 1;
        }
    }
    return is_among(blocked, blocked_count, file);
}

static void left_out(const char *name, const char *key, const char *reason) {
    recorded(0, "policy", name, "denied", key, reason);
}

static void add_named(const char *name, enum how how, int depth) {
    char path[PATH_BYTES], real[PATH_BYTES];
    struct file file;
    long fd = open_program(name, how == OWN, path, &file);
    if (fd < 0 || real_path(fd, real) < 0) {
        if (how == OWN && depth == 0) {
            say(name, ": no such program", 0, 0);
            recorded(0, "end", "127", "observed", "", "there is no such program");
            leave(NOT_FOUND);
        }
        left_out(name, "allowed_commands", "there is no such program");
        return;
    }
    int interpreter = is_interpreter(real) || is_among(denied, denied_count, &file);
    if (is_within(real, "/opt/sentinel")) {
        refuse(name, " is the guard's own; name another program", 0, 0);
    } else if (how != LOADER && is_blocked(name, real, &file)) {
        if (how == OWN) {
            refuse(name, " is blocked by blocked_command_bases of the policy", 0, 0);
        }
        left_out(name, "blocked_command_bases", "the program is blocked");
    } else if (how == LISTED && interpreter && !is_among(listed_interpreters, listed_count, &file) && !same_file(&file, &own)) {
        left_out(name, "allowed_interpreters", "it can start any program");
    } else {
        if (how == OWN && depth == 0) {
            own = file;
            copy(own_program, path, length(path) + 1);
        }
        if (how == INTERPRETER) {
            remember(listed_interpreters, &listed_count, MOST_DENIED, &file);
        }
        remember(startable, &startable_count, MOST_FILES, &file);
        if (ruleset >= 0) {
            landlock_program(ruleset, fd);
        }
        static byte heads[DEEPEST + 1][HEAD];
        byte *head = heads[depth];
        long source = depth < DEEPEST ? CALL(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
        long n = source < 0 ? source : CALL(NR_read, source, head, HEAD - 1);
        if (source >= 0) {
            CALL(NR_close, source);
        }
        head[n > 0 ? n : 0] = 0;
        if (length(real) > sizeof "/bin/java" && same(base_name(real), "java")) {
            // By which a JVM starts every program.
            char helper[PATH_BYTES];
            struct text text = {helper, sizeof helper, 0, 0};
            put_bytes(&text, real, length(real) - (sizeof "bin/java" - 1));
            put(&text, "lib/jspawnhelper");
            add_named(ended(&text), LOADER, depth + 1);
        }
        if (n > 2 && head[0] == '#' && head[1] == '!') {
            add_script((char *)head, how, depth);
        } else if (n > 64 && equal(head, "\177ELF\2", 5)) {
            add_loader(path, head, (word)n, depth);
        }
    }
    CALL(NR_close, fd);
}

static void find(const char *name, struct file *files, word *count) {
    char path[PATH_BYTES];
    struct file file;
    long fd = open_program(name, 0, path, &file);
    if (fd >= 0) {
        remember(files, count, MOST_DENIED, &file);
        CALL(NR_close, fd);
    }
}

void find_programs(const struct policy *policy, long rules, char **words) {
    rules_of = policy;
    ruleset = rules;
    for (word i = 0; i < COUNT(interpreters); i++) {
        find(interpreters[i], denied, &denied_count);
    }
    for (word i = 0; i < policy->blocked_commands.count; i++) {
        find(policy->blocked_commands.at[i], blocked, &blocked_count);
    }
    for (word i = 0; i < policy->interpreters.count; i++) {
        add_named(policy->interpreters.at[i], INTERPRETER, 0);
    }
    add_named(words[0], OWN, 0);
    for (word i = 0; i < policy->commands.count; i++) {
        add_named(policy->commands.at[i], LISTED, 0);
    }
}
