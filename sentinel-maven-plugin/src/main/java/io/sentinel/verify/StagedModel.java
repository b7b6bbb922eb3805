package io.sentinel.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sentinel.engine.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * A resolved model as it is put on the engine beside what runs of it already: without the names that its owner gave to
 * containers, networks and volumes, and with our owner's label in place of its labels, which others may act on.
 */
final class StagedModel {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final String LABEL = "io.sentinel.owner";
    private static final String OWNER = "${SENTINEL_OWNER:-}";

    private final JsonParser parser;
    private final JsonGenerator out;
    private final Json model;

    private StagedModel(JsonParser parser, JsonGenerator out, Json model) {
        this.parser = parser;
        this.out = out;
        this.model = model;
    }

    /**
     * The model to be staged.
     *
     * @param text as Compose wrote it, which keeps the types of numbers
     * @param model the same, read
     */
    static String of(String text, Json model) throws IOException {
        StringWriter written = new StringWriter();
        try (JsonParser parser = FACTORY.createParser(text);
                JsonGenerator out = FACTORY.createGenerator(written)) {
            parser.nextToken();
            new StagedModel(parser, out, model).root();
        }
        return written.toString();
    }

    private void root() throws IOException {
        out.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String section = parser.currentName();
            parser.nextToken();
            if (List.of("services", "networks", "volumes").contains(section)
                    && parser.currentToken() == JsonToken.START_OBJECT) {
                out.writeObjectFieldStart(section);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    named(section, parser.currentName());
                }
                out.writeEndObject();
            } else if (section.equals("name")) {
                parser.skipChildren();
            } else {
                out.writeFieldName(section);
                out.copyCurrentStructure(parser);
            }
        }
        out.writeEndObject();
    }

    private void named(String section, String name) throws IOException {
        parser.nextToken();
        // What is external stays what it is: it is used, and never made or removed.
        boolean external = !section.equals("services")
                && model.at(section, name, "external").isTrue();
        if (external || parser.currentToken() != JsonToken.START_OBJECT) {
            out.writeFieldName(name);
            out.copyCurrentStructure(parser);
            return;
        }
        List<String> dropped =
                section.equals("services") ? List.of("container_name", "labels") : List.of("name", "labels");
        out.writeObjectFieldStart(name);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (dropped.contains(key)) {
                parser.skipChildren();
            } else {
                out.writeFieldName(key);
                out.copyCurrentStructure(parser);
            }
        }
        out.writeObjectFieldStart("labels");
        out.writeStringField(LABEL, OWNER);
        out.writeEndObject();
        out.writeEndObject();
    }
}
