package io.sentinel.spec;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Locale;

/** What may stand in a text, and how a text that a person wrote is shown back to them. */
public final class Texts {

    /** How much of a value a message shows, in characters. */
    private static final int SHOWN = 40;

    private static final BitSet UNSEEN = new BitSet();

    static {
        for (int c : new int[] {0xAD, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0}) {
            UNSEEN.set(c);
        }
        UNSEEN.set(0x202A, 0x202F);
        UNSEEN.set(0x2060, 0x2070);
        UNSEEN.set(0xFFF9, 0xFFFC);
        UNSEEN.set(0xE0000, 0xE1000);
    }

    private Texts() {}

    /**
     * Whether a character has no place in a file that people review: controls other than tab and line feed, line
     * separators that editors do not count, marks that reorder what is shown (Unicode Standard Annex 9), spaces and fillers
     * without width, tags, and noncharacters. Not the joiners of emoji and of Persian, without which these read otherwise.
     */
    static boolean forbidden(int c) {
        boolean control = Character.isISOControl(c) && c != '\t' && c != '\n';
        boolean separator = c == 0x2028 || c == 0x2029;
        boolean unseen = UNSEEN.get(c);
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return control || separator || unseen || surrogate || (c & 0xFFFE) == 0xFFFE;
    }

    /** Whether all of a text can be seen: letters, digits, marks, punctuation, symbols and the space. */
    static boolean printable(String text) {
        return text.codePoints().allMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        });
    }

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A text in quotes: escaped, cut after some characters, and without the user and password of an address. */
    public static String quoted(String text) {
        return '"' + excerpt(text) + '"';
    }

    /** As {@link #quoted}, without the quotes. */
    public static String excerpt(String text) {
        String safe = Userinfo.masked(text);
        boolean whole = safe.codePointCount(0, safe.length()) <= SHOWN;
        StringBuilder shown = new StringBuilder();
        (whole ? safe : safe.substring(0, safe.offsetByCodePoints(0, SHOWN)))
                .codePoints()
                .forEach(c -> appendEscaped(shown, c));
        return shown.append(whole ? "" : "...").toString();
    }

    /** The path of a key in the mapping at a path; an odd key is quoted. */
    public static String below(String path, String key) {
        boolean ordinary = !key.isEmpty()
                && key.length() <= SHOWN
                && key.chars().allMatch(c -> c < 0x7F && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
        return (path.isEmpty() ? "" : path + ".") + (ordinary ? key : quoted(key));
    }

    /** The first character beyond ASCII, for whoever cannot tell a name that has one from a name that has none. */
    static String beyondAscii(String text) {
        return text.codePoints()
                .filter(c -> c > 0x7F)
                .mapToObj(c -> " (it has the character " + codePoint(c) + ")")
                .findFirst()
                .orElse("");
    }

    /** A character by its number, as Unicode writes it: {@code U+00A0}. */
    static String codePoint(int c) {
        return String.format(Locale.ROOT, "U+%04X", c);
    }

    private static void appendEscaped(StringBuilder shown, int c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\t' -> shown.append("\\t");
            case '\r' -> shown.append("\\r");
            case '"' -> shown.append("\\\"");
            case '\\' -> shown.append("\\\\");
            default -> {
                if (printable(Character.toString(c))) {
                    shown.appendCodePoint(c);
                } else {
                    shown.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c));
                }
            }
        }
    }
}
