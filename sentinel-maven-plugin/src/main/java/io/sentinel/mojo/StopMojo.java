package io.sentinel.mojo;

import io.sentinel.engine.EngineException;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Cleanup;
import java.io.IOException;
import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Removes the containers and networks of this project's sandboxes, running ones too, and what killed runs left. */
@Mojo(name = "stop", requiresProject = false, threadSafe = true)
public final class StopMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.stop.skip", defaultValue = "false")
    private boolean skipStop;

    @Override
    boolean isSkipped() {
        return skipStop;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException {
        List<String> names = new Cleanup(layout(), invoker(), docker()).stop();
        getLog().info(
                        names.isEmpty()
                                ? "Nothing is left of this project's sandboxes"
                                : "Removed: " + String.join(", ", names));
    }
}
