package io.sentinel.mojo;

import io.sentinel.engine.EngineException;
import io.sentinel.render.SandboxException;
import io.sentinel.run.ImageBuild;
import java.io.IOException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Builds the sandbox's images from an up-to-date bundle. An image whose inputs did not change is not built again. */
@Mojo(name = "build", defaultPhase = LifecyclePhase.PACKAGE, requiresProject = false, threadSafe = true)
public final class BuildMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.build.skip", defaultValue = "false")
    private boolean skipBuild;

    @Override
    boolean isSkipped() {
        return skipBuild;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException {
        new ImageBuild(layout(), bundles(), docker(), events()).build(progress());
        getLog().info("The images are up to date");
    }
}
