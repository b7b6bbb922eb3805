package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.Profile;
import io.sentinel.spec.RuleIds;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.ProjectFiles;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every rule. */
class CatalogueTest {

    private static final Map<String, Ring> LETTERS = Map.of("S", Ring.STATIC, "I", Ring.INSPECT, "L", Ring.LIVE);

    @Test
    void theCatalogueHasEveryRuleInTheRingsThatItIsToBeSeenIn() {
        Map<String, Set<Ring>> wanted = lines("/verify/rings.txt")
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(
                        words -> words[0],
                        words -> Arrays.stream(words).skip(1).map(LETTERS::get).collect(Collectors.toSet()),
                        (a, b) -> a,
                        TreeMap::new));
        Map<String, Set<Ring>> found =
                Catalogue.rules().stream().collect(Collectors.toMap(Rule::id, Rule::rings, (a, b) -> a, TreeMap::new));
        assertThat(found).isEqualTo(wanted).hasSize(117);
        assertThat(Catalogue.rules()).hasSize(117);
    }

    @Test
    void aSpecMayWaiveJustTheRulesThatThereAre() {
        assertThat(Catalogue.rules()).extracting(Rule::id).containsExactlyInAnyOrderElementsOf(RuleIds.all());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleSaysWhatHoldsWhyAndWhatToDo(Rule rule) {
        assertThat(rule.claim()).matches("\\S.*[^.]");
        assertThat(rule.why()).isNotBlank().doesNotEndWith(".");
        assertThat(rule.remedy()).isNotBlank();
    }

    /** A rule that has seen nothing has nothing to say for a project, whatever it is about. */
    @ParameterizedTest
    @MethodSource("rules")
    void whereNothingCanBeSeenNothingHolds(Rule rule) {
        for (Subject subject : subjects()) {
            if (!rule.isAbout(subject)) {
                continue;
            }
            Expected expected = Expected.ofOthers("/project");
            if (rule.rings().contains(Ring.STATIC)) {
                assertThat(rule.judge(new StaticView(subject, expected, blindFiles())))
                        .isNotInstanceOf(Verdict.Held.class)
                        .isNotInstanceOf(Verdict.Broken.class);
            }
            if (rule.rings().contains(Ring.INSPECT)) {
                assertThat(rule.judge(new InspectView(
                                subject, expected, blind(), blind(), blind(), blind(), blind(), blind(), blind(),
                                "/x")))
                        .isNotInstanceOf(Verdict.Held.class)
                        .isNotInstanceOf(Verdict.Broken.class);
            }
            if (rule.rings().contains(Ring.LIVE)) {
                assertThat(rule.judge(new LiveView(subject, expected, blind(), blind(), blind(), blind())))
                        .isNotInstanceOf(Verdict.Held.class)
                        .isNotInstanceOf(Verdict.Broken.class);
            }
        }
    }

    static List<Rule> rules() {
        return Catalogue.rules();
    }

    private static List<Subject> subjects() {
        return List.of(
                Subject.agent("agent", Optional.of(Profile.STRICT)),
                Subject.agent("agent", Optional.of(Profile.STANDARD)),
                Subject.agent("agent", Optional.of(Profile.PROXIED)),
                Subject.agent("agent", Optional.empty()),
                Subject.of(Role.SIDECAR, "proxy"),
                Subject.of(Role.HELPER, "probe"),
                Subject.of(Role.IMAGE, "agent"),
                Subject.project());
    }

    private static <T> Supplier<T> blind() {
        return () -> {
            throw new CannotTell("it is dark");
        };
    }

    private static ProjectFiles blindFiles() {
        return (ProjectFiles) Proxy.newProxyInstance(
                CatalogueTest.class.getClassLoader(),
                new Class<?>[] {ProjectFiles.class},
                (proxy, method, arguments) -> {
                    throw new CannotTell("it is dark");
                });
    }

    private static Stream<String> lines(String resource) {
        try (var in = CatalogueTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
