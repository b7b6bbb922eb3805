package io.sentinel.verify;

import io.sentinel.engine.EngineFault;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a report does not repeat, whatever a rule has found it in: reports are read by more people than the files that they
 * are about.
 */
final class Masks {

    private static final String HIDDEN = "***";

    private record Mask(Pattern pattern, String replacement) {}

    private static final List<Mask> MASKS = List.of(
            new Mask(Pattern.compile("(?<=://)[^/@\\s\"']+(?=@)"), HIDDEN),
            new Mask(
                    Pattern.compile(
                            "(?i)\\b((?:proxy-)?authorization\\s*[:=]\\s*(?:(?:basic|bearer|token)\\s+)?)[^\\s\"',;]+"),
                    "$1" + HIDDEN),
            new Mask(
                    Pattern.compile(
                            "(?i)([\\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|credential)[\\w.-]*"
                                    + "\"?\\s*[=:]\\s*)(?:\"[^\"]*\"|'[^']*'|[^\\s\"',;}]+)"),
                    "$1" + HIDDEN),
            // Compose says what it does not take, which is a value of the compose file or a line of a file of
            // variables.
            new Mask(
                    Pattern.compile("(?s)(invalid interpolation format for [\\w.\\[\\]-]*[\\w\\]]).*"),
                    "$1: " + HIDDEN),
            new Mask(
                    Pattern.compile(
                            "(?s)((?:unterminated quoted value|in variable name(?: near)?|[Ii]nvalid template:) ).*"),
                    "$1" + HIDDEN),
            new Mask(
                    Pattern.compile("((?:parsing|[Ii]nvalid [\\w ,]+:) )(?:\"[^\"]*\"|'[^']*'|[^\\s\"',;]+)"),
                    "$1" + HIDDEN));

    private Masks() {}

    static String of(String text) {
        String masked = text;
        for (Mask mask : MASKS) {
            masked = mask.pattern().matcher(masked).replaceAll(mask.replacement());
        }
        return masked;
    }

    /**
     * What Compose says where it gives no model. A value that it says may have more lines than are kept: where the first of
     * them is lost, nothing tells that the others are one.
     *
     * @param message as an engine's client gives it: a line of its own, and the last of Compose's
     */
    static String ofRefusal(String message) {
        List<String> lines = message.lines().toList();
        boolean whole = lines.size() <= EngineFault.CommandFailed.MOST_LINES
                || lines.stream().skip(1).anyMatch(line -> line.startsWith("time="));
        return whole ? of(message) : lines.get(0) + " " + HIDDEN + " (docker compose config shows it there)";
    }

    static Verdict of(Verdict verdict) {
        if (verdict instanceof Verdict.Held held) {
            return new Verdict.Held(of(held.found()));
        }
        if (verdict instanceof Verdict.Broken broken) {
            return new Verdict.Broken(of(broken.expected()), of(broken.found()), broken.place());
        }
        return verdict instanceof Verdict.Unknown unknown ? new Verdict.Unknown(of(unknown.why())) : verdict;
    }
}
