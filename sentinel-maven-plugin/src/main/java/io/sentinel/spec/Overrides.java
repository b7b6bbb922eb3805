package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Values that stand before those of a spec's file: what a person said by a flag or a variable. They are read as if they
 * stood in the file, with the same checks and the same messages, but for the place: that is the flag's or variable's name.
 *
 * @param values in their order; of two for one key the last one counts
 * @param policy a policy of its own, in place of the spec's, as the guard reads it
 * @param filter a system call filter of its own, in place of {@code seccomp.file}, as the engine reads it
 */
public record Overrides(List<Override> values, Optional<PolicyFile> policy, Optional<NamedText> filter) {

    /** The spec as it is. */
    public static final Overrides NONE = new Overrides(List.of(), Optional.empty(), Optional.empty());

    public Overrides {
        values = List.copyOf(values);
    }

    /**
     * A policy that was read once, wherever it stands.
     *
     * @param name how the person knows it
     * @param text what it holds
     * @param mounted the absolute path of the file, where a container gets the file itself rather than a copy in the bundle
     */
    public record PolicyFile(String name, String text, Optional<String> mounted) {}

    /**
     * A file that was read once, wherever it stands.
     *
     * @param name how the person knows it
     * @param text what it holds
     */
    public record NamedText(String name, String text) {}

    /**
     * One value.
     *
     * @param keys from the spec's root to the value
     * @param text as it would stand in the file; empty where the key is taken out
     * @param plain whether without quotes there: a number has none, and a text always could
     * @param label what the person knows it by, as {@code --memory}
     */
    public record Override(List<String> keys, Optional<String> text, boolean plain, String label) {

        public Override {
            keys = List.copyOf(keys);
        }

        /** A number, a size, a time or a word. */
        public static Override plain(String label, String text, String... keys) {
            return new Override(List.of(keys), Optional.of(text), true, label);
        }

        /** Any text. */
        public static Override text(String label, String text, String... keys) {
            return new Override(List.of(keys), Optional.of(text), false, label);
        }

        /** A key that the file may have, and that means nothing beside another override. */
        public static Override without(String label, String... keys) {
            return new Override(List.of(keys), Optional.empty(), true, label);
        }
    }

    /** Whether the spec is as it is. Cheaper than a comparison, which a record makes up anew in each JVM. */
    public boolean isEmpty() {
        return values.isEmpty() && policy.isEmpty() && filter.isEmpty();
    }

    /** Whether they have all that a spec must have: a name. Then there need be no file. */
    public boolean nameIt() {
        return have("name");
    }

    /** Whether one of them is of this key, named from the spec's root. */
    boolean have(String... keys) {
        return values.stream().anyMatch(value -> value.keys().equals(List.of(keys)));
    }

    /** The file's mapping with them. */
    Node.Mapping over(Node.Mapping root) {
        Node.Mapping changed = root;
        for (Override value : values) {
            changed = over(changed, value, 0);
        }
        return changed;
    }

    private static Node.Mapping over(Node.Mapping mapping, Override value, int depth) {
        String key = value.keys().get(depth);
        boolean last = depth == value.keys().size() - 1;
        Optional<Node.Entry> before = mapping.entries().stream()
                .filter(entry -> entry.key().text().equals(key))
                .findFirst();
        if (before.isEmpty() && value.text().isEmpty()) {
            return mapping;
        }
        List<Node.Entry> entries = new ArrayList<>(mapping.entries());
        before.ifPresent(entries::remove);
        if (!last) {
            // What is no mapping stays to be complained of.
            Node below = before.map(Node.Entry::value).orElse(new Node.Mapping(Position.ELSEWHERE, List.of()));
            Node changed = below instanceof Node.Mapping inner ? over(inner, value, depth + 1) : below;
            entries.add(new Node.Entry(key(key), changed));
        } else if (value.text().isPresent()) {
            Node.Scalar scalar =
                    new Node.Scalar(Position.ELSEWHERE, value.text().get(), value.plain());
            entries.add(new Node.Entry(key(key), scalar, Optional.of(value.label())));
        }
        return new Node.Mapping(mapping.at(), entries);
    }

    private static Node.Scalar key(String name) {
        return new Node.Scalar(Position.ELSEWHERE, name, true);
    }
}
