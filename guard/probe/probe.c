// What `mvn sentinel:verify` runs inside a container, of any image: it has no C library and needs no file of the image.
// It knows how to try something; what to try, and what the answer must be, is the plugin's to say (attempts.txt).
//
//   probe                       says that it starts
//   probe TABLE [SECONDS]       tries each row of a file, and answers each; then stays, so that the host can look at it
//   probe serve PORT SECONDS    answers every connection with the same word
//
// The table is the first word, since a guard lets a program read the file that its first argument names.
//
// A row is a line of words with tabs between them: an id, an action, and the action's own words. The answer to it is one
// line:
//
//   ID value N     what the kernel returned; below 0, an error
//   ID text BYTES  what was read, as printable ASCII with \xHH for the rest
//   ID signal N    the attempt was killed by it
//   ID untried N   there was no process to try it in, for the error N, or it was killed by the signal N before
//   ID malformed   no such action, or not with such words
//
// The first line of all is "sentinel-probe 1 MACHINE", the last one "end", so that an answer that was cut off is seen.
//
// Each attempt is made in a process of its own: one that is killed answers all the same, and one that succeeds leaves no
// trace (its descriptors, its name spaces and its identity end with it). There is no allocation; every loop has a bound.
#include "probe.h"

struct answer *answer;

static char table[TABLE_BYTES + 1];

static const struct action {
    const char *name;
    int words;
    int here; // reads only, so that it needs no process of its own
    void (*act)(char **);
} actions[] = {
    {"call", 7, 0, act_call},       {"i386", 1, 0, act_i386},       {"open", 2, 0, act_open},
    {"read", 1, 0, act_read},       {"list", 1, 0, act_list},       {"create", 1, 0, act_create},
    {"exec", 1, 0, act_exec},       {"unix", 1, 0, act_unix},       {"processes", 1, 0, act_processes},
    {"connect", 3, 0, act_connect}, {"talk", 4, 0, act_talk},       {"resolve", 3, 0, act_resolve},
    {"run", 1, 0, act_run},         {"file", 1, 1, act_file},       {"link", 1, 1, act_link},
    {"threads", 1, 0, act_threads}, {"parent", 1, 1, act_parent},
};

static void try_row(char **w, int count) {
    const struct action *action = 0;
    for (word i = 0; count >= 2 && i < sizeof actions / sizeof *actions; i++) {
        if (same(actions[i].name, w[1]) && actions[i].words == count - 2) {
            action = &actions[i];
        }
    }
    answer->kind = action ? NOTHING : MALFORMED;
    answer->length = 0;
    if (!action || action->here) {
        if (action) {
            action->act(w + 2);
        }
        print_answer(w[0]);
        return;
    }
    flush();
    long pid = CALL(NR_clone, SIGCHLD);
    if (pid == 0) {
        alarm_after(1000 * ROW_SECONDS);
        CALL(NR_getpid); // what each needs was let through: from here on, it is the attempt that a filter kills
        answer->kind = BEGUN;
        action->act(w + 2);
        CALL(NR_exit_group, 0);
    }
    if (pid < 0) {
        report(w[0], " untried ", pid);
        return;
    }
    int status = 0;
    long ended;
    do {
        ended = CALL(NR_wait4, pid, &status, 0x40000000, 0); // __WALL
    } while (ended == -EINTR);
    int signal = status & 0x7f;
    if (signal && answer->kind <= STARTED) {
        report(w[0], answer->kind == NOTHING ? " untried " : " signal ", signal);
    } else {
        print_answer(w[0]);
    }
}

static int try_all(const char *name) {
    long fd = open_at(name, 0, 0);
    word count = 0;
    long n = fd;
    while (n >= 0 && count < sizeof table) {
        n = CALL(NR_read, fd, table + count, sizeof table - count);
        if (n <= 0) {
            break;
        }
        count += (word)n;
    }
    if (fd < 0 || n < 0 || count == sizeof table) {
        return 66;
    }
    table[count] = 0;
    char *at = table;
    while (*at) {
        char *w[MOST_WORDS] = {at};
        int words = 1;
        while (*at && *at != '\n') {
            if (*at == '\t') {
                *at = 0;
                if (words == MOST_WORDS) {
                    return 65;
                }
                w[words++] = at + 1;
            }
            at++;
        }
        if (*at) {
            *at++ = 0;
        }
        try_row(w, words);
    }
    return at == table + count ? 0 : 65; // it has no NUL
}

// ---- The other ways to run ----

static int serve(const char *port_text, const char *seconds) {
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 15\r\n"
                                "Connection: close\r\n\r\nsentinel-target";
    word port, most;
    if (!bounded(port_text, 65535, &port) || !bounded(seconds, MOST_SECONDS, &most)) {
        return 64;
    }
    long fd = listening(AF_INET6, port);
    fd = fd < 0 ? listening(AF_INET, port) : fd;
    report("listening", " value ", fd < 0 ? fd : 0);
    flush();
    long until = now() + (long)most * 1000;
    while (fd >= 0 && now() < until && !asked_to_end(0)) {
        long tick = now() + 200;
        if (wait_for(fd, POLLIN, tick < until ? tick : until) <= 0) {
            continue;
        }
        long peer = CALL(NR_accept4, fd, 0, 0, O_CLOEXEC | O_NONBLOCK);
        if (peer >= 0) {
            // Whatever is asked; it is read so that closing sends no reset.
            wait_for(peer, POLLIN, now() + 1000);
            CALL(NR_recvfrom, peer, zeros, sizeof zeros);
            CALL(NR_sendto, peer, reply, sizeof reply - 1, MSG_NOSIGNAL);
            CALL(NR_close, peer);
        }
    }
    return fd < 0 ? 71 : 0;
}

static int run(int count, char **words) {
    long page = CALL(NR_mmap, 0, sizeof *answer, 3, 0x21, -1, 0); // read and write; shared, of no file
    if (page < 0 && page > -4096) {
        return 71;
    }
    answer = (struct answer *)page;
    print("sentinel-probe 1 " MACHINE "\n");
    int code = 64;
    word stay = 0;
    if (count == 1) {
        code = 0;
    } else if (count == 2 || (count == 3 && bounded(words[2], MOST_SECONDS, &stay))) {
        code = try_all(words[1]);
    } else if (count == 4 && same(words[1], "serve")) {
        code = serve(words[2], words[3]);
    }
    if (code == 0) {
        print("end\n");
    }
    flush();
    long until = now() + (long)stay * 1000;
    while (code == 0 && now() < until && !asked_to_end(until - now())) {
        // another signal than those came
    }
    return code;
}

#ifdef HOSTED
// With a C library, for the compilers' sanitizers.
int main(int count, char **words) {
    return run(count, words);
}
#else
__asm__(START);

void start(long *stack);

__attribute__((used, noreturn)) void start(long *stack) {
    CALL(NR_exit_group, run((int)stack[0], (char **)(stack + 1)));
    __builtin_unreachable();
}

// What the compiler writes a loop or an initialiser as.
void *memset(void *to, int value, word count);
void *memcpy(void *restrict to, const void *restrict from, word count);

void *memset(void *to, int value, word count) {
    for (word i = 0; i < count; i++) {
        ((unsigned char *)to)[i] = (unsigned char)value;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, word count) {
    for (word i = 0; i < count; i++) {
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    }
    return to;
}
#endif
