package io.sentinel.engine;

import java.util.List;

/** Makes what a program said fit for a message: bounded, and unable to steer the terminal that shows it. */
final class ErrorOutput {

    static final int MAX_LINES = 12;
    private static final int MAX_LINE = 240;

    private ErrorOutput() {}

    /** The last 12 lines that are not blank, each of at most 240 characters. */
    static String lastLines(String text) {
        List<String> lines = text.lines()
                .map(ErrorOutput::oneLine)
                .filter(line -> !line.isBlank())
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
    }

    /** The last line that is not blank; the empty string if there is none. */
    static String lastLine(String text) {
        String lines = lastLines(text);
        return lines.substring(lines.lastIndexOf('\n') + 1);
    }

    /** At most 240 characters, control characters replaced by spaces. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && line.length() < MAX_LINE; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return line.append(text.length() > MAX_LINE ? "…" : "").toString().strip();
    }
}
