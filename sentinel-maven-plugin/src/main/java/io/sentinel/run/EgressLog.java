package io.sentinel.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Takes squid's log as it comes out of the engine, writes {@code egress.jsonl} (described by
 * {@code docs/egress.schema.json}) and counts for the report. One line at a time is in memory.
 */
final class EgressLog extends OutputStream {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int SCHEMA_VERSION = 1;

    /** More than any line of squid's: what it takes of a request is bounded to 32 KB, and a byte becomes three at most. */
    private static final int LONGEST = 256 * 1024;

    private final Path file;
    private final Path fresh;
    private final BufferedWriter out;
    private final EgressReport report;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean begun;
    private Optional<IOException> problem = Optional.empty();

    /** @param report which counts */
    EgressLog(Path file, EgressReport report) throws IOException {
        this.file = file;
        this.report = report;
        Files.createDirectories(file.getParent());
        this.fresh = Files.createTempFile(file.getParent(), "egress", ".new");
        this.out = Files.newBufferedWriter(fresh);
    }

    @Override
    public void write(int b) throws IOException {
        if (b != '\n') {
            if (line.size() <= LONGEST) {
                line.write(b);
            }
            return;
        }
        endLine();
    }

    // Whoever pumps into this drops a failure; it is kept for the one who finishes.
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (int i = offset; i < offset + length; i++) {
                write(bytes[i]);
            }
        } catch (IOException e) {
            problem = Optional.of(e);
            throw e;
        }
    }

    /** Replaces the file in one step, and gives the report. */
    EgressReport finish() throws IOException {
        if (line.size() > 0) {
            endLine();
        }
        if (problem.isPresent()) {
            throw problem.get();
        }
        out.close();
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return report;
    }

    /** Leaves nothing half-written. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private void endLine() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        EgressLine read;
        try {
            read = EgressLine.parse(text);
        } catch (IOException e) {
            report.addUnreadable();
            return;
        }
        if (!begun && !read.isProbe()) {
            // The agent starts once a health check has passed: a log that begins with anything else has lost its
            // beginning.
            begun = true;
            report.beginsWhole(read.isHealthCheck());
        }
        Optional<EgressRecord> record = read.record();
        if (record.isPresent()) {
            report.add(record.get());
            out.write(json(record.get()));
            out.write('\n');
        }
    }

    private static String json(EgressRecord record) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("schemaVersion", SCHEMA_VERSION);
            json.writeStringField("ts", record.ts().toString());
            writeText(json, "method", record.method());
            writeText(json, "host", record.host());
            if (record.port().isPresent()) {
                json.writeNumberField("port", record.port().getAsInt());
            } else {
                json.writeNullField("port");
            }
            writeText(json, "sni", record.sni());
            json.writeStringField("decision", record.allowed() ? "allowed" : "denied");
            writeText(json, "reason", record.reason());
            json.writeNumberField("bytesIn", record.bytesIn());
            json.writeNumberField("bytesOut", record.bytesOut());
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeText(JsonGenerator json, String name, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            json.writeStringField(name, text.get());
        } else {
            json.writeNullField(name);
        }
    }
}
