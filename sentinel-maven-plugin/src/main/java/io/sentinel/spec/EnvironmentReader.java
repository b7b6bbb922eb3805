package io.sentinel.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code environment}. Its values never stand in a message: one of them may be a secret by mistake. */
final class EnvironmentReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}");

    private static final String PROXY = "the profile sets it";
    private static final String LOADER = "it loads code into every program";

    /** Names that are not the spec's to set, in upper case, and why. */
    private static final Map<String, String> RESERVED = Map.ofEntries(
            Map.entry("HOME", "it is always /workspace"),
            Map.entry("HTTP_PROXY", PROXY),
            Map.entry("HTTPS_PROXY", PROXY),
            Map.entry("NO_PROXY", PROXY),
            Map.entry("ALL_PROXY", PROXY),
            Map.entry("FTP_PROXY", PROXY),
            Map.entry("NODE_USE_ENV_PROXY", PROXY),
            Map.entry("LD_PRELOAD", LOADER),
            Map.entry("LD_LIBRARY_PATH", LOADER),
            Map.entry("LD_AUDIT", LOADER),
            Map.entry("BASH_ENV", "every shell would run that file"),
            Map.entry("ENV", "every shell would run that file"),
            Map.entry("SHELLOPTS", "it changes how every shell runs its script, the entrypoint's too"),
            Map.entry("BASHOPTS", "it changes how every shell runs its script, the entrypoint's too"),
            Map.entry("DOCKER_HOST", "no engine is within reach of a sandbox"));

    private EnvironmentReader() {}

    static TreeMap<String, String> read(Value value) {
        TreeMap<String, String> variables = new TreeMap<>();
        if (!(value.node() instanceof Node.Mapping mapping)) {
            value.refuse("a mapping of names and values", "write it as NAME: value");
            return variables;
        }
        for (Node.Entry entry : mapping.entries()) {
            String path = Texts.below(value.path(), entry.key().text());
            Value name = new Value(entry.key(), path, value.problems());
            if (nameIsFine(name, entry.key().text())) {
                value(
                                new Value(entry.value(), path, true, value.problems()),
                                entry.key().text())
                        .ifPresent(text -> variables.put(entry.key().text(), text));
            }
        }
        return variables;
    }

    /** Reports a name that is none, or that the spec may not have in it. */
    static boolean nameIsFine(Value at, String name) {
        if (!NAME.matcher(name).matches()) {
            at.say("expected a name of letters, digits and underscores that does not start with a digit; correct it");
            return false;
        }
        String upper = name.toUpperCase(Locale.ROOT);
        // Programs read the proxy variables in either case; all other names count as they are written.
        boolean proxy = PROXY.equals(RESERVED.get(upper));
        Optional<String> reason = Optional.ofNullable(RESERVED.get(proxy ? upper : name));
        if (name.startsWith("SENTINEL_")) {
            reason = Optional.of("these names are the guard's own; set them for the run instead");
        }
        reason.ifPresent(why -> at.say("a spec cannot set this variable: " + why + "; remove it"));
        return reason.isEmpty();
    }

    private static Optional<String> value(Value value, String name) {
        // The kernel counts name, equals sign and value as one string.
        Optional<String> text = value.freeText(SpecReader.MAX_ARGUMENT_BYTES - name.length() - 1);
        if (text.isPresent() && Userinfo.in(text.get())) {
            return value.say(
                    "an address with a user or a password is not accepted: the agent and every report could read"
                            + " it; remove that part");
        }
        if (text.isPresent() && name.equals("PYTHONPATH") && reachesWritable(text.get())) {
            return value.say("expected absolute folders that the agent cannot write to, found another one; copy the"
                    + " modules into the image: Python loads code from there before the guard's");
        }
        return text;
    }

    private static boolean reachesWritable(String pythonPath) {
        return Arrays.stream(pythonPath.split(":", -1))
                .anyMatch(folder -> !folder.startsWith("/") || Paths.isAgents("/" + Paths.joined(folder)));
    }
}
