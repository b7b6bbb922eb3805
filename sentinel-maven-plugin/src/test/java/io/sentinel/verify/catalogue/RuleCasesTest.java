package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every rule says to what is seen, case by case: the data of {@code verify/cases}. */
class RuleCasesTest {

    @TestFactory
    Stream<DynamicTest> everyRuleSaysWhatItsCasesSay() throws Exception {
        CaseJudge judge = new CaseJudge(new Samples());
        return RuleCase.all().stream()
                .map(one -> DynamicTest.dynamicTest(
                        one.name(),
                        () -> assertThat(judge.problems(one)).as(one.file()).isEmpty()));
    }

    @Test
    void noTwoCasesShowTheSame() throws Exception {
        Map<Object, String> known = new HashMap<>();
        for (RuleCase one : RuleCase.all()) {
            String twin = known.put(List.of(one.ring(), one.on(), one.seen(), one.says(), one.verdict()), one.title());
            assertThat(twin).as("the same as " + one.title()).isNull();
        }
    }

    /** Each rule has, in each ring that it has a check for, a case in which it holds, one that breaks it, and one unknown. */
    @Test
    void everyRuleHasItsThreeCasesInEachRing() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (Rule rule : Catalogue.rules()) {
            for (Ring ring : rule.rings()) {
                for (RuleCase.Kind kind : List.of(RuleCase.Kind.HELD, RuleCase.Kind.BROKEN, RuleCase.Kind.UNKNOWN)) {
                    missing.add(
                            rule.id() + " " + ring.word() + " " + kind.name().toLowerCase(Locale.ROOT));
                }
            }
        }
        for (RuleCase one : RuleCase.all()) {
            one.says()
                    .keySet()
                    .forEach(rule -> missing.remove(rule + " " + one.ring().word() + " "
                            + one.verdict().name().toLowerCase(Locale.ROOT)));
        }
        assertThat(missing).as("cases that are missing").isEmpty();
    }
}
