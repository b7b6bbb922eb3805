package io.sentinel.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What YAML 1.1 and 1.2 readers make of a scalar that stands without quotes. Where text is wanted, a look that any of
 * them takes for something else is refused, so that the file means the same to everybody.
 */
final class PlainScalars {

    private static final Pattern NOTHING = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern TRUTH = Pattern.compile("y|n|yes|no|true|false|on|off", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+"
            + "|(?:[0-9][0-9_]*+(?:\\.[0-9_]*+)?|\\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9]++)?"
            + "|[0-9][0-9_]*+(?::[0-5]?[0-9]){1,20}(?:\\.[0-9_]*+)?|\\.(?:inf|Inf|INF))|\\.(?:nan|NaN|NAN)");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \\t].*)?");

    private PlainScalars() {}

    static boolean isNothing(String plain) {
        return NOTHING.matcher(plain).matches();
    }

    /** What the scalar is where it is no text: {@code "the number"} and the like. */
    static Optional<String> otherThanText(String plain) {
        if (isNothing(plain)) {
            return Optional.of("nothing");
        }
        if (TRUTH.matcher(plain).matches()) {
            return Optional.of("the truth value");
        }
        if (NUMBER.matcher(plain).matches()) {
            return Optional.of("the number");
        }
        return DATE.matcher(plain).matches() ? Optional.of("the date") : Optional.empty();
    }
}
