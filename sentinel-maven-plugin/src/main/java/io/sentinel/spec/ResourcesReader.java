package io.sentinel.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code resources}. */
final class ResourcesReader {

    static final Size MIN_MEMORY = Size.mebibytes(16);
    static final Size MIN_TMPFS = Size.mebibytes(1);
    /** Four times the memory of the largest machines that are rented out; what is more is a slip of the pen. */
    static final Size MAX_SIZE = Size.mebibytes(64L << 20);

    private static final BigDecimal MIN_CPUS = new BigDecimal("0.01");
    private static final BigDecimal MAX_CPUS = new BigDecimal("1024");
    private static final Duration MAX_TIMEOUT = Duration.ofDays(7);

    private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,11})([kmg])");
    private static final Pattern CPUS = Pattern.compile("(?:0|[1-9][0-9]{0,8})(?:\\.[0-9]{1,3})?");
    private static final Pattern TIMEOUT = Pattern.compile("(0|[1-9][0-9]{0,8})([smh])");

    private ResourcesReader() {}

    static Resources read(Fields fields) {
        Resources standard = Resources.DEFAULT;
        Size memory = size(fields, "memory", MIN_MEMORY, standard.memory());
        Size tmp = size(fields, "tmp", MIN_TMPFS, standard.tmp());
        Size run = size(fields, "run", MIN_TMPFS, standard.run());
        checkSum(fields, memory, tmp, run);
        return new Resources(
                memory,
                fields.get("cpus").flatMap(ResourcesReader::cpus).orElse(standard.cpus()),
                fields.get("pids")
                        .flatMap(v -> v.integer(8, 1_000_000, "init, guard and the program's own threads count"))
                        .orElse(standard.pids()),
                fields.get("nofile").flatMap(v -> v.integer(64, 1_048_576, "")).orElse(standard.nofile()),
                tmp,
                run,
                fields.get("timeout").flatMap(ResourcesReader::timeout).orElse(standard.timeout()));
    }

    private static Size size(Fields fields, String key, Size min, Size standard) {
        return fields.get(key).flatMap(v -> size(v, min)).orElse(standard);
    }

    private static Optional<Size> size(Value value, Size min) {
        String expected = "a size from " + min + " to " + MAX_SIZE + " as a whole number and k, m or g";
        Optional<Matcher> parts = matched(value, SIZE, expected, "write it as in 512m");
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        int shift = 10 * (1 + "kmg".indexOf(parts.get().group(2)));
        long bytes = Long.parseLong(parts.get().group(1)) << shift;
        return bytes < min.bytes() || bytes > MAX_SIZE.bytes()
                ? value.refuse(expected, "correct the size")
                : Optional.of(new Size(bytes));
    }

    /** A full tmpfs counts against the memory limit, so the program would be killed for what it wrote. */
    private static void checkSum(Fields fields, Size memory, Size tmp, Size run) {
        if (tmp.bytes() + run.bytes() <= memory.bytes()) {
            return;
        }
        Optional<Value> cause = fields.get("memory").or(() -> fields.get("tmp")).or(() -> fields.get("run"));
        cause.ifPresent(v -> v.problems()
                .add(
                        v.node().at(),
                        (v.node().at().equals(Node.Position.ELSEWHERE) ? v.path() : "resources")
                                + ": expected tmp and run to fit into memory together, found tmp " + tmp + " and run "
                                + run + " with memory " + memory
                                + "; raise memory or lower the others: what is written to them counts as memory"));
    }

    private static Optional<BigDecimal> cpus(Value value) {
        String expected = "a number from 0.01 to 1024 with at most 3 decimals";
        Optional<String> text = number(value).filter(t -> CPUS.matcher(t).matches());
        Optional<BigDecimal> cpus =
                text.map(BigDecimal::new).filter(n -> n.compareTo(MIN_CPUS) >= 0 && n.compareTo(MAX_CPUS) <= 0);
        return cpus.isPresent() ? cpus : value.refuse(expected, "write it as in 1.5, without quotes");
    }

    private static Optional<String> number(Value value) {
        return value.node() instanceof Node.Scalar scalar && scalar.plain()
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    private static Optional<Duration> timeout(Value value) {
        String expected = "a time from 1s to 168h (7 days) as a whole number and s, m or h";
        Optional<Matcher> parts = matched(value, TIMEOUT, expected, "write it as in 10m");
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.get().group(1));
        Duration timeout =
                switch (parts.get().group(2)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                };
        return timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0
                ? value.refuse(expected, "correct the time")
                : Optional.of(timeout);
    }

    /** A number without its unit is told what is missing, not that it should be in quotes. */
    private static Optional<Matcher> matched(Value value, Pattern pattern, String expected, String remedy) {
        if (!(value.node() instanceof Node.Scalar scalar)) {
            return value.refuse(expected, remedy);
        }
        Matcher matcher = pattern.matcher(scalar.text());
        return matcher.matches() ? Optional.of(matcher) : value.refuse(expected, remedy);
    }
}
