package io.sentinel.spec;

import io.sentinel.spec.Policy.NetworkFailsafe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles a policy into the flat text that the guard's launcher reads. It is pure, and in this package, since it has one
 * meaning of paths, names and addresses with the reader that refuses contradictions of them.
 *
 * <p>The text, version 1: lines of UTF-8 that end with a line feed, each a keyword, one space, and a value up to the
 * line's end. The keywords stand in one order; those that repeat are sorted by the bytes of their values, and distinct.
 * What each means, with decisions that follow from it, stands in {@code guard/decisions.yaml}.
 */
public final class PolicyCompiler {

    /** Of the text; a launcher reads no other. */
    public static final int VERSION = 1;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final List<String> lines = new ArrayList<>();

    private PolicyCompiler() {}

    /**
     * Compiles.
     *
     * @param mode anything but {@link GuardMode#OFF}, with which there is no guard to read it
     * @param source SHA-256 of the YAML that the policy was read from, in lower-case hexadecimal digits
     * @param copied what {@code image.copy} put into the image: absolute paths, which the agent may read
     * @throws IllegalArgumentException for values that a reader of policies does not let through
     */
    public static String compile(Policy policy, GuardMode mode, String source, Collection<String> copied) {
        if (!SHA256.matcher(source).matches()) {
            throw new IllegalArgumentException("no SHA-256: " + source);
        }
        if (mode == GuardMode.OFF) {
            throw new IllegalArgumentException("without a guard there is no policy to compile");
        }
        if (!copied.stream().allMatch(path -> path.startsWith("/"))) {
            throw new IllegalArgumentException("not in the image: " + copied);
        }
        return new PolicyCompiler().text(policy, mode, source, copied);
    }

    private String text(Policy policy, GuardMode mode, String source, Collection<String> copied) {
        NetworkFailsafe failsafe = policy.networkFailsafe();
        line("sentinel-policy", Integer.toString(VERSION));
        line("source", source);
        line("mode", mode.word());
        line("on-block", policy.onBlock().word());
        line("log-failure", policy.onAuditFailure().word());
        line("tamper-detection", onOrOff(policy.tamperDetection()));
        each("write", policy.allowedPaths().stream().map(Paths::inSandbox));
        each(
                "read",
                Stream.concat(policy.readablePaths().stream(), copied.stream()).map(Paths::inSandbox));
        each("block", policy.blockedPaths().stream().map(Paths::inSandbox));
        each("command", policy.allowedCommands().stream());
        each("interpreter", policy.allowedInterpreters().stream());
        each("block-command", policy.blockedCommandBases().stream());
        line("failsafe", onOrOff(failsafe.socketConnect()));
        line("private-network", onOrOff(failsafe.allowPrivateNetwork()));
        each("host", policy.allowedHosts().stream().map(PolicyCompiler::host));
        each("block-host", failsafe.blockedHosts().stream());
        each("block-ip", failsafe.blockedIps().stream().map(PolicyCompiler::range));
        each("allow-ip", failsafe.allowedIps().stream().map(PolicyCompiler::range));
        line("end", Integer.toString(lines.size()));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String onOrOff(boolean value) {
        return value ? "on" : "off";
    }

    private static String host(HostRule rule) {
        return rule.match().word() + " " + words(rule.ports()) + " " + words(rule.schemes()) + " " + rule.host();
    }

    private static String words(Collection<?> values) {
        return values.isEmpty() ? "*" : values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String range(String text) {
        return IpRange.of(text).toString();
    }

    private void each(String keyword, Stream<String> values) {
        values.distinct()
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .sorted(Arrays::compareUnsigned)
                .forEach(value -> line(keyword, new String(value, StandardCharsets.UTF_8)));
    }

    private void line(String keyword, String value) {
        // What spans two lines would be two facts.
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("no value of " + keyword + ": " + Texts.quoted(value));
        }
        lines.add(keyword + " " + value);
    }
}
