package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The variables of a container. What they hold is never told. */
final class Environment {

    private static final Set<String> LOADED = Set.of(
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "LD_AUDIT",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PYTHONHOME",
            "BASH_ENV",
            "ENV",
            "PERL5LIB",
            "RUBYLIB",
            "GEM_PATH",
            "NODE_PATH",
            "CLASSPATH",
            "GCONV_PATH",
            "GIT_EXEC_PATH",
            "GIT_CONFIG_GLOBAL",
            "GIT_CONFIG_SYSTEM",
            "GIT_SSH_COMMAND",
            "OPENSSL_CONF",
            "PATH");

    /** Options of interpreters that load a file, with its path. */
    private static final Pattern LOADS = Pattern.compile(
            "(?:--require|--import|--(?:experimental-)?loader|-r\\s|-javaagent:|-agentpath:|-I)\\s*=?\\s*([./][^\\s,;=]*)");

    /** What a process sees beside its variables, or whoever may inspect its container. */
    private static final List<String> SEEN = List.of(
            "command",
            "entrypoint",
            "working_dir",
            "hostname",
            "domainname",
            "extra_hosts",
            "healthcheck",
            "labels",
            "annotations");

    /** A doubled sign is a plain one; what is taken where a variable is empty may have another one in it. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\$|\\$\\{?([A-Za-z_]\\w*)");

    private Environment() {}

    static List<Rule> rules() {
        return List.of(noSecret(), nothingHandedOn(), noForeignFile(), noInjection());
    }

    private static Rule noSecret() {
        return Rule.of("ENV-1", HIGH, "No variable holds a secret")
                .because("the agent reads its variables, and so does whoever may inspect the container")
                .cis("4.10")
                .remedy("take it out; give a file to the run instead, and let it end with the run")
                .files(view -> noSecret(view.at("environment").textMembers(), view.place("environment")))
                .created(view -> noSecret(variables(view), Place.NOWHERE))
                .running(view -> noSecret(variables(view), Place.NOWHERE));
    }

    private static Verdict noSecret(Map<String, String> variables, Place place) {
        Faults faults = Faults.unless("none that looks like one");
        variables.forEach((name, value) -> Secrets.in(name, value).ifPresent(why -> faults.add(why, key(place, name))));
        return faults.or("none of " + variables.size() + " looks like one");
    }

    /** The variable itself, below the key of all of them. */
    private static Place key(Place place, String name) {
        if (place instanceof Place.Key key) {
            List<String> path = new ArrayList<>(key.path());
            path.add(name);
            return new Place.Key(path);
        }
        return place;
    }

    private static Rule nothingHandedOn() {
        return Rule.of("ENV-2", HIGH, "No variable of the host's is handed on unless the spec names it")
                .because("a value that comes from the host's environment may be any secret of the host's")
                .cis("4.10")
                .remedy("write the value itself; a secret as a file below the project")
                .files(view -> {
                    Faults faults = Faults.unless(
                            view.expected().isOwn()
                                    ? "none but the guard's own, and what the spec names"
                                    : "literal values");
                    Map<String, Optional<String>> written =
                            written(view.written().at("environment"));
                    written.forEach((name, value) -> {
                        Place place = view.place("environment", name);
                        boolean handedOn = view.expected().handedOn().contains(name) || isPassed(name, view);
                        faults.addIf(value.isEmpty() && !handedOn, name + " is taken from the host", place);
                        hosts(value.orElse(""), view)
                                .forEach(used -> faults.add(name + " has the host's " + used, place));
                    });
                    for (String key : SEEN) {
                        hosts(view.written().at(key).toString(), view)
                                .forEach(used -> faults.add(key + " has the host's " + used, view.place(key)));
                    }
                    for (String kind : List.of("secrets", "configs")) {
                        given(kind, view, faults);
                    }
                    return faults.or("none of " + written.size());
                });
    }

    /** Whether the spec hands it on to the agents, which it does under its own name only. */
    private static boolean isPassed(String name, StaticView view) {
        return view.subject().role() == Role.AGENT
                && view.expected()
                        .spec()
                        .filter(spec -> spec.passEnvironment().contains(name))
                        .isPresent();
    }

