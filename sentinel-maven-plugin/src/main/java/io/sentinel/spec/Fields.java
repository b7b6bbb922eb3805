package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of one mapping by their keys. Making it reports every key that is unknown or without a value. */
final class Fields {

    private final Map<String, Value> values = new HashMap<>();
    private final Set<String> written = new HashSet<>();
    private final Position at;
    private final String path;
    private final Problems problems;

    Fields(Node.Mapping mapping, String path, Section section, Problems problems) {
        this.at = mapping.at();
        this.path = path;
        this.problems = problems;
        mapping.entries().forEach(entry -> accept(entry, section));
    }

    private void accept(Node.Entry entry, Section section) {
        written.add(entry.key().text());
        String name = entry.label().orElseGet(() -> pathOf(entry.key().text()));
        Value value = new Value(entry.value(), name, problems);
        Optional<Section.Key> key = section.find(entry.key().text());
        if (key.isEmpty()) {
            problems.add(
                    entry.key().at(),
                    value.path() + ": unknown key"
                            + Texts.beyondAscii(entry.key().text()) + "; "
                            + section.advice(entry.key().text()));
        } else if (key.get().instead().isPresent()) {
            problems.add(
                    entry.key().at(),
                    value.path() + ": unknown key; " + key.get().instead().get());
        } else if (isNothing(entry.value())) {
            problems.add(
                    entry.key().at(),
                    value.path() + ": expected a value, found nothing; remove the key, or give it a value");
        } else {
            values.put(entry.key().text(), value);
        }
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Scalar scalar && scalar.plain() && PlainScalars.isNothing(scalar.text());
    }

    private String pathOf(String key) {
        return Texts.below(path, key);
    }

    Optional<Value> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** A value that must be there. */
    Optional<Value> required(String key, String remedy) {
        if (!written.contains(key)) {
            problems.add(at, pathOf(key) + ": expected this key, found none; " + remedy);
        }
        return get(key);
    }
}
