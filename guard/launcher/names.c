// The container's resolver: answers on loopback, where the container's resolv.conf leads. It asks the engine's own resolver for
// names that the policy lists and for no others, so that a name is no way out either; and it remembers to which addresses they
// led, which is what a connection is judged by. An answer is kept for a while, and given again to the same question.
#include "launcher.h"

enum { AF_INET = 2, SOCK_DGRAM = 2, SOCK_FLAGS = O_CLOEXEC | O_NONBLOCK, DNS = 53, MESSAGE = 4096, MOST_ASKED = 64 };
enum { MOST_NAMES = 512, MOST_LEARNED = 4096, NAME = 256, HEADER = 12, TYPE_A = 1, TYPE_AAAA = 28, CLASS_IN = 1 };
enum { NO_SUCH_NAME = 3, FAILED = 2, MALFORMED = 1 };
enum { MOST_KEPT = 1232 }; // bytes that any network takes in one packet

// struct sockaddr_in, in network order
struct address {
    u16 family;
    byte port[2], host[4], rest[8];
};
static struct asked {
    struct address client;
    byte client_id[2], id[2];
    u64 since, until; // until the question is given up, or the answer is not kept any longer; 0: free
    int waits;        // for somebody's answer about the name, and not for the upstream resolver
    u64 settled;      // how many questions were, when it began to wait
    word size, question, answered; // bytes of the query, of its part up to the question's end, of the answer: 0 while it waits
    byte query[512], answer[MOST_KEPT];
} asked[MOST_ASKED];
static char names_seen[MOST_NAMES + 1][NAME]; // the last one is none
static struct {
    byte address[16];
    u16 name;
} table[MOST_LEARNED];
static word name_count, next_name, learned_count, next_learned;
static byte message[MESSAGE];

int open_names(struct names *names) {
    static const struct address own = {AF_INET, {0, DNS}, {127, 0, 0, 1}, {0}};
    static const struct address engine = {AF_INET, {0, DNS}, {127, 0, 0, 11}, {0}};
    names->clients = CALL(NR_socket, AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0);
    names->upstream = CALL(NR_socket, AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0);
    return names->clients >= 0 && names->upstream >= 0 && CALL(NR_bind, names->clients, &own, sizeof own) == 0
        && CALL(NR_connect, names->upstream, &engine, sizeof engine) == 0;
}

const char *learned(const byte address[16], u32 port) {
    static const byte v4[13] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127}, v6[16] = {[15] = 1};
    if ((equal(address, v4, sizeof v4) || equal(address, v6, sizeof v6)) && admits(in_force, "localhost", port)) {
        return "localhost"; // the container itself, which no resolver is asked for
    }
    for (word i = 0; i < learned_count; i++) {
        const char *name = names_seen[table[i].name];
        if (equal(table[i].address, address, 16) && (admits(in_force, name, port) || said_yes(name))) {
            return name;
        }
    }
    return 0;
}

static u16 number_of(const char *name) {
    for (word i = 0; i < name_count; i++) {
        if (same(names_seen[i], name)) {
            return (u16)i;
        }
    }
    word at = next_name;
    next_name = (next_name + 1) % MOST_NAMES;
    name_count += name_count < MOST_NAMES;
    // What an older name led to is forgotten with it.
    for (word i = 0; i < learned_count; i++) {
        if (table[i].name == at) {
            table[i].name = MOST_NAMES;
        }
    }
    copy(names_seen[at], name, length(name) + 1);
    return (u16)at;
}

static void learn(const byte address[16], const char *name) {
    byte inner[16];
    unwrap(address, inner);
    u16 at = number_of(name);
    for (word i = 0; i < learned_count; i++) {
        if (table[i].name == at && equal(table[i].address, inner, 16)) {
            return;
        }
    }
    copy(table[next_learned].address, inner, 16);
    table[next_learned].name = at;
    next_learned = (next_learned + 1) % MOST_LEARNED;
    learned_count += learned_count < MOST_LEARNED;
}

// The one question of a message (RFC 1035, 4.1): its name as text. Returns where it ends, or 0.
static word question_of(const byte *at, word count, char name[NAME]) {
    struct text text = {name, NAME, 0, 0};
    word i = HEADER;
    if (count < HEADER || at[4] || at[5] != 1) {
        return 0;
    }
    while (i < count && at[i]) {
        if (at[i] > 63 || i + at[i] >= count) {
            return 0;
        }
        put(&text, text.length ? "." : "");
        put_bytes(&text, at + i + 1, at[i]);
        i += at[i] + 1U;
    }
    if (i + 5 > count || text.cut) {
        return 0;
    }
    for (word k = 0; k < text.length; k++) {
        if (!name[k]) {
            return 0;
        }
    }
    return *ended(&text) && normal_name(name) ? i + 5 : 0;
}

