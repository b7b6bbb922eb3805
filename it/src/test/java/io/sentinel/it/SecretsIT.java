package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.LabelFilter;
import io.sentinel.engine.ObjectKind;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Invoker;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run is given of its invoker's gets to its agent, to nobody else, and is gone with it. */
@Timeout(600)
class SecretsIT {

    private static final Path COMMAND = Path.of("../scripts/sentinel-isolate").toAbsolutePath();
    private static final String CONTENT = "hunter2-c0ntent-of-the-file";
    private static final String VALUE = "hunter2-v4lue-of-the-variable";
    private static final List<LabelFilter> OURS = List.of(LabelFilter.has("io.sentinel.owner"));

    @TempDir
    private Path folder;

    private Path home;
    private Path project;

    @BeforeEach
    void files() throws Exception {
        home = Files.createDirectory(folder.resolve("home"));
        project = Files.createDirectory(folder.resolve("project"));
        Files.writeString(home.resolve(".token"), CONTENT);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(inMemory()).isEmpty();
        assertThat(containers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"STRICT", "STANDARD"})
    void theAgentReadsItAndNothingElseTellsIt(Profile profile) throws Exception {
        box(
                """
                passEnvironment: [BUILD_ID]
                command:
                  - sh
                  - -c
                  - |
                    stat -f -c %T /run/secrets/token
                    stat -c '%a %u:%g' /run/secrets/token
                    wc -c </run/secrets/token
                    (echo x >/run/secrets/token) 2>&1
                    chmod 600 /run/secrets/token 2>&1
                    rm -f /run/secrets/token 2>&1
                    env | grep -c hunter2-c
                    echo "$BUILD_ID" | wc -c
                    echo up
                    while [ ! -e /workspace/go ]; do sleep 0.1; done
                """);
        Command run = Command.goal(
                        project,
                        Map.of("HOME", home.toString(), "BUILD_ID", VALUE),
                        "run",
                        "-X",
                        "-Dsentinel.profile=" + profile.word())
                .saying("\nup");
        assertThat(inMemory()).hasSize(1);
        ContainerFacts container = containers().get(0);
        String inspected = Box.docker().inspectJson(ObjectKind.CONTAINER, List.of(container.id()));
        assertThat(inspected).doesNotContain(CONTENT).contains("/run/secrets/token");
        assertThat(argumentsOfAllProcesses()).doesNotContain(CONTENT).doesNotContain(VALUE);
        Files.createFile(project.resolve("sandbox-workspace/go"));
        // The guard's line comes when it comes.
        String said = run.output(0).replaceAll("(?m)^\\[INFO\\] guard: .*\n", "");
        assertThat(said)
                .contains("tmpfs\n400 10001:10001\n" + CONTENT.length() + "\n")
                .contains("Read-only file system")
                .containsPattern("(?m)^0\n" + (VALUE.length() + 1) + "\nup$")
                .doesNotContain(CONTENT)
                .doesNotContain(VALUE);
        assertThat(textOf(project)).doesNotContain(CONTENT).doesNotContain(VALUE);
        String image = Command.docker(project, "image", "history", "--no-trunc", imageOf(inspected))
                .output(0);
        assertThat(image).doesNotContain(CONTENT).doesNotContain(VALUE);
    }

    @Test
    void nothingIsLeftWhicheverWayItEnds() throws Exception {
        Box box = box("command: [sh, -c, 'exit 3']\n");
        assertThat(box.run(Profile.STRICT, invoker(Map.of())).outcome().exitCode())
                .hasValue(3);
        assertThat(inMemory()).isEmpty();
        box("command: [sleep, '60']\nresources: {timeout: 1s}\n");
        assertThat(box.run(Profile.STRICT, invoker(Map.of())).outcome().reason())
                .isEqualTo(Outcome.Reason.TIMEOUT);
        assertThat(inMemory()).isEmpty();
        box("command: [/no/such/program]\n");
        assertThat(box.run(Profile.STANDARD, invoker(Map.of())).outcome().exitCode())
                .hasValue(127);
        assertThat(inMemory()).isEmpty();
        box("command: [\"true\"]\nimage: {from: \"sentinel-base:no-such\"}\n");
        assertThatThrownBy(() -> box.run(Profile.STRICT, invoker(Map.of()))).isInstanceOf(Exception.class);
    }

