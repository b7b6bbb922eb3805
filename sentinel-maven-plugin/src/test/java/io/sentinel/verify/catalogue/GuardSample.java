package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.GuardFacts;
import io.sentinel.verify.evidence.LiveView.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a program saw under the guard, from a case's data: lists stand there as mappings, so that a case changes one entry. */
final class GuardSample {

    private GuardSample() {}

    static GuardFacts of(Map<String, Object> sample, Expected expected) {
        List<GuardFacts.Tried> tried = new ArrayList<>();
        Overlay.map(sample.get("tried")).values().forEach(one -> {
            Map<String, Object> facts = Overlay.map(one);
            String what = String.valueOf(facts.get("what"));
            tried.add(new GuardFacts.Tried(
                    String.valueOf(facts.get("rule")),
                    attempt(what, "EACCES", facts.get("under")),
                    attempt(what, String.valueOf(facts.get("open")), facts.get("without")),
                    (Integer) facts.getOrDefault("landlock", 0)));
        });
        List<GuardFacts.Noted> records = new ArrayList<>();
        Overlay.map(sample.get("records")).values().forEach(one -> {
            Map<String, Object> facts = Overlay.map(one);
            records.add(new GuardFacts.Noted(
                    (Integer) facts.get("pid"),
                    String.valueOf(facts.get("action")),
                    rendered(String.valueOf(facts.get("target")), expected),
                    String.valueOf(facts.getOrDefault("decision", "observed")),
                    "",
                    rendered(String.valueOf(facts.getOrDefault("reason", "")), expected)));
        });
        return new GuardFacts(
                texts(sample.get("inside"), expected),
                texts(sample.get("without"), expected),
                tried,
                records,
                Optional.ofNullable(sample.get("fault")).map(String::valueOf));
    }

    private static Attempt attempt(String what, String expected, Object answer) {
        return new Attempt(what, List.of(expected), Optional.ofNullable(answer).map(String::valueOf), "no process");
    }

    private static TreeMap<String, String> texts(Object texts, Expected expected) {
        TreeMap<String, String> all = new TreeMap<>();
        Samples.strings(texts).forEach((name, text) -> all.put(name, rendered(text, expected)));
        return all;
    }

    /** With what the spec renders in its place. */
    private static String rendered(String text, Expected expected) {
        String yaml = expected.files().get("sentinel.yaml");
        return text.replace("(yaml)", yaml)
                .replace("(sha256)", Guards.sha256(yaml))
                .replace("(mode)", expected.spec().orElseThrow().guard().word())
                .replace("(policy)", expected.files().getOrDefault("guard/policy", ""));
    }
}
