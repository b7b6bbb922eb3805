package io.sentinel.mojo;

import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Renders the spec into the bundle, and readies the workspace. Writes nothing when nothing changed. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_RESOURCES, requiresProject = false, threadSafe = true)
public final class GenerateMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.generate.skip", defaultValue = "false")
    private boolean skipGenerate;

    @Override
    boolean isSkipped() {
        return skipGenerate;
    }

    @Override
    void work() throws SandboxException, IOException, InterruptedException {
        Layout layout = layout();
        Generation.Generated generated = bundles().generate();
        if (generated.changed().isEmpty()) {
            getLog().info("Bundle " + layout.shown(layout.bundle()) + " is up to date");
        } else {
            getLog().info("Bundle " + layout.shown(layout.bundle()) + " is what the spec says, "
                    + generated.facts().digest());
        }
    }
}
