// sentinel-guard [--policy FILE] -- program args…
//
// Starts the agent under its policy: reads the compiled policy and looks whether it is the one that was meant, opens the audit
// trail, gives the kernel the rules, starts the agent and stays as its supervisor. Whatever is amiss, the agent does not start
// (exit 78).
#include "launcher.h"

enum { CLONE_FILES = 0x400, PDEATHSIG = 1, SET_DUMPABLE = 4, SUBREAPER = 36, NO_NEW_PRIVILEGES = 38, UNSHARE = 2, CLOSE_ON_EXEC = 4 };
enum { MOST_POLICY = 1 << 20, AF_UNIX = 1, SOCK_DGRAM = 2, SOL_SOCKET = 1, SO_PASSCRED = 16, SET_MASK = 2, W_OK = 2, DT_REG = 8 };

#define PEOPLE "/workspace/audit.log"
#define HOOK "/opt/sentinel/python/sentinel_guard"
#define SOCKETS "/run/sentinel"

static struct policy policy;
static char policy_text[MOST_POLICY];

static void check_source(void) {
    static char found_text[HEX_BYTES + 1];
    byte found[DIGEST_BYTES], meant[DIGEST_BYTES];
    struct text text = {found_text, sizeof found_text, 0, 0};
    if (digest_file(POLICY_SOURCE, found) < 0) {
        refuse("the policy " POLICY_SOURCE " cannot be read; mount the bundle's own sentinel.yaml there", 0, 0, 0);
    }
    put_hex(&text, found, sizeof found);
    if (!equal(found, policy.source, sizeof found)) {
        refuse("the policy " POLICY_SOURCE " is not the one that this guard's was made from; its SHA-256 is ", ended(&text),
               "; render the bundle anew, or mount its own sentinel.yaml", 0);
    }
    const char *wanted = variable("SENTINEL_POLICY_SHA256", 0);
    if (wanted && (!hex_digest(wanted, meant) || !equal(found, meant, sizeof found))) {
        refuse("the policy's SHA-256 is ", ended(&text), ", not SENTINEL_POLICY_SHA256; set it to this one if this policy is meant",
               0);
    }
    int production = !is_no(variable("SENTINEL_PRODUCTION", ""));
    const char *immutable = variable("SENTINEL_POLICY_IMMUTABLE", "");
    if (production && !is_yes(immutable)) {
        refuse("SENTINEL_PRODUCTION is set, and SENTINEL_POLICY_IMMUTABLE is not true; set it", 0, 0, 0);
    }
    if (production && !wanted) {
        refuse("SENTINEL_PRODUCTION is set, and SENTINEL_POLICY_SHA256 is not; set it to the SHA-256 of sentinel.yaml", 0, 0, 0);
    }
    if (production && policy.audit) {
        refuse("SENTINEL_PRODUCTION is set, and the guard is audit; take guard out of the spec, which is to enforce", 0, 0, 0);
    }
    if (production && policy.ask) {
        refuse("SENTINEL_PRODUCTION is set, and the policy's on_block is ask; set on_block: deny", 0, 0, 0);
    }
    if (!is_no(immutable) && CALL(NR_faccessat, AT_FDCWD, POLICY_SOURCE, W_OK) == 0) {
        refuse("SENTINEL_POLICY_IMMUTABLE is set and the agent can write " POLICY_SOURCE "; mount it read-only", 0, 0, 0);
    }
}

static u64 number(const char *name, u64 otherwise, u64 most) {
    u64 value = otherwise;
    const char *text = variable(name, 0);
    if (text && !decimal(text, most, &value)) {
        refuse(name, " is ", text, ", and not a whole number within its bounds");
    }
    return value;
}

