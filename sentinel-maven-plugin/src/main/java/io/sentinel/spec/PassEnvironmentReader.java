package io.sentinel.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code passEnvironment}: names alone, whose values are the invoker's at each run. */
final class PassEnvironmentReader {

    private static final String PLACE = "it names a place of this machine, which is another one inside, or none";

    /** Names that mean something to programs of the host only, and why; beside those that no spec can set. */
    private static final Map<String, String> OF_THE_HOST = Map.of(
            "PATH", PLACE,
            "PYTHONPATH", PLACE,
            "TMPDIR", PLACE,
            "XDG_RUNTIME_DIR", PLACE,
            "SSH_AUTH_SOCK", PLACE,
            "JAVA_TOOL_OPTIONS", "the proxied profile sets it; write the options under environment");

    /** The client that would hand them on is itself steered by them. */
    private static final List<String> STEERING = List.of("DOCKER_", "COMPOSE_", "BUILDX_", "BUILDKIT_");

    private PassEnvironmentReader() {}

    /**
     * The names, but for those whose value a flag gives.
     *
     * @param environment the spec's own variables, where it has some
     */
    static List<String> read(Value value, Optional<Value> environment) {
        Map<String, Boolean> byFlag = new TreeMap<>();
        if (environment.isPresent() && environment.get().node() instanceof Node.Mapping mapping) {
            mapping.entries()
                    .forEach(entry ->
                            byFlag.put(entry.key().text(), entry.label().isPresent()));
        }
        return Value.distinct(value.items().orElse(List.of()), item -> name(item, byFlag), name -> name).stream()
                .filter(name -> !byFlag.containsKey(name))
                .toList();
    }

    private static Optional<String> name(Value item, Map<String, Boolean> byFlag) {
        Optional<String> name = item.text();
        if (name.isEmpty() || !EnvironmentReader.nameIsFine(item, name.get())) {
            return Optional.empty();
        }
        if (Boolean.FALSE.equals(byFlag.get(name.get()))) {
            return item.say(name.get() + " stands under environment too; remove it from one of the two");
        }
        Optional<String> reason = STEERING.stream().anyMatch(name.get()::startsWith)
                ? Optional.of("it steers the docker client itself")
                : Optional.ofNullable(OF_THE_HOST.get(name.get()));
        return reason.isPresent()
                ? item.say("this variable cannot be handed on: " + reason.get() + "; remove it")
                : name;
    }
}
