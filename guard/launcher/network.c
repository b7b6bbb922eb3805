// The calls of sockets in the standard profile. The supervisor makes each itself, with its own copy of what the agent wrote, on a
// duplicate of the agent's socket: what the agent changes in its memory meanwhile, nobody looks at.
#include "launcher.h"

enum { AF_UNSPEC = 0, AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, SOL_SOCKET = 1, SO_TYPE = 3, SO_SNDTIMEO = 21 };
enum { F_GETFL = 3, F_SETFL = 4, SOCK_STREAM = 1, SCM_RIGHTS = 1, SCM_CREDENTIALS = 2, ECONNREFUSED = 111, ENOBUFS = 105, EPIPE = 32 };
enum { ITIMER_REAL = 0, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SA_RESTORER = 0x04000000 };
enum { MOST_ASKERS = 64, UNDECIDED = -4095 }; // a call that waits for somebody's answer: no error has that number
enum { MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000, MSG_ZEROCOPY = 0x4000000, MSG_FASTOPEN = 0x20000000 };
enum { MOST_DATA = 1 << 18, MOST_CONTROL = 2048, MOST_PIECES = 1024, MOST_MESSAGES = 16, MOST_RIGHTS = 253, MOST_SEEN = 256 };

struct endpoint {
    byte bytes[128];
    u32 size;
    long file; // of a socket in the file system, which its address leads to; or negative
    int resolver;
};
struct message { // struct msghdr
    u64 name;
    u32 name_size, unused1;
    u64 pieces, piece_count, control, control_size;
    u32 flags, unused2;
};
struct piece { // struct iovec
    u64 at, size;
};
static byte data[MOST_DATA], control[MOST_CONTROL];
static struct piece pieces[MOST_PIECES];
static struct told *earlier;
static struct {
    byte port[2];
    u32 thread;
} askers[MOST_ASKERS];

static void tell(const struct call *call, const char *action, const char *target, const struct verdict *verdict) {
    struct sha256 sha;
    struct told now = {{0}, 1};
    sha256_begin(&sha);
    sha256_add(&sha, target, length(target));
    sha256_add(&sha, verdict->allowed ? "+" : "-", 1);
    sha256_end(&sha, now.digest);
    if (!earlier->any || !equal(earlier->digest, now.digest, sizeof now.digest)) {
        must(recorded(call->pid, action, target, verdict->allowed ? "allowed" : "denied", verdict->key, verdict->reason));
    }
    *earlier = now;
}

__asm__(RESTORE);
void restore(void);

static void wake(int signal) {
    (void)signal; // a call that waits has returned by now
}

void open_alarm(void) {
    struct { // struct sigaction of the kernel
        void (*handler)(int);
        u64 flags;
        void (*restorer)(void);
        u64 mask;
    } action = {wake, SA_RESTORER, restore, 0};
    static const long never[4] = {0, 0, 0, 0};
    if (CALL(NR_rt_sigaction, SIGALRM, &action, 0, 8) < 0 || CALL(NR_setitimer, ITIMER_REAL, never, 0) < 0) {
        refuse("the container's seccomp profile refuses setitimer or rt_sigaction, without which an agent's socket could hold the "
               "guard up; allow them in the profile of your own, or do not deny them", 0, 0, 0);
    }
}

// A call on a socket that the agent shares, and whose flags it can change meanwhile (O_NONBLOCK, SO_SNDTIMEO, SO_LINGER): where it
// would wait after all, a timer interrupts it, again and again until it had begun to.
static long at_once(long number, word a, word b, word c) {
    static const u64 alarm = 1UL << (SIGALRM - 1);
    static const long every[4] = {0, 10000, 0, 10000}, never[4] = {0, 0, 0, 0}; // struct itimerval
    CALL(NR_rt_sigprocmask, SIG_UNBLOCK, &alarm, 0, sizeof alarm);
    CALL(NR_setitimer, ITIMER_REAL, every, 0);
    long value = call6(number, a, b, c, 0, 0, 0);
    CALL(NR_setitimer, ITIMER_REAL, never, 0);
    CALL(NR_rt_sigprocmask, SIG_BLOCK, &alarm, 0, sizeof alarm);
    return value;
}

void close_agents(long fd) {
    at_once(NR_close, (word)fd, 0, 0);
}

