package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.SandboxException;
import io.sentinel.seccomp.Architecture;
import io.sentinel.verify.evidence.ProcessFacts;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real program: what it does with files, with processes and with its own words. */
class ProbeProgramTest {

    @TempDir
    Path folder;

    private ProbeRun here;

    @BeforeEach
    void here() {
        assertThat(ProbeRun.machine().isPresent())
                .as("the probe is built for x86_64 and aarch64")
                .isTrue();
        here = new ProbeRun(folder, List.of());
    }

    @ParameterizedTest
    @CsvSource({"x86_64,X86_64", "amd64,X86_64", "aarch64,AARCH64", "arm64,AARCH64"})
    void anEnginesWordNamesTheProgram(String word, Architecture architecture) throws Exception {
        assertThat(ProbeProgram.of(word)).isEqualTo(new ProbeProgram(architecture));
    }

    @Test
    void anotherMachineIsRefusedInASentence() {
        assertThatThrownBy(() -> ProbeProgram.of("riscv64"))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("'riscv64'")
                .hasMessageContaining("x86_64 and aarch64");
    }

    @ParameterizedTest
    @EnumSource
    void theJarHasASmallStaticProgramForEachMachine(Architecture architecture) {
        byte[] bytes = new ProbeProgram(architecture).bytes();
        // ELF header: 64 bits, little-endian; its machine is EM_X86_64 or EM_AARCH64.
        assertThat(bytes).startsWith(0x7f, 'E', 'L', 'F', 2, 1).hasSizeLessThan(32 << 10);
        assertThat(bytes[18] & 0xff).isEqualTo(architecture == Architecture.X86_64 ? 62 : 183);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("/lib", "probe.c", "GCC", "GNU");
    }

