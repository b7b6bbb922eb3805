package io.sentinel.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.sentinel.engine.Json;
import io.sentinel.render.FreshFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code outcome.json}, described by {@code docs/outcome.schema.json}. */
public final class OutcomeFile {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int SCHEMA_VERSION = 1;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private OutcomeFile() {}

    /** Replaces the file in one step: a reader finds the outcome before or this one. */
    static void write(Path file, Outcome outcome) throws IOException {
        FreshFile.write(file, json(outcome));
    }

    /**
     * What the last run noted of its trail; empty where it noted nothing, or nothing of this form.
     *
     * @param file {@code outcome.json}, which need not be there
     */
    public static Optional<Outcome.Audit> audit(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        Json audit;
        try {
            audit = Json.parse(new String(bytes, StandardCharsets.UTF_8)).at("audit");
        } catch (IOException notJson) {
            return Optional.empty();
        }
        Optional<String> trail = audit.at("file").text();
        Optional<String> hash = audit.at("lastHash").text();
        Optional<Long> records = number(audit.at("records"));
        Optional<Long> denied = number(audit.at("denied"));
        return trail.isEmpty() || hash.isEmpty() || records.isEmpty() || denied.isEmpty()
                ? Optional.empty()
                : Optional.of(new Outcome.Audit(
                        trail.get(),
                        hash.get(),
                        records.get(),
                        denied.get(),
                        audit.at("complete").isTrue()));
    }

    private static Optional<Long> number(Json value) {
        return value.text().filter(text -> NUMBER.matcher(text).matches()).map(Long::parseLong);
    }

    private static byte[] json(Outcome outcome) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            json.writeStartObject();
            json.writeNumberField("schemaVersion", SCHEMA_VERSION);
            writeMembers(json, outcome);
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return out.toByteArray();
    }

    /** All that is told of it, into an object that is begun. */
    public static void writeMembers(JsonGenerator json, Outcome outcome) throws IOException {
        json.writeStringField("profile", outcome.profile());
        json.writeStringField("service", outcome.service());
        writeTexts(json, "command", outcome.command());
        if (outcome.exitCode().isPresent()) {
            json.writeNumberField("exitCode", outcome.exitCode().getAsInt());
        } else {
            json.writeNullField("exitCode");
        }
        json.writeStringField("reason", outcome.reason().word());
        json.writeStringField("startedAt", outcome.startedAt().toString());
        json.writeNumberField("durationMillis", outcome.duration().toMillis());
        json.writeStringField("bundleDigest", outcome.bundleDigest());
        writeTexts(json, "weakenings", outcome.weakenings());
        if (outcome.audit().isPresent()) {
            Outcome.Audit audit = outcome.audit().get();
            json.writeObjectFieldStart("audit");
            json.writeStringField("file", audit.file());
            json.writeStringField("lastHash", audit.lastHash());
            json.writeNumberField("records", audit.records());
            json.writeNumberField("denied", audit.denied());
            json.writeBooleanField("complete", audit.complete());
            json.writeEndObject();
        } else {
            json.writeNullField("audit");
        }
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
