package io.sentinel.verify.rule;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.Ring;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * All that a verification came to.
 *
 * @param project the sandbox's name, or that of a compose project that is not ours
 * @param bundleDigest the digest of the bundle; empty for a project that is not ours
 * @param version the plugin's
 * @param engine client, engine and Compose in words; empty where none was asked
 * @param rings which were looked at
 * @param threshold the severity from which on a finding fails the build
 * @param findings sorted by rule in the catalogue's order, service and ring
 * @param canaries what was tried that must work
 * @param drifts where the layers disagree
 * @param waivers all of the spec's, used or not
 * @param weakenings what the spec makes weaker than the defaults, a sentence each
 * @param startedAt when
 * @param duration how long it took
 */
public record Report(
        String project,
        String bundleDigest,
        String version,
        String engine,
        Set<Ring> rings,
        Severity threshold,
        List<Finding> findings,
        List<Canary> canaries,
        List<Drift> drifts,
        List<Waiver> waivers,
        List<String> weakenings,
        Instant startedAt,
        Duration duration) {

    public Report {
        rings = Set.copyOf(rings);
        findings = List.copyOf(findings);
        canaries = List.copyOf(canaries);
        drifts = List.copyOf(drifts);
        waivers = List.copyOf(waivers);
        weakenings = List.copyOf(weakenings);
    }

    /** The same of a bundle of ours. */
    public Report of(String digest, List<String> weaker) {
        return new Report(
                project, digest, version, engine, rings, threshold, findings, canaries, drifts, waivers, weaker,
                startedAt, duration);
    }

    /** The findings that fail the build: broken or not to be told, at or above the threshold, and not waived. */
    public List<Finding> failing() {
        return findings.stream()
                .filter(Finding::counts)
                .filter(finding -> finding.rule().severity().compareTo(threshold) >= 0)
                .toList();
    }

    /** Whether the build may go on. A canary that does not work, or a drift, is as bad as a broken rule. */
    public boolean passed() {
        return failing().isEmpty() && drifts.isEmpty() && canaries.stream().allMatch(Canary::worked);
    }
}
