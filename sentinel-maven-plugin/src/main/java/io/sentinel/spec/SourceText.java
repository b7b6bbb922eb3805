package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Turns a file's bytes into text that a parser may see: bounded, UTF-8, without hidden characters. */
public final class SourceText {

    /** How large a file may be, in bytes: an allow list of 100,000 names fits. */
    public static final int MAX_BYTES = 4 << 20;

    private SourceText() {}

    /** The text of a file that a person wrote; a byte order mark is taken off. */
    public static String decode(byte[] content, Problems problems) throws InvalidFileException {
        if (content.length > MAX_BYTES) {
            throw problems.fatal(
                    Position.START,
                    "expected at most " + MAX_BYTES + " bytes (4 MiB), found more; is this the right file?");
        }
        String foreign = foreignEncoding(content);
        if (!foreign.isEmpty()) {
            throw problems.fatal(Position.START, "expected UTF-8, found " + foreign + "; save the file as UTF-8");
        }
        ByteBuffer in = ByteBuffer.wrap(content);
        CharBuffer out = CharBuffer.allocate(content.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        boolean malformed = decoder.decode(in, out, true).isError();
        String text = withoutByteOrderMark(out.flip().toString());
        if (malformed) {
            String found = String.format(Locale.ROOT, "0x%02X", content[in.position()] & 0xFF);
            throw problems.fatal(
                    endOf(text), "expected UTF-8, found the byte " + found + " that is none; save the file as UTF-8");
        }
        checkCharacters(text, problems);
        return text;
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String foreignEncoding(byte[] content) {
        int first = content.length > 0 ? content[0] & 0xFF : -1;
        int second = content.length > 1 ? content[1] & 0xFF : -1;
        boolean zeros = content.length > 3 && content[2] == 0 && content[3] == 0;
        if (first == 0xFF && second == 0xFE && zeros) {
            return "a byte order mark of UTF-32";
        }
        if (first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE) {
            return "a byte order mark of UTF-16";
        }
        // One of the first four bytes of any ASCII text in these encodings.
        for (int i = 0; i < Math.min(4, content.length); i++) {
            if (content[i] == 0) {
                return "NUL bytes as in UTF-16 or UTF-32";
            }
        }
        return "";
    }

    /** The place behind the last character of a text. */
    static Position endOf(String text) {
        int lastBreak = text.lastIndexOf('\n');
        int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        return new Position(line, 1 + text.codePointCount(lastBreak + 1, text.length()));
    }

    private static void checkCharacters(String text, Problems problems) throws InvalidFileException {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean lineEnd = c == '\r' && i < text.length() && text.charAt(i) == '\n';
            if (Texts.forbidden(c) && !lineEnd) {
                problems.add(new Position(line, column), forbidden(c));
            }
            column = c == '\n' ? 1 : column + 1;
            line = c == '\n' ? line + 1 : line;
        }
        problems.throwIfAny();
    }

    private static String forbidden(int c) {
        return "expected text and line ends, found the hidden character " + Texts.codePoint(c) + "; remove it";
    }
}
