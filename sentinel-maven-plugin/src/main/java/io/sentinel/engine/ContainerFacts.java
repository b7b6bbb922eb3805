package io.sentinel.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What the engine knows of a container ({@code docker container inspect}).
 *
 * @param id 64 hexadecimal digits
 * @param name without the engine's leading slash
 * @param imageId digest of the image's configuration, {@code sha256:…}
 * @param running whether its first process runs now
 * @param exitCode of its first process; means nothing while {@code running} or before it was started
 * @param oomKilled whether the kernel killed one of its processes, not always the first, for want of memory
 * @param startError why the engine could not start it; empty if it could
 * @param startedAt empty if it was never started
 * @param finishedAt empty if it never ended; some milliseconds before {@code startedAt} for a program that ended while the
 *     engine (20.10) was still noting its start, so a difference of the two may be negative
 * @param hostsFile what is mounted over its {@code /etc/hosts}, by its path on the engine's machine; empty before its start
 * @param health what its health check says; empty where it has none
 * @param nameservers those that it was given in place of the engine's own; empty where it was given none
 * @param labels its own and its image's
 */
public record ContainerFacts(
        String id,
        String name,
        String imageId,
        boolean running,
        int exitCode,
        boolean oomKilled,
        String startError,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<Path> hostsFile,
        Optional<Health> health,
        List<String> nameservers,
        SortedMap<String, String> labels) {

    /**
     * What a health check says.
     *
     * @param status starting, healthy or unhealthy
     * @param lastOutput what it said the last time that it ran; may be empty
     */
    public record Health(String status, String lastOutput) {

        static Optional<Health> of(Json health) {
            List<Json> log = health.at("Log").elements();
            String output = log.isEmpty()
                    ? ""
                    : log.get(log.size() - 1).at("Output").text().orElse("");
            return health.at("Status").text().map(status -> new Health(status, output));
        }
    }

    static ContainerFacts of(Json container) {
        Json state = container.at("State");
        String name = container.at("Name").text().orElse("");
        return new ContainerFacts(
                container.at("Id").text().orElseThrow(),
                name.startsWith("/") ? name.substring(1) : name,
                container.at("Image").text().orElse(""),
                state.at("Running").isTrue(),
                state.at("ExitCode").text().map(Integer::parseInt).orElseThrow(),
                state.at("OOMKilled").isTrue(),
                state.at("Error").text().orElse(""),
                instant(state.at("StartedAt")),
                instant(state.at("FinishedAt")),
                container.at("HostsPath").text().filter(path -> !path.isEmpty()).map(Path::of),
                Health.of(state.at("Health")),
                container.at("HostConfig", "Dns").texts(),
                container.at("Config", "Labels").textMembers());
    }

    // The engine writes Go's zero time, in the year 1, for what has not happened.
    private static Optional<Instant> instant(Json json) {
        return json.text().map(Instant::parse).filter(instant -> instant.isAfter(Instant.EPOCH));
    }
}
