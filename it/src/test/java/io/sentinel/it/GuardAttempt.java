package io.sentinel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A line of {@code it/guard/attempts.tsv}.
 *
 * @param id also what it is called in its program; begins with the language's word
 * @param aim what it is after: {@code secret}, {@code ran}, {@code reach}, {@code change} or {@code supervisor}
 * @param policy the policy that it runs under
 * @param profiles those in which the guard claims to stop it
 * @param expect what stops it
 * @param reason why it gets through
 * @param set when it is tried: {@code default}, {@code full}, or by the number of the hardest thing that it is of
 * @param held what holds it in a container that has no guard, where anything does: then it says nothing about the guard
 */
record GuardAttempt(
        String id,
        String family,
        String aim,
        Policy policy,
        Set<String> profiles,
        Expect expect,
        String sentence,
        String reason,
        String set,
        String held) {

    private static final Path TABLE = Path.of("guard", "attempts.tsv");
    private static final Set<String> SETS =
            Set.of("default", "full", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");

    /** The three policies of the attempts, which {@code it/guard/policy.yaml} tells of. */
    enum Policy {
        BASE,
        SHELL,
        BLOCKED;

        /** @param word what the supervisor has in its memory */
        String text(String word) throws IOException {
            String text = Files.readString(Path.of("guard", "policy.yaml")).replace("MEMORY", word);
            if (this != BASE) {
                text = text.replace("allowed_interpreters: []", "allowed_interpreters: [sh]");
            }
            return this == BLOCKED ? text.replace("blocked_paths: []", "blocked_paths: [./workspace/blocked]") : text;
        }
    }

    /** What stops an attempt. */
    enum Expect {
        /** The launcher, by the kernel's means, whatever the program is. */
        DENIED,
        /** The hook alone, in a Python program that has it. */
        HOOK,
        /** Nothing, as the guard does not claim to. */
        THROUGH;
    }

    GuardAttempt {
        if (!SETS.contains(set) || profiles.isEmpty() || (expect == Expect.THROUGH) == reason.isEmpty()) {
            throw new IllegalArgumentException("not a line of " + TABLE + ": " + id);
        }
    }

    GuardLanguage language() {
        return GuardLanguage.of(id);
    }

    /** @param hooked whether the program has the hook */
    boolean getsThrough(boolean hooked) {
        return expect == Expect.THROUGH || expect == Expect.HOOK && !hooked;
    }

    boolean isIn(String profile) {
        return profiles.contains(profile);
    }

    /** Those of the default build that are no test of their own. */
    boolean isDefault() {
        return set.equals("default");
    }

    /** Whether it gets through, and not because a list of commands claims nothing about code of the agent's own. */
    boolean isShortcoming() {
        return expect == Expect.THROUGH && !Set.of("own", "allowed").contains(family);
    }

    boolean isFull() {
        return set.equals("full");
    }

    @Override
    public String toString() {
        return id + ": " + sentence;
    }

    static List<GuardAttempt> all() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(cells -> new GuardAttempt(
                        cells[0],
                        cells[1],
                        cells[2],
                        Policy.valueOf(cells[3].toUpperCase(Locale.ROOT)),
                        Arrays.stream(cells[4].split(",")).collect(Collectors.toSet()),
                        Expect.valueOf(cells[5].toUpperCase(Locale.ROOT)),
                        cells[6],
                        cells[7],
                        cells[8],
                        cells[9]))
                .toList();
    }
}
