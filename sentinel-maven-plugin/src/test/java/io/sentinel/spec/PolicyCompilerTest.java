package io.sentinel.spec;

import static io.sentinel.spec.PolicyDecisionsTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.spec.HostRule.Match;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of the text; that it says what a policy means stands in {@link PolicyDecisionsTest}. */
class PolicyCompilerTest {

    private static final String SOURCE = "0123456789abcdef".repeat(4);

    @Test
    void compileWhenThePolicyIsTheDefaultGivesEveryLineThatIsAlwaysThere() {
        assertThat(PolicyCompiler.compile(Policy.DEFAULT, GuardMode.ENFORCE, SOURCE, List.of()))
                .isEqualTo(
                        """
                        sentinel-policy 1
                        source %s
                        mode enforce
                        on-block deny
                        log-failure stop
                        tamper-detection on
                        write /workspace/workspace
                        read /workspace
                        command echo
                        command ls
                        failsafe on
                        private-network off
                        end 12
                        """
                                .formatted(SOURCE));
    }

    /** By bytes of UTF-8, which Java's own order of texts is not. */
    @Test
    void compileWhenValuesAreInAnyOrderSortsThemByTheirBytes() throws Exception {
        Policy policy = read("allowed_paths: [\"\\uFFFDx\", \"\\U0001F600\", b, a, B, é]");
        assertThat(PolicyCompiler.compile(policy, GuardMode.AUDIT, SOURCE, List.of())
                        .lines()
                        .filter(line -> line.startsWith("write ")))
                .containsExactly(
                        "write /workspace/B",
                        "write /workspace/a",
                        "write /workspace/b",
                        "write /workspace/é",
                        "write /workspace/\uFFFDx",
                        "write /workspace/\uD83D\uDE00");
    }

    @Test
    void compileWhenTheOrderOfAPolicyDiffersGivesTheSame() throws Exception {
        String one = "allowed_commands: [b, a]\nallowed_hosts: [{host: x.example, ports: [2, 1]}, y.example]\n";
        String other = "allowed_hosts: [y.example, {host: X.example., ports: [1, 2]}]\nallowed_commands: [a, b]\n";
        assertThat(PolicyCompiler.compile(read(one), GuardMode.ENFORCE, SOURCE, List.of()))
                .isEqualTo(PolicyCompiler.compile(read(other), GuardMode.ENFORCE, SOURCE, List.of()));
    }

    @Test
    void compileWhenAFileWasCopiedToWhatIsReadableAnywayNamesItOnce() throws Exception {
        assertThat(PolicyCompiler.compile(
                                read("readable_paths: [/opt/a]"),
                                GuardMode.ENFORCE,
                                SOURCE,
                                List.of("/opt/a/", "/opt/b", "/opt/b/"))
                        .lines()
                        .filter(line -> line.startsWith("read ")))
                .containsExactly("read /opt/a", "read /opt/b");
    }

    @Test
    void compileWhenThereIsNoGuardRefuses() {
        assertThatThrownBy(() -> PolicyCompiler.compile(Policy.DEFAULT, GuardMode.OFF, SOURCE, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0123456789ABCDEF", "sha256:0"})
    void compileWhenTheSourceIsNoHashRefuses(String start) {
        String source = start.length() == 16 ? start.repeat(4) : start;
        assertThatThrownBy(() -> PolicyCompiler.compile(Policy.DEFAULT, GuardMode.ENFORCE, source, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void compileWhenACopiedFileIsNotInTheImageRefuses() {
        assertThatThrownBy(() -> PolicyCompiler.compile(Policy.DEFAULT, GuardMode.ENFORCE, SOURCE, List.of("agent")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** No reader gives such a policy; one that came otherwise must not become two facts. */
    @ParameterizedTest
    @ValueSource(strings = {"git\ninterpreter sh", "git\r", "git\u0000", "\u0085", ""})
    void compileWhenAValueWouldBreakItsLineRefuses(String command) {
        Policy standard = Policy.DEFAULT;
        Policy policy = new Policy(
                standard.allowedPaths(),
                List.of(),
                List.of(),
                List.of(command),
                List.of(),
                List.of(),
                standard.onBlock(),
                Match.EXACT,
                List.of(),
                standard.networkFailsafe(),
                true,
                standard.onAuditFailure());
        assertThatThrownBy(() -> PolicyCompiler.compile(policy, GuardMode.ENFORCE, SOURCE, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1/32",
        "192.0.2.77/24, 192.0.2.0/24",
        "255.255.255.255/0, 0.0.0.0/0",
        "::, ::/128",
        "::1, ::1/128",
        "1::, 1::/128",
        "2001:DB8::0:1/64, 2001:db8::/64",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1/128",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1/128",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1/128",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::/128",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8/128",
        "1:2:3:4:5:6:192.0.2.1, 1:2:3:4:5:6:c000:201/128",
        "::192.0.2.1, ::c000:201/128",
        "ffff::/1, 8000::/1"
    })
    void rangeHasOneText(String written, String text) {
        assertThat(IpRange.parse(written)).map(IpRange::toString).contains(text);
        assertThat(IpRange.parse(text)).isEqualTo(IpRange.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:2",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/08",
                "::/129",
                "::/",
                "/8",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "::1%eth0",
                " 1.2.3.4",
                "1.2.3.4\n",
                "0x7f.1",
                "127.1",
                "2130706433",
                "[::1]"
            })
    void rangeIsNone(String written) {
        assertThat(IpRange.parse(written)).isEmpty();
    }
}
