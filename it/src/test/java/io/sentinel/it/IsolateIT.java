package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code sentinel-isolate} as a person uses it: it behaves like the program that it runs, and leaves nothing. */
@Timeout(300)
class IsolateIT {

    @TempDir
    private Path folder;

    @BeforeEach
    void aSandbox() throws Exception {
        Box.of(
                folder,
                "name: isolate-it\nresources: {memory: 100m, tmp: 8m, run: 8m}\npolicy: {allowed_commands: [id, ls, grep, tail]}\n");
        assertThat(start("--build-if-missing", "--", "true").ended().code()).isZero();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(left()).isEmpty();
    }

    private static List<String> left() throws Exception {
        List<String> left = new ArrayList<>(Isolated.left("isolate-it"));
        left.addAll(Isolated.left("isolated"));
        return left;
    }

    @Test
    void itRunsAsNobodyWithoutANetworkAndItsStreamsAreApart() throws Exception {
        Isolated.Ran ran =
                run("sh", "-c", "id -u; ls /sys/class/net; grep Seccomp_filters /proc/self/status; echo apart >&2");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("10001\nlo\nSeccomp_filters:\t2\n");
        assertThat(ran.err()).contains("apart\n").doesNotContain("10001\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "1, false",
        "42, exit 42",
        "126, exec /etc/passwd",
        "127, exec /no/such",
        "137, kill -KILL $$",
    })
    void theExitCodeIsThePrograms(int code, String script) throws Exception {
        assertThat(run("sh", "-c", script).code()).isEqualTo(code);
    }

    @Test
    void whatIsNoProgramsHasACodeOfItsOwn() throws Exception {
        assertThat(start("--timeout", "1s", "--", "sleep", "60").ended().code()).isEqualTo(124);
        Isolated.Ran greedy = run("sh", "-c", "tail /dev/zero");
        assertThat(greedy.code()).isEqualTo(137);
        assertThat(greedy.err()).contains("it wanted more memory than it may have");
        assertThat(start("--memory", "1q", "--", "true").ended().code()).isEqualTo(64);
        assertThat(start("--no-such-flag").ended().code()).isEqualTo(64);
        assertThat(start().ended().code()).isEqualTo(64);
        assertThat(start("--network", "host", "--", "true").ended().code()).isEqualTo(77);
        assertThat(start(List.of("SENTINEL_PRODUCTION=true"), "--", "true")
                        .ended()
                        .code())
                .isEqualTo(77);
        Isolated noEngine = start(List.of("DOCKER_HOST=unix:///no/such.sock"), "--", "true");
        assertThat(noEngine.ended().code()).isEqualTo(69);
    }

    @Test
    void bytesGoThroughAsTheyAre() throws Exception {
        through(64);
    }

    @Test
    @Tag("full")
    void aGigabyteGoesThroughAsItIs() throws Exception {
        through(1024);
    }

