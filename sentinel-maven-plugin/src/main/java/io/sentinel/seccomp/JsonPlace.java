package io.sentinel.seccomp;

import io.sentinel.spec.Nearest;
import io.sentinel.spec.Problems;
import io.sentinel.spec.Texts;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One value under its path, with getters for the types that a profile uses. A getter that finds another type, or a value
 * out of bounds, reports that and answers with empty.
 *
 * @param path how a person would name the value: {@code syscalls[0].action}
 */
record JsonPlace(JsonValue value, String path, Problems problems) {

    /** As the engine reads one: no sign, no fraction, no exponent. */
    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]*+");

    /** The digits of the highest number of 64 bits. */
    private static final int LONGEST = 20;

    /** How many words a message lists. */
    private static final int LISTED = 10;

    /** Reports that the value is not what it should be. */
    <T> Optional<T> refuse(String expected, String remedy) {
        return say("expected " + expected + ", found " + found() + "; " + remedy);
    }

    /** Reports something about the value in a sentence of its own. */
    <T> Optional<T> say(String sentence) {
        problems.add(value.line(), value.column(), path.isEmpty() ? sentence : path + ": " + sentence);
        return Optional.empty();
    }

    Optional<String> text() {
        return value instanceof JsonValue.Text text
                ? Optional.of(text.text())
                : refuse("text", "write one text in double quotes");
    }

    /** One of some words. */
    <T> Optional<T> word(String expected, Map<String, T> words) {
        return word(expected, words, word -> true);
    }

    /** One of some words; only those that are good here are offered to a person who wrote none of them. */
    <T> Optional<T> word(String expected, Map<String, T> words, Predicate<T> good) {
        Optional<String> text = text();
        if (text.isEmpty() || words.containsKey(text.get())) {
            return text.map(words::get);
        }
        List<String> offered = words.keySet().stream()
                .filter(word -> good.test(words.get(word)))
                .sorted()
                .toList();
        return refuse(expected, advice(text.get(), offered));
    }

    /** A text that matches. */
    Optional<String> text(Pattern pattern, String expected, String remedy) {
        Optional<String> text = text();
        return text.isEmpty() || pattern.matcher(text.get()).matches() ? text : refuse(expected, remedy);
    }

    /** A whole number from 0 to one that, as all here, has no sign. */
    Optional<Long> whole(long max) {
        String expected = "a whole number from 0 to " + Long.toUnsignedString(max);
        if (!(value instanceof JsonValue.Number number)
                || !WHOLE.matcher(number.written()).matches()) {
            return refuse(expected, "write it in decimal digits, without quotes");
        }
        boolean fits = number.written().length() <= LONGEST
                && new BigInteger(number.written()).compareTo(new BigInteger(Long.toUnsignedString(max))) <= 0;
        return fits ? Optional.of(Long.parseUnsignedLong(number.written())) : refuse(expected, "correct the number");
    }

    /** The items of a list, each under its own path. */
    Optional<List<JsonPlace>> items() {
        if (!(value instanceof JsonValue.Items list)) {
            return refuse("a list", "write it as [ ... ]");
        }
        List<JsonPlace> items = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            items.add(new JsonPlace(list.items().get(i), path + "[" + i + "]", problems));
        }
        return Optional.of(items);
    }

    /** What the items of a list hold; those that hold nothing are left out, they were reported. */
    <T> List<T> each(Function<JsonPlace, Optional<T>> read) {
        return items().orElse(List.of()).stream()
                .flatMap(item -> read.apply(item).stream())
                .toList();
    }

    /**
     * The values of an object's keys. As for the engine, {@code null} is as good as no key; unlike it, this reports
     * unknown keys, and keys of the same letters in another case are unknown.
     */
    Optional<Map<String, JsonPlace>> fields(List<String> known) {
        if (!(value instanceof JsonValue.Members object)) {
            return path.isEmpty()
                    ? refuse("a seccomp profile in { ... }", "is this the right file?")
                    : refuse("an object", "write it as { ... }");
        }
        Map<String, JsonPlace> fields = new HashMap<>();
        for (JsonValue.Member member : object.members()) {
            String below = Texts.below(path, member.key());
            if (!known.contains(member.key())) {
                problems.add(member.line(), member.column(), below + ": unknown key, " + unknown(member.key(), known));
            } else if (!(member.value() instanceof JsonValue.Word word)
                    || !word.word().equals("null")) {
                fields.put(member.key(), new JsonPlace(member.value(), below, problems));
            }
        }
        return Optional.of(fields);
    }

    /** The value of a key that an object must have. */
    Optional<JsonPlace> required(Map<String, JsonPlace> fields, String key, String remedy) {
        if (!fields.containsKey(key)) {
            problems.add(
                    value.line(),
                    value.column(),
                    Texts.below(path, key) + ": expected this key, found none; " + remedy);
        }
        return Optional.ofNullable(fields.get(key));
    }

    private String unknown(String key, List<String> known) {
        return known.stream()
                .filter(key::equalsIgnoreCase)
                .findFirst()
                .map(word -> "though the engine reads it as " + word + "; write it so")
                .orElseGet(() -> "and the engine would apply the profile without it; " + advice(key, known));
    }

    private String advice(String unknown, List<String> words) {
        if (problems.full()) {
            return "correct it";
        }
        return Nearest.to(unknown, words.stream())
                .map(near -> "the nearest known is " + near + "; correct or remove it")
                .orElseGet(() -> words.size() > LISTED
                        ? "correct or remove it"
                        : "known are " + String.join(", ", words) + "; correct or remove it");
    }

    private String found() {
        if (value instanceof JsonValue.Text text) {
            return Texts.quoted(text.text());
        }
        if (value instanceof JsonValue.Number number) {
            return "the number " + Texts.excerpt(number.written());
        }
        if (value instanceof JsonValue.Word word) {
            return word.word();
        }
        return value instanceof JsonValue.Items ? "a list" : "an object";
    }
}
