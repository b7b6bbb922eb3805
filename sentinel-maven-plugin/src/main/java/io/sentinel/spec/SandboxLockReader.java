package io.sentinel.spec;

import io.sentinel.spec.SandboxLock.LockedImage;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code sandbox.lock}, as strictly as a spec: it is committed, so a merge or an editor may have hurt it. */
public final class SandboxLockReader {

    /** The only version of the file's shape that there is. */
    static final int SCHEMA_VERSION = 1;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int DIGEST_LENGTH = 7 + 64;
    private static final String PIN = "run mvn sentinel:pin to write the file anew";

    private SandboxLockReader() {}

    /**
     * Reads a lock.
     *
     * @param fileName how the person knows the file
     * @param content the file's bytes, at most 4 MiB
     * @throws InvalidFileException with all problems of the file at once
     */
    public static SandboxLock read(String fileName, byte[] content) throws InvalidFileException {
        Problems problems = new Problems(fileName);
        Fields fields = new Fields(YamlParser.parse(content, problems), "", Section.LOCK, problems);
        fields.required("schemaVersion", PIN)
                .ifPresent(v -> v.integer(SCHEMA_VERSION, SCHEMA_VERSION, "the only one that this version can read"));
        Optional<LockedImage> image = image(fields, "image");
        Optional<LockedImage> sidecarImage = image(fields, "sidecarImage");
        Optional<String> policy = fields.get("policy").flatMap(SandboxLockReader::digest);
        SortedMap<NamedList, List<Origin>> origins = fields.get("origins")
                .flatMap(v -> v.fields(Section.LOCKED_ORIGINS))
                .map(SandboxLockReader::origins)
                .orElseGet(TreeMap::new);
        problems.throwIfAny();
        return new SandboxLock(image, sidecarImage, policy, origins);
    }

    private static SortedMap<NamedList, List<Origin>> origins(Fields fields) {
        SortedMap<NamedList, List<Origin>> origins = new TreeMap<>();
        for (NamedList list : NamedList.values()) {
            Optional<Value> value = fields.get(list.key());
            Optional<List<Value>> items = value.flatMap(Value::items);
            // An empty one would be a name in the spec that silently stands for nothing.
            if (items.isPresent() && items.get().isEmpty()) {
                value.get().refuse("at least one origin", "an empty list", PIN);
            }
            items.ifPresent(found -> origins.put(list, Value.each(found, SandboxLockReader::origin)));
        }
        return origins;
    }

    private static Optional<Origin> origin(Value value) {
        return value.text().flatMap(text -> {
            Optional<Origin> origin =
                    Origin.of(text).filter(found -> found.toString().equals(text));
            return origin.isPresent()
                    ? origin
                    : value.refuse("a scheme, a host and no more, as in https://repo.example.com", PIN);
        });
    }

    private static Optional<LockedImage> image(Fields fields, String key) {
        return fields.get(key).flatMap(v -> v.fields(Section.LOCKED_IMAGE)).flatMap(SandboxLockReader::image);
    }

    private static Optional<LockedImage> image(Fields fields) {
        Optional<String> reference = fields.required("reference", PIN).flatMap(Value::text);
        Optional<String> digest = fields.get("digest").flatMap(SandboxLockReader::digest);
        Optional<String> id = fields.required("id", PIN).flatMap(SandboxLockReader::digest);
        List<String> entrypoint = words(fields, "entrypoint");
        List<String> command = words(fields, "command");
        return reference.flatMap(r -> id.map(i -> new LockedImage(r, digest, i, entrypoint, command)));
    }

    private static Optional<String> digest(Value value) {
        return value.text(DIGEST, DIGEST_LENGTH, "sha256: and 64 hexadecimal digits in lower case", PIN);
    }

    private static List<String> words(Fields fields, String key) {
        return fields.get(key)
                .flatMap(Value::items)
                .map(items -> Value.each(items, Value::text))
                .orElse(List.of());
    }
}
