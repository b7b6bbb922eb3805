package io.sentinel.render;

import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.Spec;
import java.util.Optional;

/**
 * All that a bundle is a function of.
 *
 * @param spec the spec
 * @param specDigest of the spec's bytes
 * @param lock what was resolved
 * @param lockDigest of the bytes of {@code sandbox.lock}, where there is one
 * @param layout where the project and the bundle are: the workspace is mounted by a path from one to the other
 * @param version the plugin's version
 */
public record RenderInputs(
        Spec spec, String specDigest, SandboxLock lock, Optional<String> lockDigest, Layout layout, String version) {}
