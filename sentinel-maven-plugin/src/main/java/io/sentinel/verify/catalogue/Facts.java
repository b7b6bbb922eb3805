package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.rule.Verdict;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the families ask of values, and the answers that many of them give. */
final class Facts {

    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)\\s*([kmgt]?)i?b?", Pattern.CASE_INSENSITIVE);

    private Facts() {}

    /** Whether a flag is on, whether written as a boolean or as a word. */
    static boolean isYes(Json flag) {
        return flag.isTrue() || flag.text().filter("true"::equalsIgnoreCase).isPresent();
    }

    /** A list of words as a person would write it. */
    static String shown(Json list) {
        return list.isAbsent()
                        || list.isNull()
                        || list.isArray() && list.elements().isEmpty()
                ? "nothing"
                : list.isArray() ? String.join(", ", list.texts()) : list.toString();
    }

    /** Whether a value says nothing: absent, null, or empty of its kind. */
    static boolean isEmpty(Json value) {
        return value.isAbsent()
                || value.isNull()
                || value.isArray() && value.elements().isEmpty()
                || value.isObject() && value.names().isEmpty()
                || value.text().filter(String::isEmpty).isPresent();
    }

    /** Held where a value says nothing. */
    static Verdict empty(String what, Json value, Place place) {
        return isEmpty(value)
                ? Verdict.held(what + " is not set")
                : Verdict.broken("no " + what, value.isArray() ? shown(value) : value.toString(), place);
    }

    /** Held where a word is one of those that are right. */
    static Verdict oneOf(String what, Json value, Collection<String> right, Place place) {
        String word = value.text().orElse("");
        return right.contains(word)
                ? Verdict.held(word.isEmpty() ? what + " is not set" : what + " is " + word)
                : Verdict.broken(what + " " + words(right), word.isEmpty() ? "not set" : word, place);
    }

    private static String words(Collection<String> right) {
        return String.join(
                " or ",
                right.stream().map(word -> word.isEmpty() ? "not set" : word).toList());
    }

    /** A number of bytes, in any of the spellings of Compose and of mount options; empty where there is none. */
    static OptionalLong bytes(Optional<String> text) {
        Matcher size = SIZE.matcher(text.orElse("").strip());
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        int shift =
                " kmgt".indexOf(size.group(2).isEmpty() ? " " : size.group(2).toLowerCase(Locale.ROOT)) * 10;
        return OptionalLong.of(new BigDecimal(size.group(1))
                .multiply(BigDecimal.valueOf(1L << shift))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue());
    }

    /** A whole number; empty where there is none. */
    static OptionalLong number(Optional<String> text) {
        return text.filter(word -> word.matches("-?[0-9]{1,19}"))
                .map(Facts::parse)
                .orElse(OptionalLong.empty());
    }

    private static OptionalLong parse(String word) {
        try {
            return OptionalLong.of(Long.parseLong(word));
        } catch (NumberFormatException e) {
            // Above the largest: the kernel's way to say that there is no limit.
            return OptionalLong.of(Long.MAX_VALUE);
        }
    }

    /** A number that is there. */
    static long required(OptionalLong number, String what) {
        return number.orElseThrow(() -> new CannotTell(what + " has no number"));
    }
}
