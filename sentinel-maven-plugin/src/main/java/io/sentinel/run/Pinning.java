package io.sentinel.run;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.ImageFacts;
import io.sentinel.engine.Streams;
import io.sentinel.render.Allowed;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.Renderer;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SandboxLockWriter;
import io.sentinel.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resolves what a spec names loosely, and writes it to {@code sandbox.lock}. */
public final class Pinning {

    private static final Duration PULL = Duration.ofMinutes(30);

    private final Layout layout;
    private final Docker docker;
    private final Origins origins;

    /** @param origins of this host */
    public Pinning(Layout layout, Docker docker, Origins origins) {
        this.layout = layout;
        this.docker = docker;
        this.origins = origins;
    }

    /**
     * Pins the base images as this engine has them, fetching what is not here, what the named lists come to, and the hash
     * of the policy.
     *
     * @param progress where a fetch shows itself
     */
    public SandboxLock pin(Streams progress)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Spec spec = SpecFiles.readSpec(layout);
        SortedMap<NamedList, List<Origin>> named = new TreeMap<>();
        for (NamedList list : spec.allow().named()) {
            named.put(list, origins.of(list));
        }
        // What would be refused at the next build is not written down first.
        Allowed.of(spec.allow(), named);
        docker.engineFacts();
        LockedImage image = locked(spec.image().from(), progress);
        Optional<LockedImage> sidecar = spec.sidecarFrom().isPresent()
                ? Optional.of(locked(spec.sidecarFrom().get(), progress))
                : Optional.empty();
        Path fresh = layout.sandboxLock().resolveSibling("sandbox.lock.new");
        SandboxLock lock = new SandboxLock(
                Optional.of(image),
                sidecar,
                Optional.of(new Renderer().policy(spec).digest()),
                named);
        Files.write(fresh, SandboxLockWriter.write(lock));
        Files.move(fresh, layout.sandboxLock(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return lock;
    }

    private LockedImage locked(String from, Streams progress)
            throws SandboxException, EngineException, InterruptedException {
        Optional<ImageFacts> found = docker.inspectImage(from);
        if (found.isEmpty()) {
            docker.pullImage(from, progress, PULL);
            found = docker.inspectImage(from);
        }
        ImageFacts image = found.orElseThrow(() ->
                new SandboxException("the base image " + from + " was fetched and is not there; fetch it by hand"));
        return new LockedImage(from, digest(from, image), image.id(), image.entrypoint(), image.command());
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
