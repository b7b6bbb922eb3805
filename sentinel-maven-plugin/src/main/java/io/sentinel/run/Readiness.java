package io.sentinel.run;

import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.render.BundleFolder;
import io.sentinel.render.Drift;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Asks whether a run may begin, before anything is written or started for it. */
final class Readiness {

    private final Layout layout;
    private final Bundles bundles;
    private final Invoker invoker;
    private String folder = "";

    Readiness(Layout layout, Bundles bundles, Invoker invoker) {
        this.layout = layout;
        this.bundles = bundles;
        this.invoker = invoker;
    }

    /**
     * Verifies the policy's signature, where there is one; in production, looks for all that it promises.
     *
     * @param prepared the bundle that is to be run, which is not written yet
     * @return the variables of the guard, with the policy's hash where it was verified: the entrypoint looks again
     * @throws RefusedException with all that is lacking
     */
    SortedMap<String, String> require(Generation.Prepared prepared, AgentRun.Order order)
            throws SandboxException, IOException {
        Rendered bundle = prepared.facts();
        SortedMap<String, String> variables = invoker.guardVariables();
        if (order.profile() != Profile.STANDARD
                && variables.getOrDefault(AgentProxy.VARIABLE, "").contains("@")) {
            // There it means nothing, and its password is nobody's business inside.
            variables.remove(AgentProxy.VARIABLE);
        }
        Optional<String> origin = origin(bundle);
        Path workspace = order.beyond().workspace().orElse(bundle.workspace());
        PolicySignature signature =
                new PolicySignature(layout, List.of(bundle.workspace(), workspace), invoker.environment());
        Optional<RefusedException> bad = verify(signature, prepared.policy());
        if (origin.isEmpty() && signature.isGiven()) {
            if (bad.isPresent()) {
                throw bad.get();
            }
            refuseOtherHash(bundle);
            variables.put(Production.SHA256, bundle.policy().sha256());
        }
        if (origin.isPresent()) {
            Optional<Path> file = bad.isEmpty() ? signature.publicKey() : Optional.empty();
            Optional<PolicyPlace> key = file.isPresent()
                    ? Optional.of(PolicyPlace.of(PolicyPlace.KEY, file.get(), workspace, invoker))
                    : Optional.empty();
            new Production(
                            origin.get(),
                            invoker,
                            order.profile(),
                            order.beyond().hostNetwork(),
                            bundle,
                            signature.isGiven(),
                            bad.map(Throwable::getMessage),
                            key,
                            place(bundle, workspace),
                            bundles.lockedPolicy(),
                            Drift.fromLock(layout.bundle()),
                            bundles.spec().verify().waivers(),
                            LocalDate.now(ZoneOffset.UTC),
                            order.weakenings())
                    .require();
            variables.putAll(bundle.productionVariables());
            if (invoker.saysYes(Production.ALLOW_NETWORK)) {
                variables.put(Production.ALLOW_NETWORK, "true");
            }
        }
        return variables;
    }

    /** Whether what is remembered of earlier runs counts for nothing. */
    boolean isProduction(Rendered bundle) {
        return origin(bundle).isPresent();
    }

    /** Notes which folder this run's bundle stands in, once it was written. */
    void written(Rendered bundle) throws EngineException, IOException {
        folder = folder();
        // Between the writing and this, another call may have replaced it already.
        if (!BundleFolder.lockedDigest(layout.bundle()).equals(bundle.digest())) {
            throw new EngineException(new EngineFault.BundleReplaced());
        }
    }

    /** A bundle is replaced by another folder: so this is another one, where somebody wrote there. */
    private String folder() throws IOException {
        return String.valueOf(
                Files.readAttributes(layout.bundle(), BasicFileAttributes.class).fileKey());
    }

    /**
     * Looks again just before the start: a build may have taken minutes. In production at where the policy stands too, and
     * at each file of the bundle. Who changes one even later, as the invoker or as root, is not kept out by a look.
     */
    void requireStill(Rendered bundle, AgentRun.Order order) throws EngineException, RefusedException, IOException {
        if (!folder().equals(folder)) {
            throw new EngineException(new EngineFault.BundleReplaced());
        }
        if (isProduction(bundle)) {
            Path workspace = order.beyond().workspace().orElse(bundle.workspace());
            List<String> lacks = new ArrayList<>(place(bundle, workspace).lacks());
            Drift.fromLock(layout.bundle()).forEach(drift -> lacks.add("the bundle was changed meanwhile: " + drift));
            if (!lacks.isEmpty()) {
                throw new RefusedException("this run was ready for production and is not any more; nothing was"
                        + " started:\n  - " + String.join("\n  - ", lacks));
            }
            requireSame(bundle);
        }
    }

    /** The folder's files are those of a bundle, each. */
    void requireSame(Rendered expected) throws EngineException {
        try {
            if (!BundleFolder.read(layout.bundle()).digest().equals(expected.digest())) {
                throw new EngineException(new EngineFault.BundleReplaced());
            }
        } catch (IOException e) {
            throw new EngineException(new EngineFault.BundleReplaced(), e);
        }
    }

    private static Optional<RefusedException> verify(PolicySignature signature, byte[] policy) throws IOException {
        try {
            signature.verify(policy);
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e);
        }
    }

    private Optional<String> origin(Rendered bundle) {
        return Production.origin(invoker, bundle.production(), layout.shown(layout.spec()));
    }

    private PolicyPlace place(Rendered bundle, Path workspace) throws IOException {
        return PolicyPlace.of(PolicyPlace.POLICY, bundle.policy().file(), workspace, invoker);
    }

    /** Outside production nobody else would see that the two say different things. */
    private void refuseOtherHash(Rendered bundle) throws RefusedException {
        String given = invoker.environment().getOrDefault(Production.SHA256, "").strip();
        String found = bundle.policy().sha256();
        if (!given.isEmpty() && !given.equalsIgnoreCase(found)) {
            throw new RefusedException("the policy's signature is good, and its SHA-256 is " + found + ", where "
                    + Production.SHA256 + " is " + given + "; set it to that hash, or unset it");
        }
    }
}
