package io.sentinel.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.sentinel.audit.AuditFault.Kind;
import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditRecord.Source;
import io.sentinel.render.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of a trail, read by itself. There is one way to write a record, but for how a character is escaped, and whatever
 * is written in another way is refused: JSON that two readers take for two things would be no evidence.
 *
 * @param record what it says
 * @param computed the hash that its bytes have
 */
record AuditLine(AuditRecord record, String computed) {

    private static final List<String> MEMBERS = List.of(
            "seq", "ts", "pid", "exe", "source", "action", "target", "decision", "key", "reason", "prev", "hash");

    private static final List<String> NUMBERS = List.of("seq", "pid");

    /** What stands behind the bytes that are hashed. */
    private static final Pattern REST = Pattern.compile(",\"hash\":\"[0-9a-f]{64}\"}");

    private static final int REST_LENGTH = 75;

    private static final Pattern TIME = Pattern.compile("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\\.[0-9]{6}Z");

    /** Names are compared and forgotten: a table of all that ever came by would grow with a hostile file. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** Why a line is no record. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Kind kind;
        private final String expected;
        private final String found;

        Refused(Kind kind, String expected, String found) {
            super(expected + ": " + found, null, false, false);
            this.kind = kind;
            this.expected = expected;
            this.found = found;
        }

        AuditFault at(String file, long line) {
            return new AuditFault(kind, file, line, expected, found);
        }
    }

    /** Whether the hash that the record states is the one that its bytes have. */
    boolean holds() {
        return record.hash().equals(computed);
    }

    /**
     * Reads a line without its line feed.
     *
     * @throws Refused if it is no record, or if what it says cannot be one and its hash is of other bytes
     */
    static AuditLine parse(byte[] bytes, int length) throws Refused {
        if (length == 0) {
            throw new Refused(Kind.NOT_JSON, "a record", "an empty line");
        }
        String text = decode(bytes, length);
        List<String> values = values(text);
        requireOneSpelling(text);
        if (text.length() < REST_LENGTH
                || !REST.matcher(text)
                        .region(text.length() - REST_LENGTH, text.length())
                        .matches()) {
            throw new Refused(
                    Kind.NOT_A_RECORD, "an end of ,\"hash\":\" and 64 lower-case hex digits, \"}", values.get(11));
        }
        String computed = Sha256.hex(bytes, length - REST_LENGTH);
        try {
            return new AuditLine(record(values), computed);
        } catch (Refused e) {
            if (!values.get(11).equals(computed)) {
                throw changed(computed, values.get(11));
            }
            throw e;
        }
    }

    static Refused changed(String computed, String stated) {
        return new Refused(Kind.CHANGED, "the hash " + computed + ", which its bytes have", stated);
    }

    private static AuditRecord record(List<String> values) throws Refused {
        String decision = values.get(7);
        String source = values.get(4);
        try {
            return new AuditRecord(
                    number(values.get(0)),
                    time(values.get(1)),
                    number(values.get(2)),
                    values.get(3),
                    Source.of(source)
                            .orElseThrow(() -> new Refused(Kind.NOT_A_RECORD, "a source of guard or python", source)),
                    values.get(5),
                    values.get(6),
                    Decision.of(decision)
                            .orElseThrow(() -> new Refused(
                                    Kind.NOT_A_RECORD, "a decision that is one of " + Decision.words(), decision)),
                    values.get(8),
                    values.get(9),
                    values.get(10),
                    values.get(11));
        } catch (IllegalArgumentException e) {
            throw new Refused(Kind.NOT_A_RECORD, "members within their bounds", e.getMessage());
        }
    }

    private static long number(String text) throws Refused {
        try {
            long number = Long.parseLong(text);
            if (Long.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new Refused(Kind.NOT_A_RECORD, "a whole number of at most 63 bits", text);
        }
        throw new Refused(Kind.NOT_A_RECORD, "a whole number in its shortest form", text);
    }

    private static Instant time(String text) throws Refused {
        try {
            if (TIME.matcher(text).matches()) {
                return Instant.parse(text);
            }
        } catch (DateTimeException e) {
            throw new Refused(Kind.NOT_A_RECORD, "a time that exists", text);
        }
        throw new Refused(Kind.NOT_A_RECORD, "a time such as 2026-01-02T03:04:05.678901Z", text);
    }

    private static String decode(byte[] bytes, int length) throws Refused {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
        CharBuffer out = CharBuffer.allocate(length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            throw new Refused(
                    Kind.NOT_JSON,
                    "UTF-8",
                    String.format(
                            java.util.Locale.ROOT,
                            "the byte 0x%02X at byte %d",
                            bytes[in.position()],
                            in.position() + 1));
        }
        return out.flip().toString();
    }

    /** The values of the members, which stand in their order and are all there. */
    private static List<String> values(String text) throws Refused {
        List<String> values = new ArrayList<>(MEMBERS.size());
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Refused(Kind.NOT_JSON, "a JSON object", "something else at its start");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                values.add(value(json, text, values.size()));
            }
            if (values.size() < MEMBERS.size()) {
                throw new Refused(Kind.NOT_A_RECORD, "the member " + MEMBERS.get(values.size()), "the end of it");
            }
            if (json.nextToken() != null) {
                throw new Refused(Kind.NOT_JSON, "one JSON object", "more behind it");
            }
        } catch (JsonProcessingException e) {
            throw new Refused(
                    Kind.NOT_JSON,
                    "a JSON object",
                    e.getOriginalMessage() + " (character " + e.getLocation().getColumnNr() + ")");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        return values;
    }

    private static String value(JsonParser json, String text, int index) throws IOException, Refused {
        String expected = index < MEMBERS.size() ? "the member " + MEMBERS.get(index) : "no more than 12 members";
        int at = (int) json.currentTokenLocation().getCharOffset();
        // A name with escapes would be another spelling of the same record.
        if (index >= MEMBERS.size() || !text.startsWith('"' + MEMBERS.get(index) + "\":", at)) {
            boolean named = index < MEMBERS.size() && json.currentName().equals(MEMBERS.get(index));
            throw new Refused(Kind.NOT_A_RECORD, expected, named ? "its name in another spelling" : json.currentName());
        }
        JsonToken token = json.nextToken();
        boolean number = NUMBERS.contains(MEMBERS.get(index));
        if (token != (number ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_STRING)) {
            throw new Refused(
                    Kind.NOT_A_RECORD, expected + " as a " + (number ? "whole number" : "string"), json.getText());
        }
        return json.getText();
    }

    /** Refuses white space between members, and characters that a string has to escape or cannot have. */
    private static void requireOneSpelling(String text) throws Refused {
        boolean inString = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString && c == '\\') {
                if (text.charAt(i + 1) == 'u' && isSurrogate(text, i + 2)) {
                    throw new Refused(
                            Kind.NOT_A_RECORD, "characters beyond U+FFFF as they are", text.substring(i, i + 6));
                }
                i++;
            } else if (c == '"') {
                inString = !inString;
            } else if (!inString && c <= ' ' || c == 0x7F) {
                throw new Refused(
                        Kind.NOT_A_RECORD,
                        inString ? "U+007F escaped" : "no white space between members",
                        String.format(java.util.Locale.ROOT, "U+%04X at character %d", (int) c, i + 1));
            }
        }
    }

    private static boolean isSurrogate(String text, int at) {
        return Character.isSurrogate((char) Integer.parseInt(text.substring(at, at + 4), 16));
    }
}
