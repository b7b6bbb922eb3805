// The resolver (names.c) without a network: what it sends and when is looked at, and the time is the test's. With a fuzzer, which
// makes up what clients and the upstream resolver say.
#include "../launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long kernel(long number, word fd, word at, word size, word flags, word peer, word peer_size);
#undef CALL
#define KERNEL(nr, a, b, c, d, e, f, ...) kernel((nr), (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), (word)(f))
#define CALL(...) KERNEL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#include "../names.c"

enum { CLIENTS = 3, UPSTREAM = 4, ASKER = 7 };

static struct policy rules;
const struct policy *in_force = &rules;
static struct names resolver = {CLIENTS, UPSTREAM, 1000, 2};
static u64 now = 1000000;
// What comes next from each of the two, and what was sent to them last.
struct packet {
    byte bytes[MESSAGE];
    word size;
    int there;
};
static struct packet from_client, from_upstream, to_client, to_upstream;
static int recordings;

u64 now_millis(void) {
    return now;
}

// Nobody is asked here: that needs somebody, and has its tests in containers.
u64 settled;

int can_be_asked(const struct verdict *verdict) {
    (void)verdict;
    return 0;
}

enum said ask(u32 pid, const char *target, const char *key, const char *why, const char **reason) {
    (void)pid, (void)target, (void)key, (void)why, (void)reason;
    return NO;
}

int said_yes(const char *target) {
    (void)target;
    return 0;
}

u32 asker(const byte port[2]) {
    (void)port;
    return 0;
}

void must(int recorded_it) {
    (void)recorded_it;
}

int recorded(u32 pid, const char *action, const char *target, const char *decision, const char *key, const char *reason) {
    (void)pid, (void)action, (void)target, (void)decision, (void)key, (void)reason;
    recordings++;
    return 1;
}

static long receive(struct packet *from, void *to, word room) {
    if (!from->there) {
        return -EAGAIN;
    }
    from->there = 0;
    word size = from->size < room ? from->size : room;
    copy(to, from->bytes, size);
    return (long)size;
}

static long kernel(long number, word fd, word at, word size, word flags, word peer, word peer_size) {
    (void)flags, (void)peer_size;
    static u16 random_number;
    struct packet *to = fd == CLIENTS ? &to_client : &to_upstream;
    switch (number) {
    case NR_recvfrom:
        if (fd == CLIENTS) {
            ((struct address *)peer)->host[3] = ASKER;
        }
        return receive(fd == CLIENTS ? &from_client : &from_upstream, (void *)at, size);
    case NR_sendto:
        copy(to->bytes, (const void *)at, size);
        to->size = size;
        to->there++;
        return (long)size;
    case NR_getrandom:
        random_number++;
        copy((void *)fd, &random_number, 2);
        return 2;
    default:
        return 0;
    }
}

static void serve(void) {
    to_client.there = to_upstream.there = 0;
    ask_names(&resolver);
    hear_names(&resolver);
    end_names(&resolver);
}

static void begin(void) {
    for (word i = 0; i < MOST_ASKED; i++) {
        asked[i].until = asked[i].answered = 0;
    }
    name_count = next_name = learned_count = next_learned = 0;
    from_client.there = from_upstream.there = 0;
    static struct host hosts[] = {{"listed.test", 0, "*"}, {"wide.test", 1, "443"}};
    copy(rules.hosts, hosts, sizeof hosts);
    rules.host_count = 2;
    rules.failsafe = 1;
    resolver.millis = 1000;
    resolver.seconds = 2;
}

#ifdef FUZZED

int LLVMFuzzerTestOneInput(const byte *data, size_t size);

