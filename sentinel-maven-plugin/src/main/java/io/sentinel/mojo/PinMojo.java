package io.sentinel.mojo;

import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Pinning;
import io.sentinel.spec.Origin;
import io.sentinel.spec.SandboxLock;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Resolves the base image to a digest, or a local image to its ID, and {@code @maven} and its like to the hosts that this
 * machine is configured to fetch from, and writes them and the policy's SHA-256 to sandbox.lock beside the spec.
 */
@Mojo(name = "pin", requiresProject = false, threadSafe = true)
public final class PinMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.pin.skip", defaultValue = "false")
    private boolean skipPin;

    @Override
    boolean isSkipped() {
        return skipPin;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException {
        Layout layout = layout();
        SandboxLock lock = new Pinning(layout, docker(), origins(layout)).pin(progress());
        Stream.concat(lock.image().stream(), lock.sidecarImage().stream())
                .forEach(image -> getLog().info(image.reference() + " is pinned to "
                        + image.digest().map(digest -> "the digest " + digest).orElse("the local image " + image.id())
                        + " in " + layout.shown(layout.sandboxLock())));
        lock.origins().forEach((named, origins) -> getLog().info(named.word() + " came to "
                + origins.stream().map(Origin::toString).collect(Collectors.joining(", "))));
        // One message, so that the lines of the guide stand without a prefix and can be pasted.
        lock.policy().map(digest -> digest.substring("sha256:".length())).ifPresent(hash -> getLog().info(
                        "The policy's SHA-256 is " + hash + ", which is in "
                                + layout.shown(layout.sandboxLock()) + " too; once it was reviewed, for production:\n"
                                + "export SENTINEL_PRODUCTION=true\n"
                                + "export SENTINEL_POLICY_IMMUTABLE=true\n"
                                + "export SENTINEL_POLICY_SHA256=\"" + hash + "\""));
    }
}
