package io.sentinel.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sentinel.engine.Streams;
import io.sentinel.isolate.Explanation;
import io.sentinel.run.Outcome;
import io.sentinel.run.OutcomeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The same for programs: an object a line, described by {@code docs/isolate-events.schema.json}. */
final class JsonVoice implements Voice {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int SCHEMA_VERSION = 1;

    private final PrintStream err;
    private Optional<Outcome> outcome = Optional.empty();

    JsonVoice(PrintStream err) {
        this.err = err;
    }

    /** What an event has besides its name. */
    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private static void line(PrintStream stream, String event, Members members) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("schemaVersion", SCHEMA_VERSION);
            json.writeStringField("event", event);
            members.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // In one write, as the program writes to the same place.
        stream.write(line.toByteArray(), 0, line.size());
        stream.flush();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    @Override
    public void written(List<String> paths) {
        line(err, "written", json -> texts(json, "files", paths));
    }

    @Override
    public void building(String image, String reason) {
        line(err, "building", json -> {
            json.writeStringField("image", image);
            json.writeStringField("reason", reason);
        });
    }

    @Override
    public void upToDate(String image) {}

    @Override
    public void starting(String profile, String image) {
        line(err, "starting", json -> {
            json.writeStringField("profile", profile);
            json.writeStringField("image", image);
        });
    }

    @Override
    public void reaped(List<String> names) {
        line(err, "reaped", json -> texts(json, "names", names));
    }

    @Override
    public void logged(List<String> lines) {
        line(err, "report", json -> texts(json, "lines", lines));
    }

    @Override
    public void warning(String sentence) {
        line(err, "warning", json -> json.writeStringField("message", sentence));
    }

    @Override
    public void ended(Outcome ended) {
        outcome = Optional.of(ended);
    }

    @Override
    public void failed(String sentence, int exitCode) {
        line(err, "error", json -> {
            json.writeStringField("message", sentence);
            json.writeNumberField("exitCode", exitCode);
        });
    }

    @Override
    public void end() {
        outcome.ifPresent(ended -> line(err, "outcome", json -> OutcomeFile.writeMembers(json, ended)));
    }

    @Override
    public void explain(Explanation explanation, PrintStream out) {
        line(out, "explanation", json -> {
            json.writeArrayFieldStart("settings");
            for (Explanation.Row row : explanation.rows()) {
                json.writeStartObject();
                json.writeStringField("name", row.name());
                json.writeStringField("value", row.value());
                json.writeStringField("origin", row.origin());
                if (row.weakening().isPresent()) {
                    json.writeStringField("weakening", row.weakening().get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    @Override
    public Streams progress() {
        return new Streams.Pumped(new Lines(), new Lines());
    }

    /** Each line of what is written, as an event. */
    private final class Lines extends OutputStream {

        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            if (b == '\n') {
                String text = begun.toString(StandardCharsets.UTF_8).stripTrailing();
                begun.reset();
                if (!text.isEmpty()) {
                    line(err, "progress", json -> json.writeStringField("line", text));
                }
            } else {
                begun.write(b);
            }
        }
    }
}
