package io.sentinel.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sentinel.engine.Json;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.CannotTell;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * A resolved model as it is put on the engine beside what runs of it already: without the names that its owner gave to
 * containers, networks and volumes, with our owner's label in place of its labels, which others may act on, and without what
 * would build, fetch or run something of theirs, or write to their disk.
 */
final class StagedModel {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final String LABEL = "io.sentinel.owner";
    /** Hooks are programs of theirs, images are theirs to build, and models theirs to fetch. */
    private static final List<String> OF_SERVICES = List.of(
            "container_name", "labels", "build", "pull_policy", "post_start", "pre_stop", "models", "mac_address");

    private static final List<String> OF_OTHERS = List.of("name", "labels");
    private static final List<String> OF_NETWORKS =
            List.of("ipv4_address", "ipv6_address", "mac_address", "link_local_ips", "aliases");
    private static final String OWNER = "${" + Staging.OWNER + ":-}";

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
     * @throws CannotTell where it cannot be staged without a program of the host's being run
     */
    static String of(String text, Json model) throws IOException {
        refuseProviders(model);
        StringWriter written = new StringWriter();
        try (JsonParser parser = FACTORY.createParser(text);
                JsonGenerator out = FACTORY.createGenerator(written)) {
            parser.nextToken();
            new StagedModel(parser, out, model).root();
        }
        return written.toString();
    }

    /** The image of a service, by the name that Compose gives to what it builds where the service has none. */
    static String image(Json model, String service) {
        return model.at("services", service, "image")
                .text()
                .orElseGet(() -> model.at("name").text().orElse("project") + "-" + service);
    }

    /**
     * Of a service with a provider (Compose 2.36 and later), Compose makes no container: it runs a program of this machine.
     *
     * @throws CannotTell where there is one
     */
    static void refuseProviders(Json model) {
        model.at("services").members().forEach((name, service) -> {
            Json provider = service.at("provider");
            if (!provider.isAbsent() && !provider.isNull()) {
                throw new CannotTell("the service " + name + " has a provider ("
                        + provider.at("type").text().orElse("?")
                        + "), for which Compose runs a program of this machine in place of a container: nothing of this"
                        + " project was put on the engine; give " + name + " an image, or take it out of the project");
            }
        });
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
            } else if (section.equals("name") || section.equals("models")) {
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
        boolean service = section.equals("services");
        boolean external = !service && model.at(section, name, "external").isTrue();
        out.writeFieldName(name);
        if (external || parser.currentToken() != JsonToken.START_OBJECT) {
            out.copyCurrentStructure(parser);
            return;
        }
        out.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if ((service ? OF_SERVICES : OF_OTHERS).contains(key)) {
                parser.skipChildren();
            } else {
                out.writeFieldName(key);
                copy(key);
            }
        }
        if (service) {
            if (model.at(section, name, "image").isAbsent()) {
                out.writeStringField("image", image(model, name));
            }
            out.writeStringField("pull_policy", "never");
        }
        out.writeObjectFieldStart("labels");
        out.writeStringField(LABEL, OWNER);
        out.writeEndObject();
        out.writeEndObject();
    }

    /** Copies a value, without what would touch something outside: addresses that are others', folders of the host. */
    private void copy(String name) throws IOException {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            out.writeStartArray();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                copy(name);
            }
            out.writeEndArray();
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            out.writeStartObject();
            boolean mount = name.equals("volume");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                if (OF_NETWORKS.contains(key) && !mount || name.equals("ipam") && key.equals("config")) {
                    parser.skipChildren();
                } else if (key.equals("create_host_path")) {
                    out.writeBooleanField(key, false);
                } else if (!(mount && key.equals("nocopy"))) {
                    out.writeFieldName(key);
                    copy(key);
                }
            }
            if (mount) {
                // An engine fills an empty volume from the image, somebody else's volume too.
                out.writeBooleanField("nocopy", true);
            }
            out.writeEndObject();
        } else {
            out.copyCurrentEvent(parser);
        }
    }
}
