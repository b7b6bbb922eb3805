package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.LabelFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a build, no container, network or half-written file is left of it. */
class LifecycleIT {

    private static final List<LabelFilter> OURS = List.of(LabelFilter.has("io.sentinel.owner"));

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        // So that a failure of one test is not one of all.
        Command.goal(folder, "stop").ended();
        assertThat(Box.docker().listContainers(OURS)).isEmpty();
        assertThat(Box.docker().listNetworks(OURS)).isEmpty();
    }

    @Test
    void outputStreamsWhileTheAgentRuns() throws Exception {
        endless();
        Command run = Command.goal(folder, "run").saying("the agent is up");
        assertThat(containers()).hasSize(1);
        run.signal("TERM").ended();
    }

    @Test
    void interruptRemovesTheContainer() throws Exception {
        endless();
        Command.goal(folder, "run").saying("the agent is up").signal("INT").ended();
        assertThat(containers()).isEmpty();
        assertThat(outcome()).contains("\"reason\" : \"signal\"");
    }

    @Test
    void terminationRemovesContainerAndNetwork() throws Exception {
        endless();
        Command.goal(folder, "run", "-Dsentinel.profile=standard")
                .saying("the agent is up")
                .signal("TERM")
                .ended();
        assertThat(containers()).isEmpty();
        assertThat(Box.docker().listNetworks(OURS)).isEmpty();
    }

    @Test
    void theNextRunReapsWhatAKilledBuildLeft() throws Exception {
        endless();
        Command run = Command.goal(folder, "run", "-Dsentinel.profile=standard").saying("the agent is up");
        List<ProcessHandle> orphans = run.descendants();
        run.signal("KILL").ended();
        orphans.forEach(ProcessHandle::destroyForcibly);
        assertThat(containers()).hasSize(1);

        Box other = Box.of(folder.resolve("other"), "name: other\ncommand: [\"true\"]\n");
        String said = Command.goal(other.folder, "run").output(0);
        assertThat(said).contains("Removed what a killed run had left: ");
        assertThat(containers()).isEmpty();
        assertThat(Box.docker().listNetworks(OURS)).isEmpty();
    }

    @Test
    void aRunLeavesTheContainersOfAnotherAlone() throws Exception {
        endless();
        Command run = Command.goal(folder, "run").saying("the agent is up");
        Box other = Box.of(folder.resolve("other"), "name: other\ncommand: [\"true\"]\n");
        Command.goal(other.folder, "run").output(0);
        assertThat(containers()).hasSize(1);
        run.signal("TERM").ended();
    }

    @Test
    void stopEndsARunningSandboxOfThisProjectOnly() throws Exception {
        endless();
        Command run = Command.goal(folder, "run").saying("the agent is up");
        Files.createDirectories(folder.resolve("elsewhere"));
        Command.goal(folder.resolve("elsewhere"), "stop").output(0);
        assertThat(containers()).hasSize(1);
        assertThat(Command.goal(folder, "stop").output(0)).contains("Removed: sentinel-endless-");
        run.ended();
        assertThat(containers()).isEmpty();
    }

    /** Killed at many moments, a build leaves the old bundle or the new one, and the next build works. */
    @Test
    void aKilledGenerateLeavesAWholeBundle() throws Exception {
        Box box = endless();
        Command.goal(folder, "generate").output(0);
        for (int i = 0; i < 6; i++) {
            box.rewrite("name: endless\ncommand: [\"true\"]\nenvironment: {N: \"" + i + "\"}\n");
            Command generate = Command.goal(folder, "generate");
            TimeUnit.MILLISECONDS.sleep(700 + 130L * i);
            generate.signal("KILL").ended();
            Command.goal(folder, "generate").output(0);
            assertThat(Command.goal(folder, "check").output(0)).contains("is what the spec renders");
        }
    }

    private Box endless() throws Exception {
        return Box.of(
                folder,
                """
                name: endless
                policy: {allowed_commands: [sleep]}
                command: [sh, -c, "echo the agent is up; exec sleep 600"]
                """);
    }

    private static List<ContainerFacts> containers() throws Exception {
        return Box.docker().listContainers(OURS);
    }

    private String outcome() throws Exception {
        return Files.readString(folder.resolve("target/sentinel/outcome.json"));
    }
}
