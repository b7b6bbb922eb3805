package io.sentinel.seccomp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a profile token by token: object mapping would cost every build its start-up time. */
final class OciProfileWriter {

    static final JsonFactory JSON = new JsonFactory();
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

    private OciProfileWriter() {}

    static byte[] json(OciProfile profile) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.setPrettyPrinter(layout());
            write(profile, json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        out.write('\n');
        return out.toByteArray();
    }

    static DefaultPrettyPrinter layout() {
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        return new DefaultPrettyPrinter()
                .withSeparators(separators)
                .withObjectIndenter(new ComparisonsOnOneLine())
                .withArrayIndenter(LINES);
    }

    private static void write(OciProfile profile, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("comment", profile.comment());
        json.writeStringField("defaultAction", profile.defaultAction().ociName());
        json.writeArrayFieldStart("archMap");
        for (Architecture architecture : Architecture.values()) {
            json.writeStartObject();
            json.writeStringField("architecture", architecture.ociName());
            json.writeArrayFieldStart("subArchitectures");
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("syscalls");
        for (OciRule rule : profile.rules()) {
            write(rule, json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void write(OciRule rule, JsonGenerator json) throws IOException {
        json.writeStartObject();
        if (rule.comment().isPresent()) {
            json.writeStringField("comment", rule.comment().get());
        }
        json.writeArrayFieldStart("names");
        for (String name : rule.names()) {
            json.writeString(name);
        }
        json.writeEndArray();
        json.writeStringField("action", rule.action().ociName());
        if (rule.action() instanceof Action.Refuse refuse) {
            json.writeNumberField("errnoRet", refuse.errno().number());
        }
        if (!rule.args().isEmpty()) {
            json.writeArrayFieldStart("args");
            for (Comparison comparison : rule.args()) {
                write(comparison, json);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** The OCI names are misleading: for a masked comparison {@code value} is the mask and {@code valueTwo} the value. */
    private static void write(Comparison comparison, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", comparison.argument());
        json.writeNumberField("value", comparison.mask());
        json.writeNumberField("valueTwo", comparison.value());
        json.writeStringField("op", "SCMP_CMP_MASKED_EQ");
        json.writeEndObject();
    }

    /** Root, list of rules, rule, list of comparisons: what lies deeper is a comparison, read best as one line. */
    private static final class ComparisonsOnOneLine implements DefaultPrettyPrinter.Indenter {

        private static final int LIST_OF_COMPARISONS = 4;

        @Override
        public void writeIndentation(JsonGenerator json, int level) throws IOException {
            if (level < LIST_OF_COMPARISONS) {
                LINES.writeIndentation(json, level);
            } else {
                json.writeRaw(' ');
            }
        }

        @Override
        public boolean isInline() {
            return false;
        }
    }
}
