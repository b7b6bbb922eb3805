package io.sentinel.engine;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The system calls that seccomp filters of this machine logged during some time.
 *
 * @param kinds in no order
 * @param complete whether no record of a call was lost
 */
public record LoggedCalls(List<Kind> kinds, boolean complete) {

    public LoggedCalls {
        kinds = List.copyOf(kinds);
    }

    /**
     * Calls that are alike in all that the kernel says of them.
     *
     * @param count how many there were
     * @param container the ID of the container that made them, or another word for the machine itself; empty where the
     *     process had ended before that could be looked up
     * @param uid the user who made them, as the machine numbers its users
     * @param architecture AUDIT_ARCH_* of linux/audit.h
     * @param number of the call in that architecture's table
     * @param name what the process calls itself, printable
     * @param file its program, printable
     */
    public record Kind(
            long count, Optional<String> container, long uid, int architecture, long number, String name, String file) {

        /** @throws IllegalArgumentException if it is no line of {@code seccomp/logged-calls.py} */
        static Kind parse(String line) {
            String[] words = line.split(" ", -1);
            if (words.length != 8 || !words[0].equals("call")) {
                throw new IllegalArgumentException("no line about a call");
            }
            return new Kind(
                    Long.parseLong(words[1]),
                    Optional.of(words[2]).filter(container -> !container.equals("-")),
                    Long.parseLong(words[3]),
                    Integer.parseUnsignedInt(words[4], 16),
                    Long.parseLong(words[5]),
                    printable(words[6]),
                    printable(words[7]));
        }
    }

    /** @throws IllegalArgumentException if it is not what {@code seccomp/logged-calls.py} writes in the end */
    static LoggedCalls parse(String text) {
        List<String> lines = text.lines().toList();
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (!last.equals("end whole") && !last.equals("end lossy")) {
            throw new IllegalArgumentException("no last line");
        }
        List<Kind> kinds = new ArrayList<>();
        lines.subList(0, lines.size() - 1).forEach(line -> kinds.add(Kind.parse(line)));
        return new LoggedCalls(kinds, last.equals("end whole"));
    }

    /** Any program may call itself anything: what is not printable ASCII must not reach a terminal. */
    private static String printable(String hexadecimal) {
        if (hexadecimal.equals("-")) {
            return "?";
        }
        StringBuilder text = new StringBuilder();
        for (byte b : HexFormat.of().parseHex(hexadecimal)) {
            boolean plain = b >= ' ' && b <= '~' && b != '\\';
            text.append(
                    plain ? String.valueOf((char) b) : "\\x" + HexFormat.of().toHexDigits(b));
        }
        return text.toString();
    }
}