    private void through(int megabytes) throws Exception {
        Isolated cat = start("--", "cat");
        MessageDigest in = MessageDigest.getInstance("SHA-256");
        Thread writer = new Thread(() -> {
            Random random = new Random(5);
            byte[] block = new byte[1 << 20];
            try (OutputStream input = cat.process().getOutputStream()) {
                for (int i = 0; i < megabytes; i++) {
                    random.nextBytes(block);
                    in.update(block);
                    input.write(block);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        MessageDigest out = MessageDigest.getInstance("SHA-256");
        long count;
        try (InputStream output = new DigestInputStream(cat.process().getInputStream(), out)) {
            count = output.transferTo(OutputStream.nullOutputStream());
        }
        writer.join();
        assertThat(cat.process().waitFor()).isZero();
        assertThat(count).isEqualTo((long) megabytes << 20);
        assertThat(out.digest()).isEqualTo(in.digest());
    }

    @Test
    void linesThatComeFastAreAllThere() throws Exception {
        Isolated.Ran ran = run("sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done");
        assertThat(ran.out().lines().count()).isEqualTo(20000);
        assertThat(ran.out()).endsWith("\n19999\n");
    }

    @Test
    void aProgramMayCloseItsInput() throws Exception {
        Isolated started = start("--", "sh", "-c", "exec <&-; exit 4");
        try (OutputStream input = started.process().getOutputStream()) {
            input.write(new byte[1 << 16]);
        }
        assertThat(started.ended().code()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalReachesTheProgram(String name) throws Exception {
        Isolated started = start("--", "sh", "-c", "trap 'exit 9' " + name + "; echo up; while :; do sleep 0.1; done");
        started.awaitUp();
        started.signal(name);
        assertThat(started.ended().code()).isEqualTo(9);
    }

    @Test
    void theSecondSignalEndsWhatIgnoresTheFirst() throws Exception {
        Isolated started = start("--", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done");
        started.awaitUp();
        started.signal("TERM");
        assertThat(started.process().waitFor(2, TimeUnit.SECONDS)).isFalse();
        started.signal("TERM");
        assertThat(started.ended().code()).isEqualTo(137);
    }

    @Test
    void whatAKilledOneLeftTheNextOneClears() throws Exception {
        Isolated started = start("--", "sh", "-c", "echo up; sleep 300");
        started.awaitUp();
        started.signal("KILL");
        started.process().waitFor();
        assertThat(left()).hasSize(1);
        assertThat(run("true").err()).contains("removed what a killed run had left");
    }

    @Test
    void itHasATerminalWhereThereIsOne() throws Exception {
        List<String> words = List.of(
                "script",
                "-qec",
                Isolated.COMMAND + " -- sh -c 'test -t 0 && test -t 1 && echo a terminal; exit 3'",
                "/dev/null");
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(3);
        assertThat(said).contains("a terminal");
    }

    @Test
    void anImageIsBuiltOnlyWhereThatWasSaid() throws Exception {
        Box box = Box.of(
                folder, "name: isolate-it\nimage: {from: \"" + Box.BASE + "\", run: [\"echo " + folder + "\"]}\n");
        Isolated.Ran refused = run("true");
        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err()).contains("add --build-if-missing");
        assertThat(start("--build-if-missing", "--", "true").ended().code()).isZero();
        assertThat(run("true").code()).isZero();
        assertThat(box.folder).isEqualTo(folder);
    }

    @Test
    void aFolderWithoutASpecHasTheDefaultSandbox() throws Exception {
        Files.delete(folder.resolve("src/main/sentinel/sandbox.yaml"));
        Isolated.Ran ran = start(
                        "--build-if-missing",
                        "--image",
                        Box.BASE,
                        "--env",
                        "A=b c",
                        "--",
                        "sh",
                        "-c",
                        "echo $A; ls -d /tmp; id -u")
                .ended();
        assertThat(ran.code()).as(ran.err()).isEqualTo(126);
        assertThat(ran.out()).isEqualTo("b c\n/tmp\n");
        assertThat(ran.err()).contains("sh: 1: id: Permission denied", "exec      /usr/bin/id  allowed_commands");
    }

    @Test
    void whatWeakensIsToldAndStandsInTheOutcome() throws Exception {
        Isolated.Ran ran = start(
                        "--seccomp-mode",
                        "off",
                        "--memory",
                        "200m",
                        "--",
                        "grep",
                        "Seccomp_filters",
                        "/proc/self/status")
                .ended();
        assertThat(ran.out()).isEqualTo("Seccomp_filters:\t1\n");
        String told = "--memory: memory is 200m, where the spec has 100m";
        assertThat(ran.err()).contains(told, "--seccomp-mode: the filter's mode is off");
        assertThat(Files.readString(folder.resolve("target/sentinel/outcome.json")))
                .contains(told, "\"exitCode\" : 0", "grep");
    }

    /** As the guide writes it, with its policy and its proxy, which is the sandbox's own. */
    @Test
    void theGuidesCommandGoesThroughTheSidecar() throws Exception {
        Box.withPython(folder, "name: isolate-it\nprofiles: {proxied: {allow: [listed.invalid]}}\n");
        Path workspace = Files.createDirectories(folder.resolve("sandbox-workspace"));
        Files.writeString(
                workspace.resolve("your_agent.py"),
                """
                import os
                print(os.environ["HTTPS_PROXY"], os.environ["SENTINEL_NO_PROXY"], os.environ["SENTINEL_ENFORCE_PROXY"])
                print("git" in open("/workspace/sentinel.yaml").read())
                """);
        Files.writeString(folder.resolve("sentinel.yaml"), "allowed_commands: [git]\n");
        String guide =
                """
                --build-if-missing
                --workspace ./sandbox-workspace
                --policy ./sentinel.yaml
                --proxy http://sentinel-proxy:3128
                --enforce-proxy
                --no-proxy localhost,127.0.0.1
                --seccomp-profile strict
                --seccomp-mode enforce
                --network bridge
                -- python3 your_agent.py
                """;
        Isolated.Ran ran = start(guide.strip().split("\\s+")).ended();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("http://sentinel-proxy:3128 localhost,127.0.0.1 true\nTrue\n");
    }

    @Test
    void aShellCompletesIt() throws Exception {
        Isolated.Ran ran = start("--completion").ended();
        Path script = Files.writeString(folder.resolve("completion"), ran.out());
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source \"$0\"; COMP_WORDS=(sentinel-isolate --secc); COMP_CWORD=1;"
                                + " _complete_sentinel-isolate; echo ${COMPREPLY[@]}",
                        script.toString())
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("--seccomp-profile", "--seccomp-mode");
    }

    @Test
    @Tag("full")
    void fiftyAtOnceAllEndWell() throws Exception {
        List<Isolated> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(start("--", "sh", "-c", "echo " + i + "; exit " + i));
        }
        for (int i = 0; i < 50; i++) {
            Isolated.Ran ran = all.get(i).ended();
            assertThat(ran.code()).as(ran.err()).isEqualTo(i);
            assertThat(ran.out()).isEqualTo(i + "\n");
        }
    }

    @Test
    void theGoalDoesTheSame() throws Exception {
        assertThat(Command.goal(folder, "isolate", "-Dsentinel.command=echo by the goal; id -u")
                        .output(0))
                .contains("by the goal\n10001\n");
        assertThat(Command.goal(folder, "isolate", "-Dsentinel.command=exit 5").output(1))
                .contains("The agent ended with exit code 5");
        assertThat(Command.goal(folder, "isolate", "-Dsentinel.command=true", "-Dsentinel.network=lan")
                        .output(1))
                .contains("-Dsentinel.network: expected none, bridge, proxied or host, found \"lan\"");
        assertThat(Command.goal(folder, "isolate").output(1)).contains("name it with -Dsentinel.command");
    }

    private Isolated.Ran run(String... program) throws Exception {
        List<String> words = new ArrayList<>(List.of("--"));
        words.addAll(Arrays.asList(program));
        return start(words.toArray(String[]::new)).ended();
    }

    private Isolated start(String... words) throws Exception {
        return start(List.of(), words);
    }

    private Isolated start(List<String> variables, String... words) throws Exception {
        return Isolated.start(folder, variables, List.of(words));
    }
}