// Steps, each of a kind, a size and so many bytes: a query, an answer to the one that was asked last, any answer, time.
int LLVMFuzzerTestOneInput(const byte *data, size_t size) {
    begin();
    while (size >= 3) {
        byte kind = data[0] & 3;
        word count = (word)data[1] << 8 | data[2];
        data += 3;
        size -= 3;
        count = count < size ? count : size;
        struct packet *from = kind == 0 ? &from_client : &from_upstream;
        now += kind == 3 ? count : 0;
        from->there = kind != 3;
        from->size = count < MESSAGE ? count : MESSAGE;
        copy(from->bytes, data, from->size);
        if (kind == 1 && from->size > 2) {
            copy(from->bytes, to_upstream.bytes, 2);
            from->bytes[2] |= 0x80;
        }
        serve();
        if ((to_client.there && (to_client.size < HEADER || !(to_client.bytes[2] & 0x80)))
            || (to_upstream.there && (to_upstream.bytes[2] & 0x80))) {
            abort(); // to clients go answers, and upstream questions
        }
        data += count;
        size -= count;
    }
    for (word i = 0; i < learned_count; i++) {
        if (*names_seen[table[i].name] && !admits(&rules, names_seen[table[i].name], 443)) {
            abort(); // an address is learned for a listed name alone
        }
    }
    return 0;
}

#else

static int checks, wrong;

static void check(int holds, const char *what) {
    checks++;
    if (!holds) {
        wrong++;
        printf("does not hold: %s\n", what);
    }
}

// Writes a query, or the first half of an answer, and returns where it ends.
static word question(struct packet *packet, const char *name, byte type, byte id) {
    static const byte head[HEADER] = {9, 0, 1, 0, 0, 1};
    copy(packet->bytes, head, HEADER);
    packet->bytes[1] = id;
    word at = HEADER;
    while (*name) {
        word label = strcspn(name, ".");
        packet->bytes[at++] = (byte)label;
        copy(packet->bytes + at, name, label);
        at += label;
        name += label + (name[label] == '.');
    }
    static const byte rest[] = {0, 0, 0, 0, 1};
    copy(packet->bytes + at, rest, sizeof rest);
    packet->bytes[at + 2] = type;
    packet->size = at + sizeof rest;
    packet->there = 1;
    return packet->size;
}

static void put_question(const char *name, byte type, byte id) {
    question(&from_client, name, type, id);
    serve();
}

// An answer of one address, 203.0.113.HOST, to what went upstream last.
static void tell(const char *name, byte host, byte flags, u32 seconds) {
    word at = question(&from_upstream, name, TYPE_A, 0);
    const byte record[] = {0xC0, HEADER, 0, TYPE_A, 0, CLASS_IN, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8),
        (byte)seconds, 0, 4, 203, 0, 113, host};
    copy(from_upstream.bytes + at, record, sizeof record);
    copy(from_upstream.bytes, to_upstream.bytes, 2);
    from_upstream.bytes[2] = 0x81;
    from_upstream.bytes[3] = flags;
    from_upstream.bytes[7] = 1;
    from_upstream.size = at + sizeof record;
    serve();
}

// Whether the client got an answer to the question of that number, with this code; and how long it may keep it.
static int answered(byte id, byte code) {
    return to_client.there == 1 && to_client.bytes[0] == 9 && to_client.bytes[1] == id && (to_client.bytes[3] & 15) == code;
}

static u32 seconds_left(void) {
    return to_client.bytes[to_client.size - 7] | (u32)to_client.bytes[to_client.size - 8] << 8;
}

static int is_learned(byte host) {
    const byte address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 203, 0, 113, host};
    return learned(address, 443) != 0;
}

