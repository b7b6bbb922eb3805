package io.sentinel.run;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.ImageFacts;
import io.sentinel.engine.Streams;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SandboxLockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;

/** Resolves what a spec names loosely, and writes it to {@code sandbox.lock}. */
public final class Pinning {

    private static final Duration PULL = Duration.ofMinutes(30);

    private final Layout layout;
    private final String version;
    private final Docker docker;

    /** @param version the plugin's version */
    public Pinning(Layout layout, String version, Docker docker) {
        this.layout = layout;
        this.version = version;
        this.docker = docker;
    }

    /**
     * Pins the base image as this engine has it, fetching it first where it is not here.
     *
     * @param progress where a fetch shows itself
     */
    public LockedImage pin(Streams progress)
            throws SandboxException, EngineException, IOException, InterruptedException {
        String from = SpecFiles.readSpec(layout).image().from();
        docker.engineFacts();
        Optional<ImageFacts> found = docker.inspectImage(from);
        if (found.isEmpty()) {
            docker.pullImage(from, progress, PULL);
            found = docker.inspectImage(from);
        }
        ImageFacts image = found.orElseThrow(() ->
                new SandboxException("the base image " + from + " was fetched and is not there; fetch it by hand"));
        LockedImage locked =
                new LockedImage(from, digest(from, image), image.id(), image.entrypoint(), image.command());
        Path fresh = layout.sandboxLock().resolveSibling("sandbox.lock.new");
        Files.write(fresh, SandboxLockWriter.write(new SandboxLock(Optional.of(locked))));
        Files.move(fresh, layout.sandboxLock(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return locked;
    }

    /** The digest under which the registry of this very reference serves the image; none for a local image. */
    private static Optional<String> digest(String from, ImageFacts image) {
        String repository = repository(from);
        return image.repoDigests().stream()
                .filter(digest -> digest.startsWith(repository + "@"))
                .map(digest -> digest.substring(digest.indexOf('@') + 1))
                .findFirst();
    }

    /** The reference without tag and digest, as the engine writes it in an image's digests: short for Docker Hub's. */
    static String repository(String reference) {
        String name = reference.contains("@") ? reference.substring(0, reference.indexOf('@')) : reference;
        int colon = name.lastIndexOf(':');
        String untagged = colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
        return untagged.replaceFirst("^(index\\.)?docker\\.io/(library/)?", "");
    }
}
