package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words of {@code security_opt}. The engine takes {@code key=value} and, of old, {@code key:value}; of several entries
 * with the same key the last one holds (daemon/daemon_unix.go, parseSecurityOpt).
 */
public record SecurityOptions(List<Option> all) {

    /**
     * One entry.
     *
     * @param index in the list
     * @param key before the first {@code =} or {@code :}, in lower case
     * @param value after it; {@code true} where there is none
     */
    public record Option(int index, String key, String value) {}

    /** @param list the {@code security_opt} of a model, or the {@code SecurityOpt} of a container */
    public static SecurityOptions of(Json list) {
        List<Option> options = new ArrayList<>();
        List<Json> elements = list.elements();
        for (int i = 0; i < elements.size(); i++) {
            String word = elements.get(i).text().orElse("").strip();
            // A value may be a whole JSON document, or a path with either sign in it: the first one decides.
            int equals = word.indexOf('=');
            int colon = word.indexOf(':');
            int at = equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
            String key = at < 0 ? word : word.substring(0, at);
            options.add(new Option(
                    i,
                    key.strip().toLowerCase(java.util.Locale.ROOT),
                    at < 0 ? "true" : word.substring(at + 1).strip()));
        }
        return new SecurityOptions(List.copyOf(options));
    }

    public List<Option> named(String key) {
        return all.stream().filter(option -> option.key().equals(key)).toList();
    }

    /** The entry that holds. */
    public Optional<Option> last(String key) {
        List<Option> options = named(key);
        return options.isEmpty() ? Optional.empty() : Optional.of(options.get(options.size() - 1));
    }

    /**
     * The file of the filter that holds; empty where none is named, or {@code unconfined} or {@code builtin}. Any other word
     * is a file, {@code default} too.
     */
    public Optional<String> seccompFile() {
        return last("seccomp").map(Option::value).filter(value -> !value.matches("unconfined|builtin"));
    }
}
