package io.sentinel.verify;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.run.Staging;
import io.sentinel.verify.probe.ProbeProgram;
import io.sentinel.verify.probe.ProbeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Brings the probe into containers. By a volume of the engine's rather than a mount of a folder: an engine on another machine
 * has none of this one's. What is copied into it goes through a container of its own, which is never started.
 */
final class ProbeVolume {

    /** Its name in compose files. */
    static final String NAME = "sentinel-probe";

    private static final String CARRIER = "sentinel-carrier";

    private final Docker docker;
    private final Staging staging;
    private final ProbeProgram program;
    private final Path override;

    private ProbeVolume(Docker docker, Staging staging, ProbeProgram program, Path override) {
        this.docker = docker;
        this.staging = staging;
        this.program = program;
        this.override = override;
    }

    /**
     * Makes it, with the program in it; it goes with the staging.
     *
     * @param program for the engine's machine
     * @param image any that the engine has
     * @param services of the staging that shall have it
     */
    static ProbeVolume make(
            Docker docker, Staging staging, ProbeProgram program, String image, Collection<String> services)
            throws EngineException, IOException, InterruptedException {
        Path override = override(staging, image, services);
        ProbeVolume volume = new ProbeVolume(docker, staging, program, override);
        staging.compose(List.of(override)).create(List.of(CARRIER));
        Path folder = volume.folder("program");
        program.write(folder);
        volume.copy(folder);
        return volume;
    }

    private static Path override(Staging staging, String image, Collection<String> services) throws IOException {
        StringBuilder yaml = new StringBuilder(
                """
                services:
                  sentinel-carrier:
                    container_name: %s
                    image: %s
                    pull_policy: never
                    network_mode: none
                    read_only: true
                    cap_drop: [ALL]
                    security_opt: [no-new-privileges:true]
                    entrypoint: [%s]
                    command: []
                    labels: {io.sentinel.owner: "${SENTINEL_OWNER:-}"}
                    volumes:
                      - {type: volume, source: sentinel-probe, target: %s, volume: {nocopy: true}}
                  sentinel-reader:
                    image: %s
                    pull_policy: never
                    network_mode: host
                    pid: host
                    ipc: host
                    uts: host
                    cgroup: host
                    userns_mode: host
                    user: "65534:65534"
                    read_only: true
                    cap_drop: [ALL]
                    security_opt: [no-new-privileges:true]
                    labels: {io.sentinel.owner: "${SENTINEL_OWNER:-}"}
                    volumes:
                      - {type: volume, source: sentinel-probe, target: %s, read_only: true, volume: {nocopy: true}}
                """);
        List<String> values = new ArrayList<>(List.of(
                carrier(staging), image, ProbeProgram.start().get(0), ProbeProgram.TARGET, image, ProbeProgram.TARGET));
        for (String service : services) {
            yaml.append(
                    """
                      %s:
                        volumes:
                          - {type: volume, source: sentinel-probe, target: %s, read_only: true, volume: {nocopy: true}}
                    """);
            values.add(service);
            values.add(ProbeProgram.TARGET);
        }
        yaml.append(
                """
                volumes:
                  sentinel-probe:
                    labels: {io.sentinel.owner: "${SENTINEL_OWNER:-}"}
                """);
        return Overrides.write(staging.folder().resolve("probe.yaml"), yaml.toString(), values.toArray(String[]::new));
    }

    private static String carrier(Staging staging) {
        return staging.name() + "-carrier";
    }

    /** The machine that the program is for, and what it is. */
    ProbeProgram program() {
        return program;
    }

    /** The compose file that, laid over the staging's own, shows it to the services as {@link ProbeProgram#TARGET}. */
    Path override() {
        return override;
    }

    /**
     * Adds what the probe shall do.
     *
     * @param name of its own
     * @param staySeconds how long it stays once it has answered, for somebody to look at its process from outside
     * @return the words that run it
     */
    List<String> put(String name, ProbeTable table, int staySeconds)
            throws EngineException, IOException, InterruptedException {
        Path folder = folder(name);
        List<String> words = ProbeProgram.write(folder, name, table, staySeconds);
        copy(folder);
        return words;
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(staging.folder().resolve("probe-" + name));
    }

    private void copy(Path folder) throws EngineException, InterruptedException {
        docker.copyInto(folder, carrier(staging), ProbeProgram.TARGET);
    }
}
