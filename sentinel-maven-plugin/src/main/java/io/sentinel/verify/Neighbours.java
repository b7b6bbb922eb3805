package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.probe.Answer;
import io.sentinel.verify.probe.ProbeProgram;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.probe.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether one container of the standard profile can talk to another: both are the verifier's own. */
final class Neighbours {

    private static final String SERVICE = Profile.STANDARD.service();
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int PORT = 8080;
    private static final int SECONDS = 30;

    /** Nobody answers, or the engine says that nobody may be asked. */
    private static final List<String> CLOSED = List.of("ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH");

    private final Docker docker;
    private final Staging staging;
    private final ProbeVolume volume;

    Neighbours(Docker docker, Staging staging, ProbeVolume volume) {
        this.docker = docker;
        this.staging = staging;
        this.volume = volume;
    }

    Attempts look() throws EngineException, IOException, InterruptedException {
        RunRequest server = request("server", ProbeProgram.serve(PORT, SECONDS));
        // It is ready once it has said so: then a connection that does not come about says something.
        Collected said = new Collected("listening value 0");
        try (Beside<Ending> serving = Beside.start(() -> {
            try {
                return staging.compose(List.of(volume.override()))
                        .run(server, new Streams.Pumped(said, OutputStream.nullOutputStream()));
            } finally {
                said.over();
            }
        })) {
            said.await();
            Attempt attempt = attempt(server.container());
            docker.kill(server.container());
            serving.join();
            return new Attempts(Map.of("NET-6", List.of(attempt)));
        }
    }

    private Attempt attempt(String server) throws EngineException, IOException, InterruptedException {
        String what = "connecting to another container of the network";
        Optional<String> address = Addressed.of(docker, server, "sentinel-standard");
        if (address.isEmpty()) {
            return new Attempt(what, CLOSED, Optional.empty(), "the other container did not start");
        }
        Row row = Row.connect("neighbour", address.get(), PORT, WAIT);
        ProbeTable table = new ProbeTable(List.of(row));
        RunRequest client = request("client", volume.put("neighbour", table, 0));
        try {
            Answer answer = Glimpse.answers(staging, List.of(volume.override()), client, table)
                    .of(row.id());
            return new Attempt(what, CLOSED, Optional.of(answer.word()), "");
        } catch (CannotTell e) {
            return new Attempt(what, CLOSED, Optional.empty(), e.getMessage());
        }
    }

    private RunRequest request(String what, List<String> words) {
        return RunRequest.of(SERVICE, staging.name() + "-" + what, Map.of(), LIMIT)
                .instead(words);
    }
}