static word skip_name(const byte *at, word count, word i) {
    while (i < count && at[i] && at[i] < 64) {
        i += at[i] + 1U;
    }
    return i < count ? i + (at[i] ? 2 : 1) : count;
}

// What the answers say of addresses, whatever names they stand at: an alias leads to them (CNAME). They have aged by so many
// seconds. Returns for how many more they may be kept: as long as all of them say, and not at all where something else is said.
static u64 learn_all(byte *at, word count, word i, const char *name, u64 age) {
    u32 answers = (u32)at[6] << 8 | at[7];
    u64 least = answers && !(at[2] & 2) && !(at[3] & 15) ? ~0UL : 0; // neither cut nor an error
    byte address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    while (answers--) {
        i = skip_name(at, count, i);
        if (i + 10 > count) {
            return 0;
        }
        u32 type = (u32)at[i] << 8 | at[i + 1], kind = (u32)at[i + 2] << 8 | at[i + 3];
        word size = (word)at[i + 8] << 8 | at[i + 9];
        u64 left = (u64)at[i + 4] << 24 | (u64)at[i + 5] << 16 | (u64)at[i + 6] << 8 | at[i + 7];
        left -= left < age ? left : age;
        least = left < least ? left : least;
        for (int k = 4; k < 8; k++) {
            at[i + (word)k] = (byte)(left >> 8 * (7 - k));
        }
        i += 10;
        if (i + size > count) {
            return 0;
        }
        if (kind == CLASS_IN && ((type == TYPE_A && size == 4) || (type == TYPE_AAAA && size == 16))) {
            static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
            copy(address, mapped, 12);
            copy(address + 16 - size, at + i, size);
            learn(address, name);
        }
        i += size;
    }
    return least;
}

static void refuse_name(const struct names *names, const struct address *client, const byte *query, word size, byte code) {
    byte reply[512];
    size = size < sizeof reply ? size : HEADER;
    copy(reply, query, size);
    reply[2] = (byte)(0x80 | (reply[2] & 0x79)); // an answer, with the question's opcode and its wish for recursion
    reply[3] = (byte)(0x80 | code);              // recursion was to be had
    clear(reply + 6, 6);
    reply[5] = size > HEADER;
    CALL(NR_sendto, names->clients, reply, size, 0, client, sizeof *client);
}

// A place that is free, or the one whose answer would be kept the shortest; 0 where all wait for theirs.
static struct asked *place(void) {
    struct asked *best = 0;
    for (word k = 0; k < MOST_ASKED; k++) {
        if ((!asked[k].until || asked[k].answered) && (!best || asked[k].until < best->until)) {
            best = &asked[k];
        }
    }
    return best;
}

// Gives the answer to the very same query that is kept, if there is one.
static int answer_again(const struct names *names, const struct address *client, word size, const char *name) {
    u64 now = now_millis();
    for (word k = 0; k < MOST_ASKED; k++) {
        const struct asked *one = &asked[k];
        if (one->answered && one->until > now && one->size == size && equal(one->query + 2, message + 2, size - 2)) {
            copy(message + 2, one->answer + 2, one->answered - 2);
            learn_all(message, one->answered, one->question, name, (now - one->since) / 1000);
            CALL(NR_sendto, names->clients, message, one->answered, 0, client, sizeof *client);
            return 1;
        }
    }
    return 0;
}

// Takes a place for a query, or answers that there is none.
static struct asked *keep(const struct names *names, const struct address *client, const byte *query, word size, word question) {
    struct asked *one = size > sizeof one->query ? 0 : place();
    if (!one) {
        refuse_name(names, client, query, question, FAILED);
        return 0;
    }
    one->client = *client;
    one->size = size;
    one->question = question;
    one->answered = 0;
    one->waits = 0;
    copy(one->client_id, query, 2);
    copy(one->query, query, size);
    return one;
}

