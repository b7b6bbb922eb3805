// What is tried of sockets.
#include "probe.h"

struct address {
    unsigned char bytes[128]; // struct sockaddr of any family
    word size;
};

static void family(struct address *address, int number) {
    for (word i = 0; i < sizeof address->bytes; i++) {
        address->bytes[i] = 0;
    }
    address->bytes[0] = (unsigned char)number; // the machine's own order, which is little-endian in both
}

static int ipv4(const char *text, unsigned char *to) {
    for (int part = 0; part < 4; part++) {
        word value = 0;
        int digits = 0;
        for (; digit(*text) < 10 && digits < 3; digits++) {
            value = value * 10 + (word)digit(*text++);
        }
        if (!digits || value > 255 || *text != (part < 3 ? '.' : '\0')) {
            return 0;
        }
        to[part] = (unsigned char)value;
        text++;
    }
    return 1;
}

// In groups of hexadecimal digits with at most one "::", and without a zone or an IPv4 address at its end.
static int ipv6(const char *text, unsigned char *to) {
    int groups = 0, gap = -1;
    if (text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (*text) {
        int value = 0, digits = 0;
        for (; digit(*text) < 16 && digits < 4; digits++) {
            value = value * 16 + digit(*text++);
        }
        if (!digits || groups == 8) {
            return 0;
        }
        to[2 * groups] = (unsigned char)(value >> 8);
        to[2 * groups++ + 1] = (unsigned char)value;
        if (text[0] == ':' && text[1] == ':' && gap < 0) {
            gap = groups;
            text += 2;
        } else if (text[0] == ':' && text[1]) {
            text++;
        } else if (*text) {
            return 0;
        }
    }
    if (gap < 0 ? groups != 8 : groups == 8) {
        return 0;
    }
    for (int i = 1; gap >= 0 && i <= 2 * (groups - gap); i++) {
        to[16 - i] = to[2 * groups - i];
        to[2 * groups - i] = 0;
    }
    return 1;
}

static int address(const char *ip, const char *port, struct address *to) {
    word number;
    if (!bounded(port, 65535, &number)) {
        return 0;
    }
    family(to, AF_INET);
    to->size = 16;
    if (!ipv4(ip, to->bytes + 4)) {
        family(to, AF_INET6);
        to->size = 28;
        if (!ipv6(ip, to->bytes + 8)) {
            return 0;
        }
    }
    to->bytes[2] = (unsigned char)(number >> 8);
    to->bytes[3] = (unsigned char)number;
    return 1;
}

// A connected socket, or the error.
static long connected(const struct address *to, int type, long until) {
    long fd = CALL(NR_socket, to->bytes[0], type | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0) {
        return fd;
    }
    long error = CALL(NR_connect, fd, to->bytes, to->size);
    if (error == -EINPROGRESS) {
        int late = 0, size = sizeof late;
        long ready = wait_for(fd, POLLOUT, until);
        if (ready <= 0) {
            return ready < 0 ? ready : -ETIMEDOUT;
        }
        error = CALL(NR_getsockopt, fd, SOL_SOCKET, SO_ERROR, &late, &size);
        error = error < 0 ? error : -late;
    }
    return error < 0 ? error : fd;
}

// unix PATH: 0, or the error
void act_unix(char **w) {
    struct address to;
    word n = length(w[0]);
    family(&to, AF_UNIX);
    if (n > 107) {
        malformed();
        return;
    }
    for (word i = 0; i < n; i++) {
        to.bytes[2 + i] = (unsigned char)w[0][i];
    }
    to.size = 3 + n;
    long fd = connected(&to, SOCK_STREAM, now() + 1000);
    say(fd < 0 ? fd : 0);
}

// When an attempt that may take that many milliseconds is over; none where they are no number.
static int deadline(const char *millis, long *until) {
    word most;
    if (!bounded(millis, MOST_MILLIS, &most)) {
        return 0;
    }
    alarm_after((long)most + 1000 * ROW_SECONDS);
    *until = now() + (long)most;
    return 1;
}

// connect IP PORT MILLISECONDS: 0, or the error
void act_connect(char **w) {
    struct address to;
    long until;
    if (!address(w[0], w[1], &to) || !deadline(w[2], &until)) {
        malformed();
        return;
    }
    long fd = connected(&to, SOCK_STREAM, until);
    say(fd < 0 ? fd : 0);
}

static int has_blank_line(void) {
    for (word i = 3; i < answer->length; i++) {
        const unsigned char *t = answer->text + i;
        if (t[0] == '\n' && (t[-1] == '\n' || (t[-1] == '\r' && t[-2] == '\n'))) {
            return 1;
        }
    }
    return 0;
}

// talk IP PORT MILLISECONDS BYTES: what is answered to these bytes, up to its first blank line, its end or the bound
void act_talk(char **w) {
    struct address to;
    long until, count = unescape(w[3]);
    if (count < 0 || !address(w[0], w[1], &to) || !deadline(w[2], &until)) {
        malformed();
        return;
    }
    long fd = connected(&to, SOCK_STREAM, until);
    // One call takes a request of this size: the socket's buffer is empty.
    long error = fd < 0 ? fd : CALL(NR_sendto, fd, w[3], count, MSG_NOSIGNAL);
    while (error >= 0 && answer->length < HEAD_BYTES && !has_blank_line()) {
        error = wait_for(fd, POLLIN, until);
        error = error == 0 ? -ETIMEDOUT : error;
        if (error > 0) {
            error = CALL(NR_recvfrom, fd, answer->text + answer->length, HEAD_BYTES - answer->length);
            if (error == 0) {
                break;
            }
            answer->length += error > 0 ? (word)error : 0;
        }
    }
    answer->kind = error < 0 && answer->length == 0 ? VALUE : TEXT;
    answer->value = error;
}

// The first name server of /etc/resolv.conf that has an IPv4 address.
static const char *name_server(void) {
    static char text[4096 + 1];
    long fd = open_at("/etc/resolv.conf", 0, 0);
    long n = fd < 0 ? 0 : CALL(NR_read, fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    for (char *line = text; *line;) {
        char *end = line;
        while (*end && *end != '\n') {
            end++;
        }
        char *next = *end ? end + 1 : end;
        *end = 0;
        char key[] = "nameserver ";
        word i = 0;
        while (key[i] && line[i] == key[i]) {
            i++;
        }
        unsigned char ignored[4];
        if (!key[i] && ipv4(line + i, ignored)) {
            return line + i;
        }
        line = next;
    }
    return "-";
}

// The question for a name's IPv4 addresses (RFC 1035). Returns its length, or 0.
static word question(const char *name, unsigned char *to) {
    static const unsigned char head[12] = {DNS_ID >> 8, DNS_ID & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    word at = 0;
    while (at < sizeof head) {
        to[at] = head[at];
        at++;
    }
    if (length(name) > 253) {
        return 0;
    }
    while (*name) {
        word label = 0;
        while (name[label] && name[label] != '.') {
            to[at + 1 + label] = (unsigned char)name[label];
            label++;
        }
        if (label == 0 || label > 63) {
            return 0;
        }
        to[at] = (unsigned char)label;
        at += 1 + label;
        name += label + (name[label] == '.');
    }
    static const unsigned char tail[5] = {0, 0, DNS_A, 0, DNS_IN};
    for (word i = 0; i < sizeof tail; i++) {
        to[at++] = tail[i];
    }
    return at;
}

static word after_name(const unsigned char *bytes, word at, word count) {
    while (at < count && bytes[at] && bytes[at] < 0xC0) {
        at += 1UL + bytes[at];
    }
    return at >= count ? count : at + (bytes[at] ? 2 : 1);
}

static void add_answers(const unsigned char *bytes, word count, word at) {
    word records = (word)(bytes[6] << 8 | bytes[7]);
    add("rcode ");
    add_number(bytes[3] & 15);
    for (word i = 0; i < records && i < MOST_RECORDS; i++) {
        at = after_name(bytes, at, count);
        if (at + 10 > count) {
            return;
        }
        word type = (word)(bytes[at] << 8 | bytes[at + 1]);
        word size = (word)(bytes[at + 8] << 8 | bytes[at + 9]);
        at += 10;
        if (type == DNS_A && size == 4 && at + 4 <= count) {
            for (int part = 0; part < 4; part++) {
                add(part ? "." : " ");
                add_number(bytes[at + (word)part]);
            }
        }
        at += size;
    }
}

// resolve NAME SERVER|- MILLISECONDS: "rcode N" and the IPv4 addresses that a name server tells
void act_resolve(char **w) {
    static unsigned char asked[512], got[1500];
    struct address to;
    long until;
    word size = question(w[0], asked);
    const char *server = same(w[1], "-") ? name_server() : w[1];
    if (!size || !deadline(w[2], &until)) {
        malformed();
        return;
    }
    if (same(server, "-")) {
        say(-ENOENT);
        return;
    }
    if (!address(server, "53", &to)) {
        malformed();
        return;
    }
    long fd = connected(&to, SOCK_DGRAM, until);
    long error = fd < 0 ? fd : CALL(NR_sendto, fd, asked, size, MSG_NOSIGNAL);
    error = error < 0 ? error : wait_for(fd, POLLIN, until);
    error = error == 0 ? -ETIMEDOUT : error;
    long n = error < 0 ? error : CALL(NR_recvfrom, fd, got, sizeof got);
    if (n < 0) {
        say(n);
    } else if (n < (long)size || got[0] != asked[0] || got[1] != asked[1] || !(got[2] & 0x80)) {
        say(-EPROTO);
    } else {
        add_answers(got, (word)n, size);
    }
}

long listening(int family_number, word port) {
    struct address on;
    int yes = 1, no = 0;
    family(&on, family_number);
    on.bytes[2] = (unsigned char)(port >> 8);
    on.bytes[3] = (unsigned char)port;
    long fd = CALL(NR_socket, family_number, SOCK_STREAM | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0) {
        return fd;
    }
    CALL(NR_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family_number == AF_INET6) {
        CALL(NR_setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no); // IPv4 as well
    }
    long error = CALL(NR_bind, fd, on.bytes, family_number == AF_INET ? 16 : 28);
    error = error < 0 ? error : CALL(NR_listen, fd, 64);
    return error < 0 ? error : fd;
}
