// What the parts of the probe share.
#ifndef SENTINEL_PROBE_H
#define SENTINEL_PROBE_H

#include "../machine.h"

enum {
    TABLE_BYTES = 1 << 16,
    TEXT_BYTES = 1 << 18,
    HEAD_BYTES = 1 << 10,
    MOST_WORDS = 10,
    ROW_SECONDS = 5,
    MOST_MILLIS = 60 * 1000,
    MOST_SECONDS = 3600,
    MOST_CHILDREN = 4096,
    MOST_RECORDS = 64,
};

enum { ENOENT = 2, EFBIG = 27, EINVAL = 22, EINTR = 4, EINPROGRESS = 115, ETIMEDOUT = 110, EPROTO = 71 };
enum { AT_FDCWD = -100, O_WRONLY = 01, O_CREAT = 0100, O_EXCL = 0200, O_NOCTTY = 0400, O_NONBLOCK = 04000 };
enum { O_CLOEXEC = 02000000, SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGTERM = 15, SIGCHLD = 17, CLOCK_MONOTONIC = 1 };
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOL_SOCKET = 1, IPPROTO_IPV6 = 41 };
enum { SO_REUSEADDR = 2, SO_ERROR = 4, IPV6_V6ONLY = 26, POLLIN = 1, POLLOUT = 4, MSG_NOSIGNAL = 0x4000 };
enum { DNS_ID = 0x5e17, DNS_A = 1, DNS_IN = 1 };

struct time { long seconds, nanos; };

// What an attempt came to; the process that makes it shares this with the one that prints it.
enum kind { NOTHING, BEGUN, STARTED, VALUE, TEXT, MALFORMED };
struct answer {
    enum kind kind;
    long value;
    word length;
    unsigned char text[TEXT_BYTES];
};
extern struct answer *answer;
// Memory for a call that wants some. In an attempt it has zeros.
extern unsigned char zeros[4096];

// ---- text.c: words, numbers, what is printed and what is answered ----

int same(const char *one, const char *other);
word length(const char *text);
int digit(char c);
int number(const char *text, word *out);
int bounded(const char *text, word most, word *out);
long unescape(char *text);

void flush(void);
void print(const char *text);
void report(const char *id, const char *kind, long value);
void print_answer(const char *id);

void say(long value);
void malformed(void);
void add(const char *text);
void add_number(word value);

// ---- attempts.c: time, and what is tried of calls, files and processes ----

long now(void);
void alarm_after(long millis);
long wait_for(long fd, short events, long until);
int asked_to_end(long millis);
long open_at(const char *path, int flags, int mode);

void act_call(char **w);
void act_i386(char **w);
void act_open(char **w);
void act_read(char **w);
void act_list(char **w);
void act_create(char **w);
void act_exec(char **w);
void act_run(char **w);
void act_processes(char **w);
void act_threads(char **w);
void act_file(char **w);
void act_parent(char **w);
void act_link(char **w);

// ---- network.c ----

long listening(int family_number, word port);
void act_unix(char **w);
void act_connect(char **w);
void act_talk(char **w);
void act_resolve(char **w);

#endif
