// The trail: JSON lines that are chained by their hashes, in a folder that the agent cannot open; and the same in words in the
// workspace, for people.
#include "launcher.h"

enum { ROOM = 40960, MOST_TARGET = 4096, MOST_BYTES = 256 << 20 };

static long trail = -1, people = -1;
static int go_on, failed;
static u64 sequence, written;
static char previous[HEX_BYTES + 1] = "0000000000000000000000000000000000000000000000000000000000000000";

struct date {
    u64 year, month, day, hour, minute, second, micros;
};

static struct date date_of(u64 seconds, u64 nanos) {
    u64 days = seconds / 86400;
    struct date date = {1970, 1, 0, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, nanos / 1000};
    for (;; date.year++) {
        u64 leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
        if (days < 365 + leap) {
            break;
        }
        days -= 365 + leap;
    }
    static const byte lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (;; date.month++) {
        u64 leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
        u64 count = lengths[date.month - 1] + (u64)(date.month == 2 && leap);
        if (days < count) {
            break;
        }
        days -= count;
    }
    date.day = days + 1;
    return date;
}

static void put_date(struct text *text, const struct date *date, const char *between) {
    put_number(text, date->year, 4);
    put(text, "-");
    put_number(text, date->month, 2);
    put(text, "-");
    put_number(text, date->day, 2);
    put(text, between);
    put_number(text, date->hour, 2);
    put(text, ":");
    put_number(text, date->minute, 2);
    put(text, ":");
    put_number(text, date->second, 2);
}

// As whoever runs this calls it, or after the time.
static long open_new(const char *folder, const struct date *date) {
    char path[PATH_BYTES];
    struct text name = {path, sizeof path, 0, 0};
    const char *called = variable("SENTINEL_TRAIL", "");
    put(&name, folder);
    put(&name, "/");
    for (const char *at = called; *at; at++) {
        int plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-' || *at == '_';
        if (!plain || at - called > 200) {
            refuse("SENTINEL_TRAIL is ", called, ", and not a name of lower-case letters, digits, - and _", 0);
        }
    }
    put(&name, called);
    if (!*called) {
        word from = name.length;
        put_date(&name, date, "T");
        put(&name, "-");
        put_number(&name, date->micros, 6);
        for (ended(&name); from < name.length; from++) {
            path[from] = path[from] == ':' ? '-' : path[from]; // no colon, for file systems that take none
        }
    }
    put(&name, ".jsonl");
    return CALL(NR_openat, AT_FDCWD, ended(&name), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void open_trail(const struct policy *policy, const char *folder, const char *lines) {
    long time[2] = {0, 0};
    go_on = policy->go_on_unrecorded;
    CALL(NR_clock_gettime, CLOCK_REALTIME, time);
    struct date date = date_of((u64)time[0], (u64)time[1]);
    trail = open_new(folder, &date);
    if (trail < 0 && !go_on) {
        refuse("the audit trail cannot be written in ", folder, "; mount a folder there that the agent's user can write, "
               "or set audit.on_failure: continue in the policy", 0);
    }
    // A link or a pipe may have been left there by an agent: this program would write where that one cannot.
    struct file file;
    people = CALL(NR_openat, AT_FDCWD, lines, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
    if (people >= 0 && (look_at(people, "", AT_EMPTY_PATH, &file) < 0 || (file.mode & S_IFMT) != S_IFREG)) {
        CALL(NR_close, people);
        people = -1;
    }
    if (people < 0 && !go_on) {
        refuse(lines, " is no file that can be written; remove what stands there", 0, 0);
    }
}

static int write_all(long fd, const char *bytes, word count) {
    while (count) {
        long n = CALL(NR_write, fd, bytes, count);
        if (n <= 0 && n != -EINTR) {
            return 0;
        }
        bytes += n > 0 ? n : 0;
        count -= n > 0 ? (word)n : 0;
    }
    return 1;
}

static void member(struct text *text, const char *name, const char *value, word count) {
    put(text, ",\"");
    put(text, name);
    put(text, "\":\"");
    put_json(text, value, count);
    put(text, "\"");
}

static int write_people(const struct event *event, const struct date *date, word target) {
    static char room[ROOM];
    struct text line = {room, sizeof room, 0, 0};
    put_date(&line, date, " ");
    put(&line, ",");
    put_number(&line, date->micros / 1000, 3);
    put(&line, " - INFO - [");
    word from = line.length;
    put(&line, event->decision);
    put(&line, "] ");
    put(&line, event->action);
    for (word i = from; i < line.length; i++) {
        line.at[i] = line.at[i] >= 'a' && line.at[i] <= 'z' ? (char)(line.at[i] - 'a' + 'A') : line.at[i];
    }
    put(&line, ": ");
    put_json(&line, event->target, target);
    if (*event->reason) {
        put(&line, " (");
        put_json(&line, event->reason, length(event->reason));
        put(&line, ")");
    }
    put(&line, "\n");
    return !line.cut && write_all(people, line.at, line.length);
}

int record(const struct event *event) {
    static char room[ROOM], exe[1024];
    char link[40];
    struct text name = {link, sizeof link, 0, 0};
    put(&name, "/proc/");
    put_number(&name, event->pid, 1);
    put(&name, "/exe");
    long found = CALL(NR_readlinkat, AT_FDCWD, ended(&name), exe, sizeof exe);
    long time[2] = {0, 0};
    CALL(NR_clock_gettime, CLOCK_REALTIME, time);
    struct date date = date_of((u64)time[0], (u64)time[1]);
    word target = event->target_length ? event->target_length : length(event->target);
    target = target < MOST_TARGET ? target : MOST_TARGET;

    struct text line = {room, sizeof room, 0, 0};
    put(&line, "{\"seq\":");
    put_number(&line, sequence + 1, 1);
    put(&line, ",\"ts\":\"");
    put_date(&line, &date, "T");
    put(&line, ".");
    put_number(&line, date.micros, 6);
    put(&line, "Z\",\"pid\":");
    put_number(&line, event->pid, 1);
    member(&line, "exe", exe, found > 0 ? (word)found : 0);
    member(&line, "source", event->source, length(event->source));
    member(&line, "action", event->action, length(event->action));
    member(&line, "target", event->target, target);
    member(&line, "decision", event->decision, length(event->decision));
    member(&line, "key", event->key, length(event->key));
    member(&line, "reason", event->reason, length(event->reason));
    member(&line, "prev", previous, HEX_BYTES);

    struct sha256 sha;
    byte digest[DIGEST_BYTES];
    sha256_begin(&sha);
    sha256_add(&sha, line.at, line.length);
    sha256_end(&sha, digest);
    struct text hash = {previous, sizeof previous, 0, 0};
    put_hex(&hash, digest, sizeof digest);
    member(&line, "hash", ended(&hash), HEX_BYTES);
    put(&line, "}\n");

    written += line.length;
    int whole = !line.cut && written <= MOST_BYTES && trail >= 0 && write_all(trail, line.at, line.length);
    sequence++;
    int told = people >= 0 && write_people(event, &date, target);
    // A record that is missing is missing for ever, even if a smaller one has room.
    failed |= !whole || !told;
    return !failed || go_on;
}

u64 last_record(char hash[HEX_BYTES + 1]) {
    copy(hash, previous, sizeof previous);
    return sequence;
}

int recorded(u32 pid, const char *action, const char *target, const char *decision, const char *key, const char *reason) {
    struct event event = {pid, "guard", action, target, decision, key, reason, 0};
    return record(&event);
}