    /** What a container's files are made of: a variable of the host's, or a text with some in it. */
    private static void given(String kind, StaticView view, Faults faults) {
        for (Json entry : view.written().at(kind).elements()) {
            String name = entry.text().or(() -> entry.at("source").text()).orElse("");
            Json source = view.project().written().at(kind, name);
            List<String> used = new ArrayList<>(hosts(source.at("content").toString(), view));
            source.at("environment")
                    .text()
                    .filter(variable -> !view.expected().handedOn().contains(variable))
                    .ifPresent(used::add);
            used.forEach(variable ->
                    faults.add(kind + " " + name + " has the host's " + variable, new Place.Key(List.of(kind, name))));
        }
    }

    /** Compose leaves what is written as it is: a mapping, or a list of {@code NAME=VALUE} and of bare names. */
    private static Map<String, Optional<String>> written(Json environment) {
        Map<String, Optional<String>> all = new TreeMap<>();
        environment
                .members()
                .forEach((name, value) -> all.put(
                        name,
                        value.isNull()
                                ? Optional.empty()
                                : Optional.of(value.text().orElse(""))));
        for (String entry : environment.texts()) {
            int equals = entry.indexOf('=');
            all.put(
                    equals < 0 ? entry : entry.substring(0, equals),
                    equals < 0 ? Optional.empty() : Optional.of(entry.substring(equals + 1)));
        }
        return all;
    }

    /** The variables of the host that a text has, but for those that may be handed on. */
    private static List<String> hosts(String text, StaticView view) {
        return VARIABLE.matcher(text)
                .results()
                .map(found -> found.group(1))
                .filter(name -> name != null && !view.expected().handedOn().contains(name))
                .distinct()
                .toList();
    }

    private static Rule noForeignFile() {
        return Rule.of("ENV-3", HIGH, "No file of variables comes from outside the project")
                .because("a file elsewhere on the host holds what the project does not know of")
                .cis("4.10")
                .remedy("keep the file below the project, without secrets, or write its values under environment")
                .files(view -> {
                    Faults faults = Faults.unless("none from outside");
                    for (Json entry : view.written().at("env_file").elements()) {
                        String path =
                                entry.text().or(() -> entry.at("path").text()).orElse("?");
                        if (path.contains("$")) {
                            throw new CannotTell("env_file " + path + " depends on a variable of the host's");
                        }
                        boolean outside = path.startsWith("~")
                                || !Mounts.below(view.project().real(path), view.expected());
                        faults.addIf(outside || view.expected().isOwn(), "env_file " + path, view.place("env_file"));
                    }
                    return faults.or("none");
                });
    }

    private static Rule noInjection() {
        return Rule.of(
                        "ENV-4",
                        MEDIUM,
                        "No variable makes programs load what the agent may write, or speak to an engine")
                .because(
                        "a library or a start file from the workspace runs in every program, those of the image included")
                .remedy("take writable folders out of it, and remove DOCKER_HOST")
                .files(view ->
                        noInjection(view.at("environment").textMembers(), Writable.of(view), view.place("environment")))
                .created(view -> noInjection(variables(view), Writable.of(view), Place.NOWHERE))
                .running(view -> noInjection(variables(view), Writable.of(view), Place.NOWHERE));
    }

    private static Verdict noInjection(Map<String, String> variables, Writable writable, Place place) {
        Faults faults = Faults.unless("none");
        variables.forEach((name, value) -> {
            boolean loaded = LOADED.contains(name) && (writable.isIn(value) || hasEmptyPart(name, value));
            boolean option =
                    name.matches("NODE_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|RUBYOPT|PERL5OPT")
                            && LOADS.matcher(value).results().anyMatch(found -> writable.isIn(found.group(1)));
            faults.addIf(loaded || option, name + " leads to where the agent may write", key(place, name));
            faults.addIf(
                    name.matches("(DOCKER|CONTAINER|PODMAN|BUILDKIT)_HOST") && !value.isEmpty(),
                    name + " names an engine",
                    key(place, name));
        });
        return faults.or("none of " + variables.size());
    }

    /** In a list of folders, an empty one is wherever the program stands. */
    private static boolean hasEmptyPart(String name, String value) {
        return name.matches("PATH|LD_LIBRARY_PATH")
                && !value.isEmpty()
                && List.of(value.split(":", -1)).contains("");
    }

    /** The variables of a container as it was created. */
    static SortedMap<String, String> variables(InspectView view) {
        return split(view.at("Config", "Env").texts());
    }

    private static SortedMap<String, String> variables(LiveView view) {
        return split(List.of(view.process().text("environ").split("[\\x00\\n]")));
    }

    private static SortedMap<String, String> split(List<String> words) {
        SortedMap<String, String> variables = new TreeMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                variables.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return variables;
    }
}