// A share from 0 to 1, in ten-thousandths.
static u64 share(const char *name) {
    const char *text = variable(name, "0");
    u64 whole = (u64)(*text - '0'), part = 0;
    int digits = 0;
    if (*text && text[1] == '.') {
        for (const char *at = text + 2; *at; at++, digits++) {
            part = *at < '0' || *at > '9' || digits > 8 ? 1UL << 40 : digits < 4 ? part * 10 + (u64)(*at - '0') : part;
        }
        for (; digits < 4; digits++) {
            part *= 10;
        }
    } else if (*text && text[1]) {
        whole = 2;
    }
    if (whole > 1 || whole * 10000 + part > 10000) {
        refuse(name, " is ", text, ", and not a number from 0.0 to 1.0");
    }
    return whole * 10000 + part;
}

static void watch_files(const char *file) {
    watch_file(file);
    watch_file(POLICY_SOURCE);
    watch_file("/proc/self/exe");
    byte room[4096] __attribute__((aligned(8)));
    long folder = CALL(NR_openat, AT_FDCWD, HOOK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long n;
    while (folder >= 0 && (n = CALL(NR_getdents64, folder, room, sizeof room)) > 0) {
        for (long at = 0; at < n; at += room[at + 16] | room[at + 17] << 8) {
            char path[PATH_BYTES];
            struct text text = {path, sizeof path, 0, 0};
            put(&text, HOOK "/");
            put(&text, (const char *)room + at + 19);
            if (room[at + 18] == DT_REG) {
                watch_file(ended(&text));
            }
        }
    }
    if (folder >= 0) {
        CALL(NR_close, folder);
    }
}

// Where a language's hook tells what it sees. The agent can take the socket away, and then the hook is not heard.
static long open_hook(void) {
    struct {
        u16 family;
        char path[108];
    } address = {AF_UNIX, SOCKETS "/guard.sock"};
    int on = 1;
    CALL(NR_mkdirat, AT_FDCWD, SOCKETS, 0755);
    CALL(NR_unlinkat, AT_FDCWD, address.path);
    long fd = CALL(NR_socket, AF_UNIX, SOCK_DGRAM | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0 || CALL(NR_bind, fd, &address, sizeof address) < 0
        || CALL(NR_setsockopt, fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) {
        refuse("the socket " SOCKETS "/guard.sock cannot be made; /run has to be a folder that this user can write", 0, 0, 0);
    }
    return fd;
}

// The agent's side: rules, filter, program. What fails here is told by the code that it ends with.
__attribute__((noreturn)) static void become_agent(
    char **words, long rules, int scoped, long tell, int judge_sockets, const u64 *mask) {
    CALL(NR_prctl, PDEATHSIG, SIGKILL);
    if (CALL(NR_prctl, NO_NEW_PRIVILEGES, 1) < 0 || (rules >= 0 && CALL(NR_landlock_restrict_self, rules, 0) < 0)) {
        refuse("the kernel takes no rules for the agent", 0, 0, 0);
    }
    CALL(NR_rt_sigprocmask, SET_MASK, mask, 0, sizeof *mask);
    int fd = (int)enter_filter(judge_sockets, scoped, (u32)CALL(NR_getppid));
    // From here on the two have tables of descriptors of their own, and only the supervisor's keeps the notifications.
    if (fd < 0 || CALL(NR_close_range, 3, ~0U, UNSHARE | CLOSE_ON_EXEC) < 0) {
        refuse("the kernel takes no filter with notifications for the agent (Linux 5.11)", 0, 0, 0);
    }
    if (CALL(NR_write, tell, &fd, sizeof fd) != sizeof fd) {
        leave(REFUSED);
    }
    long error = CALL(NR_execve, own_program, words, environment);
    say(words[0], error == -EACCES ? " cannot be executed: not permitted" : " cannot be executed", 0, 0);
    leave(error == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

// The descriptor of the agent's notifications; where the agent ended before it had one, its exit code as a negative number.
static long notifications_of(const struct watch *watch, int pipe) {
    struct {
        int fd;
        short events, found;
    } fds[2] = {{pipe, POLLIN, 0}, {(int)watch->signals, POLLIN, 0}};
    for (;;) {
        int fd = -1, status = 0;
        CALL(NR_ppoll, fds, 2, 0, 0, 8);
        if ((fds[0].found & POLLIN) && CALL(NR_read, pipe, &fd, sizeof fd) == sizeof fd && fd >= 0) {
            return fd;
        }
        if (CALL(NR_wait4, watch->child, &status, 1, 0) == watch->child) {
            return (status & 0x7F) || !(status >> 8 & 0xFF) ? -REFUSED : -(status >> 8 & 0xFF);
        }
    }
}

static void tell_kernel(long version, int only_proxy) {
    char room[200];
    struct text text = {room, sizeof room, 0, 0};
    put(&text, "Landlock ");
    put_number(&text, (u64)version, 1);
    put(&text, version < 2 ? "; files are not moved between folders" : "");
    put(&text, version < 3 ? "; truncate(2) is left to file permissions" : "");
    put(&text, version < 4 && only_proxy ? "; ports are left to the network" : "");
    put(&text, version < 5 ? "; ioctl(2) of devices is left to the container" : "");
    put(&text, version < 6 ? "; signals reach every process of this user" : "");
    recorded((u32)CALL(NR_getpid), "kernel", ended(&text), "observed", "", "");
}

static int run(int count, char **words) {
    const char *file = POLICY;
    int at = 1;
    if (count > 2 && same(words[1], "--policy")) {
        file = words[2];
        at = 3;
    }
    if (at >= count - 1 || !same(words[at], "--")) {
        say("usage: sentinel-guard [--policy FILE] -- program args…", 0, 0, 0);
        return USAGE;
    }
    words += at + 1;
    if (CALL(NR_geteuid) == 0 || CALL(NR_getegid) == 0) {
        refuse("it runs as root; the compose file's user was overridden", 0, 0, 0);
    }
    long size = read_file(file, (byte *)policy_text, sizeof policy_text);
    if (size < 0) {
        refuse("the compiled policy ", file, " cannot be read; mount the bundle's own guard/policy there", 0);
    }
    struct fault fault = {0, 0};
    if (!read_policy(policy_text, (word)size, &policy, &fault)) {
        static char room[PATH_BYTES + 200];
        struct text where = {room, sizeof room, 0, 0};
        put(&where, file);
        put(&where, ", line ");
        put_number(&where, fault.line, 1);
        put(&where, ": ");
        put(&where, fault.what);
        refuse("the compiled policy ", ended(&where), "; mount the bundle's own guard/policy, and an image of the same bundle", 0);
    }
    in_force = &policy;
    check_source();

    const char *profile = variable("SENTINEL_PROFILE", "standard");
    int proxied = same(profile, "proxied"), standard = same(profile, "standard");
    if (!proxied && !standard && !same(profile, "strict")) {
        refuse("SENTINEL_PROFILE is ", profile, ", and not strict, standard or proxied", 0);
    }
    static struct watch watch;
    watch.judge_sockets = standard && policy.failsafe;
    watch.interval = number("SENTINEL_TAMPER_CHECK_INTERVAL_MS", 250, 86400000);
    watch.rate = share("SENTINEL_TAMPER_CHECK_SAMPLE_RATE");
    if (!watch.interval) { // at each call in place of a time
        watch.interval = 86400000;
        watch.rate = 10000;
    }
    watch.names.millis = number("SENTINEL_DNS_RESOLVE_TIMEOUT_MS", 1000, 60000);
    watch.names.millis = watch.names.millis ? watch.names.millis : 60000;
    watch.names.seconds = number("SENTINEL_DNS_CACHE_TTL_SECONDS", 2, 86400);

    long version = landlock_version();
    int only_proxy = proxied && policy.failsafe && !policy.private_network;
    if (!version && !policy.audit) {
        refuse("this kernel has no Landlock, which the policy is enforced by; use Linux 5.13 or newer with it enabled, "
               "or set guard: off or guard: audit", 0, 0, 0);
    }
    // The supervisor connects on duplicates of the agent's sockets: without that call it could allow nothing.
    if (watch.judge_sockets && CALL(NR_pidfd_getfd, -1, 0, 0) == -EPERM) {
        refuse("the container's seccomp profile refuses pidfd_getfd, which the guard needs in the standard profile; "
               "allow that call in the profile of your own, or use another profile", 0, 0, 0);
    }
    open_trail(&policy, AUDIT, PEOPLE);
    open_questions(&policy, AUDIT);
    char digest[HEX_BYTES + 1];
    struct text hash = {digest, sizeof digest, 0, 0};
    put_hex(&hash, policy.source, sizeof policy.source);
    u32 own = (u32)CALL(NR_getpid);
    recorded(own, "policy", ended(&hash), "observed", "", policy.audit ? "audit" : "enforce");
    tell_kernel(version, only_proxy);
    watch.hook = open_hook();
    if (watch.judge_sockets && !open_names(&watch.names)) {
        refuse("the guard cannot be this container's resolver, at 127.0.0.1 port 53", 0, 0, 0);
    }
    long rules = policy.audit ? -1 : landlock_begin(version, only_proxy);
    block_paths(&policy);
    find_programs(&policy, rules, words);
    if (rules >= 0) {
        landlock_files(rules, &policy, words);
    }
    if (policy.tamper_detection) {
        watch_files(file);
    } else {
        watch.interval = 86400000;
        watch.rate = 0;
    }
    if (!recorded(own, "start", own_program, "allowed", "", profile)) {
        refuse("the audit trail cannot be written in " AUDIT "; make room, or set audit.on_failure: continue in the policy",
               0, 0, 0);
    }

    u64 all = ~0UL, mask = 0;
    int pipe[2];
    CALL(NR_rt_sigprocmask, SET_MASK, &all, &mask, sizeof all);
    if (watch.judge_sockets) {
        open_alarm();
    }
    watch.signals = CALL(NR_signalfd4, -1, &all, sizeof all, O_CLOEXEC | O_NONBLOCK);
    if (watch.signals < 0 || CALL(NR_pipe2, pipe, O_CLOEXEC) < 0 || CALL(NR_prctl, SUBREAPER, 1) < 0
        || CALL(NR_prctl, SET_DUMPABLE, 0) < 0) {
        refuse("the kernel lacks what the guard is made of (signalfd, pipe, prctl)", 0, 0, 0);
    }
    // It connects in the agent's stead, and shall reach no more than the agent would.
    if (CALL(NR_prctl, NO_NEW_PRIVILEGES, 1) < 0) {
        refuse("the kernel takes no rules for the guard", 0, 0, 0);
    }
    if (watch.judge_sockets) { // the others connect for nobody, and each layer of rules costs the agent's calls
        landlock_sockets(version);
    }
    // With one table of descriptors, until the notifications' is in it.
    watch.child = CALL(NR_clone, CLONE_FILES | SIGCHLD);
    if (watch.child == 0) {
        become_agent(words, rules, rules >= 0 && version >= 6, pipe[1], watch.judge_sockets, &mask);
    }
    if (watch.child < 0) {
        refuse("no process can be made for the agent; raise resources.pids", 0, 0, 0);
    }
    notifications = notifications_of(&watch, pipe[0]);
    if (notifications < 0) {
        return (int)-notifications;
    }
    CALL(NR_close, pipe[0]);
    CALL(NR_close, pipe[1]);
    CALL(NR_close, rules);
    // The agent's streams are the agent's alone: one that it closes is closed. But for where a last word goes, opened anew, so
    // that nobody who fills it holds this process up.
    long nothing = CALL(NR_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    long last = CALL(NR_openat, AT_FDCWD, "/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    for (int stream = 0; stream < 3 && nothing >= 0; stream++) {
        CALL(NR_dup3, stream == 2 && last >= 0 ? last : nothing, stream, O_CLOEXEC);
    }
    return supervise(&watch);
}

#ifdef HOSTED
// With a C library, for the compilers' sanitizers.
int main(int count, char **words, char **variables) {
    environment = variables;
    return run(count, words);
}
#else
__asm__(START);

void start(long *stack);

__attribute__((used, noreturn)) void start(long *stack) {
    environment = (char **)(stack + 1) + *stack + 1;
    leave(run((int)*stack, (char **)(stack + 1)));
}
#endif
