package io.sentinel.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One value under its path, with getters for the types that the files use. A getter that finds another type, or a value
 * out of bounds, reports that and answers with empty: nothing is read twice, nothing thrown.
 *
 * @param path how a person would name the value: {@code image.copy[0].to}
 * @param hidden whether messages must not show it, because it may be a secret
 */
record Value(Node node, String path, boolean hidden, Problems problems) {

    private static final Pattern INTEGER = Pattern.compile("[-+]?(?:0|[1-9][0-9]*+)");

    Value(Node node, String path, Problems problems) {
        this(node, path, false, problems);
    }

    /** Reports that the value is not what it should be. */
    <T> Optional<T> refuse(String expected, String remedy) {
        return refuse(expected, found(), remedy);
    }

    /** Reports that the value is not what it should be, with its own words for what was found. */
    <T> Optional<T> refuse(String expected, String found, String remedy) {
        return say("expected " + expected + ", found " + found + "; " + remedy);
    }

    /** Reports something about the value in a sentence of its own. */
    <T> Optional<T> say(String sentence) {
        if (!(node instanceof Node.Reported)) {
            problems.add(node.at(), path + ": " + sentence);
        }
        return Optional.empty();
    }

    /** Text of any length, also empty; never what YAML could take for a number, a truth value, a date or nothing. */
    Optional<String> text() {
        if (!(node instanceof Node.Scalar scalar)) {
            return refuse(
                    "text",
                    node instanceof Node.Mapping ? "write one text; a colon in it needs quotes" : "write one text");
        }
        Optional<String> other = scalar.plain() ? PlainScalars.otherThanText(scalar.text()) : Optional.empty();
        if (other.isEmpty()) {
            return Optional.of(scalar.text());
        }
        if (scalar.text().isEmpty()) {
            return refuse("text", "remove it, or write \"\" for an empty text");
        }
        return refuse("text", hidden ? "put it in quotes" : "put it in quotes: " + Texts.quoted(scalar.text()));
    }

    /** Text that matches a pattern; the length is checked first, so that the pattern never sees a long text. */
    Optional<String> text(Pattern pattern, int maxLength, String expected, String remedy) {
        Optional<String> text = text();
        boolean matches = text.isPresent()
                && text.get().length() <= maxLength
                && pattern.matcher(text.get()).matches();
        return matches || text.isEmpty() ? text : refuse(expected, remedy);
    }

    /** Text for a person's own use, such as a command's argument: bounded, without hidden characters but tab and line feed. */
    Optional<String> freeText(int maxBytes) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return text;
        }
        int length = Texts.utf8Length(text.get());
        if (length > maxBytes) {
            return refuse("at most " + maxBytes + " bytes", length + " bytes", "shorten it");
        }
        var hiddenCharacter = text.get().codePoints().filter(Texts::forbidden).findFirst();
        return hiddenCharacter.isEmpty()
                ? text
                : refuse(
                        "text without hidden characters",
                        "the character " + Texts.codePoint(hiddenCharacter.getAsInt()),
                        "remove it");
    }

    /** As {@link #freeText}, and more than white space. */
    Optional<String> nonBlank(int maxBytes) {
        Optional<String> text = freeText(maxBytes);
        return text.isPresent() && text.get().isBlank()
                ? refuse("text that is not blank", "write it or remove it")
                : text;
    }

    /** A whole number in decimal digits. */
    Optional<Integer> integer(int min, int max, String reason) {
        String expected = "a whole number from " + min + " to " + max + (reason.isEmpty() ? "" : " (" + reason + ")");
        if (!(node instanceof Node.Scalar scalar)
                || !INTEGER.matcher(scalar.text()).matches()) {
            return refuse(expected, "write it in decimal digits");
        }
        if (!scalar.plain()) {
            return refuse(expected, "remove the quotes");
        }
        if (scalar.text().length() > 11) {
            return refuse(expected, "correct the number");
        }
        long number = Long.parseLong(scalar.text());
        return number < min || number > max ? refuse(expected, "correct the number") : Optional.of((int) number);
    }

    /** {@code true} or {@code false}, and none of YAML's other words for them. */
    Optional<Boolean> bool() {
        if (node instanceof Node.Scalar scalar && scalar.plain()) {
            if (scalar.text().equals("true") || scalar.text().equals("false")) {
                return Optional.of(Boolean.valueOf(scalar.text()));
            }
        }
        return refuse("true or false", "write one of the two, without quotes");
    }

    /** The items of a list, each under its own path. */
    Optional<List<Value>> items() {
        if (!(node instanceof Node.Sequence sequence)) {
            return refuse("a list", "write it as [ ... ] or as lines that start with a hyphen");
        }
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            items.add(new Value(sequence.items().get(i), path + "[" + i + "]", hidden, problems));
        }
        return Optional.of(items);
    }

    /** A mapping with known keys; the unknown ones are reported at once. */
    Optional<Fields> fields(Section section) {
        if (!(node instanceof Node.Mapping mapping)) {
            return refuse("a mapping", "write its keys: " + section.knownKeys());
        }
        return Optional.of(new Fields(mapping, path, section, problems));
    }

    /** What the items of a list hold; those that hold nothing are left out, they were reported. */
    static <T> List<T> each(List<Value> items, Function<Value, Optional<T>> read) {
        return items.stream().flatMap(item -> read.apply(item).stream()).toList();
    }

    /** As {@link #each}; an item that is the same as an earlier one is reported and left out. */
    static <T> List<T> distinct(List<Value> items, Function<Value, Optional<T>> read, Function<T, ?> identity) {
        Map<Object, Value> seen = new HashMap<>();
        return each(items, item -> read.apply(item).flatMap(value -> {
            Value first = seen.putIfAbsent(identity.apply(value), item);
            return first == null
                    ? Optional.of(value)
                    : item.say("the same as " + first.path() + "; remove one of them");
        }));
    }

    /** What the value is, as a message shows it. */
    String found() {
        return hidden && node instanceof Node.Scalar ? kind(node) : found(node);
    }

    static String found(Node node) {
        String kind = kind(node);
        if (!(node instanceof Node.Scalar scalar)
                || kind.equals("nothing") && scalar.text().isEmpty()) {
            return kind;
        }
        return kind.equals("the text") ? Texts.quoted(scalar.text()) : kind + " " + Texts.excerpt(scalar.text());
    }

    private static String kind(Node node) {
        if (node instanceof Node.Scalar scalar) {
            Optional<String> other = scalar.plain() ? PlainScalars.otherThanText(scalar.text()) : Optional.empty();
            return other.orElse("the text");
        }
        return node instanceof Node.Sequence ? "a list" : "a mapping";
    }
}
