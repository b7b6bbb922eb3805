package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.Ring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * One case of {@code verify/cases}: what is seen, as a difference from the good sample, and what the rules say to it.
 *
 * @param file that it stands in
 * @param ring where it is looked
 * @param on whom: {@code strict}, {@code proxy}, {@code other-image}, …
 * @param title what it shows
 * @param seen the difference; empty for the good sample itself
 * @param verdict what is expected
 * @param says for each rule that the case is about, a part of what it says: the evidence, what was found, or why not
 * @param expected a part of what a broken rule wants; empty where it is not looked at
 * @param at where a broken rule points: a key below the service, {@code /} and a key from the top, {@code FILE:LINE}, or
 *     {@code -} for nowhere
 * @param also rules that cannot but break together with it
 */
record RuleCase(
        String file,
        Ring ring,
        String on,
        String title,
        Map<String, Object> seen,
        Kind verdict,
        Map<String, String> says,
        String expected,
        String at,
        Set<String> also) {

    enum Kind {
        HELD,
        BROKEN,
        UNKNOWN,
        OUTSIDE
    }

    static final Path FOLDER = Path.of("src/test/resources/verify/cases");

    static List<RuleCase> all() throws IOException {
        List<RuleCase> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                for (Object one : (List<?>) yaml(Files.readString(file))) {
                    cases.add(of(file.getFileName().toString(), Overlay.map(one)));
                }
            }
        }
        return cases;
    }

    static Object yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(options).load(text);
    }

    private static RuleCase of(String file, Map<String, Object> entry) {
        String title = String.valueOf(entry.get("title"));
        Set<String> unknown = new TreeSet<>(entry.keySet());
        unknown.removeAll(Set.of(
                "rule",
                "ring",
                "whom",
                "title",
                "seen",
                "held",
                "broken",
                "unknown",
                "outside",
                "expected",
                "at",
                "also"));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(file + ", " + title + ": what is " + unknown + "?");
        }
        Kind kind = Stream.of(Kind.values())
                .filter(one -> entry.containsKey(one.name().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + ", " + title + ": no verdict"));
        Object verdict = entry.get(kind.name().toLowerCase(Locale.ROOT));
        Map<String, String> says = new LinkedHashMap<>();
        if (verdict instanceof Map<?, ?> byRule) {
            byRule.forEach((rule, text) -> says.put(String.valueOf(rule), String.valueOf(text)));
        } else {
            Object rules = entry.get("rule");
            (rules instanceof List<?> list ? list : List.of(rules))
                    .forEach(rule -> says.put(String.valueOf(rule), String.valueOf(verdict)));
        }
        Set<String> also = new TreeSet<>();
        if (entry.get("also") instanceof List<?> list) {
            list.forEach(rule -> also.add(String.valueOf(rule)));
        }
        return new RuleCase(
                file,
                Ring.of(String.valueOf(entry.get("ring"))).orElseThrow(),
                String.valueOf(entry.get("whom")),
                title,
                Overlay.map(entry.get("seen")),
                kind,
                says,
                String.valueOf(entry.getOrDefault("expected", "")),
                String.valueOf(entry.getOrDefault("at", "-")),
                also);
    }

    /** As a test is named. */
    String name() {
        String rules = says.size() > 3 ? says.size() + " rules" : String.join(", ", says.keySet());
        return rules + " " + ring.word() + " " + verdict.name().toLowerCase(Locale.ROOT) + ": " + title;
    }
}
