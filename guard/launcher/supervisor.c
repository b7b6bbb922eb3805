// What stays beside the agent until it ends: it observes which programs start, judges the calls of sockets, looks whether policy
// and guard are what they were, and writes the trail. It ends with the agent, and the agent with it.
#include "launcher.h"

#define NOTIF_RECV 0xC0502100UL // SECCOMP_IOCTL_NOTIF_RECV
#define NOTIF_SEND 0xC0182101UL // SECCOMP_IOCTL_NOTIF_SEND
#define NOTIF_SET_FLAGS 0x40082104UL // SECCOMP_IOCTL_NOTIF_SET_FLAGS
enum { CONTINUE = 1, SYNC_WAKE_UP = 1, MOST_LATER = 128, TICK = 100, MOST_WATCHED = 64, WNOHANG = 1, SI_KERNEL = 0x80, FIXED = 5 };

long notifications = -1;
const struct policy *in_force;

struct poll {
    int fd;
    short events, found;
};
static struct later {
    struct call call;
    struct told told;
    long fd;
    u64 until;
    long late;
    int used, asked;
    u64 settled; // where it waits for somebody's answer: how many there were when it asked
} later[MOST_LATER];
static struct {
    char path[256];
    byte digest[DIGEST_BYTES];
} watched[MOST_WATCHED];
static word watched_count;
static struct watch *watching;

// ---- What must not change ----

void watch_file(const char *path) {
    if (watched_count == MOST_WATCHED || length(path) >= sizeof watched[0].path
        || digest_file(path, watched[watched_count].digest) < 0) {
        refuse(path, " cannot be read, or there are more files of the guard than expected", 0, 0);
    }
    copy(watched[watched_count++].path, path, length(path) + 1);
}

__attribute__((noreturn)) static void give_up(const char *action, const char *target, const char *key, const char *reason) {
    recorded((u32)watching->child, action, target, "denied", key, reason);
    CALL(NR_kill, watching->child, SIGKILL);
    recorded((u32)watching->child, "end", "78", "observed", key, reason);
    say("the agent is ended: ", target, ": ", reason);
    leave(REFUSED); // the container's first process ends the others
}

static void look_again(void) {
    for (word i = 0; i < watched_count; i++) {
        byte digest[DIGEST_BYTES];
        if (digest_file(watched[i].path, digest) < 0 || !equal(digest, watched[i].digest, sizeof digest)) {
            give_up("integrity", watched[i].path, "policy_integrity.tamper_detection",
                    "not what it was at the start; render and start anew");
        }
    }
}

static int by_chance(u64 rate) {
    u32 number = 0;
    return rate && CALL(NR_getrandom, &number, sizeof number, 0) == sizeof number && number % 10000 < rate;
}

void must(int recorded_it) {
    if (!recorded_it) {
        give_up("integrity", AUDIT, "audit.on_failure",
                "the audit trail cannot be written; make room, or set audit.on_failure: continue in the policy");
    }
}

// ---- Calls ----

static void settle(const struct call *call, struct answer answer) {
    struct {
        u64 id;
        long value;
        int error;
        u32 flags;
    } reply = {call->id, 0, 0, 0};
    if (answer.outcome == GO_ON) {
        reply.flags = CONTINUE;
    } else if (answer.value < 0) {
        reply.error = (int)answer.value;
    } else {
        reply.value = answer.value;
    }
    // Whoever is gone needs no answer.
    CALL(NR_ioctl, notifications, NOTIF_SEND, &reply);
}

// Observes what is about to start. The kernel decides, by the rules that it holds: the path in the agent's memory may be another
// one by then. Returns 0, or the error for a process that hides its memory (PR_SET_DUMPABLE, prctl(2)), of which nobody could say
// what it started.
static long observe_start(const struct call *call) {
    static char path[PATH_BYTES + 64], real[PATH_BYTES], words[PATH_BYTES];
    int at = call->number == NR_execveat;
    long n = read_memory(call, call->arguments[at], words, sizeof words - 1);
    if (n < 0) {
        must(recorded(call->pid, "exec", "", "denied", "allowed_commands",
            in_force->audit ? "its memory cannot be read; the policy's mode is audit, which lets it through"
                            : "its memory cannot be read"));
        return in_force->audit ? 0 : -EACCES;
    }
    words[n] = 0;
    struct text full = {path, sizeof path, 0, 0};
    if (*words != '/') {
        put(&full, "/proc/");
        put_number(&full, call->pid, 1);
        if (at && (int)call->arguments[0] != AT_FDCWD) {
            put(&full, "/fd/");
            put_number(&full, (u32)call->arguments[0], 1);
        } else {
            put(&full, "/cwd");
        }
        put(&full, *words ? "/" : "");
    }
    put(&full, words);
    struct file file;
    long fd = CALL(NR_openat, AT_FDCWD, ended(&full), O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return 0; // where nothing is, as in most folders of PATH, nothing starts
    }
    int there = look_at(fd, "", AT_EMPTY_PATH, &file) == 0 && real_path(fd, real) > 0;
    CALL(NR_close, fd);
    if (!there || (file.mode & S_IFMT) == S_IFDIR) {
        return 0;
    }
    int may = may_start(&file);
    const char *key = !may && is_interpreter(real) ? "allowed_interpreters" : "allowed_commands";
    must(recorded(call->pid, "exec", real, may ? "allowed" : "denied", key,
        may                    ? ""
            : in_force->audit ? "not listed; the policy's mode is audit, which lets it through"
                              : "not listed"));
    return 0;
}

