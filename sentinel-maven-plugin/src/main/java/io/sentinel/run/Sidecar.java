package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.Streams;
import io.sentinel.render.Allowed;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.AllowList;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The sidecar of a proxied run, looked at when the agent has ended; nothing at all in any other profile. */
final class Sidecar {

    static final String SERVICE = "sentinel-proxy";

    private final Layout layout;
    private final Docker docker;
    private final Compose compose;
    private final Optional<EgressReport> report;

    private Sidecar(Layout layout, Docker docker, Compose compose, Optional<EgressReport> report) {
        this.layout = layout;
        this.docker = docker;
        this.compose = compose;
        this.report = report;
    }

    /** The one that a run in this profile is about to have. */
    static Sidecar of(Profile profile, Rendered bundle, Bundles bundles, Layout layout, Docker docker, Compose compose)
            throws SandboxException, IOException {
        Optional<EgressReport> report = Optional.empty();
        if (profile == Profile.PROXIED) {
            AllowList list = bundles.spec().allow();
            report = Optional.of(new EgressReport(list, Allowed.of(list, bundle.origins())));
        }
        return new Sidecar(layout, docker, compose, report);
    }

    static Path log(Layout layout) {
        return layout.work().resolve("egress.jsonl");
    }

    /** Whether there is one to look at. */
    boolean isWanted() {
        return report.isPresent();
    }

    /**
     * Tells what the run asked of it, and keeps the whole in {@code egress.jsonl}.
     *
     * @param begun whether the agent was started; one that was not has asked for nothing
     * @throws EngineException {@link EngineFault.SidecarFailed} when it was not there to the end: the run is no success then,
     *     whatever the agent made of it, since what it asked for was neither let through nor written down
     */
    void conclude(boolean begun, Events events) throws EngineException, InterruptedException {
        if (report.isEmpty()) {
            return;
        }
        Optional<ContainerFacts> found = compose.containers(SERVICE).stream().findFirst();
        boolean wasUp = found.flatMap(ContainerFacts::startedAt).isPresent();
        if (!begun && !wasUp) {
            // Compose came to an end before it, and has said why.
            return;
        }
        boolean ended = wasUp && !found.orElseThrow().running();
        String lastErrors = ended ? docker.lastErrors(found.orElseThrow().id()) : "";
        Optional<EngineFault.SidecarFailed> failure = EngineFault.SidecarFailed.of(found, lastErrors);
        if (begun && wasUp) {
            events.logged(read(found.orElseThrow()));
        }
        if (failure.isPresent()) {
            throw new EngineException(failure.get());
        }
    }

    private List<String> read(ContainerFacts container) throws EngineException, InterruptedException {
        if (container.running()) {
            // Its clients have ended; once it has too, the engine has all that it said. It has nothing to put in order.
            docker.kill(container.id());
        }
        try (EgressLog log = new EgressLog(log(layout), report.orElseThrow())) {
            docker.logs(container.id(), new Streams.Pumped(log, OutputStream.nullOutputStream()));
            return log.finish().lines(layout.shown(log(layout)));
        } catch (IOException e) {
            // A full disk, most of the time: a run whose requests nobody can read is none that was seen.
            throw new EngineException(
                    new EngineFault.SidecarFailed(EngineFault.SidecarFailed.Why.UNRECORDED, e.toString()), e);
        }
    }
}
