// What the parts of the launcher share. It is one program of one thread, without a C library and without an allocator: what
// it needs is in its own memory from the beginning, and what would not fit there is refused.
#ifndef SENTINEL_LAUNCHER_H
#define SENTINEL_LAUNCHER_H

#include "../machine.h"

typedef unsigned char byte;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

// Exit codes, as those of the whole product.
enum { USAGE = 64, REFUSED = 78, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

enum { EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, EAGAIN = 11, EACCES = 13, EFAULT = 14, EEXIST = 17, EINVAL = 22, ENOSYS = 38 };
enum { EMSGSIZE = 90, EPROTONOSUPPORT = 93, EOPNOTSUPP = 95, EAFNOSUPPORT = 97, EISCONN = 106, ETIMEDOUT = 110 };
enum { EALREADY = 114, EINPROGRESS = 115, ERESTARTSYS = 512, ERESTARTNOINTR = 513 };
enum { AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, O_RDONLY = 0, O_WRONLY = 01, O_RDWR = 02, O_CREAT = 0100, O_EXCL = 0200 };
enum { O_NOCTTY = 0400, O_APPEND = 02000, O_NONBLOCK = 04000, O_PATH = 010000000, O_CLOEXEC = 02000000 };
enum { S_IFMT = 0170000, S_IFSOCK = 0140000, S_IFREG = 0100000, S_IFDIR = 040000 };
enum { SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGPIPE = 13, SIGALRM = 14, SIGCHLD = 17, SIGSTOP = 19 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1 };

enum { PATH_BYTES = 4096, DIGEST_BYTES = 32, HEX_BYTES = 2 * DIGEST_BYTES };

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define POLICY "/opt/sentinel/policy"
#define POLICY_SOURCE "/workspace/sentinel.yaml"
#define AUDIT "/opt/sentinel/audit"

// ---- text.c: bytes, words, and what is told ----

word length(const char *text);
int same(const char *one, const char *other);
int starts(const char *text, const char *prefix);
int order(const char *one, const char *other);
int equal(const void *one, const void *other, word count);
void clear(void *memory, word count);
void copy(void *to, const void *from, word count);
// A decimal number of digits alone, at most `most`.
int decimal(const char *text, u64 most, u64 *out);
int is_yes(const char *text);
int is_no(const char *text);
// The variable's value, or the given text where it is not set or empty.
const char *variable(const char *name, const char *otherwise);
extern char **environment;

// A text of bounded length. What does not fit is left out, and `cut` says so.
struct text {
    char *at;
    word size, length;
    int cut;
};
void put(struct text *text, const char *words);
void put_bytes(struct text *text, const void *bytes, word count);
void put_number(struct text *text, u64 value, int digits);
// As the inside of a JSON string: control characters escaped, what is not UTF-8 replaced by U+FFFD (RFC 8259, 7).
void put_json(struct text *text, const char *words, word count);
void put_hex(struct text *text, const byte *bytes, word count);
// Ends the text with a NUL and returns it.
const char *ended(struct text *text);

// A line on stderr, as from this program.
void say(const char *one, const char *two, const char *three, const char *four);
// The same, and the end of the program.
__attribute__((noreturn)) void refuse(const char *one, const char *two, const char *three, const char *four);
__attribute__((noreturn)) void leave(int code);

// ---- files.c: what is looked at of files ----

struct file {
    u32 mode;
    u64 inode;
    u32 major, minor;
};
int look_at(long folder, const char *path, int flags, struct file *file);
int same_file(const struct file *one, const struct file *other);
// Whether a path is a folder or lies below it, by its parts.
int is_within(const char *path, const char *folder);
int is_within_any(const char *path, const char *const *folders, word count);
const char *base_name(const char *path);
// Where an open descriptor's file is, all links resolved. Returns the length, or a negative error.
long real_path(long fd, char path[PATH_BYTES]);
// Reads a whole file. Returns its length, -EFBIG where it is longer than the room, or another negative error.
long read_file(const char *path, byte *room, word size);
int digest_file(const char *path, byte digest[DIGEST_BYTES]);
u64 now_millis(void);

// ---- sha256.c (FIPS 180-4) ----

struct sha256 {
    u32 state[8];
    u64 count;
    byte block[64];
};
void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, word count);
void sha256_end(struct sha256 *sha, byte digest[DIGEST_BYTES]);

