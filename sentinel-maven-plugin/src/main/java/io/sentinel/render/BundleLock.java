package io.sentinel.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes and reads {@code sentinel.lock}: the digest of every file of a bundle, and of what it was rendered from. */
final class BundleLock {

    private static final JsonFactory JSON = new JsonFactory();

    private BundleLock() {}

    static BundleFile render(Bundle bundle, RenderInputs inputs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            DefaultIndenter indent = new DefaultIndenter("  ", "\n");
            json.setPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent));
            json.writeStartObject();
            json.writeStringField(
                    "comment",
                    "Rendered by sentinel-maven-plugin: the digest of every file here, and of what they were rendered"
                            + " from. `mvn sentinel:check` compares.");
            json.writeNumberField("schemaVersion", 1);
            json.writeStringField("plugin", inputs.version());
            json.writeStringField("spec", inputs.specDigest());
            if (inputs.lockDigest().isPresent()) {
                json.writeStringField("sandboxLock", inputs.lockDigest().get());
            }
            json.writeStringField("base", inputs.spec().image().from());
            if (inputs.lock().image().isPresent()) {
                json.writeStringField("baseId", inputs.lock().image().get().id());
            }
            json.writeStringField("bundle", bundle.digest());
            json.writeObjectFieldStart("files");
            for (BundleFile file : bundle.files().values()) {
                json.writeStringField(file.path(), file.digest());
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return BundleFile.rendered(Bundle.LOCK, out.toByteArray());
    }

    /**
     * A lock on disk.
     *
     * @param bundle the digest of the whole; empty where it names none
     * @param files the digest of each file, by its path
     */
    record Locked(String bundle, SortedMap<String, String> files) {}

    /** @throws IOException also where it is no JSON */
    static Locked read(Path lock) throws IOException {
        String bundle = "";
        SortedMap<String, String> files = new TreeMap<>();
        try (JsonParser json = JSON.createParser(lock.toFile())) {
            while (json.nextToken() != null) {
                if (json.currentToken() != JsonToken.VALUE_STRING
                        || json.getParsingContext().inRoot()) {
                    continue;
                }
                JsonStreamContext above = json.getParsingContext().getParent();
                if ("files".equals(above.getCurrentName())) {
                    files.put(json.currentName(), json.getText());
                } else if (above.inRoot() && "bundle".equals(json.currentName())) {
                    bundle = json.getText();
                }
            }
        }
        return new Locked(bundle, files);
    }
}