// As a socket without O_NONBLOCK would not do it: what would wait goes on by itself, or has to be begun again.
static long connect_at_once(long fd, const struct endpoint *to) {
    long value = at_once(NR_connect, (word)fd, (word)to->bytes, to->size);
    return value != -EINTR ? value : to->bytes[0] == AF_UNIX ? -EAGAIN : -EINPROGRESS;
}

// Whether datagrams to this address were recorded already.
static int seen(const byte *address, u32 port) {
    static struct {
        byte address[16];
        u32 port;
    } all[MOST_SEEN];
    static word filled, next;
    for (word i = 0; i < filled; i++) {
        if (all[i].port == port && equal(all[i].address, address, 16)) {
            return 1;
        }
    }
    copy(all[next].address, address, 16);
    all[next].port = port;
    next = (next + 1) % MOST_SEEN;
    filled += filled < MOST_SEEN;
    return 0;
}

// Remembers whose question will come from the socket's port.
static void remember_asker(const struct call *call, long fd) {
    static word next;
    byte own[28];
    u32 size = sizeof own;
    if (CALL(NR_getsockname, fd, own, &size) == 0 && size >= 4 && size <= sizeof own) {
        copy(askers[next].port, own + 2, 2);
        askers[next].thread = call->pid;
        next = (next + 1) % MOST_ASKERS;
    }
}

u32 asker(const byte port[2]) {
    u32 found = 0;
    for (word i = 0; i < MOST_ASKERS; i++) {
        found = equal(askers[i].port, port, 2) ? askers[i].thread : found;
    }
    return found;
}

static long judge_inet(const struct call *call, struct endpoint *to, const char *action, int sends) {
    byte address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    u32 port = (u32)to->bytes[2] << 8 | to->bytes[3];
    int v4 = to->bytes[0] == AF_INET;
    if (to->size < (v4 ? 8U : 24U)) {
        return -EINVAL;
    }
    copy(v4 ? address + 12 : address, to->bytes + (v4 ? 4 : 8), v4 ? 4 : 16);
    static const byte resolver[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1};
    if (equal(address, resolver, 16) && port == 53) {
        to->resolver = 1;
        return 0; // it judges the names itself
    }
    // Whoever asks the engine's own resolver goes past the guard's, whatever else of loopback the policy allows.
    static const byte engine[4] = {127, 0, 0, 11};
    byte inner[16];
    unwrap(address, inner);
    int engines = equal(inner + 12, engine, 4) && inner[10] == 255;
    struct verdict verdict = engines
        ? (struct verdict){0, "allowed_hosts", "the engine's resolver is asked by the guard alone"}
        : judge_address(in_force, address, port, learned);
    char room[64];
    struct text target = {room, sizeof room, 0, 0};
    static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    int brackets = !equal(address, mapped, 12);
    put(&target, brackets ? "[" : "");
    put_address(&target, address);
    put(&target, brackets ? "]:" : ":");
    put_number(&target, port, 1);
    ended(&target);
    if (verdict.allowed && same(verdict.key, "allowed_hosts") && !admits(in_force, verdict.reason, port)) {
        verdict.key = "on_block"; // by a name that somebody allowed
    } else if (!engines && can_be_asked(&verdict)) {
        const char *name = learned(inner, 0);
        char why_room[400];
        struct text why = {why_room, sizeof why_room, 0, 0};
        put(&why, name ? name : verdict.reason);
        put(&why, name ? " led to the address, and is not listed for this port" : "");
        enum said said = ask(call->pid, room, verdict.key, ended(&why), &verdict.reason);
        if (said == OPEN) {
            return UNDECIDED;
        }
        verdict = said == YES ? (struct verdict){1, "on_block", verdict.reason} : verdict;
    }
    if (!verdict.allowed || !sends || !seen(address, port)) {
        tell(call, action, ended(&target), &verdict);
    }
    return verdict.allowed || in_force->audit ? 0 : -EACCES;
}

static int is_written(const char *path) {
    static const char *const always[] = {"/tmp", "/run", "/dev/shm"};
    return is_within_any(path, always, COUNT(always)) || is_within_any(path, in_force->writes.at, in_force->writes.count);
}

