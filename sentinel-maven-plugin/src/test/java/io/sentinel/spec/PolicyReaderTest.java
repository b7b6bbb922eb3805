package io.sentinel.spec;

import static io.sentinel.spec.PolicyDecisionsTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentinel.spec.HostRule.Match;
import io.sentinel.spec.Policy.OnAuditFailure;
import io.sentinel.spec.Policy.OnBlock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy says; what it must not say stands in broken-specs/policy.txt, and in guard/decisions.yaml. */
class PolicyReaderTest {

    @Test
    void readWhenAPolicySaysNothingGivesTheDefault() throws Exception {
        assertThat(read("{}")).isEqualTo(Policy.DEFAULT);
        assertThat(read("network_failsafe: {}\npolicy_integrity: {}\naudit: {}\n"))
                .isEqualTo(Policy.DEFAULT);
    }

    @Test
    void readWhenListsAreEmptyGivesEmptyOnes() throws Exception {
        Policy policy = read("allowed_paths: []\nreadable_paths: []\nallowed_commands: []\n");
        assertThat(policy.allowedPaths()).isEmpty();
        assertThat(policy.readablePaths()).isEmpty();
        assertThat(policy.allowedCommands()).isEmpty();
    }

    @Test
    void readWhenWordsAreGivenTakesThem() throws Exception {
        Policy policy = read(
                """
                on_block: ask
                host_match_mode: subdomain
                policy_integrity: {tamper_detection: false}
                audit: {on_failure: continue}
                """);
        assertThat(policy.onBlock()).isEqualTo(OnBlock.ASK);
        assertThat(policy.hostMatchMode()).isEqualTo(Match.SUBDOMAIN);
        assertThat(policy.tamperDetection()).isFalse();
        assertThat(policy.onAuditFailure()).isEqualTo(OnAuditFailure.CONTINUE);
    }

    /** Wherever the mode stands in the file. */
    @Test
    void readWhenAHostHasNoMatchOfItsOwnTakesTheMode() throws Exception {
        Policy policy = read("allowed_hosts: [a.example, {host: b.example}, {host: c.example, match: exact}]\n"
                + "host_match_mode: subdomain\n");
        assertThat(policy.allowedHosts())
                .containsExactly(
                        HostRule.of("a.example", Match.SUBDOMAIN),
                        HostRule.of("b.example", Match.SUBDOMAIN),
                        HostRule.of("c.example", Match.EXACT));
    }

    /** A socket shows no scheme: an entry for https alone must not open port 80. */
    @Test
    void readWhenSchemesHaveNoPortsGivesThemTheirOwn() throws Exception {
        assertThat(read("allowed_hosts: [{host: a.example, schemes: [wss, http]}]")
                        .allowedHosts())
                .containsExactly(new HostRule(
                        "a.example",
                        Match.EXACT,
                        new TreeSet<>(Set.of(80, 443)),
                        new TreeSet<>(Set.of("http", "wss"))));
    }

    @ParameterizedTest
    @CsvSource({
        "/usr/bin/python3.11, python",
        "python, python",
        "python3, python",
        "tclsh8.6, tclsh",
        "nodejs, nodejs",
        "/opt/x/busybox, busybox",
        "sh, sh",
        "php8.2, php",
        "lua5.4, lua"
    })
    void interpreterWhenANameIsOneInSomeVersionTellsIt(String program, String name) {
        assertThat(Programs.interpreter(program)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"git", "pythonic", "javac", "perlcritic", "shred", "awk", "env", "/python3/git", "PYTHON"})
    void interpreterWhenANameOnlyLooksLikeOneTellsNone(String program) {
        assertThat(Programs.interpreter(program)).isEmpty();
    }

    @Test
    void readWhenAListHasAThousandEntriesTakesThemAndNotOneMore() throws Exception {
        assertThat(read("allowed_commands: [" + commands(1000) + "]").allowedCommands())
                .hasSize(1000);
        assertThat(catchThrowableOfType(
                        InvalidFileException.class, () -> read("allowed_commands: [" + commands(1001) + "]")))
                .hasMessageContaining("allowed_commands: expected at most 1000 entries, found 1001");
    }

    private static String commands(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    }

    @Test
    void ruleWhenItHasSchemesAndNoPortsIsNone() {
        assertThatThrownBy(() -> new HostRule("a", Match.EXACT, new TreeSet<>(), new TreeSet<>(List.of("https"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "guard: off, OFF",
        "guard: audit, AUDIT",
        "guard: enforce, ENFORCE",
        "'guard: \"off\"', OFF",
        "'', ENFORCE"
    })
    void readTakesTheModeThatIsNamedAndEnforcesWhereNoneIs(String line, GuardMode mode) throws Exception {
        byte[] spec = ("name: a\n" + line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(SpecReader.read("sandbox.yaml", spec, new io.sentinel.seccomp.ShippedStandings())
                        .guard())
                .isEqualTo(mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/opt/sentinel"})
    void isWithinWhenTheFolderIsTheRootIsTrueForEveryPath(String path) {
        assertThat(Paths.isWithin(path, "/")).isTrue();
    }
}
