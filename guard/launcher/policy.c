// The compiled policy: one fact a line, every line in its place, and a last one that says how many there were. Whatever
// differs is no policy.
#include "launcher.h"

enum { ONE, MANY };
static const struct {
    const char *word;
    int many;
} keys[] = {
    {"sentinel-policy", ONE}, {"source", ONE},          {"mode", ONE},          {"on-block", ONE},
    {"log-failure", ONE},     {"tamper-detection", ONE}, {"write", MANY},        {"read", MANY},
    {"block", MANY},          {"command", MANY},        {"interpreter", MANY},  {"block-command", MANY},
    {"failsafe", ONE},        {"private-network", ONE}, {"host", MANY},         {"block-host", MANY},
    {"block-ip", MANY},       {"allow-ip", MANY},       {"end", ONE},
};
enum key { VERSION, SOURCE, MODE, ON_BLOCK, LOG_FAILURE, TAMPER, WRITE, READ, BLOCK, COMMAND, INTERPRETER, BLOCK_COMMAND, FAILSAFE,
    PRIVATE, HOST, BLOCK_HOST, BLOCK_IP, ALLOW_IP, END, KEYS };

static const char *values[MOST_TEXTS];

int hex_digest(const char *text, byte digest[DIGEST_BYTES]) {
    if (length(text) != HEX_BYTES) {
        return 0;
    }
    for (int i = 0; i < HEX_BYTES; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) {
            return 0;
        }
        digest[i / 2] = (byte)(i % 2 ? digest[i / 2] | digit : digit << 4);
    }
    return 1;
}

static int choice(const char *value, const char *yes, const char *no, int *out) {
    *out = same(value, yes);
    return *out || same(value, no);
}

// Absolute, in its shortest form.
static int plain_path(const char *path) {
    if (*path != '/' || same(path, "/")) {
        return *path == '/';
    }
    while (*path == '/') {
        const char *part = path + 1;
        word count = 0;
        while (part[count] && part[count] != '/') {
            count++;
        }
        if (!count || (part[0] == '.' && (count == 1 || (count == 2 && part[1] == '.')))) {
            return 0;
        }
        path = part + count;
    }
    return 1;
}

static int plain_name(const char *name) {
    return *name == '/' ? plain_path(name) : *name && same(base_name(name), name);
}

static int ports(const char *text) {
    u64 last = 0;
    if (same(text, "*")) {
        return 1;
    }
    while (*text) {
        u64 port = 0;
        int digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 6; text++, digits++) {
            port = port * 10 + (u64)(*text - '0');
        }
        if (!digits || port <= last || port > 65535 || (*text && (*text != ',' || !text[1]))) {
            return 0;
        }
        last = port;
        text += *text == ',';
    }
    return last > 0;
}

static int read_host(char *value, struct host *host) {
    char *fields[4] = {value};
    int count = 1;
    for (char *at = value; *at; at++) {
        if (*at == ' ') {
            *at = 0;
            if (count == 4) {
                return 0;
            }
            fields[count++] = at + 1;
        }
    }
    if (count != 4) {
        return 0;
    }
    host->ports = fields[1];
    host->name = fields[3];
    char normal[256];
    word size = length(host->name) + 1;
    if (size > sizeof normal) {
        return 0;
    }
    copy(normal, host->name, size);
    return choice(fields[0], "subdomain", "exact", &host->subdomains) && ports(host->ports) && *fields[2] && normal_name(normal)
        && same(normal, host->name);
}

