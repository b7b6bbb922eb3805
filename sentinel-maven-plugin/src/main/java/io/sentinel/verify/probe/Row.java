package io.sentinel.verify.probe;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One line of the probe's table.
 *
 * @param id by which the answer is found: letters, digits and {@code . _ / -}
 * @param words the action and its own words, as {@code guard/probe/probe.c} knows them; none has a tab or a line's end
 */
public record Row(String id, List<String> words) {

    static final Pattern ID = Pattern.compile("[A-Za-z0-9._/-]{1,64}");

    /** With the id, as many as the probe takes. */
    private static final int MOST_WORDS = 9;

    /** The probe waits no longer than that for one answer of a network. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    public Row {
        words = List.copyOf(words);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a row's id has letters, digits and ._/- alone: " + id);
        }
        if (words.isEmpty()
                || words.size() > MOST_WORDS
                || words.stream().anyMatch(word -> word.isEmpty() || word.matches("(?s).*[\\t\\n\\x00].*"))) {
            throw new IllegalArgumentException("the row " + id + " has 1 to " + MOST_WORDS
                    + " words, none empty and none with a tab, a line's end or a NUL");
        }
    }

    /** What a file holds. */
    public static Row file(String id, String path) {
        return new Row(id, List.of("file", path));
    }

    /** Where a symbolic link leads. */
    static Row link(String id, String path) {
        return new Row(id, List.of("link", path));
    }

    /**
     * A connection over TCP, closed at once; answered by a {@link Answer.Value}, 0 where it came about.
     *
     * @param ip an address of IPv4 or IPv6, as a number
     * @param wait how long to wait for it, at most a minute
     */
    public static Row connect(String id, String ip, int port, Duration wait) {
        return new Row(id, List.of("connect", ip, Integer.toString(port), millis(wait)));
    }

    /**
     * Sends a request over TCP, and hands back the first kilobyte that comes, up to its first empty line: a
     * {@link Answer.Text}, or the error as a {@link Answer.Value} where nothing came.
     *
     * @param ip an address of IPv4 or IPv6, as a number
     * @param wait how long to wait for all of it, at most a minute
     * @param request its bytes, as UTF-8
     */
    public static Row talk(String id, String ip, int port, Duration wait, String request) {
        return new Row(id, List.of("talk", ip, Integer.toString(port), millis(wait), escaped(request)));
    }

    /**
     * Asks a name server for the IPv4 addresses of a name, once. Answered by a text such as {@code rcode 0 192.0.2.7}
     * (RFC 1035: 0 no error, 2 failure, 3 no such name, 5 refused), or by an error.
     *
     * @param server an address, or {@code "-"} for the first one of the container's resolv.conf
     * @param wait how long to wait, at most a minute
     */
    public static Row resolve(String id, String name, String server, Duration wait) {
        return new Row(id, List.of("resolve", name, server, millis(wait)));
    }

    /** How many of that many further threads can live at once in one process, as a {@link Answer.Value}; all of them end. */
    public static Row threads(String id, int count) {
        return new Row(id, List.of("threads", Integer.toString(count)));
    }

    /** How many of that many further processes can live at once, as a {@link Answer.Value}; all of them end. */
    public static Row processes(String id, int count) {
        return new Row(id, List.of("processes", Integer.toString(count)));
    }

    private static String millis(Duration wait) {
        if (wait.isNegative() || wait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the probe waits for a minute at most, not for " + wait);
        }
        return Long.toString(wait.toMillis());
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(
                    b > ' ' && b <= '~' && b != '\\'
                            ? Character.toString(b)
                            : "\\x" + Character.forDigit(b >> 4 & 15, 16) + Character.forDigit(b & 15, 16));
        }
        return escaped.toString();
    }

    String line() {
        List<String> all = new ArrayList<>(List.of(id));
        all.addAll(words);
        return String.join("\t", all) + "\n";
    }
}
