package io.sentinel.seccomp;

import io.sentinel.spec.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two rules of a profile about one call that no filter can both follow. libseccomp says nothing where a rule without
 * conditions makes one with conditions void, whichever comes first; sorts overlapping rules by an order of its own; and
 * refuses two answers to one condition.
 */
final class CustomContradictions {

    private CustomContradictions() {}

    /** Reports, for each rule, the first before it that contradicts it. */
    static void report(List<CustomRule> rules, Problems problems) {
        Map<String, List<CustomRule>> byName = new HashMap<>();
        for (CustomRule rule : rules) {
            boolean reported = false;
            for (String name : rule.names()) {
                List<CustomRule> others = byName.computeIfAbsent(name, n -> new ArrayList<>());
                for (int i = 0; i < others.size() && !reported; i++) {
                    reported = contradict(rule, others.get(i));
                    if (reported) {
                        problems.add(rule.line(), rule.column(), sentence(name, rule, others.get(i)));
                    }
                }
                others.add(rule);
            }
        }
    }

    private static boolean contradict(CustomRule one, CustomRule two) {
        if (one.sameAnswer(two) || !one.scope().meets(two.scope())) {
            return false;
        }
        boolean bothPass = one.action().passes() && two.action().passes();
        boolean bothRefuse = !one.action().passes() && !two.action().passes();
        return bothPass || bothRefuse ? one.when().equals(two.when()) : one.meets(two.when());
    }

    private static String sentence(String name, CustomRule rule, CustomRule other) {
        String line = "the rule in line " + other.line();
        String said = name + ": " + rule.answer() + " here contradicts " + other.answer() + " of " + line + ", ";
        if (rule.when().equals(other.when())) {
            return said + "which is about the same arguments; remove one of them";
        }
        if (rule.unconditional() || other.unconditional()) {
            String without = rule.unconditional() ? "this one" : "that one";
            return said + "and " + without + " has no conditions, which makes the other void; remove one of them";
        }
        return said + "and for some arguments both hold; make their conditions exclude each other";
    }
}
