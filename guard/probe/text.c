// Words and numbers as a table has them, and lines as they are printed.
#include "probe.h"

int same(const char *one, const char *other) {
    while (*one && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

word length(const char *text) {
    word n = 0;
    while (text[n]) {
        n++;
    }
    return n;
}

int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

// A whole number, decimal or with 0x, perhaps negative. Returns whether it is one of 64 bits.
int number(const char *text, word *out) {
    int minus = *text == '-';
    text += minus;
    word base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    text += base == 16 ? 2 : 0;
    word value = 0;
    if (!*text) {
        return 0;
    }
    for (; *text; text++) {
        word next = (word)digit(*text);
        if (next >= base || value > (~0UL - next) / base) {
            return 0;
        }
        value = value * base + next;
    }
    *out = minus ? -value : value;
    return 1;
}

int bounded(const char *text, word most, word *out) {
    return number(text, out) && *out <= most;
}

// Turns \r, \n, \t, \\ and \xHH into what they stand for, in place. Returns the length, or -1.
long unescape(char *text) {
    char *to = text;
    for (char *from = text; *from;) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        char c = from[1];
        if (c == 'x' && digit(from[2]) < 16 && digit(from[3]) < 16) {
            *to++ = (char)(digit(from[2]) * 16 + digit(from[3]));
            from += 4;
        } else if (c == 'r' || c == 'n' || c == 't' || c == '\\') {
            *to++ = c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : '\\';
            from += 2;
        } else {
            return -1;
        }
    }
    return to - text;
}

static unsigned char out[4096];
static word filled;

void flush(void) {
    word done = 0;
    while (done < filled) {
        long n = CALL(NR_write, 1, out + done, filled - done);
        if (n <= 0 && n != -EINTR) {
            CALL(NR_exit_group, 74);
        }
        done += n > 0 ? (word)n : 0;
    }
    filled = 0;
}

static void put(unsigned char c) {
    if (filled == sizeof out) {
        flush();
    }
    out[filled++] = c;
}

void print(const char *text) {
    while (*text) {
        put((unsigned char)*text++);
    }
}

static void print_number(long value) {
    char digits[20];
    int n = 0;
    word rest = value < 0 ? -(word)value : (word)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        put('-');
    }
    while (n) {
        put((unsigned char)digits[--n]);
    }
}

// Bytes as printable ASCII without line ends, whatever they are.
static void print_escaped(const unsigned char *bytes, word count) {
    for (word i = 0; i < count; i++) {
        if (bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\') {
            put(bytes[i]);
        } else {
            print("\\x");
            put((unsigned char)"0123456789abcdef"[bytes[i] >> 4]);
            put((unsigned char)"0123456789abcdef"[bytes[i] & 15]);
        }
    }
}

void say(long value) {
    answer->value = value;
    answer->kind = VALUE;
}

void malformed(void) {
    answer->kind = MALFORMED;
}

void add(const char *text) {
    for (; *text && answer->length < TEXT_BYTES; text++) {
        answer->text[answer->length++] = (unsigned char)*text;
    }
    answer->kind = TEXT;
}

void add_number(word value) {
    char digits[21];
    int n = 20;
    digits[n] = 0;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    add(digits + n);
}

void report(const char *id, const char *kind, long value) {
    print(id);
    print(kind);
    print_number(value);
    print("\n");
}

void print_answer(const char *id) {
    if (answer->kind == VALUE || answer->kind == STARTED) {
        report(id, " value ", answer->kind == VALUE ? answer->value : 0);
        return;
    }
    print(id);
    print(answer->kind == TEXT ? " text " : " malformed");
    print_escaped(answer->text, answer->kind == TEXT ? answer->length : 0);
    print("\n");
}
