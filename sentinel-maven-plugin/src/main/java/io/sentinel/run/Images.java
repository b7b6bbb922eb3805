package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.ImageFacts;
import io.sentinel.engine.Streams;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.SandboxLock.LockedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A bundle's images, built where their inputs changed. */
final class Images {

    /** For a build that fetches a base image and many packages over a slow line. */
    private static final Duration LIMIT = Duration.ofHours(2);

    private static final String BUILD = "io.sentinel.build";
    private static final String BASE = "io.sentinel.base";
    private static final String AGENT_SERVICE = "sentinel-image";

    private final Docker docker;
    private final Look look;
    private final Source source;
    private final Events events;

    /** A bundle that images are built from; asked for only where one is. */
    interface Source {
        Compose bundle() throws SandboxException, IOException;
    }

    /** Asks the engine for images: for each name, in their order, the image or empty. */
    interface Look {
        List<Optional<ImageFacts>> at(List<String> names) throws EngineException, InterruptedException;
    }

    Images(Docker docker, Source source, Events events) {
        this(docker, docker::inspectImages, source, events);
    }

    /** @param look the first one; what was built is looked at anew */
    Images(Docker docker, Look look, Source source, Events events) {
        this.docker = docker;
        this.look = look;
        this.source = source;
        this.events = events;
    }

    /**
     * Builds what is missing or stale.
     *
     * @param sidecar whether the sidecar's image is needed too
     * @return the IDs of those that were built now, by their names
     * @throws SandboxException when the base is not the pinned one, or brings what no sandbox may have
     */
    Map<String, String> ensure(Rendered bundle, boolean sidecar, Streams progress)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Map<String, String> built = new TreeMap<>();
        ensure(AGENT_SERVICE, bundle.image(), bundle.base(), progress).ifPresent(id -> built.put(bundle.image(), id));
        if (sidecar) {
            ensure(Sidecar.SERVICE, bundle.proxyImage(), bundle.sidecarBase(), progress)
                    .ifPresent(id -> built.put(bundle.proxyImage(), id));
        }
        return built;
    }

    /** The ID of what was built; nothing where the image was up to date. */
    private Optional<String> ensure(String service, String name, Rendered.Base base, Streams progress)
            throws SandboxException, EngineException, IOException, InterruptedException {
        List<String> names = List.of(name, base.name());
        List<Optional<ImageFacts>> found = look.at(names);
        refuseOther(base, found.get(1));
        Optional<String> reason = stale(name, found.get(0), found.get(1));
        if (reason.isEmpty()) {
            events.upToDate(name);
        } else {
            Compose bundle = source.bundle();
            events.building(name, reason.get());
            bundle.with(Map.of(
                            "SENTINEL_BASE_ID", found.get(1).map(ImageFacts::id).orElse("")))
                    .build(List.of(service), progress, LIMIT);
            // What was built is looked at rather than believed.
            found = docker.inspectImages(names);
            Optional<String> problem = stale(name, found.get(0), found.get(1));
            if (problem.isPresent()) {
                throw new SandboxException("docker compose build ended well, and yet " + name + ": " + problem.get()
                        + "; remove that image (docker image rm " + name + ") and run this again");
            }
        }
        ImageFacts image = found.get(0).orElseThrow();
        refuseVolumes(image, base.name());
        return reason.map(why -> image.id());
    }

    /** Why an image cannot be used as it is; empty when it can. */
    private static Optional<String> stale(String name, Optional<ImageFacts> image, Optional<ImageFacts> base) {
        if (image.isEmpty()) {
            return Optional.of("it is not there");
        }
        String digest = image.get().labels().getOrDefault(BUILD, "");
        String wanted = name.substring(name.lastIndexOf(':') + 1);
        if (!digest.startsWith("sha256:" + wanted)) {
            return Optional.of("it was built from other inputs");
        }
        // The tag covers the bundle's files; what a base's name stands for may change without them.
        if (base.isPresent() && !base.get().id().equals(image.get().labels().get(BASE))) {
            return Optional.of("its base image changed");
        }
        return Optional.empty();
    }

    /** No file of an image can take a volume back, and one is writable, executable and as large as the host's disk. */
    private static void refuseVolumes(ImageFacts image, String base) throws SandboxException {
        if (!image.volumes().isEmpty()) {
            throw new SandboxException(
                    "the base image " + base + " declares volumes (" + String.join(", ", image.volumes())
                            + "), which would be writable places on the host's disk inside the sandbox; use a base without VOLUME");
        }
    }

    private static void refuseOther(Rendered.Base base, Optional<ImageFacts> found) throws SandboxException {
        if (base.locked().isEmpty()) {
            return;
        }
        LockedImage locked = base.locked().get();
        if (found.isEmpty()) {
            if (locked.digest().isEmpty()) {
                throw new SandboxException(
                        "the base image " + base.name() + " is pinned to the local image " + locked.id()
                                + ", which this engine does not have; load it, or pin another with mvn sentinel:pin");
            }
            return;
        }
        boolean same = found.get().id().equals(locked.id())
                || locked.digest().isPresent()
                        && found.get().repoDigests().stream()
                                .anyMatch(digest ->
                                        digest.endsWith("@" + locked.digest().get()));
        // A base that a registry serves is fetched by its digest, whatever its name stands for here.
        if (!same && locked.digest().isEmpty()) {
            throw new SandboxException(
                    "the base image " + base.name() + " is " + found.get().id() + " here, and sandbox.lock" + " pins "
                            + locked.id() + "; load the pinned one, or accept this one with mvn sentinel:pin");
        }
    }
}
