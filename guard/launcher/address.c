// What the policy says of names and addresses.
#include "launcher.h"

// Addresses that are not of the public network: of this host, of a network of one's own, of no single host.
static const struct {
    byte address[16];
    u32 bits;
} own[] = {
#define V4(a, b, bits) {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, a, b}, 96 + (bits)}
    V4(0, 0, 8),       // this host on this network (RFC 791, 3.2); 0.0.0.0 is answered by loopback
    V4(10, 0, 8),      // private (RFC 1918)
    V4(100, 64, 10),   // shared (RFC 6598)
    V4(127, 0, 8),     // loopback (RFC 1122)
    V4(169, 254, 16),  // link-local (RFC 3927), where clouds have their metadata
    V4(172, 16, 12),   // private
    V4(192, 168, 16),  // private
    V4(224, 0, 4),     // multicast (RFC 5771)
    V4(240, 0, 4),     // reserved, with the broadcast address (RFC 1112)
    {{0}, 127},        // unspecified and loopback (RFC 4291)
    {{0xFC}, 7},       // unique local (RFC 4193)
    {{0xFE, 0x80}, 10}, // link-local
    {{0xFE, 0xC0}, 10}, // site-local, deprecated (RFC 3879)
    {{0xFF}, 8},       // multicast
#undef V4
};

static int in(const byte address[16], const byte range[16], u32 bits) {
    u32 whole = bits / 8;
    byte mask = (byte)(0xFF00 >> bits % 8);
    return equal(address, range, whole) && (bits % 8 == 0 || ((address[whole] ^ range[whole]) & mask) == 0);
}

void unwrap(const byte address[16], byte out[16]) {
    static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    static const byte nat64[12] = {0, 0x64, 0xFF, 0x9B}; // RFC 6052
    static const byte none[12] = {0};
    byte inner[16];
    copy(inner, mapped, sizeof mapped);
    if (equal(address, nat64, 12) || (equal(address, none, 12) && (address[12] || address[13]))) {
        copy(inner + 12, address + 12, 4); // the deprecated ::a.b.c.d as well
        copy(out, inner, sizeof inner);
    } else if (address[0] == 0x20 && address[1] == 0x02) { // 6to4 (RFC 3056)
        copy(inner + 12, address + 2, 4);
        copy(out, inner, sizeof inner);
    } else {
        copy(inner, address, sizeof inner);
        copy(out, inner, sizeof inner);
    }
}

static int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

// Dotted decimal up to the end or a slash. Returns what follows, or 0.
static const char *read_v4(const char *text, byte out[4]) {
    for (int i = 0; i < 4; i++) {
        int value = 0, digits = 0;
        int zero = *text == '0'; // before other digits others take it for an octal number
        for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++) {
            value = value * 10 + (*text - '0');
        }
        if (!digits || digits > (zero ? 1 : 3) || value > 255 || (i < 3 && *text++ != '.')) {
            return 0;
        }
        out[i] = (byte)value;
    }
    return text;
}

