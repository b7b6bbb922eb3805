package io.sentinel.verify.report;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Findings that say the same of several services or in several rings, so that it is read once.
 *
 * @param rule of all of them
 * @param evidence that they have in common
 * @param waiver that covers them
 * @param findings at least one, in the report's order
 */
record Alike(Rule rule, Evidence evidence, Optional<Waiver> waiver, List<Finding> findings) {

    /** What makes two findings alike; a rule is known by its id. */
    private record Key(String rule, Evidence evidence, Optional<Waiver> waiver) {}

    /**
     * Of those that do not hold: what fails the build before what does not, what is waived last, broken before unknown, the
     * worst first.
     */
    static List<Alike> of(List<Finding> findings, Severity threshold) {
        Map<Key, List<Finding>> groups = new LinkedHashMap<>();
        for (Finding finding : findings) {
            Evidence evidence = Evidence.of(finding.verdict());
            if (!evidence.isHeld()) {
                Key key = new Key(finding.rule().id(), evidence, finding.waiver());
                groups.computeIfAbsent(key, none -> new ArrayList<>()).add(finding);
            }
        }
        List<Alike> all = new ArrayList<>();
        groups.forEach((key, group) ->
                all.add(new Alike(group.get(0).rule(), key.evidence(), key.waiver(), List.copyOf(group))));
        all.sort(Comparator.comparing((Alike alike) -> alike.waiver().isPresent())
                .thenComparing(alike -> alike.rule().severity().compareTo(threshold) < 0)
                .thenComparing(alike -> alike.evidence().isUnknown())
                .thenComparing(alike -> alike.rule().severity(), Comparator.reverseOrder()));
        return all;
    }

    /** Whom it is about and where it was seen, such as {@code sentinel-strict (static, live), the project (static)}. */
    String where() {
        return where(findings);
    }

    static String where(List<Finding> findings) {
        Map<String, Set<Ring>> rings = new LinkedHashMap<>();
        findings.forEach(finding -> rings.computeIfAbsent(whom(finding.subject()), none -> new LinkedHashSet<>())
                .add(finding.ring()));
        return rings.entrySet().stream()
                .map(entry -> entry.getKey() + " ("
                        + entry.getValue().stream().map(Ring::word).collect(Collectors.joining(", ")) + ")")
                .collect(Collectors.joining(", "));
    }

    /** The lines that cause it, each once; empty where there is none. */
    String places() {
        return findings.stream()
                .flatMap(finding -> finding.location().stream())
                .map(location -> location.file() + ":" + location.line())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** A subject as a person would name it. */
    static String whom(Subject subject) {
        if (subject.role() == Role.PROJECT) {
            return "the project";
        }
        return (subject.role() == Role.IMAGE ? "image of " : "") + subject.service();
    }

    /** The four layers of a drift, such as {@code spec 512m, model 512m, container 512m, kernel none}. */
    static String layers(Drift drift) {
        return "spec " + drift.spec().orElse("-") + ", model " + drift.model().orElse("-") + ", container "
                + drift.container().orElse("-") + ", kernel " + drift.kernel().orElse("-");
    }
}
