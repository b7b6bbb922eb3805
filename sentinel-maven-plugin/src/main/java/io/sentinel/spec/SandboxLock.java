package io.sentinel.spec;

import java.util.List;
import java.util.Optional;

/**
 * What was resolved for a spec ({@code sandbox.lock} beside it), so that the same spec and lock give the same bundle on
 * any machine.
 *
 * @param image the base image, where it was resolved
 */
public record SandboxLock(Optional<LockedImage> image) {

    /** Nothing was resolved yet. */
    public static final SandboxLock EMPTY = new SandboxLock(Optional.empty());

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
