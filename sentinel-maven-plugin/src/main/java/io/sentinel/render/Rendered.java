package io.sentinel.render;

import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Secret;
import io.sentinel.spec.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run needs to know of a bundle that was rendered, and of the spec behind it.
 *
 * @param digest the bundle's digest
 * @param name the sandbox's name
 * @param image what the engine calls the agent's image
 * @param proxyImage what the engine calls the sidecar's image
 * @param base what the agent's image is made from
 * @param sidecarBase what the sidecar's image is made from
 * @param command what the spec runs, or the pinned base image by itself; empty where that is not known
 * @param timeout the spec's time limit
 * @param origins what the named lists of the spec's allow list came to
 * @param reachesOut whether the spec allows the proxied profile any host
 * @param workspace the folder that is mounted at {@code /workspace}
 * @param user the user that the spec names, where it names one
 * @param weakenings what the spec makes weaker than the defaults: a sentence each, for every report
 * @param seccomp which system call filter applies
 * @param policy that is mounted
 * @param production whether the spec asks for production
 * @param guard what the guard in the container does with what the policy does not allow
 * @param asks whether it asks first, where it can
 * @param runtime what starts the agent's container
 * @param passEnvironment variables whose values are the invoker's own
 * @param secrets files of the host that the agent may read
 */
public record Rendered(
        String digest,
        String name,
        String image,
        String proxyImage,
        Base base,
        Base sidecarBase,
        List<String> command,
        Duration timeout,
        SortedMap<NamedList, List<Origin>> origins,
        boolean reachesOut,
        Path workspace,
        Optional<User> user,
        List<String> weakenings,
        SeccompChoice seccomp,
        Mounted policy,
        boolean production,
        GuardMode guard,
        boolean asks,
        ContainerRuntime runtime,
        List<String> passEnvironment,
        List<Secret> secrets) {

    /**
     * A base image.
     *
     * @param name as a Dockerfile names it: with its digest where that is pinned
     * @param locked as it was pinned, where it was
     */
    public record Base(String name, Optional<LockedImage> locked) {}

    /**
     * A file of the host that a container is shown.
     *
     * @param file its absolute path
     * @param digest of what it holds
     */
    public record Mounted(Path file, String digest) {

        /** The digest as {@code sha256sum} writes it. */
        public String sha256() {
            return digest.substring("sha256:".length());
        }
    }

    /** What the guard in a container is told in production. */
    public SortedMap<String, String> productionVariables() {
        return new TreeMap<>(Map.of(
                "SENTINEL_PRODUCTION",
                "true",
                "SENTINEL_POLICY_IMMUTABLE",
                "true",
                "SENTINEL_POLICY_SHA256",
                policy.sha256()));
    }

    public Rendered {
        command = List.copyOf(command);
        origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
        weakenings = List.copyOf(weakenings);
        passEnvironment = List.copyOf(passEnvironment);
        secrets = List.copyOf(secrets);
    }
}
