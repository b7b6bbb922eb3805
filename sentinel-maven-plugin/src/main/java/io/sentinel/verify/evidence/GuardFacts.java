package io.sentinel.verify.evidence;

import io.sentinel.verify.evidence.LiveView.Attempt;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A program that the image's own entrypoint started, as it found itself under the guard, and what the guard recorded of it.
 * Beside it is the same program without the guard: what a guard does shows by the difference.
 *
 * @param inside what it read: {@code status} of its own, {@code parent/status} and {@code parent/cmdline} of the process that
 *     started it (proc(5)), {@code policy} the compiled policy; what could not be read is left out
 * @param without the same without the guard: {@code status}, and {@code sentinel.yaml} the policy as people write it
 * @param tried what every policy denies
 * @param records of the trail, in its order; none where there is no trail
 * @param fault what is wrong with the trail, as a sentence without its full stop; empty where it is whole
 */
public record GuardFacts(
        SortedMap<String, String> inside,
        SortedMap<String, String> without,
        List<Tried> tried,
        List<Noted> records,
        Optional<String> fault) {

    public GuardFacts {
        inside = Collections.unmodifiableSortedMap(new TreeMap<>(inside));
        without = Collections.unmodifiableSortedMap(new TreeMap<>(without));
        tried = List.copyOf(tried);
        records = List.copyOf(records);
    }

    /**
     * One thing that was tried twice.
     *
     * @param rule that it is for
     * @param under the guard: it must be refused there
     * @param without the guard: it must not be, or it shows nothing
     * @param landlock the first version of Landlock by which it is refused; 0 where that does not matter
     */
    public record Tried(String rule, Attempt under, Attempt without, int landlock) {}

    /** What matters of a record of the trail; the members are those of {@code docs/audit.schema.json}. */
    public record Noted(long pid, String action, String target, String decision, String key, String reason) {

        public boolean isDenied() {
            return decision.equals("denied");
        }
    }

    /** @throws CannotTell where it could not be read */
    public String text(String name) {
        return Optional.ofNullable(inside.get(name))
                .orElseThrow(() -> new CannotTell("the program under the guard could not read its " + name));
    }

    /** @throws CannotTell where it could not be read */
    public String textWithout(String name) {
        return Optional.ofNullable(without.get(name))
                .orElseThrow(() -> new CannotTell("the program without the guard could not read its " + name));
    }

    /** What was tried for a rule. */
    public List<Tried> of(String rule) {
        return tried.stream().filter(one -> one.rule().equals(rule)).toList();
    }

    /** The first record of an action. */
    public Optional<Noted> record(String action) {
        return records.stream().filter(one -> one.action().equals(action)).findFirst();
    }

    /** The number after a key of a {@code status} (proc(5)). */
    public static long number(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .filter(value -> value.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new CannotTell("/proc/PID/status says nothing of " + key));
    }

    /** The value of a keyword of a compiled policy that has one; empty where it is none. */
    public static Optional<String> fact(String policy, String keyword) {
        return Arrays.stream(policy.split("\n"))
                .filter(line -> line.startsWith(keyword + " "))
                .map(line -> line.substring(keyword.length() + 1))
                .findFirst();
    }
}
