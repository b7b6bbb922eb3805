package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.probe.ProbeProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether our entrypoint lets a program start as it should, and refuses where it must. */
final class Entrance {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String STARTS = "starts";
    private static final String SAYS = "sentinel: refused: ";
    private static final String REFUSED = "refused";

    private final Docker docker;
    private final Staging staging;
    private final ProbeVolume volume;

    Entrance(Docker docker, Staging staging, ProbeVolume volume) {
        this.docker = docker;
        this.staging = staging;
        this.volume = volume;
    }

    /** The attempts for the rules about the entrypoint: one image serves all agents, so one of them is asked. */
    Attempts look() throws EngineException, IOException, InterruptedException {
        Path override = writablePolicy();
        try (Beside<Attempt> plain = Beside.start(() -> attempt(
                        "starting a program",
                        STARTS,
                        request("not").running(ProbeProgram.start()),
                        List.of(volume.override())));
                Beside<Attempt> root = Beside.start(() ->
                        attempt("starting as 0:0", REFUSED, request("root").as("0:0"), List.of()));
                Beside<Attempt> policy = Beside.start(() -> attempt(
                        "starting with a policy that can be written, and must not",
                        REFUSED,
                        request("policy"),
                        List.of(override)))) {
            return new Attempts(Map.of("ENT-1", List.of(plain.join()), "ENT-3", List.of(root.join(), policy.join())));
        }
    }

    private RunRequest request(String what) {
        return RunRequest.of(Profile.STRICT.service(), staging.name() + "-refuse-" + what, Map.of(), LIMIT)
                .running(List.of("/bin/true"));
    }

    /** Lays over the bundle's own file that the policy is to be immutable, and is a file that everybody may write. */
    private Path writablePolicy() throws IOException {
        Path policy = Files.writeString(staging.folder().resolve("policy.yaml"), "allowed_commands: []\n");
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-rw-rw-"));
        return Overrides.write(
                staging.folder().resolve("writable-policy.yaml"),
                """
                services:
                  %s:
                    environment: {SENTINEL_POLICY_IMMUTABLE: "true"}
                    volumes:
                      - type: bind
                        source: %s
                        target: /workspace/sentinel.yaml
                        read_only: false
                """,
                Profile.STRICT.service(),
                policy.toString());
    }

    private Attempt attempt(String what, String expected, RunRequest request, List<Path> overrides)
            throws EngineException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Ending ending = staging.compose(overrides).run(request, new Streams.Pumped(out, err));
        docker.removeContainers(List.of(request.container()));
        String said = err.toString(StandardCharsets.UTF_8).strip();
        if (ending.succeeded()) {
            return new Attempt(what, List.of(expected), Optional.of(STARTS), "");
        }
        return said.contains(SAYS)
                ? new Attempt(what, List.of(expected), Optional.of(REFUSED), "")
                : new Attempt(what, List.of(expected), Optional.empty(), "it ended otherwise: " + said);
    }
}
