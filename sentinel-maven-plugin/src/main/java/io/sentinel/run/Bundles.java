package io.sentinel.run;

import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Overrides;
import java.io.IOException;
import java.util.List;

/** Renders a spec's bundle and readies the workspace, so that the bundle's own compose commands work. */
public final class Bundles {

    private final Layout layout;
    private final Overrides overrides;
    private final String version;
    private final Invoker invoker;
    private final Origins origins;
    private final Events events;

    /**
     * @param version the plugin's version
     * @param origins of this host
     */
    public Bundles(Layout layout, String version, Invoker invoker, Origins origins, Events events) {
        this(layout, Overrides.NONE, version, invoker, origins, events);
    }

    /**
     * Those of a spec with other values.
     *
     * @param overrides stand before what the spec says
     */
    public Bundles(
            Layout layout, Overrides overrides, String version, Invoker invoker, Origins origins, Events events) {
        this.layout = layout;
        this.overrides = overrides;
        this.version = version;
        this.invoker = invoker;
        this.origins = origins;
        this.events = events;
    }

    /** The images that the last generation needed; it may not hold any more, or never have been. */
    List<String> lastImages() throws IOException {
        return new Generation(layout, overrides, version, origins).lastImages();
    }

    /** Writes what changed, and nothing when nothing did; tells both that and what the spec makes weaker. */
    public Generation.Generated generate() throws SandboxException, IOException, InterruptedException {
        Generation.Generated generated = new Generation(layout, overrides, version, origins).generate();
        new Workspace(layout, generated.facts().workspace())
                .prepare(invoker, invoker.agent(generated.facts().user()));
        if (!generated.changed().isEmpty()) {
            events.written(generated.changed());
        }
        generated.facts().weakenings().forEach(events::warning);
        return generated;
    }
}
