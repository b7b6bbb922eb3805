package io.sentinel.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A change to a good bundle, from a file that a reviewer reads.
 *
 * @param file where it stands
 * @param title what somebody did, as a sentence without its full stop
 * @param by who must catch it, each of them by being broken; none for a change that harms nothing
 * @param unknown who must not say that it holds, without anybody being sure which of the two others it says: where Compose
 *     refuses a file, which its versions do not do alike
 * @param refused what the verification itself says when it does not even begin; empty where it does
 * @param survives why nobody catches it yet; empty where it is caught
 */
record Mutation(
        String file,
        String title,
        List<Catcher> by,
        List<Catcher> unknown,
        String refused,
        String survives,
        List<Edit> edits) {

    /** Catches every change of a rendered file, and so proves nothing about what was changed. */
    static final String DRIFT = "YML-5";

    private static final Set<String> KEYS = Set.of("title", "by", "unknown", "refused", "survives", "drift", "edits");

    /**
     * A rule, and the service that it must be broken for where that matters.
     *
     * @param rule its id
     */
    record Catcher(String rule, Optional<String> service) {

        static Catcher of(String word) {
            String[] parts = word.split(" ", 2);
            Rule rule = Catalogue.rule(parts[0])
                    .orElseThrow(() -> new IllegalArgumentException("there is no rule " + parts[0]));
            if (!rule.rings().contains(Ring.STATIC)) {
                throw new IllegalArgumentException(rule.id() + " has no static check");
            }
            return new Catcher(rule.id(), parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
        }

        @Override
        public String toString() {
            return rule + service.map(name -> " " + name).orElse("");
        }
    }

    /** All of some files, in their order; no two have the same title. */
    static List<Mutation> read(Path folder, String... files) throws IOException {
        List<Mutation> all = new ArrayList<>();
        Set<String> titles = new HashSet<>();
        for (String file : files) {
            for (JsonNode node : new YAMLMapper().readTree(folder.resolve(file).toFile())) {
                Mutation mutation;
                try {
                    mutation = of(file, node);
                } catch (RuntimeException e) {
                    throw new IllegalArgumentException(file + ": " + node.path("title") + ": " + e.getMessage(), e);
                }
                if (!titles.add(mutation.title())) {
                    throw new IllegalArgumentException(file + " says twice: " + mutation.title());
                }
                all.add(mutation);
            }
        }
        return all;
    }

    private static Mutation of(String file, JsonNode node) {
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown key " + key);
            }
        });
        List<Catcher> by = catchers(node.path("by"));
        List<Edit> edits = new ArrayList<>();
        node.required("edits").forEach(edit -> edits.add(Edit.of(edit)));
        boolean drift = by.stream().anyMatch(one -> one.rule().equals(DRIFT));
        if (edits.isEmpty() || drift != node.path("drift").asBoolean()) {
            throw new IllegalArgumentException("nothing is edited, or " + DRIFT + " without drift: true");
        }
        return new Mutation(
                file,
                node.required("title").asText(),
                by,
                catchers(node.path("unknown")),
                node.path("refused").asText(),
                node.path("survives").asText(),
                edits);
    }

    private static List<Catcher> catchers(JsonNode words) {
        List<Catcher> catchers = new ArrayList<>();
        words.forEach(word -> catchers.add(Catcher.of(word.asText())));
        return catchers;
    }
}
