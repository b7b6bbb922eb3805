package io.sentinel.render;

import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.Overrides.NamedText;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.Spec;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * All that a bundle is a function of.
 *
 * @param spec the spec
 * @param specDigest of the spec's bytes
 * @param lock what was resolved
 * @param lockDigest of the bytes of {@code sandbox.lock}, where there is one
 * @param layout where the project and the bundle are: the workspace is mounted by a path from one to the other
 * @param version the plugin's version
 * @param origins what the names in the spec's allow list come to, by the lock or else by the host
 * @param live which of them the host was asked for
 * @param policyFile a policy in place of the spec's, which is rendered as it is
 * @param filter a system call filter that was read already; empty where the spec's own file is to be
 */
public record RenderInputs(
        Spec spec,
        String specDigest,
        SandboxLock lock,
        Optional<String> lockDigest,
        Layout layout,
        String version,
        SortedMap<NamedList, List<Origin>> origins,
        SortedSet<NamedList> live,
        Optional<PolicyFile> policyFile,
        Optional<NamedText> filter) {}
