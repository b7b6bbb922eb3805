package io.sentinel.mojo;

import io.sentinel.engine.EngineException;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Reload;
import java.io.IOException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Renders the spec, and puts a changed allow list into force in the proxied sandboxes of this project that run. Open tunnels
 * stay open. A list that cannot be read leaves the old one in force, and fails the build.
 */
@Mojo(name = "reload", requiresProject = false, threadSafe = true)
public final class ReloadMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.reload.skip", defaultValue = "false")
    private boolean skipReload;

    @Override
    boolean isSkipped() {
        return skipReload;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException {
        if (new Reload(layout(), bundles(), docker(), events()).reload() == 0) {
            getLog().info("No sidecar of this project runs; the bundle is up to date, so the next"
                    + " mvn sentinel:run -Dsentinel.profile=proxied begins with the new list");
        }
    }
}
