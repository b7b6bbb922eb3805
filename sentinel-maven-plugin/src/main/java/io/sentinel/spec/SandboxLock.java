package io.sentinel.spec;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was resolved for a spec ({@code sandbox.lock} beside it), so that the same spec and lock give the same bundle on
 * any machine.
 *
 * @param image the base image, where it was resolved
 * @param sidecarImage the sidecar's own base image, where the spec names one and it was resolved
 * @param policy the SHA-256 of the spec's policy as it is rendered ({@code sha256:} and 64 hex digits), where it was noted
 * @param origins what the names in the allow list came to, for each that was resolved; sorted
 */
public record SandboxLock(
        Optional<LockedImage> image,
        Optional<LockedImage> sidecarImage,
        Optional<String> policy,
        SortedMap<NamedList, List<Origin>> origins) {

    /** Nothing was resolved yet. */
    public static final SandboxLock EMPTY =
            new SandboxLock(Optional.empty(), Optional.empty(), Optional.empty(), new TreeMap<>());

    public SandboxLock {
        TreeMap<NamedList, List<Origin>> sorted = new TreeMap<>();
        origins.forEach((list, found) ->
                sorted.put(list, found.stream().distinct().sorted().toList()));
        origins = Collections.unmodifiableSortedMap(sorted);
    }

    /**
     * A base image as it was when it was pinned.
     *
     * @param reference as the spec names it
     * @param digest the registry's digest ({@code sha256:} and 64 hex digits); empty for an image that never was in a
     *     registry
     * @param id the engine's image ID ({@code sha256:} and 64 hex digits)
     * @param entrypoint the image's own entrypoint, empty where it has none
     * @param command the image's own command, empty where it has none
     */
    public record LockedImage(
            String reference, Optional<String> digest, String id, List<String> entrypoint, List<String> command) {
        public LockedImage {
            entrypoint = List.copyOf(entrypoint);
            command = List.copyOf(command);
        }
    }
}
