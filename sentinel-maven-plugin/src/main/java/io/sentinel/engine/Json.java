package io.sentinel.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One value of a JSON document. Only the streaming half of Jackson is used: its tree costs 0.2 s more of a cold start,
 * which every goal would pay.
 *
 * <p>What is absent, null or of another type than asked for reads as empty: engines of many versions answer, and a reader
 * asks for what it cannot do without by {@link Optional#orElseThrow}.
 */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Json ABSENT = new Json(Optional.empty());

    // Holds a Map, a List, a String or a Boolean; numbers as their text.
    private final Optional<Object> value;

    private Json(Optional<Object> value) {
        this.value = value;
    }

    /** @throws IOException if the text is not exactly one JSON value */
    public static Json parse(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IOException("It is no JSON, but an empty text.");
            }
            Json json = new Json(read(parser, first));
            if (parser.nextToken() != null) {
                throw new IOException("more than one value");
            }
            return json;
        }
    }

    /** The value below these keys. */
    public Json at(String... keys) {
        Json json = this;
        for (String key : keys) {
            json = json.value.orElse("") instanceof Map<?, ?> map && map.get(key) instanceof Json child
                    ? child
                    : ABSENT;
        }
        return json;
    }

    /** The same object with one more member, an array of strings. */
    public Json with(String name, List<String> strings) {
        Map<String, Json> members = new LinkedHashMap<>(members());
        List<Json> elements = new ArrayList<>();
        strings.forEach(string -> elements.add(new Json(Optional.of(string))));
        members.put(name, new Json(Optional.of(elements)));
        return new Json(Optional.of(members));
    }

    /**
     * The same with another value in place of what is below these keys, or where nothing is.
     *
     * @param text a string; empty for a null
     */
    public Json with(Optional<String> text, String... keys) {
        if (keys.length == 0) {
            return new Json(text.map(Object.class::cast));
        }
        Map<String, Json> members = new LinkedHashMap<>(members());
        members.put(keys[0], at(keys[0]).with(text, Arrays.copyOfRange(keys, 1, keys.length)));
        return new Json(Optional.of(members));
    }

    /** Whether there is nothing here: unlike a null, which {@link #isNull} tells. */
    public boolean isAbsent() {
        return this == ABSENT;
    }

    /** Whether a null is written here. */
    public boolean isNull() {
        return value.isEmpty() && this != ABSENT;
    }

    public boolean isObject() {
        return value.orElse("") instanceof Map;
    }

    public boolean isArray() {
        return value.orElse("") instanceof List;
    }

    /** The elements of an array. */
    public List<Json> elements() {
        List<Json> elements = new ArrayList<>();
        if (value.orElse("") instanceof List<?> list) {
            list.forEach(element -> elements.add((Json) element));
        }
        return elements;
    }

    /** A string, or a number as it is written. */
    public Optional<String> text() {
        return value.filter(String.class::isInstance).map(String.class::cast);
    }

    public boolean isTrue() {
        return value.orElse(false).equals(true);
    }

    /** The strings of an array. */
    public List<String> texts() {
        return elements().stream().map(Json::text).flatMap(Optional::stream).toList();
    }

    /** The members of an object whose values are strings. */
    public SortedMap<String, String> textMembers() {
        SortedMap<String, String> members = new TreeMap<>();
        if (value.orElse("") instanceof Map<?, ?> map) {
            map.forEach((key, member) -> ((Json) member).text().ifPresent(text -> members.put((String) key, text)));
        }
        return members;
    }

    /** The names of an object's members, sorted; none for anything else. */
    public List<String> names() {
        return value.orElse("") instanceof Map<?, ?> map
                ? map.keySet().stream().map(String.class::cast).sorted().toList()
                : List.of();
    }

    /** The members of an object, sorted by name; none for anything else. */
    public SortedMap<String, Json> members() {
        SortedMap<String, Json> members = new TreeMap<>();
        names().forEach(name -> members.put(name, at(name)));
        return members;
    }

    /** As it would be written, with the members of objects sorted; a number in quotes, as its type is not kept. */
    @Override
    public String toString() {
        Object held = value.orElse(null);
        if (held instanceof Map<?, ?>) {
            return members().entrySet().stream()
                    .map(member -> '"' + member.getKey() + "\": " + member.getValue())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (held instanceof List<?>) {
            return elements().stream().map(Json::toString).collect(Collectors.joining(", ", "[", "]"));
        }
        return held instanceof String text ? '"' + text + '"' : String.valueOf(held);
    }

    /** Of equal content, whatever the order of an object's members. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && json.value.equals(value) && json.isAbsent() == isAbsent();
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    private static Optional<Object> read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> Optional.of(readObject(parser));
            case START_ARRAY -> Optional.of(readArray(parser));
            case VALUE_TRUE, VALUE_FALSE -> Optional.of(token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> Optional.empty();
            default -> Optional.of(parser.getText());
        };
    }

    private static Map<String, Json> readObject(JsonParser parser) throws IOException {
        Map<String, Json> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            members.put(key, new Json(read(parser, parser.nextToken())));
        }
        return members;
    }

    private static List<Json> readArray(JsonParser parser) throws IOException {
        List<Json> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(new Json(read(parser, token)));
        }
        return elements;
    }
}
