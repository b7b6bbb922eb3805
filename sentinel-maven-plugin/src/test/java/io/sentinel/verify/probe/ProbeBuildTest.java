package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.Architecture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program's other forms: built anew, for the other machine, and with the compiler's sanitizers. */
class ProbeBuildTest {

    private static final String BUILT = "sentinel-probe-x86_64";

    @TempDir
    Path folder;

    @Test
    void buildTwiceElsewhereHasTheBytesOfTheJar() throws Exception {
        ProbeRun.Ended ended = ProbeRun.start(List.of(ProbeRun.BUILD.toString(), folder.toString()));
        assertThat(ended.errors()).isEmpty();
        for (Architecture architecture : Architecture.values()) {
            assertThat(folder.resolve("sentinel-probe-" + architecture.kernelName()))
                    .hasBinaryContent(new ProbeProgram(architecture).bytes());
        }
        Path program = folder.resolve(BUILT);
        FileTime old = FileTime.fromMillis(Files.getLastModifiedTime(program).toMillis());
        Files.setLastModifiedTime(program, old);
        ProbeRun.start(List.of(ProbeRun.BUILD.toString(), folder.toString()));
        assertThat(Files.getLastModifiedTime(program)).as("what is new is left").isEqualTo(old);
        Files.setLastModifiedTime(program, FileTime.fromMillis(0));
        ProbeRun.start(List.of(ProbeRun.BUILD.toString(), folder.toString()));
        assertThat(Files.getLastModifiedTime(program))
                .as("what is old is made anew")
                .isGreaterThan(old);
    }

    @Test
    void withoutACompilerTheSentenceNamesThePackage() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("dirname", "mkdir", "uname", "find", "tr", "mv", "sh")) {
            Files.copy(which(tool), tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
        }
        ProbeRun.Ended ended = ProbeRun.start(List.of(
                "env",
                "-i",
                "PATH=" + tools,
                "sh",
                ProbeRun.BUILD.toString(),
                folder.resolve("out").toString()));
        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.errors())
                .matches("The probe of sentinel:verify needs a C compiler for x86_64, and there is no \\S*gcc: install "
                        + "Debian's package gcc\\S*\\.\n");
    }

    private static Path which(String tool) {
        return List.of("/bin", "/usr/bin").stream()
                .map(directory -> Path.of(directory, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theOtherMachinesProgramRunsUnderAnEmulator() throws Exception {
        Architecture other =
                ProbeRun.machine().orElseThrow() == Architecture.X86_64 ? Architecture.AARCH64 : Architecture.X86_64;
        Path emulator = Path.of("/usr/bin/qemu-" + other.kernelName() + "-static");
        assertThat(Files.exists(emulator))
                .as("Debian's qemu-user-static is not installed")
                .isTrue();
        Trials trials = Trials.of(other);
        // The emulator makes calls of its own of what it does not know: here it is the program that is looked at.
        ProbeTable table = trials.table()
                .and(ProcessFiles.table())
                .and(new ProbeTable(List.of(
                        Row.processes("p", 3),
                        Row.threads("t", 3),
                        new Row("exec", List.of("exec", folder.toString())),
                        new Row("l", List.of("list", folder.toString())))));
        ProbeRun.Ended ended = new ProbeRun(folder, List.of(emulator.toString())).run(other, table);
        assertThat(ended.code()).as(ended.errors()).isZero();
        ProbeAnswers answers = ProbeAnswers.parse(ended.output(), table);
        assertThat(answers.architecture()).isEqualTo(other);
        assertThat(answers.of("p")).isEqualTo(new Answer.Value(3));
        assertThat(answers.of("t")).isEqualTo(new Answer.Value(3));
        // The program, its table, the one of 32-bit ARM, and the empty one.
        assertThat(answers.of("l")).isEqualTo(new Answer.Value(4));
        assertThat(ProcessFiles.facts(answers, new TreeMap<>()).text("ns/net"))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThat(trials.attempts(answers).of("SEC-5")).hasSizeGreaterThan(30);
    }

    @Test
    void theProgramOf32BitArmEndsWell() throws Exception {
        Path emulator = Path.of("/usr/bin/qemu-arm-static");
        assertThat(Files.exists(emulator))
                .as("Debian's qemu-user-static is not installed")
                .isTrue();
        new ProbeProgram(Architecture.AARCH64).write(folder);
        ProbeRun.Ended ended = ProbeRun.start(
                List.of(emulator.toString(), "-strace", folder.resolve("arm32").toString()));
        assertThat(ended.code()).isZero();
        assertThat(ended.errors()).containsPattern("getpid\\(\\) = [0-9]+").contains("exit(0)");
    }

    /** The same sources with a C library: a read or write beside its place ends the program with another code. */
    @Test
    void theSanitizersFindNothing() throws Exception {
        ProbeRun.Ended built = ProbeRun.start(List.of(ProbeRun.BUILD.toString(), folder.toString(), "sanitized"));
        assertThat(!built.errors().contains("asan"))
                .as("the compiler has no sanitizers: " + built.errors())
                .isTrue();
        assertThat(built.errors()).isEmpty();
        Path table = folder.resolve("table");
        String rows = new String(
                Trials.of(ProbeRun.machine().orElseThrow())
                        .table()
                        .and(ProcessFiles.table())
                        .bytes(),
                StandardCharsets.UTF_8);
        Map<String, String> tables = new TreeMap<>(Map.of(
                "everything",
                rows,
                "the last line without its end",
                rows.stripTrailing(),
                "a long path",
                "a\texec\t/" + "x".repeat(5000) + "\nb\tunix\t/" + "x".repeat(200) + "\n",
                "addresses",
                "a\tconnect\t::\t1\t100\nb\tconnect\t1:2:3:4:5:6:7:8\t0\t1\nc\tconnect\t1::8\t1\t1\n"
                        + "d\tconnect\t:::\t1\t1\ne\tconnect\t1:2:3:4:5:6:7::\t1\t1\nf\tconnect\t1.2.3\t1\t1\n",
                "escapes",
                "a\ttalk\t127.0.0.1\t1\t100\t\\x4\nb\ttalk\t127.0.0.1\t1\t100\t\\\nc\ttalk\t::1\t1\t9\t\\x41\\n\n",
                "names",
                "a\tresolve\t" + "x".repeat(300) + "\t127.0.0.1\t100\nb\tresolve\t" + "y.".repeat(126)
                        + "y\t127.0.0.1\t100\nc\tresolve\ty.\t-\t100\n",
                "empty lines and words",
                "\n\n\t\n\t\t\t\t\t\n \na\n",
                "no rows",
                ""));
        for (Map.Entry<String, String> one : tables.entrySet()) {
            Files.writeString(table, one.getValue());
            ProbeRun.Ended ended = ProbeRun.start(List.of(
                    "env",
                    "ASAN_OPTIONS=detect_leaks=0",
                    folder.resolve("sentinel-probe-sanitized").toString(),
                    table.toString()));
            assertThat(ended.code()).as(one.getKey() + ": " + ended.errors()).isZero();
            assertThat(new String(ended.output(), StandardCharsets.UTF_8))
                    .as(one.getKey())
                    .endsWith("end\n")
                    .doesNotContain("signal 6");
            assertThat(ended.errors()).as(one.getKey()).isEmpty();
        }
    }

    @Test
    void theScriptCanBeRun() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ProbeRun.BUILD)))
                .startsWith("rwx");
    }
}