// ---- policy.c: the compiled policy ----

struct range {
    byte address[16]; // IPv4 as ::ffff:a.b.c.d
    u32 bits;
};
struct host {
    const char *name;
    int subdomains;
    const char *ports; // ascending, separated by commas; "*" for all
};
#ifdef FUZZED // a fuzzer gets to the ends of these, and is not slowed down by them
enum { MOST_HOSTS = 6, MOST_RANGES = 6, MOST_TEXTS = 24 };
#else
enum { MOST_HOSTS = 1024, MOST_RANGES = 1024, MOST_TEXTS = 4096 };
#endif
struct texts {
    const char **at;
    word count;
};
struct policy {
    byte source[DIGEST_BYTES];
    int audit, ask, go_on_unrecorded, tamper_detection, failsafe, private_network;
    struct texts writes, reads, blocks, commands, interpreters, blocked_commands, blocked_hosts;
    struct host hosts[MOST_HOSTS];
    word host_count;
    struct range blocked[MOST_RANGES], allowed[MOST_RANGES];
    word blocked_count, allowed_count;
};
struct fault {
    word line;
    const char *what;
};
// Reads a compiled policy, whose text it keeps and changes. Returns whether it is one.
int read_policy(char *text, word count, struct policy *policy, struct fault *fault);
int hex_digest(const char *text, byte digest[DIGEST_BYTES]);

// ---- address.c: what the policy says of names and addresses ----

struct verdict {
    int allowed;
    const char *key, *reason;
};
// The name that led to an address and admits the port, or 0.
typedef const char *name_of(const byte address[16], u32 port);
int read_range(const char *text, struct range *range);
// Turns a name to lower case without a dot at its end, in place. Returns whether it is a host name.
int normal_name(char *name);
struct verdict judge_name(const struct policy *policy, const char *name);
// Whether a rule of the policy is about the name and admits the port; port 0 asks for any.
int admits(const struct policy *policy, const char *name, u32 port);
// The IPv4 address that an IPv6 one carries (v4-mapped, NAT64, 6to4) in its place; as it is otherwise.
void unwrap(const byte address[16], byte out[16]);
struct verdict judge_address(const struct policy *policy, const byte address[16], u32 port, name_of *learned);
// RFC 5952.
void put_address(struct text *text, const byte address[16]);

// ---- programs.c: which programs may start ----

// Finds what the policy names and what these need to start, and adds it to the rules (negative: there are none). The agent's
// own program is the first word. Ends the program where that is not there or is blocked.
void find_programs(const struct policy *policy, long rules, char **words);
// The path of the agent's own program, found as execvp(3) would.
extern char own_program[PATH_BYTES];
int may_start(const struct file *file);
int is_interpreter(const char *real);

// ---- landlock.c (landlock(7), Linux 5.13 and newer) ----

// The kernel's version of it, 0 without.
long landlock_version(void);
// An empty ruleset. Ends the program where it cannot be made.
long landlock_begin(long version, int only_proxy);
// Remembers what the policy blocks, and where that leads to now; before landlock_files().
void block_paths(const struct policy *policy);
int is_blocked_path(const char *path);
// What the policy and the image's own runtime let a program read and write.
void landlock_files(long rules, const struct policy *policy, char **words);
void landlock_program(long rules, long fd);
// Keeps this process, and all that it starts, from abstract sockets of others in its network name space, where the kernel can.
void landlock_sockets(long version);

// ---- filter.c: the system call filter (seccomp(2)) ----

// Puts the filter on this process, which its supervisor started. Returns the descriptor of its notifications, or a negative error.
// `scoped`: Landlock keeps signals within the agent's processes.
long enter_filter(int judge_sockets, int scoped, u32 supervisor);

// ---- audit.c: the trail ----