// A socket in the file system: those in folders that the agent writes to are its own. The address becomes one that leads to the
// file that was looked at, whatever its path leads to later. One without a path is of this network name space alone.
static long judge_unix(const struct call *call, struct endpoint *to, const char *action) {
    char path[PATH_BYTES], real[PATH_BYTES];
    struct text name = {path, sizeof path, 0, 0};
    if (to->size <= 2 || !to->bytes[2]) {
        return 0;
    }
    if (to->bytes[2] != '/') {
        put(&name, "/proc/");
        put_number(&name, call->pid, 1);
        put(&name, "/cwd/");
    }
    word count = 0;
    while (2 + count < to->size && count < 108 && to->bytes[2 + count]) {
        count++;
    }
    put_bytes(&name, to->bytes + 2, count);
    struct file file;
    to->file = CALL(NR_openat, AT_FDCWD, ended(&name), O_PATH | O_CLOEXEC);
    if (to->file < 0) {
        return to->file;
    }
    if (look_at(to->file, "", AT_EMPTY_PATH, &file) < 0 || (file.mode & S_IFMT) != S_IFSOCK) {
        return -ECONNREFUSED;
    }
    int found = real_path(to->file, real) > 0;
    struct verdict verdict = {0, "allowed_paths", "the socket stands outside of the allowed paths"};
    if (found && is_blocked_path(real)) {
        verdict = (struct verdict){0, "blocked_paths", "the socket stands in a blocked path"};
    } else if (found && is_written(real)) {
        verdict = (struct verdict){1, "allowed_paths", "the socket stands in an allowed path"};
    }
    tell(call, action, found ? real : path, &verdict);
    if (!verdict.allowed && !in_force->audit) {
        return -EACCES;
    }
    struct text link = {(char *)to->bytes + 2, 100, 0, 0};
    put(&link, "/proc/self/fd/");
    put_number(&link, (u64)to->file, 1);
    ended(&link);
    to->size = (u32)(2 + link.length + 1);
    return 0;
}

static long judge_endpoint(const struct call *call, struct endpoint *to, int sends) {
    const char *action = sends ? "send" : "connect";
    u32 family = to->bytes[0] | (u32)to->bytes[1] << 8;
    if (to->size < 2) {
        return -EINVAL;
    }
    switch (family) {
    case AF_UNSPEC: // ends a connection; in a datagram's address some kernels take it for IPv4
        return sends ? -EAFNOSUPPORT : 0;
    case AF_INET:
    case AF_INET6:
        return judge_inet(call, to, action, sends);
    case AF_UNIX:
        return judge_unix(call, to, action);
    case AF_NETLINK: { // to the kernel, and to no other process
        static const byte kernel[8] = {0};
        return to->size >= 12 && equal(to->bytes + 4, kernel, 8) ? 0 : -EACCES;
    }
    default:
        return -EAFNOSUPPORT;
    }
}

static long read_endpoint(const struct call *call, u64 at, u64 size, struct endpoint *to) {
    to->file = -1;
    to->resolver = 0;
    if (size > sizeof to->bytes) {
        return -EINVAL;
    }
    clear(to, sizeof to->bytes);
    to->size = (u32)size;
    return read_memory(call, at, to->bytes, size) == (long)size ? 0 : -EFAULT;
}

// When a call that blocks gives up (SO_SNDTIMEO, socket(7)).
static u64 until(long fd) {
    long time[2] = {0, 0};
    u32 size = sizeof time;
    CALL(NR_getsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, time, &size);
    u64 millis = (u64)time[0] * 1000 + (u64)time[1] / 1000;
    return millis ? now_millis() + millis : 0;
}

static struct answer answered(long value) {
    return (struct answer){value == UNDECIDED ? ASKED : ANSWER, value, 0, 0};
}

