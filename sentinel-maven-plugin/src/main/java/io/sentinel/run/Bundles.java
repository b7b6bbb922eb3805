package io.sentinel.run;

import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Renders a spec's bundle and readies the workspace, so that the bundle's own compose commands work. */
public final class Bundles {

    private final Layout layout;
    private final Overrides overrides;
    private final String version;
    private final Invoker invoker;
    private final Origins origins;
    private final Events events;
    private final Optional<Path> workspace;

    /**
     * @param version the plugin's version
     * @param origins of this host
     */
    public Bundles(Layout layout, String version, Invoker invoker, Origins origins, Events events) {
        this(layout, Overrides.NONE, Optional.empty(), version, invoker, origins, events);
    }

    /**
     * Those of a spec with other values.
     *
     * @param overrides stand before what the spec says
     * @param workspace the real path of a folder outside of the project, in place of the spec's
     */
    public Bundles(
            Layout layout,
            Overrides overrides,
            Optional<Path> workspace,
            String version,
            Invoker invoker,
            Origins origins,
            Events events) {
        this.layout = layout;
        this.overrides = overrides;
        this.workspace = workspace;
        this.version = version;
        this.invoker = invoker;
        this.origins = origins;
        this.events = events;
    }

    /** What is to be written; nothing is yet. */
    Generation.Prepared prepare() throws SandboxException, IOException, InterruptedException {
        // In production nothing is believed that stands where the work is done: who may write there could turn it off.
        return generation().prepare(invoker.says(Production.VARIABLE) || SpecFiles.mentions(layout, "production"));
    }

    /** Writes what changed, and nothing when nothing did; tells both that and what the spec makes weaker. */
    public Generation.Generated generate() throws SandboxException, IOException, InterruptedException {
        return write(prepare());
    }

    private Generation generation() {
        return new Generation(layout, overrides, version, origins);
    }

    /** The SHA-256 that the lock beside the spec has of the policy; none where another takes the place of the spec's. */
    Optional<String> lockedPolicy() throws SandboxException, IOException {
        return overrides.policy().isPresent()
                ? Optional.empty()
                : SpecFiles.readLock(layout).policy();
    }

    /** As {@link #generate}, of what was prepared. */
    Generation.Generated write(Generation.Prepared prepared) throws SandboxException, IOException {
        Generation.Generated generated = generation().write(prepared);
        new Workspace(layout, workspace.orElse(generated.facts().workspace()))
                .prepare(invoker, invoker.agent(generated.facts().user()));
        if (generated.facts().guard() != GuardMode.OFF) {
            TrailFolder.prepare(layout, invoker, invoker.agent(generated.facts().user()));
        }
        if (!generated.changed().isEmpty()) {
            events.written(generated.changed());
        }
        generated.facts().weakenings().forEach(events::warning);
        return generated;
    }

    /** The spec that they are made of. */
    Spec spec() throws SandboxException, IOException {
        return SpecFiles.readSpec(layout, overrides);
    }
}