    @Test
    void writeMakesAProgramAndATableThatAnybodyMayUse() throws Exception {
        new ProbeProgram(Architecture.X86_64).write(folder);
        List<String> words =
                ProbeProgram.write(folder, "table", new ProbeTable(List.of(new Row("A", List.of("read", "/a b")))), 0);
        assertThat(words).containsExactly("/.sentinel-probe/probe", "/.sentinel-probe/table", "0");
        assertThat(folder.resolve("table")).hasContent("A\tread\t/a b");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("probe"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("table"))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void itReadsItsOwnProcessAsJavaReadsIt() throws Exception {
        ProcessFacts facts =
                ProcessFiles.facts(here.answers(ProcessFiles.table()), new TreeMap<>(Map.of("ns/net", "x")));
        for (String name : List.of("mountinfo", "uid_map", "gid_map", "net/dev", "oom_score_adj", "limits")) {
            Path file = Path.of("/proc/self", name);
            List<String> lines = Files.readAllLines(file);
            // Counters go on.
            assertThat(facts.text(name).lines().limit(1)).containsExactlyElementsOf(lines.subList(0, 1));
        }
        assertThat(facts.text("ns/net"))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThat(facts.text("init")).isEqualTo(Files.readString(Path.of("/proc/1/cmdline")));
        assertThat(facts.text("environ")).contains("PATH=" + System.getenv("PATH") + "\0");
        assertThat(facts.status("Name")).containsExactly("probe");
        assertThat(facts.mount("/proc")).isPresent();
        assertThat(facts.host()).containsExactly(Map.entry("ns/net", "x"));
    }

    @Test
    void aFileBeyondTheBoundIsNotRead() throws Exception {
        Path large = folder.resolve("large");
        Path whole = folder.resolve("whole");
        Files.write(large, new byte[(1 << 18) + 1]);
        Files.write(whole, new byte[(1 << 18) - 1]);
        ProbeAnswers answers = answers(Row.file("large", large.toString()), Row.file("whole", whole.toString()));
        assertThat(answers.of("large").word()).isEqualTo("EFBIG");
        assertThat(answers.of("whole")).isEqualTo(new Answer.Text("\0".repeat((1 << 18) - 1)));
    }

    @Test
    void whatIsReadIsCountedAndNotShown() throws Exception {
        Files.writeString(folder.resolve("full"), "secret");
        Files.createFile(folder.resolve("void"));
        Files.createDirectory(folder.resolve("none"));
        assertThat(words("read", "full")).isEqualTo("6");
        assertThat(words("read", "void")).isEqualTo("0");
        assertThat(words("read", "absent")).isEqualTo("ENOENT");
        assertThat(words("read", "none")).isEqualTo("EISDIR");
        assertThat(words("list", "none")).isEqualTo("0");
        assertThat(words("list", "full")).isEqualTo("ENOTDIR");
        assertThat(words("list", ".")).isNotEqualTo("0");
    }

    @Test
    void itReadsWhatStartedItAsJavaReadsItself() throws Exception {
        ProbeAnswers answers = answers(new Row("status", List.of("parent", "status")));
        assertThat(((Answer.Text) answers.of("status")).text())
                .contains("\nPid:\t" + ProcessHandle.current().pid() + "\n");
    }

    @Test
    void whereProgramsRunTheEmptyOneIsNoProgram() throws Exception {
        assertThat(words("exec", ".")).isEqualTo("ENOEXEC");
        assertThat(words("create", ".")).isEqualTo("0");
        assertThat(words("create", "absent")).isEqualTo("ENOENT");
        try (var left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("nothing", "probe", "table");
        }
    }

    @ParameterizedTest
    @CsvSource({"noexec,EACCES,0", "'rw',ENOEXEC,0", "ro,EROFS,EROFS"})
    void aMountsOptionsAreFelt(String options, String exec, String create) throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        Path inside = Files.createDirectory(folder.resolve("inside"));
        ProbeTable table = new ProbeTable(List.of(
                new Row("exec", List.of("exec", mount.toString())),
                new Row("create", List.of("create", mount.toString()))));
        // A mount of one's own, in name spaces of one's own: it needs no rights and ends with the process.
        ProbeRun mounted = new ProbeRun(
                inside,
                List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=64k," + options + " none " + mount + " && exec \"$@\"",
                        "sh"));
        ProbeRun.Ended ended = mounted.run(ProbeRun.machine().orElseThrow(), table);
        assertThat(ended.errors()).isEmpty();
        ProbeAnswers answers = ProbeAnswers.parse(ended.output(), table);
        assertThat(word(answers.of("exec"))).isEqualTo(exec);
        assertThat(word(answers.of("create"))).isEqualTo(create);
    }

    @Test
    void aProgramThatRunsIsOkAndOneThatIsKilledSaysSo() throws Exception {
        Path script = folder.resolve("script");
        Files.createFile(script);
        assertThat(words("run", "script")).isEqualTo("EACCES");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(script, "#!/bin/sh\nexit 3\n");
        assertThat(words("run", "script")).isEqualTo("0");
        Files.writeString(script, "#!/bin/sh\nkill -SYS $$\n");
        assertThat(words("run", "script")).isEqualTo("killed by SIGSYS");
        Files.writeString(script, "no program");
        assertThat(words("run", "script")).isEqualTo("ENOEXEC");
    }

    /** As in an image FROM scratch, without an init. */
    @Test
    void itNeedsNoFileOfTheImageAndCanBeProcessOne() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path inside = Files.createDirectory(root.resolve(ProbeProgram.TARGET.substring(1)));
        List<String> apart =
                List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "chroot", root.toString());
        Architecture machine = ProbeRun.machine().orElseThrow();
        ProbeTable table = new ProbeTable(List.of(
                new Row("list", List.of("list", "/")),
                new Row("create", List.of("create", "/")),
                Row.processes("two", 2),
                Row.file("passwd", "/etc/passwd"),
                Row.resolve("name", "example.org", "-", Duration.ofMillis(100))));
        List<String> words = new ArrayList<>(apart);
        new ProbeProgram(machine).write(inside);
        words.addAll(ProbeProgram.write(inside, "table", table, 0));
        ProbeRun.Ended ended = ProbeRun.start(words);
        assertThat(!ended.errors().contains("unshare"))
                .as("this kernel gives no user name space: " + ended.errors())
                .isTrue();
        ProbeAnswers answers = ProbeAnswers.parse(ended.output(), table);
        assertThat(answers.byId().values().stream().map(ProbeProgramTest::word))
                .containsExactlyInAnyOrder("1", "0", "2", "ENOENT", "ENOENT");
        words.set(words.size() - 1, "600");
        endsWhenAsked(words, "TERM");
    }

    @Test
    void aSocketThatListensIsReached() throws Exception {
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(words("unix", "socket")).isEqualTo("0");
        }
        assertThat(words("unix", "socket")).isEqualTo("ECONNREFUSED");
        assertThat(words("unix", "absent")).isEqualTo("ENOENT");
    }

    @Test
    void theRowsOfTheCatalogueDoNoHarmHere() throws Exception {
        Trials trials = Trials.of(ProbeRun.machine().orElseThrow());
        ProbeRun.Ended ended = here.run(
                ProbeRun.machine().orElseThrow(),
                trials.forRules(List.of("LSM-3", "DEV-1", "MNT-1", "ENT-2")).table());
        assertThat(ended.code()).isZero();
    }

    @Test
    void threadsAreCounted() throws Exception {
        assertThat(word(answers(Row.threads("t", 40)).of("t"))).isEqualTo("40");
    }

    @Test
    void processesAreCounted() throws Exception {
        assertThat(word(answers(Row.processes("p", 40)).of("p"))).isEqualTo("40");
    }

    @Test
    void anAttemptThatDoesNotEndIsEndedAndIsNoAnswer() throws Exception {
        // pause(2), or ppoll(2) for nothing.
        boolean x86 = ProbeRun.machine().orElseThrow() == Architecture.X86_64;
        Row row = new Row("p", List.of("call", x86 ? "34" : "73", "0", "0", "0", "0", "0", "0"));
        assertThat(answers(row).of("p")).isEqualTo(new Answer.Killed(14));
    }

    @Test
    void aRowThatItDoesNotKnowIsMalformedAndTheNextOneIsTried() throws Exception {
        ProbeTable table = new ProbeTable(List.of(
                new Row("a", List.of("burn", "/")),
                new Row("b", List.of("call", "x", "0", "0", "0", "0", "0", "0")),
                new Row("c", List.of("read", "/", "/")),
                new Row("d", List.of("connect", "256.0.0.1", "1", "1")),
                new Row("e", List.of("connect", "1:2:3:4:5:6:7:8:9", "1", "1")),
                new Row("f", List.of("talk", "127.0.0.1", "1", "1", "\\q")),
                new Row("g", List.of("resolve", "a..b", "127.0.0.1", "1")),
                new Row("h", List.of("processes", "1000000")),
                new Row("k", List.of("threads", "1000000")),
                new Row("i", List.of("call", "18446744073709551616", "0", "0", "0", "0", "0", "0")),
                new Row("j", List.of("read", "/dev/null"))));
        ProbeRun.Ended ended = here.run(ProbeRun.machine().orElseThrow(), table);
        assertThat(new String(ended.output(), StandardCharsets.UTF_8).lines().skip(1))
                .containsExactly(
                        "a malformed",
                        "b malformed",
                        "c malformed",
                        "d malformed",
                        "e malformed",
                        "f malformed",
                        "g malformed",
                        "h malformed",
                        "k malformed",
                        "i malformed",
                        "j value 0",
                        "end");
    }

    @Test
    void wordsThatItDoesNotKnowEndItWithoutAnAnswer() throws Exception {
        ProbeTable table = new ProbeTable(List.of(new Row("a", List.of("read", "/"))));
        List<String> words = here.words(ProbeRun.machine().orElseThrow(), table);
        List<String> none = List.of(words.get(0), folder.resolve("absent").toString());
        assertThat(ProbeRun.start(none).code()).isEqualTo(66);
        assertThat(ProbeRun.start(List.of(words.get(0), words.get(1), "0", "burn"))
                        .code())
                .isEqualTo(64);
        assertThat(ProbeRun.start(List.of(words.get(0), words.get(1), "3601")).code())
                .isEqualTo(64);
        Files.write(folder.resolve("table"), new byte[1 << 16]);
        assertThat(new String(ProbeRun.start(words).output(), StandardCharsets.UTF_8))
                .doesNotContain("end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void tryWhenItIsToStayStaysUntilItIsAskedToEnd(String signal) throws Exception {
        ProbeTable table = new ProbeTable(List.of(new Row("a", List.of("read", "/"))));
        List<String> words = new ArrayList<>(here.words(ProbeRun.machine().orElseThrow(), table));
        words.set(words.size() - 1, "600");
        endsWhenAsked(words, signal);
    }

    private static void endsWhenAsked(List<String> words, String signal) throws Exception {
        Process process = new ProcessBuilder(words).start();
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).startsWith("sentinel-probe 1 ");
            assertThat(output.lines().anyMatch("end"::equals)).isTrue();
            assertThat(process.isAlive()).isTrue();
            // The last of those that were started one by the other is the probe.
            long pid = process.descendants().mapToLong(ProcessHandle::pid).max().orElse(process.pid());
            ProbeRun.start(List.of("kill", "-" + signal, Long.toString(pid)));
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private ProbeAnswers answers(Row... rows) throws Exception {
        return here.answers(new ProbeTable(List.of(rows)));
    }

    private String words(String action, String name) throws Exception {
        return word(answers(new Row("a", List.of(action, folder.resolve(name).toString())))
                .of("a"));
    }

    private static String word(Answer answer) {
        return answer instanceof Answer.Value value && !value.isError() ? Long.toString(value.value()) : answer.word();
    }
}