    @Test
    void anInterruptRemovesItAndTheNextCallWhatAKilledOneLeft() throws Exception {
        box("command: [sh, -c, 'echo the agent is up; exec sleep 600']\n");
        Command interrupted = run().saying("the agent is up");
        assertThat(inMemory()).hasSize(1);
        interrupted.signal("INT").ended();
        assertThat(inMemory()).isEmpty();

        Command killed = run().saying("the agent is up");
        List<ProcessHandle> orphans = killed.descendants();
        killed.signal("KILL").ended();
        orphans.forEach(ProcessHandle::destroyForcibly);
        assertThat(inMemory()).hasSize(1);
        Box other = Box.of(folder.resolve("other"), "name: other\ncommand: [\"true\"]\n");
        other.run(Profile.STRICT);
        assertThat(inMemory()).isEmpty();
    }

    @Test
    void sentinelIsolateGivesItToo() throws Exception {
        box("");
        Command isolated = Command.start(
                project,
                Map.of("HOME", home.toString()),
                List.of(COMMAND.toString(), "--build-if-missing", "--", "wc", "-c", "/run/secrets/token"));
        assertThat(isolated.output(0)).contains(CONTENT.length() + " /run/secrets/token");
    }

    /** What a run remembers of a bundle is another run's, with other values; the docker client has TERM by itself. */
    @ParameterizedTest
    @EnumSource(Profile.class)
    void variablesArePassedAsTheyAre(Profile profile) throws Exception {
        Box box = box(
                """
                passEnvironment: [ODD, EMPTY, UNSET, TERM, "no"]
                command: [sh, -c, "env -0 | base64 -w0"]
                """);
        String odd = "a\n\"b' $HOME ${X:-y} $$ `c` \\ =d\t\u00e9\n";
        String terminal = VALUE + "-of-a-terminal";
        Map<String, String> first = seen(box.run(
                profile,
                invoker(Map.of("ODD", odd, "EMPTY", "", "TERM", terminal, "no", "norway")),
                Box.docker(Map.of("TERM", terminal))));
        assertThat(first)
                .containsEntry("ODD", odd)
                .containsEntry("EMPTY", "")
                .containsEntry("TERM", terminal)
                .containsEntry("no", "norway")
                .doesNotContainKeys("UNSET", "SENTINEL_SECRETS");
        Map<String, String> second = seen(box.run(profile, invoker(Map.of("UNSET", VALUE))));
        assertThat(second).containsEntry("UNSET", VALUE).doesNotContainKeys("ODD", "EMPTY", "no");
        assertThat(textOf(project)).doesNotContain(VALUE).doesNotContain("norway");
    }

    @Test
    void aNameThatLooksLikeASecretIsAWeakening() throws Exception {
        Box box =
                box("passEnvironment: [GITHUB_TOKEN, BUILD_ID]\ncommand: [sh, -c, 'echo \"$GITHUB_TOKEN\" | wc -c']\n");
        Box.Result result = box.run(Profile.STRICT, invoker(Map.of("GITHUB_TOKEN", VALUE)));
        assertThat(result.out().strip()).isEqualTo(Integer.toString(VALUE.length() + 1));
        assertThat(box.warnings)
                .filteredOn(text -> text.contains("GITHUB_TOKEN"))
                .hasSize(1);
        assertThat(result.outcome().weakenings())
                .singleElement()
                .asString()
                .contains("passEnvironment hands on GITHUB_TOKEN");
        assertThat(textOf(project)).doesNotContain(VALUE);
    }

    @Test
    void whatCannotBeGivenIsRefusedBeforeAnythingStarts() throws Exception {
        Box box = box("command: [\"true\"]\nimage: {from: \"sentinel-base:no-such\"}\n");
        Files.delete(home.resolve(".token"));
        assertThatThrownBy(() -> box.run(Profile.STRICT, invoker(Map.of())))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("the secret token cannot be given: \"~/.token\" is not there");
        assertThat(Files.readString(project.resolve("target/sentinel/outcome.json")))
                .contains("\"reason\" : \"refused\"");
    }