static struct answer connects(const struct call *call) {
    struct endpoint to;
    long error = read_endpoint(call, call->arguments[1], (u32)call->arguments[2], &to);
    long fd = error < 0 ? error : descriptor_of(call, call->arguments[0]);
    if (fd < 0) {
        return answered(fd);
    }
    error = judge_endpoint(call, &to, 0);
    struct answer answer = answered(error);
    if (error == 0 && still_waits(call)) {
        long flags = CALL(NR_fcntl, fd, F_GETFL);
        int blocks = !(flags & O_NONBLOCK);
        if (blocks) { // for this one call: the flag is of the socket, which the agent shares
            CALL(NR_fcntl, fd, F_SETFL, flags | O_NONBLOCK);
        }
        answer = answered(connect_at_once(fd, &to));
        if (to.resolver) {
            remember_asker(call, fd);
        }
        if (blocks) {
            if (answer.value == -EINPROGRESS) { // on loopback the answer has come by the time that the call returns
                answer.value = connect_at_once(fd, &to);
            }
            CALL(NR_fcntl, fd, F_SETFL, flags);
            if (answer.value == -EINPROGRESS || answer.value == -EALREADY) {
                answer = (struct answer){LATER, fd, until(fd), -EINPROGRESS};
            } else if (answer.value == -EAGAIN) { // a local socket whose listener has no room
                answer = (struct answer){LATER, -1, until(fd), -EAGAIN};
            }
        }
    }
    if (to.file >= 0) {
        CALL(NR_close, to.file);
    }
    if (answer.outcome != LATER || answer.value != fd) {
        close_agents(fd);
    }
    return answer;
}

// What comes with a message beside its bytes: descriptors become the supervisor's own, so that it can pass them on; of the rest,
// what chooses no other way for the message.
static long read_control(const struct call *call, struct message *message, int *rights, word *count) {
    static const struct {
        u32 level, type;
    } known[] = {
        {SOL_SOCKET, SCM_CREDENTIALS}, {SOL_SOCKET, 37}, {SOL_SOCKET, 61}, // SO_TIMESTAMPING, SCM_TXTIME
        {0, 1},   {0, 2},   {0, 8},                                        // IP_TOS, IP_TTL, IP_PKTINFO
        {41, 50}, {41, 52}, {41, 67}, {41, 62},                            // the same of IPv6, IPV6_DONTFRAG
        {17, 103},                                                         // UDP_SEGMENT
    };
    if (message->control_size > sizeof control) {
        return -ENOBUFS;
    }
    if (read_memory(call, message->control, control, message->control_size) != (long)message->control_size) {
        return -EFAULT;
    }
    // struct cmsghdr: length, level, type; then the data, aligned to 8.
    for (word at = 0; at + 16 <= message->control_size;) {
        u64 size;
        u32 level, type;
        copy(&size, control + at, 8);
        copy(&level, control + at + 8, 4);
        copy(&type, control + at + 12, 4);
        if (size < 16 || size > message->control_size - at) {
            return -EINVAL;
        }
        int taken = 0;
        for (word i = 0; i < COUNT(known); i++) {
            taken |= known[i].level == level && known[i].type == type;
        }
        if (level == SOL_SOCKET && type == SCM_RIGHTS) {
            taken = 1;
            for (word k = 16; k + 4 <= size; k += 4) {
                int fd;
                copy(&fd, control + at + k, 4);
                long own = *count < MOST_RIGHTS ? descriptor_of(call, (u32)fd) : -EINVAL;
                if (own < 0) {
                    return own;
                }
                rights[(*count)++] = fd = (int)own;
                copy(control + at + k, &fd, 4);
            }
        } else if (level == SOL_SOCKET && type == SCM_CREDENTIALS && size >= 20) {
            u32 pid = (u32)CALL(NR_getpid);
            copy(control + at + 16, &pid, 4);
        }
        if (!taken) {
            return -EPERM;
        }
        at += (size + 7) & ~7UL;
    }
    return 0;
}

static long gather(
    const struct call *call, const struct message *message, const struct piece *only, long fd, word *count) {
    *count = 0;
    if (message->piece_count > MOST_PIECES) {
        return -EMSGSIZE;
    }
    long bytes = (long)(message->piece_count * sizeof *pieces);
    if (only) {
        pieces[0] = *only;
    } else if (bytes && read_memory(call, message->pieces, pieces, (word)bytes) != bytes) {
        return -EFAULT;
    }
    for (word i = 0; i < message->piece_count; i++) {
        word size = pieces[i].size, room = sizeof data - *count;
        if (size > room) {
            u32 type = 0, of = sizeof type;
            CALL(NR_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &of);
            if (type != SOCK_STREAM) {
                return -EMSGSIZE;
            }
            size = room; // a stream takes less, and says so
        }
        if (size && read_memory(call, pieces[i].at, data + *count, size) != (long)size) {
            return -EFAULT;
        }
        *count += size;
    }
    return 0;
}

