package io.sentinel.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes trails as the supervisor does, by code that shares nothing with the reader's. */
public final class Trails {

    private static final String ZEROS = "0".repeat(64);
    private static final Pattern LINKS =
            Pattern.compile("(?s)(.*\"prev\":\")([0-9a-f]*)(\",\"hash\":\")([0-9a-f]*)(\".*)");

    private final List<String> lines = new ArrayList<>();
    private String prev = ZEROS;

    /** A whole trail of that many records, at least three: start, policy, what an agent did, end. */
    public static List<String> good(int records) {
        Trails trail = new Trails().add("guard", "start", "/opt/sentinel/bin/sentinel-guard", "observed", "", "");
        trail.add("guard", "policy", "a".repeat(64), "allowed", "", "");
        for (int i = 3; i < records; i++) {
            if (i % 3 == 0) {
                trail.add("guard", "exec", "/usr/bin/tool" + i, "allowed", "allowed_commands", "");
            } else if (i % 3 == 1) {
                trail.add("guard", "connect", "10.0.0." + i + ":22", "denied", "allowed_hosts", "no such host rule");
            } else {
                trail.add("python", "open", "/etc/größe\t" + i, "denied", "readable_paths", "not below any of them");
            }
        }
        return trail.add("guard", "end", "0", "observed", "", "").lines;
    }

    Trails add(String source, String action, String target, String decision, String key, String reason) {
        return add("/usr/bin/python3.11", source, action, target, decision, key, reason);
    }

    Trails add(String exe, String source, String action, String target, String decision, String key, String reason) {
        int seq = lines.size() + 1;
        String ts = String.format(Locale.ROOT, "2026-01-02T03:%02d:%02d.%06dZ", seq / 60 % 60, seq % 60, seq);
        String hashed = "{\"seq\":" + seq + ",\"ts\":\"" + ts + "\",\"pid\":" + (6 + seq % 3) + ",\"exe\":\""
                + escaped(exe) + "\",\"source\":\"" + source + "\",\"action\":\"" + escaped(action)
                + "\",\"target\":\"" + escaped(target) + "\",\"decision\":\"" + decision + "\",\"key\":\""
                + escaped(key) + "\",\"reason\":\"" + escaped(reason) + "\",\"prev\":\"" + prev + "\"";
        prev = sha256(hashed);
        lines.add(hashed + ",\"hash\":\"" + prev + "\"}");
        return this;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Each with its line feed. */
    public static byte[] bytes(List<String> lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : lines) {
            out.writeBytes(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
        return out.toByteArray();
    }

    /** The same with one line changed. */
    static List<String> with(List<String> lines, int line, UnaryOperator<String> change) {
        List<String> changed = new ArrayList<>(lines);
        changed.set(line - 1, change.apply(changed.get(line - 1)));
        return changed;
    }

    /** The same with new hashes from a line on: what somebody can do who knows how they are made. */
    static List<String> rehashed(List<String> lines, int from) {
        List<String> anew = new ArrayList<>(lines.subList(0, from - 1));
        String before = from == 1 ? ZEROS : links(lines.get(from - 2)).group(4);
        for (String line : lines.subList(from - 1, lines.size())) {
            Matcher old = links(line);
            String hashed = old.group(1) + before + "\"";
            before = sha256(hashed);
            anew.add(hashed + ",\"hash\":\"" + before + old.group(5));
        }
        return anew;
    }

    /** A line with its hash made anew, and the prev that it has. */
    static String sealed(String line) {
        Matcher old = links(line);
        String hashed = old.group(1) + old.group(2) + "\"";
        return hashed + ",\"hash\":\"" + sha256(hashed) + old.group(5);
    }

    static String hash(String line) {
        return links(line).group(4);
    }

    private static Matcher links(String line) {
        Matcher found = LINKS.matcher(line);
        if (!found.matches()) {
            throw new IllegalArgumentException(line);
        }
        return found;
    }

    static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        // What is no UTF-8 becomes U+FFFD, and half of a pair is none.
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String.valueOf(new String(bytes, StandardCharsets.UTF_8)).codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                escaped.append("\\n");
            } else if (c < 0x20 || c == 0x7F) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
