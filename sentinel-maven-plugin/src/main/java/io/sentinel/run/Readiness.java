package io.sentinel.run;

import io.sentinel.render.Drift;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Asks whether a run may begin, before anything is written or started for it. */
final class Readiness {

    private final Layout layout;
    private final Bundles bundles;
    private final Invoker invoker;

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
        Optional<String> origin = origin(bundle);
        Path workspace = order.beyond().workspace().orElse(bundle.workspace());
        PolicySignature signature = new PolicySignature(layout, workspace, invoker.environment());
        Optional<RefusedException> bad = verify(signature, prepared.policy());
        if (origin.isEmpty() && signature.isGiven()) {
            if (bad.isPresent()) {
                throw bad.get();
            }
            refuseOtherHash(bundle);
            variables.put(Production.SHA256, bundle.policy().sha256());
        }
        if (origin.isPresent()) {
            new Production(
                            origin.get(),
                            invoker,
                            order.profile(),
                            order.beyond().hostNetwork(),
                            bundle,
                            signature.isGiven(),
                            bad.map(Throwable::getMessage),
                            place(bundle, workspace),
                            bundles.lockedPolicy(),
                            Drift.fromLock(layout.bundle()),
                            bundles.spec().verify().waivers(),
                            LocalDate.now(ZoneOffset.UTC),
                            order.weakenings())
                    .require();
            variables.putAll(bundle.productionVariables());
        }
        return variables;
    }

    /** Looks again at where the policy stands, once the bundle was written: the file that is mounted may be a new one. */
    void requireStill(Rendered bundle, AgentRun.Order order) throws RefusedException, IOException {
        if (origin(bundle).isPresent()) {
            Path workspace = order.beyond().workspace().orElse(bundle.workspace());
            List<String> lacks = place(bundle, workspace).lacks();
            if (!lacks.isEmpty()) {
                throw new RefusedException(
                        "production wants the policy out of everybody's reach:\n  - " + String.join("\n  - ", lacks));
            }
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
        return PolicyPlace.of(bundle.policy().file(), workspace, invoker);
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
