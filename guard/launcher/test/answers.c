// Answers questions about a compiled policy, by the launcher's own sources: for the tests of the decision table, and as the
// target of a fuzzer.
//
//   guard-answers POLICY CASES   lines of CASES: ask, target, port, learned, decision and key, with tabs between them. Asks
//                                "resolve" and "connect" are answered here; the other ones by the kernel. Prints each line
//                                that is answered otherwise, and ends with 1 where there is one.
//   guard-answers POLICY         whether it is a policy: 0, or 1 with the line and what is wrong
#include "../launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 20], line[16384];
static struct policy policy;
static const char *leads_here;

// The table says which name led to the address, if any did.
static const char *led(const byte address[16], u32 port) {
    (void)address;
    return *leads_here && admits(&policy, leads_here, port) ? leads_here : 0;
}

static struct verdict answer(char *ask, char *target, const char *port) {
    if (strcmp(ask, "resolve") == 0) {
        return normal_name(target) ? judge_name(&policy, target) : (struct verdict){0, "allowed_hosts", "no name"};
    }
    struct range range;
    char with_prefix[80];
    snprintf(with_prefix, sizeof with_prefix, "%s/%s", target, strchr(target, ':') ? "128" : "32");
    if (!read_range(with_prefix, &range)) {
        return (struct verdict){0, "no address", target};
    }
    return judge_address(&policy, range.address, (u32)atoi(port), led);
}

int main(int count, char **words) {
    FILE *file = count > 1 ? fopen(words[1], "rb") : 0;
    if (!file) {
        return 66;
    }
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    struct fault fault;
    if (!read_policy(text, size, &policy, &fault)) {
        printf("line %lu: %s\n", fault.line, fault.what);
        return 1;
    }
    file = count > 2 ? fopen(words[2], "rb") : 0;
    if (!file) {
        return count > 2 ? 66 : 0;
    }
    int asked = 0, wrong = 0;
    while (fgets(line, sizeof line, file)) {
        char *fields[6];
        char *at = line;
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < 6; i++) {
            fields[i] = at ? strsep(&at, "\t") : line + strlen(line);
        }
        if (strcmp(fields[0], "resolve") != 0 && strcmp(fields[0], "connect") != 0) {
            continue;
        }
        asked++;
        leads_here = normal_name(fields[3]) ? fields[3] : "";
        struct verdict verdict = answer(fields[0], fields[1], fields[2]);
        if (strcmp(verdict.allowed ? "allowed" : "denied", fields[4]) != 0 || strcmp(verdict.key, fields[5]) != 0) {
            wrong++;
            printf("%s %s port %s learned %s: expected %s by %s, found %s by %s\n", fields[0], fields[1], fields[2], fields[3],
                   fields[4], fields[5], verdict.allowed ? "allowed" : "denied", verdict.key);
        }
    }
    fclose(file);
    printf("%d asked, %d wrong\n", asked, wrong);
    return wrong ? 1 : 0;
}
