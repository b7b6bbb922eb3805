package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the guard asks at the terminal of whoever started the run, and what becomes of the answers. The agent reaches for its
 * own container alone: for servers of its own, by loopback and by the container's name.
 */
class AskingIT {

    private static final String PROMPT = " and Enter to allow it, anything else denies: ";
    private static final Pattern WORD = Pattern.compile("Type ([b-z]{4})" + PROMPT);
    private static final String CONSOLE = "SENTINEL_APPROVAL_MODE=console";

    private static final String HEAD =
            """
            import os, socket, sys, threading, time
            def attempt(name, what):
                try:
                    print("agent:", name, "did", what(), flush=True)
                except BaseException as error:
                    print("agent:", name, "failed", type(error).__name__, flush=True)
            def connect(port, host="127.0.0.1"):
                with socket.create_connection((host, port)) as one:
                    return one.recv(2).decode()
            def serve(port):
                server = socket.create_server(("0.0.0.0", port))
                def accept():
                    while True:
                        server.accept()[0].sendall(b"ok")
                threading.Thread(target=accept, daemon=True).start()
            serve(8080)
            serve(8081)
            """;

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Isolated.left("asking")).isEmpty();
        try (Stream<Path> trails = Files.list(folder.resolve("target/sentinel/trail"))) {
            assertThat(trails.map(Path::toString)).noneMatch(name -> name.endsWith(".answers"));
        }
    }

    private void write(String script) throws Exception {
        Box box = Box.withPython(
                folder,
                "name: asking\ncommand: [python3, agent.py]\n"
                        + "policy: {on_block: ask, network_failsafe: {allow_private_network: true}}\n");
        box.generate();
        Files.writeString(folder.resolve("sandbox-workspace/agent.py"), HEAD + script);
    }

    private Pty start(String script) throws Exception {
        write(script);
        return Pty.start(
                folder,
                List.of(CONSOLE),
                List.of(
                        Isolated.COMMAND.toString(),
                        "--build-if-missing",
                        "--network",
                        "bridge",
                        "--",
                        "python3",
                        "agent.py"));
    }

    /** The records of the newest trail that the host has. */
    private String trail() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("target/sentinel").resolve(AuditFolder.NAME))) {
            return Files.readString(files.max(Comparator.naturalOrder()).orElseThrow());
        }
    }

    /** What allows what the newest question is about, with Enter. */
    private static String word(Pty terminal) {
        return WORD.matcher(terminal.shown())
                        .results()
                        .map(shown -> shown.group(1))
                        .reduce((earlier, later) -> later)
                        .orElseThrow()
                + "\n";
    }

    private static String asked(String target, String decision, String reason) {
        return "\"action\":\"ask\",\"target\":\"" + target + "\",\"decision\":\"" + decision
                + "\",\"key\":\"on_block\",\"reason\":\"" + reason + "\"";
    }

    @Test
    void yesIsForTheRestOfTheRun() throws Exception {
        try (Pty terminal = start("attempt('one', lambda: connect(8080))\nattempt('two', lambda: connect(8080))\n")) {
            terminal.showing(PROMPT, 1).type(word(terminal));
            assertThat(terminal.ended(0))
                    .containsOnlyOnce(PROMPT)
                    .contains("  target   127.0.0.1:8080\n", "(allowed_hosts)", "  program  /usr/bin/python3")
                    .contains("Answered: yes.", "agent: one did ok\n", "agent: two did ok\n");
        }
        assertThat(trail())
                .contains("\"action\":\"ask\",\"target\":\"127.0.0.1:8080\",\"decision\":\"observed\"")
                .contains(asked("127.0.0.1:8080", "allowed", "console"));
    }

    @Test
    void everyOtherWordIsANo() throws Exception {
        try (Pty terminal = start("attempt('one', lambda: connect(8080))\nattempt('two', lambda: connect(8080))\n")) {
            terminal.showing(PROMPT, 1).type("\n");
            assertThat(terminal.ended(0))
                    .containsOnlyOnce(PROMPT)
                    .contains(
                            "Answered: no.",
                            "agent: one failed PermissionError\n",
                            "agent: two failed PermissionError\n")
                    .contains("What the guard denied");
        }
        assertThat(trail()).contains(asked("127.0.0.1:8080", "denied", "console"));
    }

    /** A terminal keeps half a line until Enter, whoever opens it anew and whatever is shown meanwhile. */
    @Test
    void halfALineFromBeforeTheQuestionIsNoPartOfAYes() throws Exception {
        try (Pty terminal = start("attempt('one', lambda: connect(8080))\nattempt('two', lambda: connect(8081))\n")) {
            terminal.type("y").showing(PROMPT, 1).type("\ny");
            terminal.showing(PROMPT, 2).type(word(terminal));
            String shown = terminal.ended(0);
            assertThat(shown)
                    .contains("agent: one failed PermissionError\n", "agent: two failed PermissionError\n")
                    .doesNotContain("Answered: yes.");
            assertThat(shown.split("Answered: no\\.", -1)).hasSize(3);
        }
        assertThat(trail())
                .contains(asked("127.0.0.1:8080", "denied", "console"), asked("127.0.0.1:8081", "denied", "console"));
    }

    @Test
    @Tag("full")
    void noAnswerIsANo() throws Exception {
        try (Pty terminal = start("attempt('one', lambda: connect(8080))\n")) {
            terminal.showing(PROMPT, 1);
            assertThat(terminal.ended(0))
                    .contains("Not answered, so not allowed.", "agent: one failed PermissionError\n");
        }
        assertThat(trail()).contains(asked("127.0.0.1:8080", "denied", "timeout"));
    }

    /** By a query of its own: the container's name stands in its hosts file as well, which nobody is asked about. */
    @Test
    void nameThatIsAllowedResolvesAndItsAddressIsReached() throws Exception {
        try (Pty terminal = start(
                """
                name = socket.gethostname()
                def resolve():
                    query = bytes([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name)]) + name.encode() + bytes([0, 0, 1, 0, 1])
                    with socket.socket(type=socket.SOCK_DGRAM) as one:
                        one.sendto(query, ("127.0.0.1", 53))
                        return socket.inet_ntoa(one.recv(512)[-4:])
                attempt("name", lambda: connect(8081, resolve()))
                """)) {
            terminal.showing(PROMPT, 1).type(word(terminal));
            assertThat(terminal.ended(0))
                    .containsOnlyOnce(PROMPT)
                    .containsPattern("  target   [0-9a-f]{12}\n")
                    .contains("  program  /usr/bin/python3", "agent: name did ok\n");
        }
    }

    @Test
    void twoAtOnceAreAskedOneAfterTheOther() throws Exception {
        try (Pty terminal = start(
                """
                all = [threading.Thread(target=attempt, args=(str(port), lambda port=port: connect(port))) for port in (8080, 8081)]
                for one in all:
                    one.start()
                    time.sleep(1)
                print("agent: goes on", flush=True)
                [one.join() for one in all]
                """)) {
            terminal.showing(PROMPT, 1).type(word(terminal));
            terminal.showing(PROMPT, 2).type("n\n");
            String shown = terminal.ended(0);
            assertThat(shown)
                    .contains("agent: 8080 did ok\n", "agent: 8081 failed PermissionError\n", "agent: goes on\n");
            assertThat(shown.indexOf(":8080")).isLessThan(shown.indexOf(":8081"));
        }
    }

    /** What the agent says comes before a question or after it, and drives no terminal. */
    @Test
    void agentCanNeitherForgeNorPaintOverAQuestion() throws Exception {
        try (Pty terminal = start(
                """
                def paint():
                    for i in range(40):
                        print("\\x1b[3A\\x1b[2K\\r  target   good.example", flush=True)
                        time.sleep(0.05)
                print("Type bcdf and Enter to allow it, anything else denies:\\x1b]0;", end="", flush=True)
                threading.Thread(target=paint).start()
                attempt("one", lambda: connect(8080))
                attempt("input", lambda: repr(sys.stdin.read()))
                """)) {
            terminal.type("bcdf\n").showing(PROMPT, 1);
            Thread.sleep(1500);
            String before = terminal.shown();
            assertThat(before).endsWith(PROMPT).doesNotContain("\u001b");
            assertThat(before.substring(before.indexOf("The guard asks"))).doesNotContain("good.example");
            terminal.type("n\n");
            assertThat(terminal.ended(0))
                    .contains("agent: one failed PermissionError\n", "agent: input did ''\n", "\\u001B[3A\\u001B[2K")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void agentCannotWriteTheAnswer() throws Exception {
        try (Pty terminal = start(
                """
                answers = "/opt/sentinel/audit/" + os.environ["SENTINEL_TRAIL"] + ".answers"
                for path in (answers, "/proc/1/root" + answers, "/proc/%d/root%s" % (os.getppid(), answers)):
                    attempt("open", lambda: open(path, "a"))
                attempt("list", lambda: os.listdir("/opt/sentinel/audit"))
                attempt("one", lambda: connect(8080))
                """)) {
            terminal.showing(PROMPT, 1).type("n\n");
            String shown = terminal.ended(0);
            assertThat(shown.lines().filter(line -> line.startsWith("agent: open failed PermissionError")))
                    .hasSize(3);
            assertThat(shown).contains("agent: list failed PermissionError\n", "agent: one failed PermissionError\n");
        }
    }

    @Test
    void floodOfQuestionsEndsAfterFive() throws Exception {
        try (Pty terminal = start(
                """
                for port in range(9000, 9100):
                    attempt("flood", lambda: connect(port))
                """)) {
            for (int i = 1; i <= 5; i++) {
                terminal.showing(PROMPT, i).type("n\n");
            }
            String shown = terminal.ended(0);
            assertThat(shown.split("agent: flood failed PermissionError", -1)).hasSize(101);
            assertThat(shown.split(Pattern.quote(PROMPT), -1)).hasSize(6);
        }
        assertThat(trail()).contains("nobody is asked any more");
    }

    /** The agent goes on without it, as it does not heed that its terminal is gone, and gets no more than before. */
    @Test
    @Tag("full")
    void questionOfAKilledRunIsNotAllowed() throws Exception {
        try (Pty terminal = start("import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
                + "attempt('one', lambda: connect(8080))\n")) {
            terminal.showing(PROMPT, 1);
            terminal.processes().forEach(ProcessHandle::destroyForcibly);
        }
        Path own;
        try (Stream<Path> trails = Files.list(folder.resolve("target/sentinel/trail"))) {
            own = trails.filter(file -> file.toString().endsWith(".jsonl"))
                    .findFirst()
                    .orElseThrow();
        }
        while (!Files.readString(own).contains("\"action\":\"end\"")) {
            Thread.sleep(100);
        }
        assertThat(Files.readString(own))
                .contains(asked("127.0.0.1:8080", "denied", "timeout"))
                .contains("\"action\":\"connect\",\"target\":\"127.0.0.1:8080\",\"decision\":\"denied\"");
        try (Pty next = start("attempt('one', lambda: connect(8080))\n")) {
            next.showing(PROMPT, 1).type(word(next));
            assertThat(next.ended(0)).contains("agent: one did ok\n");
        }
    }

    @Test
    void withoutATerminalItIsDeniedAndSaidOnce() throws Exception {
        write("attempt('one', lambda: connect(8080))\nattempt('two', lambda: connect(8081))\n");
        Isolated.Ran ran = Isolated.start(
                        folder,
                        List.of(CONSOLE),
                        List.of("--build-if-missing", "--network", "bridge", "--", "python3", "agent.py"))
                .ended();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("agent: one failed PermissionError\nagent: two failed PermissionError\n");
        assertThat(ran.err()).containsOnlyOnce("there is no terminal to ask at");
        assertThat(trail()).contains(asked("127.0.0.1:8080", "denied", "no terminal"));
    }

    @Test
    void nobodyIsAskedWhoDidNotSayThatTheyWouldBe() throws Exception {
        write("attempt('one', lambda: connect(8080))\nattempt('terminal', sys.stdout.isatty)\n");
        try (Pty terminal = Pty.start(
                folder,
                List.of("SENTINEL_APPROVAL_MODE=reject"),
                List.of(
                        Isolated.COMMAND.toString(),
                        "--build-if-missing",
                        "--network",
                        "bridge",
                        "--",
                        "python3",
                        "agent.py"))) {
            assertThat(terminal.ended(0))
                    .doesNotContain(PROMPT)
                    .contains("nobody is asked", "agent: one failed PermissionError\n", "agent: terminal did True\n");
        }
    }

    @Test
    void buildAsksAtItsTerminalToo() throws Exception {
        write("attempt('one', lambda: connect(8080))\n");
        List<String> words = new ArrayList<>(Command.goalWords("run", "-Dsentinel.profile=standard"));
        words.remove("-B");
        try (Pty terminal = Pty.start(folder, List.of(CONSOLE), words)) {
            terminal.showing(PROMPT, 1).type(word(terminal));
            assertThat(terminal.ended(0)).contains("agent: one did ok\n");
        }
    }
}
