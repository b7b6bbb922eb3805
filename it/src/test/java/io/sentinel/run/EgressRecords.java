package io.sentinel.run;

import io.sentinel.render.Allowed;
import io.sentinel.spec.AllowList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The plugin's own reading of a sidecar's log; in its package, since it is nobody else's business. */
public final class EgressRecords {

    private EgressRecords() {}

    /**
     * What {@code egress.jsonl} says of these lines of squid's.
     *
     * @param folder where the file may be written
     */
    public static String of(List<String> lines, Path folder) throws IOException {
        Path file = folder.resolve("egress.jsonl");
        try (EgressLog log =
                new EgressLog(file, new EgressReport(AllowList.EMPTY, new Allowed(List.of(), List.of())))) {
            for (String line : lines) {
                log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
            log.finish();
        }
        return Files.readString(file);
    }
}
