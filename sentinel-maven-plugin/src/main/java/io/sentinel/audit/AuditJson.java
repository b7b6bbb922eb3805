package io.sentinel.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * A record as a line of JSON in ASCII, so that it can come to a terminal. A hash is that of the line in the trail, which may
 * have other characters as they are.
 */
final class AuditJson {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private AuditJson() {}

    static String line(AuditRecord record) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("seq", record.seq());
            json.writeStringField("ts", AuditTimes.micros(record.ts()));
            json.writeNumberField("pid", record.pid());
            json.writeStringField("exe", record.exe());
            json.writeStringField("source", record.source().word());
            json.writeStringField("action", record.action());
            json.writeStringField("target", record.target());
            json.writeStringField("decision", record.decision().word());
            json.writeStringField("key", record.key());
            json.writeStringField("reason", record.reason());
            json.writeStringField("prev", record.prev());
            json.writeStringField("hash", record.hash());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        // The one control character that JSON lets stand as it is.
        return text.toString().replace("\u007F", "\\u007f");
    }
}
