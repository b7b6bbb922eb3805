package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.EngineFault.SidecarFailed;
import io.sentinel.engine.EngineFault.SidecarFailed.Why;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SidecarFailedTest {

    private static final String ENDED =
            "\"Running\":false,\"FinishedAt\":\"2026-01-02T03:04:05Z\",\"StartedAt\":\"2026-01-02T03:00:00Z\"";

    @Test
    void oneThatRunsAndIsHealthyHasNotFailed() throws Exception {
        assertThat(of("\"Running\":true,\"ExitCode\":0,\"Health\":{\"Status\":\"healthy\",\"Log\":[]}", ""))
                .isEmpty();
        assertThat(of("\"Running\":true,\"ExitCode\":0", "")).isEmpty();
    }

    @Test
    void unhealthyTellsWhatTheLastCheckSaid() throws Exception {
        String health = "\"Running\":true,\"ExitCode\":0,\"Health\":{\"Status\":\"unhealthy\",\"Log\":"
                + "[{\"Output\":\"first\"},{\"Output\":\"it\\u001b[31m did\\nnot deny\"}]}";
        assertThat(of(health, "")).contains(new SidecarFailed(Why.UNHEALTHY, "it [31m did not deny"));
    }

    @Test
    void endedTellsCodeTimeAndWhatSquidGaveUpWith() throws Exception {
        assertThat(of(ENDED + ",\"ExitCode\":1", "WARNING: x\nFATAL: Bungled line 3\nTerminated abnormally."))
                .contains(new SidecarFailed(Why.EXITED, "exit code 1, 2026-01-02T03:04:05Z; FATAL: Bungled line 3"));
        assertThat(of(ENDED + ",\"ExitCode\":137", "Accepting connections"))
                .contains(new SidecarFailed(Why.EXITED, "exit code 137, 2026-01-02T03:04:05Z"));
    }

    @Test
    void outOfMemoryIsToldApart() throws Exception {
        assertThat(of(ENDED + ",\"ExitCode\":137,\"OOMKilled\":true", ""))
                .contains(new SidecarFailed(Why.OUT_OF_MEMORY, "exit code 137, 2026-01-02T03:04:05Z"));
    }

    @Test
    void goneSaysWhatItMeansAndWhatToDo() {
        assertThat(SidecarFailed.of(Optional.empty(), "").orElseThrow().sentence())
                .isEqualTo("The sidecar sentinel-proxy was removed. Without it an agent of the proxied profile reaches"
                        + " nothing, so this run counts as failed, whatever the agent made of it: run it again, and if"
                        + " that fails too, see what the sidecar says in 'docker compose --profile proxied up"
                        + " sentinel-proxy' in the bundle's folder.");
    }

    private static Optional<SidecarFailed> of(String state, String lastErrors) throws Exception {
        Json json = Json.parse("{\"Id\":\"1\",\"State\":{" + state + "}}");
        return SidecarFailed.of(Optional.of(ContainerFacts.of(json)), lastErrors);
    }
}
