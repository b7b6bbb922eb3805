package io.sentinel.isolate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.Events;
import io.sentinel.run.Invoker;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of flag, variable, spec and default counts, and what is refused: row by row, in a project of its own. */
class ChoicesTest {

    private static final Path ROWS = Path.of("src/test/resources/isolate/choices.txt");
    private final Docker nothing = new Docker(new ProcessStarter(new HostEnvironment(Map.of()), EngineLog.SILENT));

    private static final UnixSystem ME = new UnixSystem();

    @TempDir(factory = RealFolder.class)
    private Path out;

    private Path project;

    /** What a row calls {@code {out}} is its real path. */
    static final class RealFolder implements org.junit.jupiter.api.io.TempDirFactory {
        @Override
        public Path createTempDirectory(
                org.junit.jupiter.api.extension.AnnotatedElementContext element,
                org.junit.jupiter.api.extension.ExtensionContext context)
                throws IOException {
            return Files.createTempDirectory("choices").toRealPath();
        }
    }

    static Stream<String> rows() throws IOException {
        return Files.readAllLines(ROWS).stream().filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    @BeforeEach
    void aProject() throws IOException {
        project = Files.createDirectories(out.resolve("project"));
        for (String folder : List.of("home/own", "other", "specs", "project/sandbox-workspace", "cache/sentinel/x")) {
            Files.createDirectories(out.resolve(folder));
        }
        Files.createSymbolicLink(out.resolve("to-etc"), Path.of("/etc"));
        Files.createSymbolicLink(out.resolve("to-other"), out.resolve("other"));
        Files.createSymbolicLink(project.resolve("leads-out"), out.resolve("other"));
        Files.createSymbolicLink(project.resolve("sandbox-workspace/out"), out.resolve("other"));
        Files.createSymbolicLink(project.resolve("through"), project.resolve("sandbox-workspace/out"));
        for (String file :
                List.of("other/f.json", "project/f.json", "project/g.json", "project/sandbox-workspace/f.json")) {
            Files.writeString(out.resolve(file), "{}");
        }
        for (String file : List.of("other/p.yaml", "project/p.yaml", "project/sandbox-workspace/p.yaml")) {
            Files.writeString(out.resolve(file), "allowed_commands: [git]\n");
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowComesOutAsItSays(String row) throws Exception {
        List<String> cells =
                Arrays.stream(row.split("\\|", -1)).map(String::strip).toList();
        String outcome = cells.get(cells.size() - 1);
        if (outcome.startsWith("!")) {
            assertThatThrownBy(() -> explanation(cells))
                    .isInstanceOf(SandboxException.class)
                    .message()
                    .isEqualTo(named(outcome.substring(1).strip()).replace("\\n", "\n"));
            return;
        }
        List<String> shown = explanation(cells).rows().stream()
                .map(one -> one.name() + " " + one.value() + " " + one.origin())
                .toList();
        assertThat(shown).containsAll(List.of(named(outcome).split(", (?=[a-z-]+ )")));
    }

    @Test
    void thereAreManyRows() throws IOException {
        assertThat(rows().count()).isGreaterThan(150);
    }

    @Test
    void whatIsolatesLessIsToldAndWhatIsolatesMoreIsNot() throws Exception {
        Explanation weaker = explanation(List.of(
                "--memory 1g --pids 999 --cpus 2 --timeout 20m --seccomp-profile datasci --seccomp-mode off --network"
                        + " bridge --publish 8080:80 --publish 0.0.0.0:53:53/udp --runtime runc --policy p.yaml --workspace"
                        + " {out}/other",
                "",
                "runtime: kata",
                ""));
        assertThat(weaker.weakenings())
                .containsExactly(
                        "--policy: the policy is that of p.yaml, where the spec has another",
                        "--workspace: the agent writes to " + out.resolve("other") + ", outside of the project",
                        "--seccomp-profile: the filter is datasci, where the spec has strict",
                        "--seccomp-mode: the filter's mode is off, where the spec has enforce",
                        "--runtime: the runtime is runc, which shares the host's kernel, where the spec has kata",
                        "--timeout: timeout is 20m, where the spec has 10m",
                        "--memory: memory is 1g, where the spec has 512m",
                        "--cpus: cpus is 2, where the spec has 1.0",
                        "--pids: pids is 999, where the spec has 256",
                        "--publish: programs of this host can talk to the agent's port 80/tcp by this host's 8080;"
                                + " whatever reaches any address of this host can talk to the agent's port 53/udp by this"
                                + " host's 53");
        Explanation replaced = explanation(List.of(
                "--seccomp-profile strict --workspace w --env API_TOKEN=x",
                "",
                "seccomp: {preset: custom, file: f.json}",
                ""));
        assertThat(replaced.weakenings())
                .containsExactly(
                        "--workspace: the agent writes to w, where the spec has sandbox-workspace",
                        "--seccomp-profile: the filter is strict, where the spec has custom",
                        "--env API_TOKEN: named like a secret, and every process inside, docker inspect and the files in"
                                + " target/sentinel show a variable; the spec's secrets give a file");
        Explanation stronger = explanation(List.of(
                "--memory 100m --pids 9 --cpus 0.1 --timeout 1m --seccomp-profile strict --seccomp-mode enforce --runtime"
                        + " runsc --policy p.yaml",
                "",
                "seccomp: {preset: datasci, mode: log}\npolicy: {allowed_commands: [git]}",
                ""));
        assertThat(stronger.weakenings()).isEmpty();
        Explanation another =
                explanation(List.of("--seccomp g.json", "", "seccomp: {preset: custom, file: f.json}", ""));
        assertThat(another.weakenings()).containsExactly("--seccomp: the filter is g.json, where the spec has f.json");
    }

    /** Of its network and its proxy each run tells by itself; the settings show it too. */
    @Test
    void theNetworkTellsWhatItLeavesOpen() throws Exception {
        assertThat(weakening("--network host --i-know-this-is-not-isolated", "network"))
                .startsWith("network host: THIS IS NOT ISOLATED");
        assertThat(weakening("--network bridge", "network")).startsWith("profile standard: ");
        assertThat(weakening("--network bridge --proxy http://u:secret@p.example:8080", "proxy"))
                .startsWith("proxy http://p.example:8080: programs are told of it")
                .doesNotContain("secret");
    }

    private String weakening(String flags, String name) throws Exception {
        return explanation(List.of(flags, "", "", "")).rows().stream()
                .filter(row -> row.name().equals(name))
                .flatMap(row -> row.weakening().stream())
                .findFirst()
                .orElse("");
    }

    @Test
    void thePasswordOfAProxyIsInNoLine() throws Exception {
        List<String> cells = List.of("--network bridge", "SENTINEL_PROXY=http://u:secret@p.example:8080", "", "");
        assertThat(String.join("\n", explanation(cells).lines()))
                .contains("p.example:8080")
                .doesNotContain("secret");
        for (String broken : List.of("socks5://u:secret@p:1", "http://u:sec ret@p:1", "http://u:secret@p")) {
            assertThatThrownBy(() -> Choices.of(
                            new Said(
                                    Map.of(Setting.NETWORK, "bridge", Setting.PROXY, broken),
                                    List.of(),
                                    List.of(),
                                    false,
                                    "--"),
                            Map.of()))
                    .hasMessageStartingWith("--proxy: expected http://HOST:PORT")
                    .message()
                    .doesNotContain("sec");
        }
    }

    /** Each line's values begin below one another, however long they are. */
    @Test
    void theColumnsOfAnExplanationAreAligned() throws Exception {
        List<String> lines = explanation(List.of("--image a.registry.example/with/a/very/long/name:1", "", "", ""))
                .lines();
        int origin = lines.get(0).indexOf("--image");
        assertThat(lines.stream().filter(line -> !line.startsWith("  ")))
                .allMatch(line -> line.charAt(origin - 1) == ' ' && line.charAt(origin) != ' ');
    }

    @Test
    void aRefusalIsToldFromWrongUsage() {
        assertThatThrownBy(() -> explanation(List.of("--network host", "", "", "")))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> explanation(List.of("--publish 1:1", "", "", "")))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> explanation(List.of("--network lan", "", "", "")))
                .isNotInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> explanation(List.of("--i-know-this-is-not-isolated", "", "", "")))
                .isNotInstanceOf(RefusedException.class);
    }

