package io.sentinel.isolate;

import io.sentinel.spec.Profile;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Each setting of a run with where it came from, and which of them isolate less than the spec does.
 *
 * @param rows in the order of {@link Setting}
 */
record Explanation(List<Row> rows) {

    /**
     * One setting.
     *
     * @param name its flag, without the hyphens
     * @param value that the run has
     * @param origin a flag, a variable, the spec, or the default
     * @param weakening in a sentence; empty where the run isolates as the spec does, or more
     */
    record Row(String name, String value, String origin, Optional<String> weakening) {}

    /**
     * Compares.
     *
     * @param choices of flags and variables
     * @param standard a spec that says nothing
     * @param spec as its file has it
     * @param run the same with what was chosen
     * @param file the spec's, as a person knows it
     */
    static Explanation of(Choices choices, Spec standard, Spec spec, Spec run, String file) {
        List<Row> rows = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            Optional<Function<Spec, Object>> read = reader(setting);
            if (read.isPresent()) {
                Object value = read.get().apply(run);
                Object before = read.get().apply(spec);
                String origin =
                        choices.label(setting).orElse(before.equals(read.get().apply(standard)) ? "default" : file);
                rows.add(new Row(
                        setting.flag(),
                        shown(value),
                        origin,
                        weaker(setting, before, value).map(reason -> origin + ": " + reason)));
            } else if (setting == Setting.NETWORK) {
                Profile profile = choices.profile();
                rows.add(new Row(
                        "network", profile.word(), choices.label(setting).orElse("default"), profile.opening()));
            } else if (choices.value(setting).isPresent()) {
                rows.add(new Row(
                        setting.flag(),
                        choices.value(setting).get(),
                        choices.label(setting).get(),
                        Optional.empty()));
            }
        }
        return new Explanation(rows);
    }

    private static Optional<Function<Spec, Object>> reader(Setting setting) {
        Function<Spec, Object> reader =
                switch (setting) {
                    case IMAGE -> spec -> spec.image().from();
                    case WORKSPACE -> Spec::workspace;
                    case SECCOMP_PROFILE -> spec -> spec.seccomp().preset();
                    case SECCOMP_MODE -> spec -> spec.seccomp().mode();
                    case TIMEOUT -> spec -> spec.resources().timeout();
                    case MEMORY -> spec -> spec.resources().memory();
                    case CPUS -> spec -> spec.resources().cpus();
                    case PIDS -> spec -> spec.resources().pids();
                    default -> null;
                };
        return Optional.ofNullable(reader);
    }

    private static Optional<String> weaker(Setting setting, Object before, Object value) {
        if (before.equals(value)) {
            return Optional.empty();
        }
        return switch (setting) {
            case SECCOMP_PROFILE ->
                value == SeccompChoice.Preset.STRICT
                        ? Optional.empty()
                        : Optional.of("the filter is " + word(value) + ", where the spec has " + word(before));
            case SECCOMP_MODE ->
                value == SeccompChoice.Mode.ENFORCE
                        ? Optional.empty()
                        : Optional.of("the filter's mode is " + word(value) + ", where the spec has " + word(before));
            case TIMEOUT, MEMORY, CPUS, PIDS ->
                more(before, value)
                        ? Optional.of(setting.flag() + " is " + shown(value) + ", where the spec has " + shown(before))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static String shown(Object value) {
        return value instanceof Duration time
                ? time.toSeconds() % 60 == 0 ? time.toMinutes() + "m" : time.toSeconds() + "s"
                : value instanceof Enum<?> ? word(value) : value.toString();
    }

    private static String word(Object constant) {
        return constant.toString().toLowerCase(java.util.Locale.ROOT);
    }

    /** Both are of one type, which has an order. */
    @SuppressWarnings("unchecked")
    private static boolean more(Object before, Object value) {
        return ((Comparable<Object>) value).compareTo(before) > 0;
    }

    /** What the run makes weaker than the spec, but for its network, of which every run tells itself. */
    List<String> weakenings() {
        return rows.stream()
                .filter(row -> !row.name().equals(Setting.NETWORK.flag()))
                .flatMap(row -> row.weakening().stream())
                .toList();
    }
}