// Keeps a query until somebody answered whether its name may resolve. One that is sent again is kept once.
static void hold(const struct names *names, const struct address *client, const byte *query, word size, word question) {
    for (word k = 0; k < MOST_ASKED; k++) {
        if (asked[k].until && asked[k].waits && equal(&asked[k].client, client, sizeof *client)
            && equal(asked[k].client_id, query, 2)) {
            return;
        }
    }
    struct asked *one = keep(names, client, query, size, question);
    if (one) {
        one->waits = 1;
        one->settled = settled;
        one->until = ~0UL;
    }
}

// Judges the query that stands in message.
static void ask_name(struct names *names, const struct address *client, word size) {
    char name[NAME];
    word question = question_of(message, size, name);
    if (!question || message[2] & 0x78) {
        refuse_name(names, client, message, HEADER, MALFORMED);
        return;
    }
    struct verdict verdict = judge_name(in_force, name);
    if (can_be_asked(&verdict)) {
        enum said said = ask(asker(client->port), name, verdict.key, verdict.reason, &verdict.reason);
        if (said == OPEN) {
            hold(names, client, message, size, question);
            return;
        }
        verdict = said == YES ? (struct verdict){1, "on_block", verdict.reason} : verdict;
    }
    u32 type = (u32)message[question - 4] << 8 | message[question - 3];
    static char last[NAME];
    if (type != TYPE_AAAA || !same(last, name)) { // which comes along with the other, mostly
        must(recorded(0, "resolve", name, verdict.allowed ? "allowed" : "denied", verdict.key, verdict.reason));
    }
    copy(last, type == TYPE_AAAA ? "" : name, type == TYPE_AAAA ? 1 : length(name) + 1);
    if (!verdict.allowed && !in_force->audit) {
        refuse_name(names, client, message, question, NO_SUCH_NAME);
        return;
    }
    if (answer_again(names, client, size, name)) {
        return;
    }
    struct asked *one = keep(names, client, message, size, question);
    if (!one) {
        return;
    }
    int drawn = CALL(NR_getrandom, one->id, 2, 0) == 2;
    copy(message, one->id, 2);
    if (drawn && CALL(NR_sendto, names->upstream, message, size, 0, 0, 0) == (long)size) {
        one->since = now_millis();
        one->until = one->since + names->millis;
    } else {
        one->until = 0;
        refuse_name(names, client, one->query, question, FAILED);
    }
}

void ask_names(struct names *names) {
    for (int i = 0; i < 32; i++) {
        struct address client;
        u32 size = sizeof client;
        long n = CALL(NR_recvfrom, names->clients, message, sizeof message, 0, &client, &size);
        if (n < 0) {
            return;
        }
        if (n >= HEADER && !(message[2] & 0x80)) {
            ask_name(names, &client, (word)n);
        }
    }
}

void hear_names(struct names *names) {
    for (int i = 0; i < 32; i++) {
        char name[NAME];
        long n = CALL(NR_recvfrom, names->upstream, message, sizeof message, 0, 0, 0);
        if (n < 0) {
            return;
        }
        word question = n < HEADER || !(message[2] & 0x80) ? 0 : question_of(message, (word)n, name);
        for (word k = 0; k < MOST_ASKED && question; k++) {
            struct asked *one = &asked[k];
            char own[NAME];
            if (!one->until || one->answered || one->waits || !equal(one->id, message, 2) || one->question != question
                || !question_of(one->query, one->size, own) || !same(own, name)
                || !equal(one->query + question - 4, message + question - 4, 4)) {
                continue;
            }
            u64 kept = learn_all(message, (word)n, question, name, 0);
            copy(message, one->client_id, 2);
            CALL(NR_sendto, names->clients, message, n, 0, &one->client, sizeof one->client);
            kept = kept < names->seconds ? kept : names->seconds;
            one->since = now_millis();
            one->until = kept && (word)n <= sizeof one->answer ? one->since + kept * 1000 : 0;
            one->answered = one->until ? (word)n : 0;
            copy(one->answer, message, one->answered);
            break;
        }
    }
}

void end_names(struct names *names) {
    u64 now = now_millis();
    for (word k = 0; k < MOST_ASKED; k++) {
        if (asked[k].until && asked[k].waits) {
            if (asked[k].settled != settled) {
                struct address client = asked[k].client;
                copy(message, asked[k].query, asked[k].size);
                asked[k].until = 0;
                ask_name(names, &client, asked[k].size);
            }
        } else if (asked[k].until && !asked[k].answered && asked[k].until <= now) {
            refuse_name(names, &asked[k].client, asked[k].query, asked[k].question, FAILED);
            asked[k].until = 0;
        }
    }
}