static void answers_are_kept(void) {
    begin();
    put_question("listed.test", TYPE_A, 1);
    check(to_upstream.there && !to_client.there, "a listed name is asked for");
    tell("listed.test", 10, 0, 300);
    check(answered(1, 0) && seconds_left() == 300 && is_learned(10), "its answer is passed on, and its address learned");
    now += 1500;
    put_question("listed.test", TYPE_A, 2);
    check(!to_upstream.there && answered(2, 0) && seconds_left() == 299, "within two seconds it is given again, aged");
    put_question("listed.test", TYPE_AAAA, 3);
    check(to_upstream.there, "another question is asked");
    now += 500;
    put_question("listed.test", TYPE_A, 4);
    check(to_upstream.there && !to_client.there, "after two seconds it is asked for anew");
    tell("listed.test", 11, 0, 300);
    check(answered(4, 0) && is_learned(10) && is_learned(11), "what was learned stays so");

    begin();
    resolver.seconds = 3600;
    put_question("listed.test", TYPE_A, 1);
    tell("listed.test", 10, 0, 5);
    now += 4999;
    put_question("listed.test", TYPE_A, 2);
    check(!to_upstream.there && answered(2, 0) && seconds_left() == 1, "it is kept as long as its record says");
    now += 1;
    put_question("listed.test", TYPE_A, 3);
    check(to_upstream.there, "and no longer");

    begin();
    resolver.seconds = 0;
    put_question("listed.test", TYPE_A, 1);
    tell("listed.test", 10, 0, 300);
    put_question("listed.test", TYPE_A, 2);
    check(to_upstream.there, "with no seconds nothing is kept");

    begin();
    put_question("listed.test", TYPE_A, 1);
    tell("listed.test", 10, NO_SUCH_NAME, 300);
    put_question("listed.test", TYPE_A, 2);
    check(to_upstream.there, "an error is not kept");
}

static void answers_come_in_time(void) {
    begin();
    put_question("listed.test", TYPE_A, 1);
    now += 999;
    serve();
    check(!to_client.there, "it waits for the time that it is given");
    now += 1;
    serve();
    check(answered(1, FAILED), "and says that it failed then");
    tell("listed.test", 10, 0, 300);
    check(!to_client.there && !is_learned(10), "what comes later is not heard");

    begin();
    resolver.millis = 60000;
    put_question("listed.test", TYPE_A, 1);
    now += 59999;
    serve();
    tell("listed.test", 10, 0, 300);
    check(answered(1, 0), "with more time it is");
}

static void others_are_not_asked_for(void) {
    begin();
    recordings = 0;
    put_question("other.test", TYPE_A, 1);
    check(answered(1, NO_SUCH_NAME) && !to_upstream.there && recordings == 1, "a name that is not listed is none");
    put_question("below.listed.test", TYPE_A, 2);
    check(answered(2, NO_SUCH_NAME) && !to_upstream.there, "nor is one below");
    put_question("below.WIDE.test", TYPE_A, 3);
    check(to_upstream.there, "unless the rule says so, in letters of any size");
    tell("below.wide.test", 10, 0, 300);
    check(answered(3, 0) && is_learned(10), "whose answer is heard");

    begin();
    put_question("a.wide.test", TYPE_A, 1);
    tell("b.wide.test", 10, 0, 300);
    check(!to_client.there && !is_learned(10), "an answer to another question is none");
    question(&from_upstream, "a.wide.test", TYPE_A, 0);
    from_upstream.bytes[2] = 0x81;
    from_upstream.bytes[0] = (byte)~to_upstream.bytes[0];
    serve();
    check(!to_client.there, "nor is one of another number");
}

static void table_is_bounded(void) {
    begin();
    resolver.seconds = 3600;
    for (int i = 0; i < MOST_ASKED; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d.wide.test", i);
        put_question(name, TYPE_A, (byte)i);
        tell(name, (byte)i, 0, 300);
        now++;
    }
    put_question("listed.test", TYPE_A, 200);
    tell("listed.test", 10, 0, 300);
    check(answered(200, 0), "kept answers give way to a question");
    put_question("n1.wide.test", TYPE_A, 201);
    check(!to_upstream.there && answered(201, 0), "the one that would be kept the shortest first");
    put_question("n0.wide.test", TYPE_A, 202);
    check(to_upstream.there, "which is asked for anew");

    begin();
    for (int i = 0; i < MOST_ASKED; i++) {
        put_question("listed.test", TYPE_A, (byte)i);
        check(to_upstream.there == 1, "as many wait as there is room for");
    }
    put_question("listed.test", TYPE_A, 200);
    check(answered(200, FAILED) && !to_upstream.there, "and one more is told that it failed");
}

int main(void) {
    answers_are_kept();
    answers_come_in_time();
    others_are_not_asked_for();
    table_is_bounded();
    printf("%d checked, %d wrong\n", checks, wrong);
    return wrong ? 1 : 0;
}
#endif
