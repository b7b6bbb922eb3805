package io.sentinel.text;

import java.util.Locale;

/**
 * Text from elsewhere, made harmless to look at. What a container, an engine or a project says may hold escape sequences
 * that drive a terminal, marks that reorder what is shown, and characters that XML has no place for.
 */
public final class SafeText {

    private SafeText() {}

    /** With its line breaks; everything else that cannot be seen is shown by its number, such as {@code \u001B}. */
    public static String lines(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.replace("\r\n", "\n").codePoints().forEach(c -> append(safe, c));
        return safe.toString();
    }

    /** As one line. */
    public static String line(String text) {
        return lines(text).replace('\n', ' ').strip();
    }

    /** As one line, and no longer than that many characters, of which the last three are dots where it was cut. */
    public static String line(String text, int longest) {
        String whole = line(text);
        if (whole.codePointCount(0, whole.length()) <= longest) {
            return whole;
        }
        return whole.substring(0, whole.offsetByCodePoints(0, longest - 3)).stripTrailing() + "...";
    }

    private static void append(StringBuilder safe, int c) {
        if (c == '\n' || c == ' ' || seen(c)) {
            safe.appendCodePoint(c);
        } else if (c == '\t') {
            safe.append("    ");
        } else {
            safe.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c));
        }
    }

    private static boolean seen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
