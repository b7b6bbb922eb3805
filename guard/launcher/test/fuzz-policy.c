// The compiled policy as a fuzzer's target: whatever the bytes are, they are a policy that decides by each of its facts, or what
// is wrong with them is said.
#include "../launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const byte *data, size_t size);

static const char *of_none(const byte address[16], u32 port) {
    (void)address;
    (void)port;
    return 0;
}

static void check(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

// What holds of every policy that is taken: it decides by each of its facts.
static void check_policy(const struct policy *policy) {
    for (word i = 0; i < policy->host_count; i++) {
        const char *name = policy->hosts[i].name;
        int blocked = strcmp(judge_name(policy, name).key, "network_failsafe.blocked_hosts") == 0;
        check(judge_name(policy, name).allowed == !blocked || !policy->failsafe, "a host that is not blocked resolves");
        check(admits(policy, name, 0) == !blocked, "its rule admits it");
        admits(policy, name, 443);
    }
    for (word i = 0; i < policy->blocked_hosts.count; i++) {
        check(!judge_name(policy, policy->blocked_hosts.at[i]).allowed || !policy->failsafe, "a blocked host does not resolve");
    }
    for (word i = 0; i < policy->blocked_count; i++) {
        struct verdict verdict = judge_address(policy, policy->blocked[i].address, 443, of_none);
        check(!verdict.allowed || !policy->failsafe || policy->blocked[i].bits < 128, "a blocked address is out of reach");
    }
    for (word i = 0; i < policy->allowed_count; i++) {
        char text[80], again[96];
        struct text one = {text, sizeof text, 0, 0}, other = {again, sizeof again, 0, 0};
        struct range range;
        put_address(&one, policy->allowed[i].address);
        ended(&one);
        snprintf(again, sizeof again, "%s/%d", text, strchr(text, ':') ? 128 : 32);
        check(read_range(again, &range) && memcmp(range.address, policy->allowed[i].address, 16) == 0, "an address is read as put");
        put_address(&other, range.address);
        check(strcmp(ended(&other), text) == 0, "it is put as read");
    }
    for (word i = 0; i < policy->writes.count; i++) {
        check(is_within_any(policy->writes.at[i], policy->writes.at, policy->writes.count), "a path is within itself");
    }
}

int LLVMFuzzerTestOneInput(const byte *data, size_t size) {
    static struct policy policy;
    struct fault fault = {0, 0};
    // Of exactly its size, so that a byte more is seen.
    char *text = malloc(size ? size : 1);
    memcpy(text, data, size);
    if (read_policy(text, size, &policy, &fault)) {
        word lines = 0, sum = 0;
        for (size_t i = 0; i < size; i++) {
            lines += data[i] == '\n';
            sum += data[i];
            check((byte)text[i] == data[i] || (!text[i] && (data[i] == ' ' || data[i] == '\n')), "only words' ends are changed");
        }
        check(lines == fault.line, "every line was read");
        check_policy(&policy);
        memcpy(text, data, size);
        check(!read_policy(text, sum % size, &policy, &fault), "a policy that was cut is none");
    } else {
        check(fault.line > 0 && fault.what, "what is wrong is said");
    }
    free(text);
    return 0;
}

#ifdef __clang__
size_t LLVMFuzzerMutate(byte *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(byte *data, size_t size, size_t most, unsigned seed);

// The last line mostly counts the lines rightly: else nearly all that a fuzzer makes would fail there.
size_t LLVMFuzzerCustomMutator(byte *data, size_t size, size_t most, unsigned seed) {
    size = LLVMFuzzerMutate(data, size, most);
    size_t end = 0;
    unsigned lines = 0, before = 0;
    for (size_t i = 0; i + 5 < size; i++) {
        lines += data[i] == '\n';
        if (memcmp(data + i, "\nend ", 5) == 0) {
            end = i + 1;
            before = lines;
        }
    }
    if (end && seed % 8 && end + 16 <= most) {
        size = end + (size_t)sprintf((char *)data + end, "end %u\n", before);
    }
    return size;
}
#endif
