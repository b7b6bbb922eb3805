package io.sentinel.verify.report;

import io.sentinel.spec.Profile;
import io.sentinel.spec.Waiver;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Location;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reports to look at: every rule of the catalogue, and one of each thing that a report can have. */
final class Samples {

    static final String SOURCE = "src/main/sentinel/sandbox.yaml";
    static final String COMPOSE = "target/sentinel/bundle/docker-compose.yml";

    /** What a container might say to whoever looks: markup, escape sequences, marks that reorder, ends of sections. */
    static final String HOSTILE =
            "<script>alert(1)</script><img src=x onerror=alert(2)> \u001B[31mred\u001B[0m \u009B2J"
                    + " \u202Egnp.exe \uD800 ]]> \u0000 {0} [click](https://example.invalid/) \" onload=\"x\n::passed";

    static final Waiver USED = new Waiver(
            "RES-7", Optional.of("sentinel-standard"), "the model needs a large /dev/shm", LocalDate.of(2027, 1, 31));
    static final Waiver UNUSED =
            new Waiver("DF-4", Optional.empty(), "the base has no package lists to remove", LocalDate.of(2026, 12, 31));
    static final Waiver ENDED =
            new Waiver("IMG-1", Optional.empty(), "until the mirror serves digests", LocalDate.of(2026, 10, 31));

    private static final Instant STARTED = Instant.parse("2026-11-25T21:30:05.250Z");

    private Samples() {}

    /** Nothing wrong, in the given rings. */
    static Report clean(Set<Ring> rings) {
        return report(rings, Severity.HIGH, held(rings), List.of(), List.of(), List.of(), List.of());
    }

    /** Broken, unknown, waived and ended, with drift, a dead canary and hostile text. */
    static Report rich() {
        Set<Ring> rings = EnumSet.allOf(Ring.class);
        List<Finding> findings = new ArrayList<>();
        for (Finding finding : held(rings)) {
            findings.add(changed(finding));
        }
        return report(
                rings,
                Severity.MEDIUM,
                findings,
                List.of(
                        new Canary("sentinel-strict", "a file is written to the workspace and read back", true, ""),
                        new Canary("sentinel-strict", "a process is started", true, ""),
                        new Canary("sentinel-proxied", "a listed host is reached through the proxy", false, HOSTILE)),
                List.of(
                        new Drift(
                                "sentinel-strict",
                                "memory limit",
                                Optional.of("512 MiB"),
                                Optional.of("512 MiB"),
                                Optional.of("512 MiB"),
                                Optional.of("unlimited"),
                                "kernel"),
                        new Drift(
                                "sentinel-proxied",
                                "most processes",
                                Optional.of("128"),
                                Optional.of("128"),
                                Optional.of("0"),
                                Optional.empty(),
                                "container")),
                List.of(USED, UNUSED, ENDED),
                List.of(
                        Profile.STANDARD.opening(io.sentinel.spec.GuardMode.OFF).orElseThrow(),
                        "seccomp allows ptrace, which the preset denies: a debugger is part of the agent"));
    }

    static Report report(
            Set<Ring> rings,
            Severity threshold,
            List<Finding> findings,
            List<Canary> canaries,
            List<Drift> drifts,
            List<Waiver> waivers,
            List<String> weakenings) {
        return new Report(
                "demo",
                "sha256:" + "0123456789abcdef".repeat(4),
                "0.1.0",
                "Docker client 26.1.5, engine 26.1.5, Compose 2.26.1",
                rings,
                threshold,
                findings,
                canaries,
                drifts,
                waivers,
                weakenings,
                STARTED,
                Duration.ofMillis(12_340));
    }

    static Finding finding(String rule, String service, Ring ring, Verdict verdict) {
        return new Finding(
                Catalogue.rule(rule).orElseThrow(),
                Subject.agent(service, Optional.empty()),
                ring,
                verdict,
                Optional.empty(),
                Optional.empty());
    }

