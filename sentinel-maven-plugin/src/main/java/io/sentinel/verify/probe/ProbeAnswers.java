package io.sentinel.verify.probe;

import io.sentinel.seccomp.Architecture;
import io.sentinel.verify.evidence.CannotTell;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the probe answered to a table. The output must be whole: its first and its last line, and between them a line for
 * each row, in the table's order. It comes from inside a container: nothing in it is believed beyond that form.
 *
 * @param architecture that the probe ran on
 * @param byId the answer to each row of the table
 */
public record ProbeAnswers(Architecture architecture, SortedMap<String, Answer> byId) {

    private static final String HEAD = "sentinel-probe 1 ";
    private static final String LAST = "end";
    private static final Pattern LINE = Pattern.compile("(\\S+) (value|signal|untried) (-?[0-9]{1,19})");
    private static final int EXCERPT = 60;
    /** Real-time signals included (signal(7)). */
    private static final long MOST_SIGNALS = 64;

    public ProbeAnswers {
        byId = Collections.unmodifiableSortedMap(new TreeMap<>(byId));
    }

    /**
     * Reads the probe's output.
     *
     * @param output all of what it wrote to its standard output
     * @param table what it was told to do
     * @throws CannotTell where the output is not a whole answer to that table, with what is amiss
     */
    public static ProbeAnswers parse(byte[] output, ProbeTable table) {
        // One character a byte: whatever the bytes are, nothing is lost or replaced before it is judged.
        String text = new String(output, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            throw new CannotTell("the probe said nothing");
        }
        List<String> lines = List.of(text.split("\n", -1));
        Architecture architecture = architecture(lines.get(0));
        // A text that ends in a line's end has an empty line behind it.
        if (lines.size() < 3
                || !lines.get(lines.size() - 1).isEmpty()
                || !lines.get(lines.size() - 2).equals(LAST)) {
            throw new CannotTell("the probe's answer is cut off after " + (lines.size() - 1) + " lines");
        }
        List<String> answered = lines.subList(1, lines.size() - 2);
        List<Row> rows = table.rows();
        Map<String, Answer> answers = new TreeMap<>();
        for (int i = 0; i < answered.size(); i++) {
            if (i == rows.size()) {
                throw new CannotTell("the probe answers more than it was asked: " + shown(answered.get(i)));
            }
            answers.put(rows.get(i).id(), answer(rows.get(i).id(), answered.get(i)));
        }
        if (answered.size() < rows.size()) {
            throw new CannotTell("the probe gave no answer to "
                    + rows.get(answered.size()).id() + " and " + (rows.size() - answered.size() - 1) + " more");
        }
        return new ProbeAnswers(architecture, new TreeMap<>(answers));
    }

    /** @throws CannotTell where the table had no such row */
    public Answer of(String id) {
        Answer answer = byId.get(id);
        if (answer == null) {
            throw new CannotTell("the probe was not asked for " + id);
        }
        return answer;
    }

    private static Architecture architecture(String head) {
        for (Architecture architecture : Architecture.values()) {
            if (head.equals(HEAD + architecture.kernelName())) {
                return architecture;
            }
        }
        throw new CannotTell("what ran is not this version's probe: it began with " + shown(head));
    }

    private static Answer answer(String id, String line) {
        if (line.equals(id + " malformed")) {
            throw new CannotTell("the probe does not understand the row " + id);
        }
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches() && matcher.group(1).equals(id)) {
            return number(matcher.group(2), matcher.group(3), line);
        }
        String text = id + " text ";
        if (line.startsWith(text)) {
            return new Answer.Text(unescaped(line, text.length()));
        }
        throw new CannotTell("the probe answered to " + id + " by another line: " + shown(line));
    }

    private static Answer number(String kind, String digits, String line) {
        long number;
        try {
            number = Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new CannotTell("the probe answered by a number that is none: " + shown(line));
        }
        if (kind.equals("value")) {
            return new Answer.Value(number);
        }
        boolean signal = number > 0 && number <= MOST_SIGNALS;
        if (signal) {
            return kind.equals("signal") ? new Answer.Killed((int) number) : Answer.Untried.killedBefore((int) number);
        }
        if (kind.equals("untried") && number < 0 && number > Long.MIN_VALUE) {
            return Answer.Untried.noProcess(-number);
        }
        throw new CannotTell("the probe answered by a number that cannot be: " + shown(line));
    }

    /** From there on: printable ASCII, and what is none as a backslash, an x and two digits. */
    private static String unescaped(String line, int from) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(line.length());
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\') {
                // Hexadecimal digits, and nothing else that Java would take for a number.
                boolean whole =
                        i + 3 < line.length() && line.charAt(i + 1) == 'x' && isHex(line, i + 2) && isHex(line, i + 3);
                if (!whole) {
                    throw new CannotTell("the probe answered by a text with a wrong escape: " + shown(line));
                }
                bytes.write(Integer.parseInt(line.substring(i + 2, i + 4), 16));
                i += 3;
            } else if (c >= ' ' && c <= '~') {
                bytes.write(c);
            } else {
                throw new CannotTell("the probe answered by a text that is no plain one: " + shown(line));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isHex(String line, int at) {
        return "0123456789abcdef".indexOf(line.charAt(at)) >= 0;
    }

    /** What stands in an answer may be anything: a message has its beginning, without what steers a terminal. */
    private static String shown(String line) {
        String plain = line.replaceAll("[^ -~]", "?");
        return '"' + (plain.length() > EXCERPT ? plain.substring(0, EXCERPT) + "…" : plain) + '"';
    }
}
