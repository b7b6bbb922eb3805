package io.sentinel.text;

import java.util.ArrayList;
import java.util.List;

/** Long text as lines of a terminal. */
public final class Wrap {

    private Wrap() {}

    /**
     * @param text whose own line breaks stay
     * @param width the most characters of a line; a longer word is cut
     * @return at least one line
     */
    public static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split(" ")) {
                String rest = word;
                if (length(line) > 0 && length(line) + 1 + length(rest) > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                while (length(rest) > width) {
                    int cut = rest.offsetByCodePoints(0, width);
                    lines.add(rest.substring(0, cut));
                    rest = rest.substring(cut);
                }
                line.append(line.length() > 0 ? " " : "").append(rest);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static int length(CharSequence text) {
        return Character.codePointCount(text, 0, text.length());
    }
}
