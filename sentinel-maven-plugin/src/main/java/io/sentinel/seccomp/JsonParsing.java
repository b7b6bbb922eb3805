package io.sentinel.seccomp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.Problems;
import io.sentinel.spec.SourceText;
import io.sentinel.spec.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a JSON file that a person wrote into values that know their places. */
final class JsonParsing {

    /** A seccomp profile nests six deep. */
    private static final int DEEPEST = 16;

    private static final int BYTE_ORDER_MARK = 0xEF;

    /** The file's size bounds everything but the depth, which this class bounds; so no limit of the parser's is met. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2 * DEEPEST)
                    .maxNumberLength(SourceText.MAX_BYTES)
                    .maxNameLength(SourceText.MAX_BYTES)
                    .maxStringLength(SourceText.MAX_BYTES)
                    .build())
            .build();

    private final String text;
    private final JsonParser parser;
    private final Problems problems;

    private JsonParsing(String text, JsonParser parser, Problems problems) {
        this.text = text;
        this.parser = parser;
        this.problems = problems;
    }

    /**
     * The one value of a file. Keys that stand twice are reported and left out.
     *
     * @throws InvalidFileException when it is too large, or not UTF-8, or not JSON
     */
    static JsonValue parse(byte[] json, Problems problems) throws InvalidFileException {
        String text = SourceText.decode(json, problems);
        if (json.length > 0 && (json[0] & 0xFF) == BYTE_ORDER_MARK) {
            throw problems.fatal(
                    1, 1, "expected {, found a byte order mark, which the engine refuses; save the file without one");
        }
        if (text.isBlank()) {
            throw problems.fatal(
                    1, 1, "expected a seccomp profile, found an empty file; write one, or name another file");
        }
        try (JsonParser parser = JSON.createParser(text)) {
            return new JsonParsing(text, parser, problems).whole();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory cannot fail", e);
        }
    }

    private JsonValue whole() throws IOException, InvalidFileException {
        try {
            parser.nextToken();
            JsonValue value = value(1);
            if (parser.nextToken() != null) {
                throw fatal(
                        parser.currentTokenLocation(),
                        "expected the end of the file after the profile, found more; remove what follows it");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw notJson(e);
        }
    }

    private JsonValue value(int depth) throws IOException, InvalidFileException {
        JsonLocation at = parser.currentTokenLocation();
        int line = at.getLineNr();
        int column = at.getColumnNr();
        if (depth > DEEPEST) {
            throw fatal(
                    at,
                    "expected a seccomp profile, found values nested " + DEEPEST + " deep; is this the right file?");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> new JsonValue.Members(line, column, members(depth));
            case START_ARRAY -> new JsonValue.Items(line, column, items(depth));
            case VALUE_STRING -> new JsonValue.Text(line, column, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonValue.Number(line, column, parser.getText());
            default -> new JsonValue.Word(line, column, parser.getText());
        };
    }

    private List<JsonValue> items(int depth) throws IOException, InvalidFileException {
        List<JsonValue> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(depth + 1));
        }
        return items;
    }

    private List<JsonValue.Member> members(int depth) throws IOException, InvalidFileException {
        Map<String, Integer> lines = new HashMap<>();
        List<JsonValue.Member> members = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            JsonLocation at = parser.currentTokenLocation();
            String key = parser.currentName();
            Integer first = lines.putIfAbsent(key, at.getLineNr());
            parser.nextToken();
            JsonValue value = value(depth + 1);
            if (first == null) {
                members.add(new JsonValue.Member(at.getLineNr(), at.getColumnNr(), key, value));
            } else {
                problems.add(
                        at.getLineNr(),
                        at.getColumnNr(),
                        "the key " + Texts.quoted(key) + " stands here twice, first in line " + first
                                + ", and the engine reads the last; remove one");
            }
        }
        return members;
    }

    /** The parser's own words are for programmers; which character stopped it says most of what they say. */
    private InvalidFileException notJson(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        int offset = (int) Math.max(0, Math.min(at.getCharOffset(), text.length()));
        if (text.substring(offset).isBlank()) {
            return fatal(at, "expected JSON, found the end of the file; close the brackets and quotes that are open");
        }
        return fatal(
                at,
                "expected JSON, found "
                        + Texts.quoted(text.substring(offset)
                                .strip()
                                .lines()
                                .findFirst()
                                .orElse("")) + "; " + remedy(offset));
    }

    private String remedy(int offset) {
        return switch (text.charAt(offset)) {
            case '/', '#' -> "JSON has no comments: write it as the value of a key \"comment\"";
            case ']', '}' -> "remove the comma before it, or write what is missing there";
            case '\'' -> "put texts and keys in double quotes";
            default -> "correct it, or what stands before it: a comma, a colon or a quote may be missing";
        };
    }

    private InvalidFileException fatal(JsonLocation at, String message) {
        return problems.fatal(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()), message);
    }
}
