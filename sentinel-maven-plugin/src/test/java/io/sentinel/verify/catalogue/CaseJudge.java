package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Has every rule judge what a case shows, and tells what of it is not as the case says. */
final class CaseJudge {

    /** Characters that the XML of a report cannot have (XML 1.0, 2.2). */
    private static final Pattern UNFIT = Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]");

    private final Samples samples;

    CaseJudge(Samples samples) {
        this.samples = samples;
    }

    /** What every rule says, of everybody of the project in the static ring, of the case's own subject in the others. */
    Map<String, Map<String, Verdict>> judge(RuleCase one) {
        Map<String, Map<String, Verdict>> all = new LinkedHashMap<>();
        switch (one.ring()) {
            case STATIC ->
                samples.files(one.on(), one.seen()).forEach((name, view) -> {
                    if (isConcerned(one, name, view.subject())) {
                        all.put(name, judge(view));
                    }
                });
            case INSPECT -> all.put(one.on(), judge(samples.created(one.on(), one.seen())));
            case LIVE -> all.put(one.on(), judge(samples.running(one.on(), one.seen())));
        }
        return all;
    }

    /**
     * Whether a difference can be anything to a subject: one in a service is nothing to the others, and the files of a
     * bundle are the same to its three agents.
     */
    private static boolean isConcerned(RuleCase one, String name, Subject subject) {
        Set<String> keys = one.seen().keySet();
        if (name.equals(one.on()) || subject.role() == Role.PROJECT) {
            return true;
        }
        if (keys.equals(Set.of("service"))) {
            return subject.service().equals(Samples.subject(one.on()).service());
        }
        boolean files = Set.of("files", "tampered").containsAll(keys);
        return !files || subject.role() != Role.AGENT || name.endsWith("strict") || name.equals("other");
    }

    static Map<String, Verdict> judge(StaticView view) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        Catalogue.rules().forEach(rule -> verdicts.put(rule.id(), rule.judge(view)));
        return verdicts;
    }

    private static Map<String, Verdict> judge(InspectView view) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        Catalogue.rules().forEach(rule -> verdicts.put(rule.id(), rule.judge(view)));
        return verdicts;
    }

    private static Map<String, Verdict> judge(LiveView view) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        Catalogue.rules().forEach(rule -> verdicts.put(rule.id(), rule.judge(view)));
        return verdicts;
    }

    /** What is not as the case says; nothing for a case that is right. */
    List<String> problems(RuleCase one) {
        List<String> problems = new ArrayList<>();
        for (String id : one.says().keySet()) {
            Rule rule = Catalogue.rule(id).orElse(null);
            if (rule == null || !rule.rings().contains(one.ring())) {
                problems.add("no rule " + id + " in that ring");
            }
        }
        if (!problems.isEmpty()) {
            return problems;
        }
        Map<String, Map<String, Verdict>> all = judge(one);
        Map<String, Verdict> own = all.get(one.on());
        one.says().forEach((id, part) -> says(one, id, part, own.get(id)).ifPresent(problems::add));
        Set<String> broken = new TreeSet<>();
        Set<String> unknown = new TreeSet<>();
        all.forEach((name, verdicts) -> verdicts.forEach((id, verdict) -> {
            if (UNFIT.matcher(text(verdict)).find()) {
                problems.add(id + " on " + name + " says what no XML takes");
            }
            if (verdict instanceof Verdict.Broken found && !expects(one, id)) {
                broken.add(id + " on " + name + ": " + found.found());
            }
            if (verdict instanceof Verdict.Unknown found && one.verdict() != RuleCase.Kind.UNKNOWN) {
                unknown.add(id + " on " + name + ": " + found.why());
            }
        }));
        if (!broken.isEmpty()) {
            problems.add("breaks too: " + broken);
        }
        if (!unknown.isEmpty()) {
            problems.add("cannot be told: " + unknown);
        }
        for (String id : one.also()) {
            if (all.values().stream().noneMatch(verdicts -> verdicts.get(id) instanceof Verdict.Broken)) {
                problems.add(id + " does not break with it");
            }
        }
        return problems;
    }

    private static boolean expects(RuleCase one, String id) {
        return one.also().contains(id)
                || one.verdict() == RuleCase.Kind.BROKEN && one.says().containsKey(id);
    }

    private static java.util.Optional<String> says(RuleCase one, String id, String part, Verdict verdict) {
        String text = text(verdict);
        boolean right =
                switch (one.verdict()) {
                    case HELD -> verdict instanceof Verdict.Held;
                    case BROKEN ->
                        verdict instanceof Verdict.Broken broken
                                && broken.expected().contains(one.expected())
                                && isAt(place(broken.place(), Samples.subject(one.on())), one.at());
                    case UNKNOWN -> verdict instanceof Verdict.Unknown;
                    case OUTSIDE -> verdict instanceof Verdict.Outside;
                };
        return right && text.contains(part)
                ? java.util.Optional.empty()
                : java.util.Optional.of(id + " says " + shown(verdict, Samples.subject(one.on())));
    }

    private static String text(Verdict verdict) {
        if (verdict instanceof Verdict.Held held) {
            return held.found();
        }
        if (verdict instanceof Verdict.Broken broken) {
            return broken.found();
        }
        return verdict instanceof Verdict.Unknown unknown ? unknown.why() : ((Verdict.Outside) verdict).why();
    }

    private static String shown(Verdict verdict, Subject subject) {
        String kind = verdict.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        return verdict instanceof Verdict.Broken broken
                ? kind + ": " + broken.found() + " | expected: " + broken.expected() + " | at: "
                        + place(broken.place(), subject)
                : kind + ": " + text(verdict);
    }

    /** A star at its end stands for any line of a file. */
    private static boolean isAt(String place, String wanted) {
        return wanted.endsWith(":*")
                ? place.startsWith(wanted.substring(0, wanted.length() - 1))
                : place.equals(wanted);
    }

    /** A place as a case writes it. */
    static String place(Place place, Subject subject) {
        if (place instanceof Place.Line line) {
            return line.file() + ":" + line.line();
        }
        if (place instanceof Place.Key key) {
            List<String> own = List.of("services", subject.service());
            boolean below = key.path().size() > 1 && key.path().subList(0, 2).equals(own);
            return below
                    ? String.join(".", key.path().subList(2, key.path().size()))
                    : "/" + String.join(".", key.path());
        }
        return "-";
    }
}
