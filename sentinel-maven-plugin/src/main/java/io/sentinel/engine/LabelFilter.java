package io.sentinel.engine;

import java.util.Objects;
import java.util.Optional;

/**
 * Picks containers or networks by a label.
 *
 * @param key the label
 * @param value what it must be; any value if empty
 */
public record LabelFilter(String key, Optional<String> value) {

    public LabelFilter {
        if (key.isBlank() || key.contains("=")) {
            throw new IllegalArgumentException("A label's key is not blank and has no '=' in it: '" + key + "'");
        }
        Objects.requireNonNull(value, "value");
    }

    /** Those that have the label, whatever its value. */
    public static LabelFilter has(String key) {
        return new LabelFilter(key, Optional.empty());
    }

    /** Those whose label has exactly this value. */
    public static LabelFilter is(String key, String value) {
        return new LabelFilter(key, Optional.of(value));
    }

    String word() {
        return "label=" + key + value.map(wanted -> "=" + wanted).orElse("");
    }
}