static void keep(struct later *one, const struct call *call, const struct told *told, struct answer answer) {
    int asked = answer.outcome == ASKED;
    *one = (struct later){*call, *told, asked ? -1 : answer.value, asked ? 0 : answer.until, answer.late, 1, asked, settled};
}

static void serve(void) {
    static struct call call;
    static int started;
    clear(&call, sizeof call);
    if (CALL(NR_ioctl, notifications, NOTIF_RECV, &call) < 0) {
        return; // it did not wait for an answer
    }
    if (by_chance(watching->rate)) {
        look_again();
    }
    if (call.number == NR_execve || call.number == NR_execveat) {
        long error = started ? observe_start(&call) : 0;
        started = 1;      // the first one is the agent's own, recorded as its start
        forget_process(); // it is another program's memory from now on
        settle(&call, (struct answer){error < 0 ? ANSWER : GO_ON, error, 0, 0});
        return;
    }
    struct told told = {{0}, 0};
    struct answer answer = judge_socket(&call, &told);
    for (word i = 0; answer.outcome == LATER || answer.outcome == ASKED; i++) {
        if (i == MOST_LATER) {
            if (answer.outcome == LATER && answer.value >= 0) {
                close_agents(answer.value);
            }
            answer = (struct answer){ANSWER, -EAGAIN, 0, 0};
        } else if (!later[i].used) {
            keep(&later[i], &call, &told, answer);
            return;
        }
    }
    settle(&call, answer);
}