    @Test
    void byHandItNeedsAFolderWithTheFiles() throws Exception {
        Box box = box(
                "passEnvironment: [BUILD_ID]\ncommand: [sh, -c, 'wc -c /run/secrets/token; echo \"$BUILD_ID\" | wc -c']\n");
        box.build();
        Path bundle = box.layout.bundle();
        Command.docker(bundle, "compose", "config").output(0);
        Command.docker(bundle, "compose", "build").output(0);
        List<String> words = List.of("docker", "compose", "--profile", "strict", "run", "--rm", "sentinel-strict");
        Command without = Command.start(bundle, Map.of(), words).ended();
        assertThat(without.exitCode()).isNotZero();
        assertThat(without.output()).contains("SENTINEL_SECRETS-is-not-set");

        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("token"), CONTENT);
        Command with = Command.start(bundle, Map.of("SENTINEL_SECRETS", files.toString(), "BUILD_ID", VALUE), words);
        assertThat(with.output(0))
                .contains(CONTENT.length() + " /run/secrets/token\n" + (VALUE.length() + 1))
                .doesNotContain(VALUE);
    }

    /** The files of the secrets are not even there. */
    @Test
    void aVerificationHoldsAndReadsNoneOfIt() throws Exception {
        Files.delete(home.resolve(".token"));
        Box box = box(
                "passEnvironment: [BUILD_ID, LANG]\ncommand: [\"true\"]\nprofiles: {proxied: {allow: [api.example.com]}}\n");
        Report report = box.verify();
        assertThat(report.findings())
                .filteredOn(finding -> !(finding.verdict() instanceof Verdict.Held))
                .extracting(finding -> finding.rule().id())
                .containsOnly("DF-10");
        assertThat(report.findings())
                .filteredOn(finding -> finding.rule().id().equals("MNT-8"))
                .filteredOn(finding -> finding.subject().service().equals("sentinel-strict"))
                .extracting(finding -> ((Verdict.Held) finding.verdict()).found())
                .containsExactly("the spec's: token", "the spec's: token", "the spec's: token");
        assertThat(report.drifts()).isEmpty();
        assertThat(report.canaries()).allMatch(Canary::worked);
    }

    @Test
    void aVerificationOfAPassedSecretSaysSo() throws Exception {
        Box box = box("passEnvironment: [GITHUB_TOKEN]\ncommand: [\"true\"]\n");
        Report report = box.verify(Ring.STATIC);
        assertThat(report.findings())
                .filteredOn(finding -> finding.verdict() instanceof Verdict.Broken)
                .extracting(finding -> finding.rule().id())
                .contains("ENV-1")
                .doesNotContain("ENV-2", "MNT-8", "YML-2");
    }

    private Box box(String more) throws IOException {
        return Box.of(
                project,
                "name: secrets-it\nsecrets: [{name: token, file: ~/.token}]\n"
                        + "policy: {allowed_commands: [base64, chmod, env, grep, rm, sleep, stat, wc]}\n" + more);
    }

    private Command run() throws IOException {
        return Command.goal(project, Map.of("HOME", home.toString()), "run");
    }

    private Invoker invoker(Map<String, String> variables) {
        Map<String, String> environment = new TreeMap<>(variables);
        environment.put("HOME", home.toString());
        return new Invoker(0, 0, environment);
    }

    private static Map<String, String> seen(Box.Result result) {
        Map<String, String> variables = new TreeMap<>();
        String all = new String(Base64.getDecoder().decode(result.out().strip()), StandardCharsets.UTF_8);
        for (String one : all.split("\0")) {
            variables.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        return variables;
    }

    private static List<ContainerFacts> containers() throws Exception {
        return Box.docker().listContainers(OURS).stream()
                .filter(container -> container.name().startsWith("sentinel-secrets-it-"))
                .toList();
    }

    /** Of this project: the machine may have others', whose runs are nothing of this test's. */
    private List<Path> inMemory() throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(project.toString().getBytes(StandardCharsets.UTF_8));
        String hash = HexFormat.of().formatHex(digest).substring(0, 12);
        try (Stream<Path> all = Files.list(Path.of("/dev/shm"))) {
            return all.filter(
                            path -> path.getFileName().toString().matches("sentinel-secrets-[^.]+\\." + hash + "\\..*"))
                    .toList();
        }
    }

    private static String imageOf(String inspected) throws IOException {
        return new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(inspected)
                .get(0)
                .get("Image")
                .asText();
    }

    private static String argumentsOfAllProcesses() {
        StringBuilder all = new StringBuilder();
        ProcessHandle.allProcesses().forEach(process -> {
            try {
                all.append(
                        Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // It has ended meanwhile.
                return;
            }
        });
        return all.toString();
    }

    private static String textOf(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
