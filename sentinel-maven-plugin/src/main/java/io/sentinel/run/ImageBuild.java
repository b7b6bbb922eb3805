package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Streams;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.util.Map;

/** Brings a bundle up to date and builds its images, without running anything in them. */
public final class ImageBuild {

    private final Layout layout;
    private final Bundles bundles;
    private final Docker docker;
    private final Events events;

    /** @param bundles which renders the bundle that is built */
    public ImageBuild(Layout layout, Bundles bundles, Docker docker, Events events) {
        this.layout = layout;
        this.bundles = bundles;
        this.docker = docker;
        this.events = events;
    }

    /**
     * Builds the agent's image, and the sidecar's where the spec allows hosts, each unless it is up to date.
     *
     * @param progress where the build shows itself
     */
    public void build(Streams progress) throws SandboxException, EngineException, IOException, InterruptedException {
        Rendered bundle = bundles.generate().facts();
        docker.engineFacts();
        ComposeProject project = new ComposeProject(layout.composeFile(), layout.bundle(), "sentinel-" + bundle.name());
        new Images(docker, () -> new Compose(docker, project, Map.of()), events)
                .ensure(bundle, bundle.reachesOut(), progress);
    }
}