struct event {
    u32 pid;
    const char *source, *action, *target, *decision, *key, *reason;
    word target_length; // 0: up to its NUL
};
void open_trail(const struct policy *policy, const char *folder, const char *people);
// Whether the record is written, or the policy lets the agent go on without.
int record(const struct event *event);
int recorded(u32 pid, const char *action, const char *target, const char *decision, const char *key, const char *reason);
// The number of the last record, and its hash in hexadecimal digits.
u64 last_record(char hash[HEX_BYTES + 1]);

// ---- ask.c: questions to whoever started the run ----

// A program's resolver gives up after 30 s (guard/resolv.conf), and what it asks for is to be answered before, whoever said what:
// a second is ten of the supervisor's looks. The host gives a person one second less still.
enum { QUESTION_SECONDS = 29 };
enum said { NO, YES, OPEN };
// Whether somebody may allow it: nothing but a list that it is not on denies it.
int can_be_asked(const struct verdict *verdict);
// Somebody can be asked where the host has put a file for its answers beside the trail.
void open_questions(const struct policy *policy, const char *folder);
// What is said about a name, or an address and port. Asks where nobody did yet; NO where nobody can be asked. Says why in `reason`,
// where there is something to say.
enum said ask(u32 pid, const char *target, const char *key, const char *why, const char **reason);
int said_yes(const char *target);
void hear_answers(void);
void end_questions(void);
extern u64 settled; // questions so far that are not open any more

// ---- memory.c: the memory and descriptors of the process whose call is judged ----

struct call {
    u64 id;
    u32 pid, flags;
    int number;
    u32 arch;
    u64 instruction, arguments[6];
};
int still_waits(const struct call *call);
// Whether its memory can be read: 0, or a negative error.
int reach(const struct call *call);
// How many bytes were read, perhaps less, where the memory ends.
long read_memory(const struct call *call, u64 at, void *to, word count);
int write_memory(const struct call *call, u64 at, const void *from, word count);
// A duplicate of the process's descriptor.
long descriptor_of(const struct call *call, u64 fd);
long process_of(u32 thread);
// What is kept of the last process is good as long as its number and its program are: until a program starts, and for a time in
// which no number comes round again.
void forget_process(void);

// ---- network.c: the calls of sockets ----

// What a call comes to: an answer to give, one that the kernel gives itself, none yet, or none until somebody was asked.
enum outcome { ANSWER, GO_ON, LATER, ASKED };
struct answer {
    enum outcome outcome;
    long value; // a negative error, or what the call returns; LATER: the descriptor to wait for, negative: for a while
    u64 until;  // LATER: when it is given up, in milliseconds of now_millis(); 0: never
    long late;  // LATER: the answer then
};
// What was recorded of a call last: one that is judged again leaves a second record only where that is another.
struct told {
    byte digest[DIGEST_BYTES];
    int any;
};
struct answer judge_socket(const struct call *call, struct told *told);
// Closes a duplicate of an agent's descriptor, however long the agent would have that take (SO_LINGER).
void close_agents(long fd);
void open_alarm(void);
// The thread whose socket has this port, of those that spoke to the resolver last; 0 where that is not known.
u32 asker(const byte port[2]);

// ---- names.c: the container's resolver ----

struct names {
    long clients, upstream; // descriptors
    u64 millis;             // until an answer of the upstream resolver is too late
    u64 seconds;            // for which one is kept, at most
};
int open_names(struct names *names);
void ask_names(struct names *names);
void hear_names(struct names *names);
void end_names(struct names *names);
name_of learned;

// ---- supervisor.c ----

extern long notifications;
extern const struct policy *in_force;
struct watch {
    long child, signals, hook;
    struct names names;
    int judge_sockets;
    u64 interval, rate; // milliseconds between two looks, and the chance of another one at each call, of 10,000
};
// Ends the agent where its record could not be written, unless the policy lets it go on without.
void must(int recorded_it);
// Serves the agent until it ends. Returns the exit code.
int supervise(struct watch *watch);
void watch_file(const char *path);

#endif