// One line's value. Returns what is wrong with it, or 0.
static const char *take(enum key key, char *value, struct policy *policy) {
    switch (key) {
    case VERSION:
        return same(value, "1") ? 0 : "it is of another version than this guard";
    case SOURCE:
        return hex_digest(value, policy->source) ? 0 : "expected a SHA-256 in hexadecimal digits";
    case MODE:
        return choice(value, "audit", "enforce", &policy->audit) ? 0 : "expected enforce or audit";
    case ON_BLOCK:
        return choice(value, "ask", "deny", &policy->ask) ? 0 : "expected deny or ask";
    case LOG_FAILURE:
        return choice(value, "continue", "stop", &policy->go_on_unrecorded) ? 0 : "expected stop or continue";
    case TAMPER:
        return choice(value, "on", "off", &policy->tamper_detection) ? 0 : "expected on or off";
    case FAILSAFE:
        return choice(value, "on", "off", &policy->failsafe) ? 0 : "expected on or off";
    case PRIVATE:
        return choice(value, "on", "off", &policy->private_network) ? 0 : "expected on or off";
    case WRITE:
    case READ:
    case BLOCK:
        return plain_path(value) ? 0 : "expected an absolute path without empty parts, . and ..";
    case COMMAND:
    case INTERPRETER:
    case BLOCK_COMMAND:
        return plain_name(value) ? 0 : "expected a program's name or absolute path";
    case HOST:
        if (policy->host_count == MOST_HOSTS) {
            return "there are more hosts than this guard takes";
        }
        return read_host(value, &policy->hosts[policy->host_count++]) ? 0 : "expected match, ports, schemes and a host name";
    case BLOCK_HOST: {
        char normal[256];
        word size = length(value) + 1;
        copy(normal, value, size < sizeof normal ? size : sizeof normal);
        return size <= sizeof normal && normal_name(normal) && same(normal, value) ? 0 : "expected a host name in lower case";
    }
    case BLOCK_IP:
        return policy->blocked_count < MOST_RANGES && read_range(value, &policy->blocked[policy->blocked_count++])
            ? 0
            : "expected an address with its prefix";
    case ALLOW_IP:
        return policy->allowed_count < MOST_RANGES && read_range(value, &policy->allowed[policy->allowed_count++])
            ? 0
            : "expected an address with its prefix";
    default:
        return 0;
    }
}

static struct texts *list_of(enum key key, struct policy *policy) {
    switch (key) {
    case WRITE:
        return &policy->writes;
    case READ:
        return &policy->reads;
    case BLOCK:
        return &policy->blocks;
    case COMMAND:
        return &policy->commands;
    case INTERPRETER:
        return &policy->interpreters;
    case BLOCK_COMMAND:
        return &policy->blocked_commands;
    case BLOCK_HOST:
        return &policy->blocked_hosts;
    default:
        return 0;
    }
}

int read_policy(char *text, word count, struct policy *policy, struct fault *fault) {
    clear(policy, sizeof *policy);
    word filled = 0;
    word key = VERSION;
    int taken = 0;
    char *last = 0;
    char *end = text + count;
    for (fault->line = 1; text < end; fault->line++) {
        char *line = text;
        char *value = 0;
        for (; text < end && *text != '\n'; text++) {
            if ((byte)*text < ' ' || *text == 0x7F) {
                fault->what = "a control character";
                return 0;
            }
            if (*text == ' ' && !value) {
                *text = 0;
                value = text + 1;
            }
        }
        if (text == end || !value) {
            fault->what = "expected a keyword, a space, a value and the line's end";
            return 0;
        }
        *text++ = 0;
        // On to the keyword of this line: a single one that was not there yet is missing.
        while (key < KEYS && !same(line, keys[key].word)) {
            if (!keys[key].many && !taken) {
                break;
            }
            key++;
            taken = 0;
            last = 0;
        }
        if (key >= KEYS || !same(line, keys[key].word) || (taken && !keys[key].many)) {
            fault->what = "a keyword that is unknown, missing before this line, or out of its place";
            return 0;
        }
        if (last && order(last, value) >= 0) {
            fault->what = "values of a keyword are sorted, each once";
            return 0;
        }
        u64 before = 0;
        if (key == END) {
            fault->what = !decimal(value, ~0UL >> 1, &before) || before != fault->line - 1 || text != end
                ? "expected the number of lines before it, as the last line"
                : 0;
            return !fault->what;
        }
        last = value;
        taken = 1;
        struct texts *list = list_of((enum key)key, policy);
        if (list) {
            if (filled == MOST_TEXTS) {
                fault->what = "there are more lines than this guard takes";
                return 0;
            }
            list->at = list->count ? list->at : values + filled;
            list->count++;
            values[filled++] = value;
        }
        // A host's line is cut into its fields, which must not disturb the comparison with the next one.
        static char whole[2 * PATH_BYTES];
        if (key == HOST) {
            word size = length(value) + 1;
            if (size > sizeof whole) {
                fault->what = "a line that is too long";
                return 0;
            }
            copy(whole, value, size);
            last = whole;
        }
        fault->what = take((enum key)key, value, policy);
        if (fault->what) {
            return 0;
        }
    }
    fault->what = "it ends before its last line; the file was cut";
    return 0;
}