// RFC 4291, 2.2. Returns what follows, or 0.
static const char *read_v6(const char *text, byte out[16]) {
    byte groups[16];
    int filled = 0, gap = -1;
    clear(groups, sizeof groups);
    if (text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (*text && *text != '/') {
        const char *at = text;
        u32 value = 0;
        int digits = 0;
        for (; digit_of(*at) < 16 && digits < 5; at++, digits++) {
            value = value << 4 | (u32)digit_of(*at);
        }
        if (*at == '.' && filled <= 12) {
            text = read_v4(text, groups + filled);
            if (!text) {
                return 0;
            }
            filled += 4;
            break;
        }
        if (!digits || digits > 4 || filled == 16) {
            return 0;
        }
        groups[filled++] = (byte)(value >> 8);
        groups[filled++] = (byte)value;
        text = at;
        if (*text == ':' && text[1] == ':') {
            if (gap >= 0) {
                return 0;
            }
            gap = filled;
            text += 2;
        } else if (*text == ':') {
            text++;
            if (!*text || *text == '/') {
                return 0;
            }
        } else if (*text && *text != '/') {
            return 0;
        }
    }
    if ((gap < 0 && filled != 16) || (gap >= 0 && filled > 14)) {
        return 0;
    }
    clear(out, 16);
    word before = gap < 0 ? 16 : (word)gap;
    copy(out, groups, before);
    copy(out + 16 - ((word)filled - (gap < 0 ? 16 : before)), groups + before, (word)filled - (gap < 0 ? 16 : before));
    return text;
}

int read_range(const char *text, struct range *range) {
    static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    u64 bits = 0;
    copy(range->address, mapped, sizeof mapped);
    const char *rest = read_v4(text, range->address + 12);
    u32 base = 96;
    if (!rest) {
        rest = read_v6(text, range->address);
        base = 0;
    }
    if (!rest || *rest != '/' || !decimal(rest + 1, 128 - base, &bits)) {
        return 0;
    }
    range->bits = base + (u32)bits;
    return 1;
}

int normal_name(char *name) {
    word count = length(name);
    if (count > 1 && name[count - 1] == '.') {
        name[--count] = 0;
    }
    if (count == 0 || count > 253) {
        return 0;
    }
    word label = 0;
    for (char *at = name; *at; at++) {
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        int letter = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-' || *at == '_';
        if (*at == '.' ? label == 0 : !letter || ++label > 63) {
            return 0;
        }
        label = *at == '.' ? 0 : label;
    }
    return label > 0;
}

static int is_below(const char *name, const char *domain) {
    word all = length(name), part = length(domain);
    return all >= part && same(name + all - part, domain) && (all == part || name[all - part - 1] == '.');
}

static int lists(const char *ports, u32 port) {
    u64 value = 0;
    if (*ports == '*' || port == 0) {
        return 1;
    }
    for (; *ports; ports++) {
        value = *ports == ',' ? 0 : value * 10 + (u64)(*ports - '0');
        if (value == port && (ports[1] == ',' || !ports[1])) {
            return 1;
        }
    }
    return 0;
}

static int is_blocked(const struct policy *policy, const char *name) {
    for (word i = 0; i < policy->blocked_hosts.count; i++) {
        if (is_below(name, policy->blocked_hosts.at[i])) {
            return 1;
        }
    }
    return 0;
}

int admits(const struct policy *policy, const char *name, u32 port) {
    for (word i = 0; i < policy->host_count && !is_blocked(policy, name); i++) {
        const struct host *host = &policy->hosts[i];
        if ((host->subdomains ? is_below(name, host->name) : same(name, host->name)) && lists(host->ports, port)) {
            return 1;
        }
    }
    return 0;
}

struct verdict judge_name(const struct policy *policy, const char *name) {
    if (!policy->failsafe) {
        return (struct verdict){1, "network_failsafe.socket_connect", "names are not judged"};
    }
    if (is_blocked(policy, name)) {
        return (struct verdict){0, "network_failsafe.blocked_hosts", "the name is blocked"};
    }
    return admits(policy, name, 0) ? (struct verdict){1, "allowed_hosts", "the name is listed"}
                                   : (struct verdict){0, "allowed_hosts", "the name is not listed"};
}

static int is_v4(const byte address[16]) {
    static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    return equal(address, mapped, sizeof mapped);
}

// A range of one kind holds no address of the other, however wide it is.
static int in_any(const struct range *ranges, word count, const byte address[16]) {
    for (word i = 0; i < count; i++) {
        if (is_v4(address) == (ranges[i].bits >= 96 && is_v4(ranges[i].address))
            && in(address, ranges[i].address, ranges[i].bits)) {
            return 1;
        }
    }
    return 0;
}

struct verdict judge_address(const struct policy *policy, const byte address[16], u32 port, name_of *learned_by) {
    byte inner[16];
    unwrap(address, inner);
    if (!policy->failsafe) {
        return (struct verdict){1, "network_failsafe.socket_connect", "sockets are not judged"};
    }
    // Both spellings: a range may be of the outer kind.
    if (in_any(policy->blocked, policy->blocked_count, inner) || in_any(policy->blocked, policy->blocked_count, address)) {
        return (struct verdict){0, "network_failsafe.blocked_ips", "the address is blocked"};
    }
    int listed = in_any(policy->allowed, policy->allowed_count, inner);
    if (policy->allowed_count && !listed) {
        return (struct verdict){0, "network_failsafe.allowed_ips", "the address is not listed"};
    }
    for (word i = 0; i < COUNT(own) && !policy->private_network; i++) {
        if (in(inner, own[i].address, own[i].bits)) {
            return (struct verdict){0, "network_failsafe.allow_private_network", "the address is not a public one"};
        }
    }
    if (listed) {
        return (struct verdict){1, "network_failsafe.allowed_ips", "the address is listed"};
    }
    const char *name = learned_by(inner, port);
    return name ? (struct verdict){1, "allowed_hosts", name}
                : (struct verdict){0, "allowed_hosts", "no listed name led to the address on this port"};
}

void put_address(struct text *text, const byte address[16]) {
    static const byte mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    if (equal(address, mapped, sizeof mapped)) {
        for (int i = 12; i < 16; i++) {
            put(text, i > 12 ? "." : "");
            put_number(text, address[i], 1);
        }
        return;
    }
    int from = 8, run = 1; // the first longest run of zeros, of more than one group
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && !address[2 * (i + n)] && !address[2 * (i + n) + 1]) {
            n++;
        }
        if (n > run) {
            from = i;
            run = n;
        }
    }
    for (int i = 0; i < 8; i++) {
        if (i == from) {
            put(text, "::");
            i += run - 1;
            continue;
        }
        u32 group = (u32)address[2 * i] << 8 | address[2 * i + 1];
        int digits = group > 0xFFF ? 4 : group > 0xFF ? 3 : group > 0xF ? 2 : 1;
        while (digits--) {
            put_bytes(text, &"0123456789abcdef"[group >> 4 * digits & 15], 1);
        }
        put(text, i < 7 && i + 1 != from ? ":" : "");
    }
}
