package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables of a container. What they hold is never told. */
final class Environment {

    /** Where the agent may write: what a loader takes from there, the agent chose. */
    private static final Pattern WRITABLE = Pattern.compile(
            "(^|.*[:=@\\s])(\\.{1,2}(/|$)|/(workspace|tmp|run|var/tmp|dev/shm|home)(/.*|$|[:\\s].*)).*");

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
            "PATH");

    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$(?:\\{(\\w+)[^}]*}|(\\w+))");

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
                .remedy("write the value itself")
                .files(view -> {
                    Faults faults = Faults.unless(
                            view.expected().handedOn().isEmpty() ? "literal values" : "none but the guard's own");
                    Json written = view.written().at("environment");
                    Json resolved = view.at("environment");
                    written.members().forEach((name, value) -> {
                        Place place = view.place("environment", name);
                        faults.addIf(
                                value.isNull()
                                        && !resolved.at(name).isAbsent()
                                        && !view.expected().handedOn().contains(name),
                                name + " is taken from the host",
                                place);
                        Matcher variables = VARIABLE.matcher(value.text().orElse(""));
                        while (variables.find()) {
                            String used = variables.group(1) == null ? variables.group(2) : variables.group(1);
                            faults.addIf(
                                    !view.expected().handedOn().contains(used),
                                    name + " has the host's " + used,
                                    place);
                        }
                    });
                    return faults.or("none of " + written.names().size());
                });
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
                        boolean outside =
                                path.startsWith("/") && !Mounts.below(path, view.expected()) || path.startsWith("..");
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
                .files(view -> noInjection(view.at("environment").textMembers(), view.place("environment")))
                .created(view -> noInjection(variables(view), Place.NOWHERE))
                .running(view -> noInjection(variables(view), Place.NOWHERE));
    }

    private static Verdict noInjection(Map<String, String> variables, Place place) {
        Faults faults = Faults.unless("none");
        variables.forEach((name, value) -> {
            boolean loaded = LOADED.contains(name) && WRITABLE.matcher(value).matches();
            boolean option =
                    name.matches("NODE_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|RUBYOPT|PERL5OPT")
                            && value.matches(
                                    "(?s).*(--require|--import|-r\\s|-javaagent:|-agentpath:|-I)\\s*=?\\s*(\\./|/workspace|/tmp|/run).*");
            faults.addIf(loaded || option, name + " leads to where the agent may write", key(place, name));
            faults.addIf(
                    name.matches("(DOCKER|CONTAINER|PODMAN)_HOST") && !value.isEmpty(),
                    name + " names an engine",
                    key(place, name));
        });
        return faults.or("none of " + variables.size());
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
