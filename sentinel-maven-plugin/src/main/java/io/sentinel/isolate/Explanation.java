package io.sentinel.isolate;

import io.sentinel.run.Beyond;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SecretNames;
import io.sentinel.spec.Spec;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Each setting of a run with where it came from, and which of them isolate less than the spec does.
 *
 * @param rows in the order of {@link Setting}; what flags alone can say stands last
 */
public record Explanation(List<Row> rows) {

    public Explanation {
        rows = List.copyOf(rows);
    }

    /**
     * One setting.
     *
     * @param name its flag, without the hyphens
     * @param value that the run has; of variables the names alone
     * @param origin a flag, a variable, the spec, or the default
     * @param weakening in a sentence; empty where the run isolates as the spec does, or more
     */
    public record Row(String name, String value, String origin, Optional<String> weakening) {}

    /**
     * Compares.
     *
     * @param choices of flags and variables
     * @param paths that they name
     * @param standard a spec that says nothing
     * @param spec as its file has it
     * @param run the same with what was chosen
     * @param file the spec's, as a person knows it
     * @param production who says that it is production; empty where nobody does
     */
    static Explanation of(
            Choices choices,
            HostPaths paths,
            Spec standard,
            Spec spec,
            Spec run,
            String file,
            Optional<String> production) {
        List<Row> rows = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            row(setting, choices, paths, standard, spec, run, file).ifPresent(rows::add);
        }
        if (!choices.published().isEmpty()) {
            String flag = choices.flag(Choices.PUBLISH);
            rows.add(new Row(
                    Choices.PUBLISH,
                    String.join(", ", choices.ports()),
                    flag,
                    Optional.of(flag + ": "
                            + choices.published().stream().map(Publish::opening).collect(Collectors.joining("; ")))));
        }
        if (!choices.environment().isEmpty()) {
            rows.add(new Row(
                    Choices.ENV,
                    String.join(", ", choices.environment()),
                    choices.flag(Choices.ENV),
                    choices.environment().stream()
                            .filter(SecretNames::isOne)
                            .findFirst()
                            .map(name -> choices.flag(Choices.ENV) + " " + name
                                    + ": named like a secret, and every process inside, docker inspect and the files in"
                                    + " target/sentinel show a variable; the spec's secrets give a file")));
        }
        rows.add(new Row(
                "production", production.isPresent() ? "on" : "off", production.orElse("default"), Optional.empty()));
        return new Explanation(rows);
    }

    private static Optional<Row> row(
            Setting setting, Choices choices, HostPaths paths, Spec standard, Spec spec, Spec run, String file) {
        Optional<String> label = choices.label(setting);
        Optional<Function<Spec, Object>> reader = reader(setting);
        if (reader.isPresent()) {
            Object value = reader.get().apply(run);
            Object before = reader.get().apply(spec);
            String origin = label.orElse(before.equals(reader.get().apply(standard)) ? "default" : file);
            Optional<String> weakening = weaker(setting, before, value).map(reason -> origin + ": " + reason);
            return Optional.of(new Row(setting.flag(), shown(value), origin, weakening));
        }
        return switch (setting) {
            case WORKSPACE -> Optional.of(workspace(choices, paths, standard, spec, run, file));
            case NETWORK ->
                Optional.of(new Row(
                        setting.flag(),
                        choices.hostNetwork() ? Beyond.HOST : choices.profile().word(),
                        label.orElse("default"),
                        choices.profile().opening(run.guard()).or(() -> choices.beyond(paths)
                                .opening())));
            case POLICY -> Optional.of(policy(choices, paths, standard, spec, run, file));
            case SECCOMP -> run.seccomp().file().map(name -> filter(choices, spec, name, file));
            case PROXY ->
                choices.value(setting)
                        .map(url -> new Row(setting.flag(), masked(url), label.get(), choices.proxyOpening()));
            default ->
                choices.value(setting).map(value -> new Row(setting.flag(), value, label.get(), Optional.empty()));
        };
    }

    private static Row workspace(Choices choices, HostPaths paths, Spec standard, Spec spec, Spec run, String file) {
        String origin = choices.label(Setting.WORKSPACE)
                .orElse(spec.workspace().equals(standard.workspace()) ? "default" : file);
        return new Row(
                Setting.WORKSPACE.flag(),
                paths.workspace().map(Object::toString).orElse(run.workspace()),
                origin,
                paths.workspace()
                        .map(folder -> origin + ": the agent writes to " + folder + ", outside of the project")
                        .or(() -> Optional.of(run.workspace())
                                .filter(folder -> !folder.equals(spec.workspace()))
                                .map(folder -> origin + ": the agent writes to " + folder + ", where the spec has "
                                        + spec.workspace())));
    }

    private static Row policy(Choices choices, HostPaths paths, Spec standard, Spec spec, Spec run, String file) {
        Optional<String> name = paths.policy().map(PolicyFile::name);
        boolean own = !spec.policy().equals(standard.policy());
        String origin = choices.label(Setting.POLICY).orElse(own ? file : "default");
        // Which of two policies allows more is the reader's to see; in production its hash says that it is the one
        // meant.
        boolean vouched = paths.policy().flatMap(PolicyFile::mounted).isPresent();
        Optional<String> weakening = name.filter(
                        ignored -> !vouched && !run.policy().equals(spec.policy()))
                .map(text -> origin + ": the policy is that of " + text + ", where the spec has another");
        return new Row(Setting.POLICY.flag(), name.orElse(own ? "the spec's" : "the default one"), origin, weakening);
    }

    private static Row filter(Choices choices, Spec spec, String name, String file) {
        String origin = choices.label(Setting.SECCOMP).orElse(file);
        Optional<String> weakening = spec.seccomp()
                .file()
                .filter(before -> choices.label(Setting.SECCOMP).isPresent())
                .map(before -> origin + ": the filter is " + name + ", where the spec has " + before);
        return new Row(Setting.SECCOMP.flag(), name, origin, weakening);
    }

    private static Optional<Function<Spec, Object>> reader(Setting setting) {
        Function<Spec, Object> reader =
                switch (setting) {
                    case IMAGE -> spec -> spec.image().from();
                    case SECCOMP_PROFILE -> spec -> spec.seccomp().preset();
                    case SECCOMP_MODE -> spec -> spec.seccomp().mode();
                    case RUNTIME -> Spec::runtime;
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
                // A filter of one's own may be narrower than any that ships.
                value == SeccompChoice.Preset.STRICT && before != SeccompChoice.Preset.CUSTOM
                        ? Optional.empty()
                        : Optional.of("the filter is " + word(value) + ", where the spec has " + word(before));
            case SECCOMP_MODE ->
                value == SeccompChoice.Mode.ENFORCE
                        ? Optional.empty()
                        : Optional.of("the filter's mode is " + word(value) + ", where the spec has " + word(before));
            case RUNTIME ->
                value == ContainerRuntime.RUNC
                        ? Optional.of("the runtime is runc, which shares the host's kernel, where the spec has "
                                + word(before))
                        : Optional.empty();
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
        return constant.toString().toLowerCase(Locale.ROOT);
    }

    /** Without its user and password. */
    private static String masked(String url) {
        try {
            URI address = new URI(url);
            if (address.getHost() != null) {
                return address.getScheme() + "://" + address.getHost()
                        + (address.getPort() < 0 ? "" : ":" + address.getPort());
            }
        } catch (URISyntaxException e) {
            // Told by what reads it, where it is used.
            return "(not shown)";
        }
        return "(not shown)";
    }

    /** Both are of one type, which has an order. */
    @SuppressWarnings("unchecked")
    private static boolean more(Object before, Object value) {
        return ((Comparable<Object>) value).compareTo(before) > 0;
    }

    /** What the run makes weaker than the spec, but for its network and proxy, of which every run tells itself. */
    List<String> weakenings() {
        List<String> told = List.of(Setting.NETWORK.flag(), Setting.PROXY.flag());
        return rows.stream()
                .filter(row -> !told.contains(row.name()))
                .flatMap(row -> row.weakening().stream())
                .toList();
    }

    /** For a person to read, line by line, in columns. */
    public List<String> lines() {
        int name = width(Row::name);
        int value = width(Row::value);
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            String form = "%-" + name + "s  %-" + value + "s  %s";
            lines.add(String.format(Locale.ROOT, form, row.name(), row.value(), row.origin()));
            row.weakening().ifPresent(reason -> lines.add("  weaker: " + reason));
        }
        return lines;
    }

    private int width(Function<Row, String> column) {
        return rows.stream().map(column).mapToInt(String::length).max().orElse(1);
    }
}