    private static List<Finding> held(Set<Ring> rings) {
        List<Finding> findings = new ArrayList<>();
        for (Rule rule : Catalogue.rules()) {
            for (Subject subject : subjects()) {
                for (Ring ring : Ring.values()) {
                    if (rings.contains(ring) && rule.rings().contains(ring) && rule.isAbout(subject)) {
                        findings.add(new Finding(
                                rule,
                                subject,
                                ring,
                                Verdict.held(
                                        switch (ring) {
                                            case STATIC -> "the resolved compose model has it";
                                            case INSPECT -> "the engine created it so";
                                            case LIVE -> "the kernel answers as it should";
                                        }),
                                Optional.empty(),
                                Optional.empty()));
                    }
                }
            }
        }
        return findings;
    }

    private static List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (Profile profile : Profile.values()) {
            subjects.add(Subject.agent(profile.service(), Optional.of(profile)));
        }
        subjects.add(Subject.of(Role.SIDECAR, "sentinel-proxy"));
        subjects.add(Subject.of(Role.HELPER, "sentinel-probe"));
        subjects.add(Subject.of(Role.IMAGE, "sentinel-strict"));
        subjects.add(Subject.of(Role.IMAGE, "sentinel-proxy"));
        subjects.add(Subject.project());
        return subjects;
    }

    private static Finding changed(Finding finding) {
        String service = finding.subject().service();
        boolean agent = finding.subject().role() == Role.AGENT;
        Ring ring = finding.ring();
        return switch (finding.rule().id()) {
            case "CAP-2" ->
                agent && !service.equals("sentinel-standard") && ring != Ring.LIVE
                        ? broken(
                                finding,
                                "none",
                                "SYS_ADMIN, NET_RAW",
                                ring == Ring.STATIC
                                        ? place(COMPOSE, service.equals("sentinel-strict") ? 41 : 97)
                                        : null)
                        : finding;
            case "SEC-10" ->
                agent && service.equals("sentinel-strict")
                        ? broken(finding, "Seccomp 2 with one filter or more", "Seccomp 0 with 0 filters", null)
                        : finding;
            case "ENV-1" ->
                agent && service.equals("sentinel-proxied") && ring == Ring.LIVE
                        ? broken(finding, "no name and no value that looks like a secret", HOSTILE, null)
                        : finding;
            case "LSM-1" ->
                agent && ring == Ring.LIVE
                        ? unknown(finding, "/proc/1/attr/current could not be read: \u001B[2JPermission denied")
                        : finding;
            case "IMG-1" ->
                finding.subject().role() == Role.SIDECAR && ring == Ring.STATIC
                        ? broken(finding, "an own tag or a digest", "python:latest", place("a b/compose%.yml", 7))
                        : finding;
            case "RES-8", "NET-10" ->
                agent && service.equals("sentinel-standard")
                        ? broken(finding, "1", "3 replicas", place(COMPOSE, 120))
                        : finding;
            case "RES-7" ->
                agent && service.equals("sentinel-standard")
                        ? new Finding(
                                finding.rule(),
                                finding.subject(),
                                ring,
                                Verdict.broken("64 MiB or less", "2 GiB", Place.NOWHERE),
                                ring == Ring.STATIC ? Optional.of(place(COMPOSE, 88)) : Optional.empty(),
                                Optional.of(USED))
                        : finding;
            case "YML-2" ->
                broken(
                        finding,
                        "the same services with and without -f",
                        "compose.override.yaml adds the service debug with privileged: true",
                        place("compose.override.yaml", 3));
            default -> finding;
        };
    }

    private static Location place(String file, int line) {
        return new Location(file, line);
    }

    private static Finding broken(Finding finding, String expected, String found, Location location) {
        return new Finding(
                finding.rule(),
                finding.subject(),
                finding.ring(),
                Verdict.broken(expected, found, Place.NOWHERE),
                Optional.ofNullable(location),
                Optional.empty());
    }

    private static Finding unknown(Finding finding, String why) {
        return new Finding(
                finding.rule(),
                finding.subject(),
                finding.ring(),
                new Verdict.Unknown(why),
                Optional.empty(),
                Optional.empty());
    }
}
