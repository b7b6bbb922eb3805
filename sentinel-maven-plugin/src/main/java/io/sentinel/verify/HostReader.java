package io.sentinel.verify;

import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.probe.Answer;
import io.sentinel.verify.probe.ProbeAnswers;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.probe.ProcessFiles;
import io.sentinel.verify.probe.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What only the engine's own machine can tell, read by the probe in a container that shares all name spaces with it. The
 * verifier's own name spaces are no measure: it may be on another machine, in a container, or outside of a rootless
 * engine's.
 */
final class HostReader {

    /** Its service in the file of {@link ProbeVolume#override()}. */
    static final String SERVICE = "sentinel-reader";

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Staging staging;
    private final ProbeVolume volume;

    HostReader(Staging staging, ProbeVolume volume) {
        this.staging = staging;
        this.volume = volume;
    }

    /**
     * The links of the machine's name spaces, by {@code ns/NAME}.
     *
     * @throws CannotTell where the engine gives no such container
     */
    SortedMap<String, String> spaces() throws EngineException, IOException, InterruptedException {
        return ProcessFiles.spaces(read("spaces", ProcessFiles.table()));
    }

    /**
     * The control groups of a process, from their root on.
     *
     * @param pid as the engine says
     * @throws CannotTell where it cannot be read
     */
    String groups(long pid) throws EngineException, IOException, InterruptedException {
        Row row = Row.file("cgroup", "/proc/" + pid + "/cgroup");
        Answer answer = read("groups-" + pid, new ProbeTable(List.of(row))).of(row.id());
        if (answer instanceof Answer.Text text) {
            return text.text();
        }
        throw new CannotTell("the control groups of process " + pid + " on the engine's machine: " + answer.word());
    }

    private ProbeAnswers read(String what, ProbeTable table) throws EngineException, IOException, InterruptedException {
        List<Path> overrides = List.of(volume.override());
        RunRequest request = RunRequest.of(SERVICE, staging.name() + "-" + what, Map.of(), LIMIT)
                .instead(volume.put(what, table, 0));
        return Glimpse.answers(staging, overrides, request, table);
    }
}
