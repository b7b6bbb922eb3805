package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A system call filter as an engine reads it (OCI runtime spec, {@code linux.seccomp}, and Docker's own {@code archMap},
 * {@code includes} and {@code excludes}). Rules that an engine may skip are taken as kept: what might get through, does.
 */
public final class SeccompProfile {

    private static final Set<String> PASSING =
            Set.of("SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY");

    private static final Set<String> KEYS = Set.of(
            "defaultAction",
            "defaultErrnoRet",
            "architectures",
            "archMap",
            "architecture",
            "subArchitectures",
            "syscalls",
            "name",
            "names",
            "action",
            "errnoRet",
            "args",
            "includes",
            "excludes");

    private final TextFile file;
    private final Json json;
    /** By the calls that they name. */
    private final Map<String, List<Rule>> rules = new HashMap<>();

    private record Rule(String action, String errno, List<Condition> conditions) {
        private boolean passes() {
            return PASSING.contains(action);
        }
    }

    private record Condition(int index, String operator, long value, long valueTwo) {

        private boolean holds(long argument) {
            int order = Long.compareUnsigned(argument, value);
            return switch (operator) {
                case "SCMP_CMP_EQ" -> order == 0;
                case "SCMP_CMP_NE" -> order != 0;
                case "SCMP_CMP_LT" -> order < 0;
                case "SCMP_CMP_LE" -> order <= 0;
                case "SCMP_CMP_GT" -> order > 0;
                case "SCMP_CMP_GE" -> order >= 0;
                case "SCMP_CMP_MASKED_EQ" -> (argument & value) == valueTwo;
                default -> throw new CannotTell("the filter compares by " + operator + ", which is not known");
            };
        }
    }

    private SeccompProfile(TextFile file, Json json, boolean bare) {
        this.file = file;
        this.json = json;
        spelt(json);
        for (Json rule : json.at("syscalls").elements()) {
            if (bare && !rule.at("includes", "caps").elements().isEmpty()) {
                continue;
            }
            Set<String> names = new TreeSet<>(rule.at("names").texts());
            rule.at("name").text().ifPresent(names::add);
            List<Condition> conditions = new ArrayList<>();
            for (Json arg : rule.at("args").elements()) {
                conditions.add(new Condition(
                        (int) number(arg.at("index")),
                        arg.at("op").text().orElse(""),
                        number(arg.at("value")),
                        number(arg.at("valueTwo"))));
            }
            Rule read = new Rule(
                    rule.at("action").text().orElse(""),
                    rule.at("errnoRet").text().orElse(""),
                    conditions);
            names.forEach(name ->
                    rules.computeIfAbsent(name, call -> new ArrayList<>()).add(read));
        }
    }

    /** An engine takes keys in any case, and of several the last one (Go's encoding/json): no telling which one it takes. */
    private static void spelt(Json json) {
        for (String name : json.names()) {
            if (!KEYS.contains(name) && KEYS.stream().anyMatch(key -> key.equalsIgnoreCase(name))) {
                throw new CannotTell("the filter has the key " + name + ", which an engine may take for another one");
            }
        }
        json.at("syscalls").elements().forEach(SeccompProfile::spelt);
        json.at("archMap").elements().forEach(SeccompProfile::spelt);
    }

    /**
     * @param bare whether the container is given no capability at all: the engine then leaves out the rules for those that
     *     have one
     * @throws CannotTell where it is no JSON object
     */
    public static SeccompProfile parse(TextFile file, boolean bare) {
        try {
            Json json = Json.parse(file.text());
            if (!json.isObject()) {
                throw new CannotTell("the seccomp profile " + file.name() + " is no JSON object");
            }
            return new SeccompProfile(file, json, bare);
        } catch (IOException e) {
            throw new CannotTell("the seccomp profile " + file.name() + " is no JSON: " + e.getMessage());
        }
    }

    private static long number(Json json) {
        String text = json.text().orElse("0");
        return text.matches("[0-9]{1,20}") ? Long.parseUnsignedLong(text) : 0;
    }

    public Json json() {
        return json;
    }

    /** What happens to a call that no rule is about. */
    public String defaultAction() {
        return json.at("defaultAction").text().orElse("");
    }

    /**
     * Whether a call might get through.
     *
     * @param arguments those that are known, by index; any other may be whatever the filter wants
     */
    public boolean admits(String call, Map<Integer, Long> arguments) {
        List<Rule> about = rules.getOrDefault(call, List.of());
        boolean passed = about.stream().filter(Rule::passes).anyMatch(rule -> rule.conditions().stream()
                .allMatch(condition -> !arguments.containsKey(condition.index())
                        || condition.holds(arguments.get(condition.index()))));
        if (passed || !PASSING.contains(defaultAction())) {
            return passed;
        }
        return about.stream().filter(rule -> !rule.passes()).noneMatch(rule -> rule.conditions().stream()
                .allMatch(condition ->
                        arguments.containsKey(condition.index()) && condition.holds(arguments.get(condition.index()))));
    }

    /** Whether a call is answered by this number, whatever its arguments. */
    public boolean answers(String call, int errno) {
        String number = Integer.toString(errno);
        List<Rule> about = rules.getOrDefault(call, List.of());
        boolean byDefault = defaultAction().equals("SCMP_ACT_ERRNO")
                && json.at("defaultErrnoRet").text().orElse("1").equals(number);
        return !about.isEmpty()
                ? about.stream()
                        .allMatch(rule -> rule.action().equals("SCMP_ACT_ERRNO")
                                && rule.errno().equals(number)
                                && rule.conditions().isEmpty())
                : byDefault;
    }

    /** The line that a text first stands on in the file, for a report to point at. */
    public Place place(String text) {
        List<String> lines = file.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return file.line(i + 1);
            }
        }
        return file.line(1);
    }
}