    /** Whatever is decided of profiles, production among it, is decided of the host's network too. */
    @Test
    void theHostsNetworkIsNoNetworkOfAProfile() throws Exception {
        Choices choices =
                Choices.of(new Said(Map.of(Setting.NETWORK, "host"), List.of(), List.of(), true, "--"), Map.of());
        assertThat(choices.profile()).isEqualTo(Profile.STRICT);
        assertThat(choices.hostNetwork()).isTrue();
        Invoker production = new Invoker(
                ME.getUid(),
                ME.getGid(),
                Map.of("SENTINEL_PRODUCTION", "true", "SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "true"));
        spec("");
        AgentRun.Terminal none = new AgentRun.Terminal(
                io.sentinel.engine.Console.OUTPUT_ONLY,
                new io.sentinel.engine.Streams.Pumped(
                        java.io.OutputStream.nullOutputStream(), java.io.OutputStream.nullOutputStream()),
                new io.sentinel.engine.Streams.Pumped(
                        java.io.OutputStream.nullOutputStream(), java.io.OutputStream.nullOutputStream()));
        try (Ahead ahead = new Ahead(nothing, layout())) {
            assertThatThrownBy(
                            () -> isolation(production).run(choices, List.of("true"), false, none, ahead, name -> {}))
                    .isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void aFolderOfAnotherUserIsNotGivenAway() throws Exception {
        spec("");
        Invoker another = new Invoker(
                ME.getUid() + 1, ME.getGid(), Map.of("HOME", out.resolve("home").toString()));
        Choices choices = Choices.of(
                new Said(Map.of(Setting.WORKSPACE, "../other"), List.of(), List.of(), false, "--"), Map.of());
        assertThatThrownBy(() -> isolation(another).explain(choices))
                .hasMessage("--workspace names " + out.resolve("other") + ": a folder of another user (uid "
                        + ME.getUid() + "); name one of your own");
    }

    @Test
    void theGuardIsToldWhatWasChosen() throws Exception {
        Choices choices = Choices.of(
                new Said(
                        Map.of(Setting.SECCOMP_MODE, "log", Setting.NO_PROXY, "a"),
                        List.of("A=b=c"),
                        List.of(),
                        false,
                        "--"),
                Map.of("SENTINEL_SECCOMP_MODE", "off", "SENTINEL_SECCOMP_PROFILE", "datasci"));
        assertThat(choices.variables())
                .containsEntry("SENTINEL_SECCOMP_MODE", "log")
                .containsEntry("SENTINEL_SECCOMP_PROFILE", "datasci")
                .containsEntry("SENTINEL_NO_PROXY", "a");
        assertThat(choices.environment()).containsExactly("A");
    }

    private String named(String text) {
        return text.replace("{out}", out.toString());
    }

    private Explanation explanation(List<String> cells) throws Exception {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        List<String> pairs = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        boolean knowing = false;
        String[] words =
                cells.get(0).isEmpty() ? new String[0] : named(cells.get(0)).split(" ");
        for (int i = 0; i < words.length; i++) {
            String flag = words[i].substring(2);
            if (flag.equals(Said.KNOWING)) {
                knowing = true;
            } else if (flag.equals("env")) {
                pairs.add(words[++i]);
            } else if (flag.equals("publish")) {
                ports.add(words[++i]);
            } else {
                Setting setting = Stream.of(Setting.values())
                        .filter(one -> one.flag().equals(flag))
                        .findFirst()
                        .orElseThrow();
                values.put(setting, setting == Setting.ENFORCE_PROXY ? "true" : words[++i]);
            }
        }
        Map<String, String> variables = new TreeMap<>();
        if (!cells.get(1).isEmpty()) {
            for (String pair : named(cells.get(1)).split("\\s+(?=[A-Z_]+=)")) {
                variables.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        variables.putIfAbsent("HOME", out.resolve("home").toString());
        spec(cells.get(2));
        Invoker invoker = new Invoker(ME.getUid(), ME.getGid(), variables);
        return isolation(invoker).explain(Choices.of(new Said(values, pairs, ports, knowing, "--"), variables));
    }

    private void spec(String text) throws IOException {
        Files.write(project.resolve("box.yaml"), ("name: box\n" + text).getBytes(UTF_8));
    }

    private Layout layout() {
        Path work = project.resolve("target/sentinel");
        return new Layout(project, project.resolve("box.yaml"), work.resolve("bundle"), work);
    }

    private Isolation isolation(Invoker invoker) {
        assertThat(Files.exists(project.resolve("box.yaml"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        Events silent = (Events) Proxy.newProxyInstance(
                Events.class.getClassLoader(), new Class<?>[] {Events.class}, (proxy, method, arguments) -> null);
        return new Isolation(layout(), "test", invoker, list -> List.of(), nothing, silent);
    }
}
