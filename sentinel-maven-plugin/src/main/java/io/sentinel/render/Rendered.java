package io.sentinel.render;

import io.sentinel.spec.User;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run needs to know of a bundle that was rendered.
 *
 * @param digest the bundle's digest
 * @param image what the engine calls the agent's image
 * @param proxyImage what the engine calls the sidecar's image
 * @param workspace the folder that is mounted at {@code /workspace}
 * @param user the user that the spec names, where it names one
 */
public record Rendered(String digest, String image, String proxyImage, Path workspace, Optional<User> user) {}
