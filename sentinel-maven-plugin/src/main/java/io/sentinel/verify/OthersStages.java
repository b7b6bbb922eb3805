package io.sentinel.verify;

import io.sentinel.engine.Docker;
import io.sentinel.render.Layout;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A project that others wrote on the engine: what Compose resolved of it, under a name of ours, so that nothing of theirs
 * that runs is touched. Its images are neither built nor fetched: that is the person's to do.
 */
final class OthersStages implements EngineRings.Stages {

    private static final String NAME = "verify";

    private final Docker docker;
    private final Target target;
    private final Layout layout;

    OthersStages(Docker docker, Target target, Layout layout) {
        this.docker = docker;
        this.target = target;
        this.layout = layout;
    }

    @Override
    public Staging open() throws IOException {
        String model =
                StagedModel.of(target.files().resolvedText(), target.files().model());
        return Staging.of(
                docker,
                folder -> Files.writeString(folder.resolve("docker-compose.yml"), model),
                Path.of(target.files().folder()),
                NAME,
                Map.of(),
                layout);
    }

    @Override
    public Expected ready(Staging staging) {
        return target.expected();
    }

    /** A health check is a program of theirs, and may talk to anybody. */
    @Override
    public List<Path> whileRunning(Staging staging) throws IOException {
        StringBuilder yaml = new StringBuilder("services:\n");
        List<String> services = target.subjects().stream()
                .map(Subject::service)
                .filter(name -> !name.equals("-"))
                .distinct()
                .toList();
        services.forEach(name -> yaml.append("  %s: {healthcheck: {disable: true}}\n"));
        Path file = staging.folder().resolve("running.yaml");
        return List.of(Overrides.write(file, yaml.toString(), services.toArray(String[]::new)));
    }

    @Override
    public Further further(Staging staging, ProbeVolume volume) {
        return Further.NONE;
    }
}
