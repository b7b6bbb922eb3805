package io.sentinel.mojo;

import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** For a bundle that is committed: fails, with a diff, when its folder is not what the spec renders. Writes nothing. */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VALIDATE, requiresProject = false, threadSafe = true)
public final class CheckMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.check.skip", defaultValue = "false")
    private boolean skipCheck;

    @Override
    boolean isSkipped() {
        return skipCheck;
    }

    @Override
    void work() throws SandboxException, IOException, InterruptedException, MojoFailureException {
        Layout layout = layout();
        Generation.Checked checked = new Generation(layout, version(), origins(layout)).check();
        checked.weakenings().forEach(events()::warning);
        List<String> differences = checked.differences();
        String folder = layout.shown(layout.bundle());
        if (!differences.isEmpty()) {
            throw new MojoFailureException("The bundle " + folder + " is not what the spec renders ("
                    + differences.size() + (differences.size() == 1 ? " file differs" : " files differ")
                    + "); run mvn sentinel:generate and commit the result, or undo the change.\n\n"
                    + String.join("\n", differences));
        }
        getLog().info("Bundle " + folder + " is what the spec renders");
    }
}
