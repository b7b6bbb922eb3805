// Bytes, words, and what is told.
#include "launcher.h"

char **environment;

word length(const char *text) {
    word n = 0;
    while (text[n]) {
        n++;
    }
    return n;
}

int order(const char *one, const char *other) {
    while (*one && *one == *other) {
        one++;
        other++;
    }
    return (byte)*one - (byte)*other;
}

int same(const char *one, const char *other) {
    return order(one, other) == 0;
}

int starts(const char *text, const char *prefix) {
    while (*prefix && *text == *prefix) {
        text++;
        prefix++;
    }
    return !*prefix;
}

int equal(const void *one, const void *other, word count) {
    for (word i = 0; i < count; i++) {
        if (((const byte *)one)[i] != ((const byte *)other)[i]) {
            return 0;
        }
    }
    return 1;
}

void clear(void *memory, word count) {
    for (word i = 0; i < count; i++) {
        ((byte *)memory)[i] = 0;
    }
}

void copy(void *to, const void *from, word count) {
    for (word i = 0; i < count; i++) {
        ((byte *)to)[i] = ((const byte *)from)[i];
    }
}

int decimal(const char *text, u64 most, u64 *out) {
    u64 value = 0;
    if (!*text) {
        return 0;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || value > (most - (u64)(*text - '0')) / 10) {
            return 0;
        }
        value = value * 10 + (u64)(*text - '0');
    }
    *out = value;
    return value <= most;
}

static int same_letters(const char *text, const char *lower) {
    for (; *lower; text++, lower++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 'a' - 'A') : *text;
        if (c != *lower) {
            return 0;
        }
    }
    return !*text;
}

int is_yes(const char *text) {
    return same_letters(text, "true") || same_letters(text, "1") || same_letters(text, "yes") || same_letters(text, "on");
}

int is_no(const char *text) {
    return !*text || same_letters(text, "false") || same_letters(text, "0") || same_letters(text, "no")
        || same_letters(text, "off");
}

const char *variable(const char *name, const char *otherwise) {
    word count = length(name);
    for (char **at = environment; *at; at++) {
        if (starts(*at, name) && (*at)[count] == '=' && (*at)[count + 1]) {
            return *at + count + 1;
        }
    }
    return otherwise;
}

void put_bytes(struct text *text, const void *bytes, word count) {
    if (count >= text->size - text->length) { // room for the NUL stays
        text->cut = 1;
        return;
    }
    copy(text->at + text->length, bytes, count);
    text->length += count;
}

void put(struct text *text, const char *words) {
    put_bytes(text, words, length(words));
}

void put_number(struct text *text, u64 value, int digits) {
    char room[20];
    int n = 20;
    do {
        room[--n] = (char)('0' + value % 10);
        value /= 10;
        digits--;
    } while (value || digits > 0);
    put_bytes(text, room + n, (word)(20 - n));
}

void put_hex(struct text *text, const byte *bytes, word count) {
    for (word i = 0; i < count; i++) {
        char two[2] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]};
        put_bytes(text, two, 2);
    }
}

// How many bytes the UTF-8 character at the beginning has; 0 where there is none (Unicode 15, table 3-7).
static word character(const byte *at, word count) {
    word n = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2 : at[0] >= 0xE0 && at[0] < 0xF0 ? 3
        : at[0] >= 0xF0 && at[0] < 0xF5                                                           ? 4
                                                                                                  : 0;
    if (!n || n > count) {
        return 0;
    }
    for (word i = 1; i < n; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    int bad = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF0 && at[1] < 0x90)
        || (at[0] == 0xF4 && at[1] > 0x8F);
    return bad ? 0 : n;
}

void put_json(struct text *text, const char *words, word count) {
    for (word i = 0; i < count;) {
        const byte *at = (const byte *)words + i;
        word n = character(at, count - i);
        if (n == 0) {
            put(text, "\xEF\xBF\xBD");
            n = 1;
        } else if (*at < ' ' || *at == 0x7F) {
            put(text, "\\u00");
            put_hex(text, at, 1);
        } else if (*at == '"' || *at == '\\') {
            put(text, "\\");
            put_bytes(text, at, 1);
        } else {
            put_bytes(text, at, n);
        }
        i += n;
    }
}

const char *ended(struct text *text) {
    text->at[text->length] = 0;
    return text->at;
}

void leave(int code) {
    CALL(NR_exit_group, code);
    __builtin_unreachable();
}

void say(const char *one, const char *two, const char *three, const char *four) {
    static char room[2 * PATH_BYTES];
    struct text line = {room, sizeof room, 0, 0};
    put(&line, "sentinel: ");
    const char *words[] = {one, two, three, four};
    for (word i = 0; i < COUNT(words) && words[i]; i++) {
        put_json(&line, words[i], length(words[i]));
    }
    line.length = line.length < sizeof room - 2 ? line.length : sizeof room - 2;
    put(&line, "\n");
    CALL(NR_write, 2, line.at, line.length);
}

void refuse(const char *one, const char *two, const char *three, const char *four) {
    static char room[2 * PATH_BYTES];
    struct text line = {room, sizeof room, 0, 0};
    put(&line, "refused: ");
    put(&line, one);
    say(ended(&line), two, three, four);
    leave(REFUSED);
}

#ifndef HOSTED
// What the compiler writes a loop or an initialiser as.
void *memset(void *to, int value, word count);
void *memcpy(void *restrict to, const void *restrict from, word count);

void *memset(void *to, int value, word count) {
    for (word i = 0; i < count; i++) {
        ((byte *)to)[i] = (byte)value;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, word count) {
    copy(to, from, count);
    return to;
}
#endif
