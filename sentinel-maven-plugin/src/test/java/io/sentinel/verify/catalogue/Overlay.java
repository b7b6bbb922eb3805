package io.sentinel.verify.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.engine.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays a case's difference over a good sample. Mappings are merged; {@code (gone)} takes a key away; a key with a plus at its
 * end adds to a list or a text; everything else, an explicit null included, replaces what was there.
 */
final class Overlay {

    static final String GONE = "(gone)";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Overlay() {}

    /** @return a new value; neither argument is changed */
    static Object lay(Object base, Object difference) {
        if (!(difference instanceof Map<?, ?> changes)) {
            return difference;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        if (base instanceof Map<?, ?> map) {
            map.forEach((key, value) -> result.put(String.valueOf(key), value));
        }
        changes.forEach((name, value) -> {
            String key = String.valueOf(name);
            if (GONE.equals(value)) {
                if (!result.containsKey(key)) {
                    throw new IllegalArgumentException(key + " is not in the good sample, so that it cannot be gone");
                }
                result.remove(key);
            } else if (key.endsWith("+")) {
                String grown = key.substring(0, key.length() - 1);
                result.put(grown, add(result.get(grown), value));
            } else {
                result.put(key, lay(result.get(key), value));
            }
        });
        return result;
    }

    private static Object add(Object base, Object more) {
        if (base instanceof String text) {
            return text + more;
        }
        List<Object> all = new ArrayList<>();
        if (base instanceof List<?> list) {
            all.addAll(list);
        }
        all.addAll((List<?>) more);
        return all;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    static Json json(Object value) {
        try {
            return Json.parse(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object read(String json) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A text as a case changes it.
     *
     * @param change a whole text, or {@code {replace: {OLD: NEW}}}, or {@code {append: TEXT}}, or {@code {prepend: TEXT}}
     */
    static String text(String base, Object change) {
        if (change instanceof String whole) {
            return whole;
        }
        String text = base;
        for (Map.Entry<String, Object> one : map(change).entrySet()) {
            switch (one.getKey()) {
                case "append" -> text += one.getValue();
                case "prepend" -> text = one.getValue() + text;
                case "replace" -> {
                    for (Map.Entry<String, Object> swap : map(one.getValue()).entrySet()) {
                        if (!text.contains(swap.getKey())) {
                            throw new IllegalArgumentException("the good sample has no " + swap.getKey());
                        }
                        text = text.replace(swap.getKey(), String.valueOf(swap.getValue()));
                    }
                }
                default -> throw new IllegalArgumentException("no such change of a text: " + one.getKey());
            }
        }
        return text;
    }
}