// Sends one message, whose bytes are one piece or what it says. Returns what the call returns, -EAGAIN where it would have to
// wait.
static long send_one(const struct call *call, long fd, struct message message, const struct piece *only, u32 flags) {
    struct endpoint to = {{0}, 0, -1, 0};
    int rights[MOST_RIGHTS];
    word right_count = 0, count;
    if (flags & MSG_FASTOPEN) {
        return -EOPNOTSUPP;
    }
    if (flags & MSG_ZEROCOPY) {
        return -ENOBUFS; // the program sends it with a copy then (Documentation/networking/msg_zerocopy.rst)
    }
    long error = 0;
    if (message.name) {
        error = read_endpoint(call, message.name, message.name_size, &to);
        error = error < 0 ? error : judge_endpoint(call, &to, 1);
    }
    error = error < 0 ? error : gather(call, &message, only, fd, &count);
    if (error == 0 && message.control_size) { // without control the kernel would find nothing to read as well: EFAULT
        error = read_control(call, &message, rights, &right_count);
    }
    if (error == 0 && still_waits(call)) {
        struct piece whole = {(u64)data, count};
        struct message own = {message.name ? (u64)to.bytes : 0, to.size, 0, (u64)&whole, 1,
            message.control_size ? (u64)control : 0, message.control_size, 0, 0};
        error = CALL(NR_sendmsg, fd, &own, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
        if (to.resolver) {
            remember_asker(call, fd);
        }
        if (error == -EPIPE && !(flags & MSG_NOSIGNAL)) {
            CALL(NR_tgkill, process_of(call->pid), call->pid, SIGPIPE);
        }
    }
    for (word i = 0; i < right_count; i++) {
        close_agents(rights[i]);
    }
    if (to.file >= 0) {
        CALL(NR_close, to.file);
    }
    return error;
}

static struct answer sends(const struct call *call) {
    long fd = descriptor_of(call, call->arguments[0]);
    if (fd < 0) {
        return answered(fd);
    }
    u32 flags = (u32)(call->number == NR_sendto || call->number == NR_sendmmsg ? call->arguments[3] : call->arguments[2]);
    long value = 0;
    if (call->number == NR_sendto) {
        struct message message = {call->arguments[4], (u32)call->arguments[5], 0, 0, 1, 0, 0, 0, 0};
        struct piece only = {call->arguments[1], call->arguments[2]};
        value = send_one(call, fd, message, &only, flags);
    } else if (call->number == NR_sendmsg) {
        struct message message;
        value = read_memory(call, call->arguments[1], &message, sizeof message) == sizeof message
            ? send_one(call, fd, message, 0, flags)
            : -EFAULT;
    } else {
        u32 most = (u32)call->arguments[2] < MOST_MESSAGES ? (u32)call->arguments[2] : MOST_MESSAGES;
        for (u32 i = 0; i < most; i++) {
            struct message message;
            u64 at = call->arguments[1] + i * (sizeof message + 8);
            long sent = read_memory(call, at, &message, sizeof message) == sizeof message
                ? send_one(call, fd, message, 0, flags)
                : -EFAULT;
            u32 told = (u32)sent;
            if (sent >= 0 && !write_memory(call, at + sizeof message, &told, sizeof told)) {
                sent = -EFAULT;
            }
            if (sent < 0) {
                value = i ? i : sent;
                break;
            }
            value = i + 1;
        }
    }
    if (value == -EAGAIN && !(flags & MSG_DONTWAIT) && !(CALL(NR_fcntl, fd, F_GETFL) & O_NONBLOCK)) {
        return (struct answer){LATER, fd, until(fd), -EAGAIN};
    }
    close_agents(fd);
    return answered(value);
}

struct answer judge_socket(const struct call *call, struct told *told) {
    earlier = told;
    if (reach(call) < 0) { // a process that hides its memory (PR_SET_DUMPABLE, prctl(2)) is not judged, and not let through
        struct verdict verdict = {0, "network_failsafe.socket_connect", "its memory cannot be read"};
        tell(call, "connect", "", &verdict);
        return answered(-EACCES);
    }
    return call->number == NR_connect ? connects(call) : sends(call);
}