// Whether a signal waits that would interrupt the call: one that is neither blocked nor ignored (proc(5)).
static int is_interrupted(u32 thread) {
    static char status[4096], path[64];
    static const char *const names[] = {"\nSigPnd:\t", "\nShdPnd:\t", "\nSigBlk:\t", "\nSigIgn:\t"};
    u64 sets[4] = {0, 0, 0, 0};
    struct text name = {path, sizeof path, 0, 0};
    put(&name, "/proc/");
    put_number(&name, thread, 1);
    put(&name, "/status");
    long fd = CALL(NR_openat, AT_FDCWD, ended(&name), O_RDONLY | O_CLOEXEC);
    long n = fd < 0 ? fd : CALL(NR_read, fd, status, sizeof status - 1);
    if (fd >= 0) {
        CALL(NR_close, fd);
    }
    status[n > 0 ? n : 0] = 0;
    for (const char *at = status; *at; at++) {
        for (word i = 0; i < COUNT(names); i++) {
            if (starts(at, names[i])) {
                for (const char *digit = at + length(names[i]); *digit && *digit != '\n'; digit++) {
                    sets[i] = sets[i] << 4 | (u64)(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
                }
            }
        }
    }
    return ((sets[0] | sets[1]) & ~sets[2] & ~sets[3]) != 0;
}

static void serve_later(struct later *one, int ready) {
    struct answer answer = {ANSWER, 0, 0, 0};
    if (!still_waits(&one->call)) {
        answer.outcome = GO_ON; // and nobody hears it
    } else if (one->asked && one->settled != settled) {
        // From the beginning, with what the call says now: what was allowed is an address, not a call.
        answer = judge_socket(&one->call, &one->told);
        if (answer.outcome == LATER) {
            struct call call = one->call;
            struct told told = one->told;
            keep(one, &call, &told, answer);
            return;
        }
    } else if (one->asked) {
        answer = (struct answer){LATER, -1, 0, 0};
    } else if (ready || one->fd < 0) {
        answer = judge_socket(&one->call, &one->told);
    } else {
        answer.outcome = LATER;
        answer.value = -1;
    }
    if (answer.outcome == ASKED) { // the address is another one by now
        struct call call = one->call;
        struct told told = one->told;
        if (one->fd >= 0) {
            close_agents(one->fd);
        }
        keep(one, &call, &told, answer);
        return;
    }
    if (answer.outcome == LATER) {
        if (answer.value >= 0) {
            close_agents(answer.value); // the same socket is waited for already
        }
        if (one->until && now_millis() >= one->until) {
            answer = (struct answer){ANSWER, one->late, 0, 0};
        } else if (is_interrupted(one->call.pid)) {
            // The kernel begins it anew, or says EINTR; but always anew where nothing has begun yet: programs take an interrupted
            // connection for one that goes on.
            answer = (struct answer){ANSWER, one->asked ? -ERESTARTNOINTR : -ERESTARTSYS, 0, 0};
        } else {
            return;
        }
    }
    if (one->fd >= 0) { // before the answer: what the agent closes then is closed
        close_agents(one->fd);
    }
    settle(&one->call, answer);
    one->used = 0;
}

// ---- Signals, children, and what the agent's own runtime tells ----

static void pass_signals(void) {
    union {
        byte bytes[128];
        int words[32];
    } signal;
    while (CALL(NR_read, watching->signals, &signal, sizeof signal) == sizeof signal) {
        int number = signal.words[0], code = signal.words[2], from = signal.words[3];
        // What a terminal sends, it sends to the agent as well.
        if (number != SIGCHLD && code != SI_KERNEL && from != watching->child) {
            CALL(NR_kill, watching->child, number);
        }
    }
}

// Takes the ends of all children, those that lost their own parent among them. Returns the agent's exit code, or -1.
static int take_ends(void) {
    int status = 0, code = -1;
    long pid;
    while ((pid = CALL(NR_wait4, -1, &status, WNOHANG, 0)) > 0) {
        if (pid == watching->child) {
            code = (status & 0x7F) ? 128 + (status & 0x7F) : status >> 8 & 0xFF;
        }
    }
    return code;
}

// What the hook of a language tells: five texts, each but the last with a NUL at its end. It comes from the agent's own process.
static void hear(void) {
    static char words[4097];
    static byte control[32]; // the credentials, and no room for descriptors that a program sends along
    for (int i = 0; i < 64; i++) {
        struct {
            char *at;
            u64 size;
        } piece = {words, sizeof words - 1};
        struct {
            u64 name, name_size, pieces, piece_count, control, control_size, flags;
        } message = {0, 0, (u64)&piece, 1, (u64)control, sizeof control, 0};
        long n = CALL(NR_recvmsg, watching->hook, &message, 0);
        if (n <= 0) {
            return;
        }
        const char *fields[5];
        word count = 0;
        words[n] = 0;
        for (char *at = words; count < 5; at += length(at) + 1) {
            fields[count++] = at;
            if (at + length(at) >= words + n) {
                break;
            }
        }
        u32 pid = 0;
        copy(&pid, control + 16, sizeof pid); // SCM_CREDENTIALS, asked for with SO_PASSCRED
        if (count == 5) {
            const char *decision = same(fields[2], "denied") ? "denied" : "allowed";
            struct event event = {pid, "python", fields[0], fields[1], decision, fields[3], fields[4], 0};
            must(record(&event));
        }
    }
}

int supervise(struct watch *watch) {
    static struct poll fds[FIXED + MOST_LATER];
    static word slots[MOST_LATER];
    watching = watch;
    // Where the kernel can (Linux 6.6), the agent's call and the supervisor wake each other on one processor.
    CALL(NR_ioctl, notifications, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
    u64 now = now_millis(), next = now + watch->interval, tick = now + TICK;
    for (;;) {
        fds[0] = (struct poll){(int)watch->signals, POLLIN, 0};
        fds[1] = (struct poll){(int)notifications, POLLIN, 0};
        fds[2] = (struct poll){(int)watch->hook, POLLIN, 0};
        fds[3] = (struct poll){watch->judge_sockets ? (int)watch->names.clients : -1, POLLIN, 0};
        fds[4] = (struct poll){watch->judge_sockets ? (int)watch->names.upstream : -1, POLLIN, 0};
        word count = 0;
        for (word i = 0; i < MOST_LATER; i++) {
            if (later[i].used) {
                fds[FIXED + count] = (struct poll){(int)later[i].fd, POLLOUT, 0};
                slots[count++] = i;
            }
        }
        u64 until = watch->judge_sockets && tick < next ? tick : next;
        u64 wait = until > now ? until - now : 0;
        long time[2] = {(long)(wait / 1000), (long)(wait % 1000 * 1000000)};
        CALL(NR_ppoll, fds, FIXED + count, time, 0, 8);
        now = now_millis();
        int code = -1, ticks = now >= tick;
        if (fds[0].found) {
            pass_signals();
            code = take_ends();
        }
        if (ticks) {
            hear_answers();
        }
        if (fds[1].found & POLLIN) {
            serve();
        }
        if (fds[2].found || code >= 0) {
            hear();
        }
        if (fds[3].found) {
            ask_names(&watch->names);
        }
        if (fds[4].found) {
            hear_names(&watch->names);
        }
        for (word i = 0; i < count; i++) {
            if (fds[FIXED + i].found || ticks) {
                serve_later(&later[slots[i]], fds[FIXED + i].found != 0);
            }
        }
        if (ticks) {
            end_names(&watch->names);
            forget_process();
            tick = now + TICK;
        }
        if (now >= next) {
            look_again();
            next = now + watch->interval;
        }
        if (code >= 0) {
            end_questions();
            char room[8];
            struct text text = {room, sizeof room, 0, 0};
            put_number(&text, (u64)code, 1);
            must(recorded((u32)watch->child, "end", ended(&text), "observed", "", ""));
            return code;
        }
    }
}
