// Questions to whoever started the run, about what allowed_hosts does not list and nothing else forbids. A question is a record
// of the trail, which the host follows; an answer is a line of a file beside the trail, which the host writes and the agent
// cannot open. Meanwhile the call waits, and nothing else does.
#include "launcher.h"

// So many in a run, at once, and without a yes: nobody is worn down by questions, and a trail is not filled with them.
enum { MOST_QUESTIONS = 64, MOST_OPEN = 4, MOST_REFUSED = 5, MILLIS = QUESTION_SECONDS * 1000, TARGET = 320, ROOM = 1024 };

static struct question {
    char target[TARGET], token[HEX_BYTES + 1];
    enum said said;
    u64 number, until;
    u32 pid;
} questions[MOST_QUESTIONS];
static word question_count, refused;
static int wanted;
static long answers = -1;
static u64 taken;
u64 settled;

void open_questions(const struct policy *policy, const char *folder) {
    const char *called = variable("SENTINEL_TRAIL", "");
    wanted = policy->ask && !policy->audit;
    if (!wanted || !*called) {
        return;
    }
    char path[PATH_BYTES];
    struct text name = {path, sizeof path, 0, 0};
    put(&name, folder);
    put(&name, "/");
    put(&name, called);
    put(&name, ".answers");
    struct file file;
    answers = CALL(NR_openat, AT_FDCWD, ended(&name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (answers >= 0 && (look_at(answers, "", AT_EMPTY_PATH, &file) < 0 || (file.mode & S_IFMT) != S_IFREG)) {
        CALL(NR_close, answers);
        answers = -1;
    }
}

static void settle(struct question *one, enum said said, const char *by) {
    one->said = said;
    refused += said == NO;
    settled++;
    must(recorded(one->pid, "ask", one->target, said == YES ? "allowed" : "denied", "on_block", by));
}

int can_be_asked(const struct verdict *verdict) {
    return wanted && !verdict->allowed && same(verdict->key, "allowed_hosts");
}

int said_yes(const char *target) {
    for (word i = 0; i < question_count; i++) {
        if (questions[i].said == YES && same(questions[i].target, target)) {
            return 1;
        }
    }
    return 0;
}

enum said ask(u32 pid, const char *target, const char *key, const char *why, const char **reason) {
    word open = 0;
    for (word i = 0; i < question_count; i++) {
        if (same(questions[i].target, target)) {
            *reason = questions[i].said == YES ? "whoever started the run allowed it" : "nobody allowed it when it was asked for";
            return questions[i].said;
        }
        open += questions[i].said == OPEN;
    }
    if (open == MOST_OPEN || open + refused >= MOST_REFUSED || question_count == MOST_QUESTIONS) {
        *reason = open ? "not asked for: too many questions are open" : "nobody is asked any more, after that many questions";
        return NO;
    }
    struct question *one = &questions[question_count];
    struct text text = {one->target, sizeof one->target, 0, 0};
    put(&text, target);
    ended(&text);
    if (text.cut) { // no name or address is that long
        return NO;
    }
    question_count++;
    one->pid = pid;
    one->said = OPEN;
    one->until = now_millis() + MILLIS;
    if (answers < 0) {
        settle(one, NO, "no terminal");
        *reason = "there is nobody to ask";
        return NO;
    }
    must(recorded(pid, "ask", target, "observed", key, why));
    one->number = last_record(one->token);
    return OPEN;
}

// "NUMBER HASH allow" or "NUMBER HASH deny": the record that asks, by its number and hash, so that an answer is for that one.
static void take(char *line) {
    char *fields[3] = {line};
    word count = 1;
    u64 number = 0;
    for (char *at = line; *at; at++) {
        if (*at == ' ') {
            *at = 0;
            if (count == COUNT(fields)) {
                return;
            }
            fields[count++] = at + 1;
        }
    }
    if (count != COUNT(fields) || !decimal(fields[0], ~0UL >> 1, &number)) {
        return;
    }
    for (word i = 0; i < question_count; i++) {
        struct question *one = &questions[i];
        if (one->said == OPEN && one->number == number && same(one->token, fields[1])) {
            settle(one, same(fields[2], "allow") ? YES : NO, "console");
        }
    }
}

void hear_answers(void) {
    static char room[ROOM + 1];
    int any = 0;
    for (word i = 0; i < question_count; i++) {
        any |= questions[i].said == OPEN;
    }
    if (!any) {
        return;
    }
    long n = CALL(NR_pread64, answers, room, ROOM, taken);
    word from = 0;
    for (word i = 0; n > 0 && i < (word)n; i++) {
        if (room[i] == '\n') {
            room[i] = 0;
            take(room + from);
            from = i + 1;
        }
    }
    taken += from;
    for (word i = 0; i < question_count; i++) {
        if (questions[i].said == OPEN && questions[i].until <= now_millis()) {
            settle(&questions[i], NO, "timeout");
        }
    }
}

void end_questions(void) {
    for (word i = 0; i < question_count; i++) {
        if (questions[i].said == OPEN) {
            settle(&questions[i], NO, "the agent ended");
        }
    }
}
