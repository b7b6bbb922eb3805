package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.HostRule.Match;
import io.sentinel.spec.Policy.NetworkFailsafe;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReaderTest {

    static final Path GOOD = Path.of("src/test/resources/good-specs");

    @Test
    void readWhenOnlyANameGivesTheDefaults() throws Exception {
        assertThat(good("minimal"))
                .isEqualTo(new Spec(
                        "my-agent",
                        new Image("python:3.12-slim", List.of(), List.of(), List.of()),
                        List.of(),
                        "sandbox-workspace",
                        Optional.empty(),
                        Resources.DEFAULT,
                        SeccompChoice.DEFAULT,
                        ContainerRuntime.RUNC,
                        AllowList.EMPTY,
                        Optional.empty(),
                        new TreeMap<>(),
                        List.of(),
                        List.of(),
                        Policy.DEFAULT,
                        GuardMode.ENFORCE,
                        VerifyChoice.NONE,
                        false));
    }

    @Test
    void readWhenTheSpecAsksForProductionSaysSo() throws Exception {
        byte[] spec = "name: box\nproduction: true\n".getBytes(StandardCharsets.UTF_8);
        assertThat(SpecReader.read("sandbox.yaml", spec, new ShippedStandings()).production())
                .isTrue();
        // What a flag asks for is for the run to refuse, not a problem of the file.
        Overrides log = new Overrides(
                List.of(Overrides.Override.plain("--seccomp-mode", "log", "seccomp", "mode")),
                Optional.empty(),
                Optional.empty());
        assertThat(SpecReader.read("sandbox.yaml", spec, new ShippedStandings(), log)
                        .seccomp()
                        .mode())
                .isEqualTo(SeccompChoice.Mode.LOG);
    }

    @Test
    void readWhenEveryKeyIsThereGivesEveryValue() throws Exception {
        Spec spec = good("full");

        assertThat(spec.image())
                .isEqualTo(new Image(
                        "registry.example:5000/team/python:3.12-slim@sha256:" + "0123456789abcdef".repeat(4),
                        List.of("git", "libstdc++6=12.2.0-14+deb12u1"),
                        List.of(
                                new Step.Line("pip install --no-cache-dir requests==2.32.3"),
                                new Step.Arguments(List.of("python", "-m", "compileall", "/opt/agent")),
                                new Step.Line("set -e\necho \"two lines\"\n")),
                        List.of(new Image.Copy("agent", "/opt/agent/"), new Image.Copy(".", "/srv/the project"))));
        assertThat(spec.command()).containsExactly("python", "/opt/agent/agent.py", "", "a \"b\" $C\n");
        assertThat(spec.workspace()).isEqualTo("work/agent-1");
        assertThat(spec.user()).contains(new User(1000, 2147483647));
        assertThat(spec.resources())
                .isEqualTo(new Resources(
                        Size.mebibytes(2048),
                        new BigDecimal("1.5"),
                        8,
                        1048576,
                        Size.mebibytes(1),
                        Size.mebibytes(1),
                        Duration.ofDays(7)));
        assertThat(spec.seccomp()).isEqualTo(SeccompChoice.of(Preset.DATASCI, Mode.LOG));
        assertThat(spec.runtime()).isEqualTo(ContainerRuntime.RUNSC);
        assertThat(spec.sidecarFrom()).contains("debian:12-slim");
        assertThat(spec.allow().named()).containsExactly(NamedList.GIT, NamedList.MAVEN);
        assertThat(spec.allow().hosts())
                .extracting(AllowedHost::yaml)
                .containsExactly(
                        ".xn--bcher-kva.example",
                        "a.b.example.org",
                        "api.example.com",
                        "{host: api.example.com, ports: [8443]}",
                        "{host: nexus.example.com, ports: [80, 8081], methods: [GET, HEAD], private: true}",
                        "z.example.com");
        assertThat(spec.environment())
                .isEqualTo(Map.of(
                        "LANG",
                        "C.UTF-8",
                        "EMPTY",
                        "",
                        "_x1",
                        "yes",
                        "PYTHONPATH",
                        "/opt/lib:/opt/more",
                        "no",
                        "really"));
        assertThat(spec.passEnvironment()).containsExactly("TZ", "_TOKEN", "on");
        assertThat(spec.secrets())
                .containsExactly(
                        new Secret("token", "~/.token"),
                        new Secret("A.b_c-9", "/etc/keys/a b"),
                        new Secret("1", "~/secret/token"));
        assertThat(spec.policy())
                .isEqualTo(new Policy(
                        List.of("./workspace", "/var/cache/x y"),
                        List.of("workspace/.git", "/etc/ssl"),
                        List.of(),
                        List.of("git", "/usr/bin/g++"),
                        List.of("git-shell", "/usr/bin/curl"),
                        List.of("python3"),
                        Policy.OnBlock.ASK,
                        Match.SUBDOMAIN,
                        List.of(
                                HostRule.of("localhost", Match.SUBDOMAIN),
                                HostRule.of("api.example.com", Match.SUBDOMAIN),
                                new HostRule(
                                        "git.example.org",
                                        Match.EXACT,
                                        ports(443, 8443),
                                        new TreeSet<>(Set.of("https"))),
                                new HostRule("example.net", Match.SUBDOMAIN, ports(22), new TreeSet<>()),
                                new HostRule(
                                        "www.example.org",
                                        Match.SUBDOMAIN,
                                        ports(80, 443),
                                        new TreeSet<>(Set.of("http", "https")))),
                        new NetworkFailsafe(
                                true,
                                true,
                                List.of("evil.example.org"),
                                List.of("192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "::1", "::"),
                                List.of("1:2:3:4:5:6:7:8", "::/0")),
                        false,
                        Policy.OnAuditFailure.CONTINUE));
        assertThat(spec.guard()).isEqualTo(GuardMode.AUDIT);
    }

    private static TreeSet<Integer> ports(Integer... ports) {
        return new TreeSet<>(List.of(ports));
    }

    @Test
    void readWhenMappingsAreEmptyGivesTheDefaults() throws Exception {
        Spec spec = good("json");

        assertThat(spec.image()).isEqualTo(Image.DEFAULT);
        assertThat(spec.resources()).isEqualTo(Resources.DEFAULT);
        assertThat(spec.policy()).isEqualTo(Policy.DEFAULT);
    }

    @Test
    void readWhenBlockStyleGivesTheSameAsAnyOther() throws Exception {
        Spec spec = good("block");

        assertThat(spec.command()).containsExactly("sh", "-c", "folded text");
        assertThat(spec.environment()).containsEntry("NOTE", "two\n\tlines, the second one with a tab\n");
        assertThat(spec.resources().cpus()).isEqualTo(new BigDecimal("2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:1",
                "agent-base:local",
                "localhost/agent:1",
                "localhost:5000/agent:1.0-rc_2",
                "[2001:db8::1]:5000/agent:1",
                "registry.example/a/b__c/d--e.f_g:V1.2"
            })
    void readWhenAnImageHasATagTakesIt(String reference) throws Exception {
        assertThat(read("name: a\nimage: {from: \"" + reference + "\"}").image().from())
                .isEqualTo(reference);
    }

    @Test
    void readWhenAnImageHasADigestNeedsNoTag() throws Exception {
        String reference = "python@sha256:" + "0".repeat(64);
        assertThat(read("name: a\nimage: {from: \"" + reference + "\"}").image().from())
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"target/work", "src-work", "work/src", ".github", "a.b/c", "srcs", "targets/sentinel"})
    void readWhenAWorkspaceOnlyLooksLikeAProtectedFolderTakesIt(String path) throws Exception {
        assertThat(read("name: a\nworkspace: {path: " + path + "}").workspace()).isEqualTo(path);
    }

    @Test
    void readWhenTheWorkspaceContainsTheSpecItselfRefuses() {
        byte[] own = bytes("name: a\nworkspace: {path: box}");
        byte[] standard = bytes("name: a");

        assertThat(problems("box/one/sandbox.yaml", own)).contains("the agent could change box/one/sandbox.yaml");
        assertThat(problems("sandbox-workspace/sandbox.yaml", standard))
                .startsWith("sandbox-workspace/sandbox.yaml has 1 problem:\nsandbox-workspace/sandbox.yaml:1:1: ")
                .contains("the agent could change sandbox-workspace/sandbox.yaml");
    }

    @Test
    void readWhenValuesStandAtTheirBoundsTakesThem() throws Exception {
        Spec spec = read("name: a23456789012345678901234567890123456789z\n"
                + "resources: {memory: 16m, tmp: 15m, run: 1m, cpus: 0.01, pids: 1000000, nofile: 64, timeout: 1s}");

        assertThat(spec.name()).hasSize(40);
        assertThat(spec.resources().timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(read("name: a\nresources: {cpus: 1024, memory: 65536g, timeout: 604800s}")
                        .resources()
                        .memory())
                .hasToString("65536g");
    }

    @Test
    void readWhenAnArgumentIsAsLongAsTheKernelTakesTakesItAndNothingLonger() throws Exception {
        String longest = "x".repeat(131071);

        assertThat(read("name: a\ncommand: [" + longest + "]").command()).containsExactly(longest);
        assertThat(problems("sandbox.yaml", bytes("name: a\ncommand: [x" + longest + "]")))
                .endsWith(
                        "sandbox.yaml:2:11: command[0]: expected at most 131071 bytes, found 131072 bytes; shorten it");
        assertThat(problems("sandbox.yaml", bytes("name: a\nenvironment: {A: " + longest + "}")))
                .endsWith("environment.A: expected at most 131069 bytes, found 131071 bytes; shorten it");
    }

    @Test
    void readWhenSpecsDifferInOrderOnlyGivesTheSame() throws Exception {
        assertThat(read("name: a\nprofiles: {proxied: {allow: [b.example, a.example]}}\nenvironment: {B: x, A: z}"))
                .isEqualTo(read(
                        "environment: {A: z, B: x}\nprofiles: {proxied: {allow: [a.example, B.example]}}\nname: a"));
    }

    @Test
    void readWhenAPresetIsAdjustedGivesBothLists() throws Exception {
        assertThat(good("seccomp-adjusted").seccomp())
                .isEqualTo(new SeccompChoice(
                        Preset.DATASCI,
                        Mode.LOG,
                        Optional.empty(),
                        new Adjustments(
                                List.of("msgget", "ptrace"),
                                List.of("personality", "setuid"),
                                Optional.of("gdb, for debugging"))));
    }

    @Test
    void readWhenTheProfileIsTheProjectsOwnGivesItsPath() throws Exception {
        assertThat(good("seccomp-custom").seccomp())
                .isEqualTo(new SeccompChoice(
                        Preset.CUSTOM, Mode.OFF, Optional.of("filters/my-profile.json"), Adjustments.NONE));
    }

    private static Spec good(String name) throws IOException, InvalidFileException {
        return SpecReader.read(
                "sandbox.yaml", Files.readAllBytes(GOOD.resolve(name + ".yaml")), new ShippedStandings());
    }

    private static Spec read(String yaml) throws InvalidFileException {
        return SpecReader.read("sandbox.yaml", bytes(yaml), new ShippedStandings());
    }

    private static byte[] bytes(String yaml) {
        return yaml.getBytes(StandardCharsets.UTF_8);
    }

    private static String problems(String file, byte[] content) {
        return catchThrowableOfType(
                        InvalidFileException.class, () -> SpecReader.read(file, content, new ShippedStandings()))
                .getMessage();
    }
}
