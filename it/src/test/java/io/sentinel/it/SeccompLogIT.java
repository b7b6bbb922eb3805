package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Docker;
import io.sentinel.run.Invoker;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in mode log ends with what enforce would deny; needs root on the engine's own machine. */
class SeccompLogIT {

    private static final Invoker ROOT = new Invoker(0, 0, System.getenv());

    private static final String LAST = "What mode log denies as well is not in the kernel's log, and not here.";

    /** A name of its own, some calls, and a pause in which the process can still be looked up. */
    private static final String CALLS =
            """
            import ctypes, time
            libc = ctypes.CDLL(None)
            libc.prctl(15, b"%s", 0, 0, 0)
            for _ in range(%d): libc.%s
            time.sleep(2)
            """;

    @TempDir
    private Path folder;

    @Test
    void tellsNamesCountsProgramsAndTheSpecLine() throws Exception {
        Box box = box("log", calls("first", 3, "msgget(1, 0)"), calls("se\\x1bcond", 2, "sync()"));

        Box.Result result = box.run(Profile.STRICT);

        assertThat(result.outcome().succeeded()).isTrue();
        assertThat(box.logged)
                .containsExactly(
                        "Seccomp mode log: enforce would have denied these calls of this run (count, call, programs):",
                        "        3  msgget  first (" + python(box) + ")",
                        "        2  sync    se\\x1bcond (" + python(box) + ")",
                        LAST,
                        "The spec allows them with this:",
                        "  seccomp: {preset: strict, allow: [msgget, sync]}");
    }

    @Test
    void tellsThatThereWasNothing() throws Exception {
        Box box = box("log", "print(1)");
        box.run(Profile.STRICT);
        assertThat(box.logged)
                .containsExactly("Seccomp mode log: enforce would have denied nothing of what this run did.", LAST);
    }

    @Test
    void enforceTellsNothing() throws Exception {
        Box box = box("enforce", calls("first", 1, "msgget(1, 0)"));
        box.run(Profile.STRICT);
        assertThat(box.logged).isEmpty();
    }

    @Test
    void knowsAProcessThatEndedAtOnceByItsParent() throws Exception {
        // Waited for, since a process that ended can be looked up until then.
        String child = "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
                + "for _ in range(50): os.fork() and os.wait() or (libc.msgget(1, 0), os._exit(0))\n";
        Box box = box("log", child);
        box.run(Profile.STRICT);
        assertThat(box.logged)
                .contains(
                        "       50  msgget  python3 (" + python(box) + ")",
                        "  seccomp: {preset: strict, allow: [msgget]}")
                .noneMatch(line -> line.contains("uncertain"));
    }

    @Test
    void callsOfAnotherContainerDoNotCount() throws Exception {
        Box box = box("log", calls("first", 3, "msgget(1, 0)"));
        box.run(Profile.STRICT);
        box.logged.clear();
        String endless = "import ctypes, time\nlibc = ctypes.CDLL(None)\nprint('up', flush=True)\n"
                + "while True: libc.msgget(1, 0), libc.semget(1, 0, 0), time.sleep(0.02)\n";
        Path filter = box.layout.bundle().resolve("seccomp/sentinel-seccomp-log.json");
        String name = "sentinel-it-log-" + ProcessHandle.current().pid();
        Command other = Command.docker(
                        folder,
                        "run",
                        "--rm",
                        "--init",
                        "--name=" + name,
                        "--network=none",
                        "--user=10001",
                        "--security-opt=no-new-privileges",
                        "--security-opt=seccomp=" + filter,
                        "--entrypoint=python3",
                        image(box),
                        "-c",
                        endless)
                .saying("up");
        try {
            box.run(Profile.STRICT);
        } finally {
            Command.docker(folder, "kill", name).ended();
            other.ended();
        }
        assertThat(box.logged)
                .contains("        3  msgget  first (" + python(box) + ")")
                .noneMatch(line -> line.contains("semget") || line.contains("uncertain"));
    }

    @Test
    void saysSoWithoutPython() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Files.createSymbolicLink(programs.resolve("docker"), Path.of(found("docker")));
        assertUnreadable(Box.docker(Map.of("PATH", programs.toString())), "python3 is not on PATH");
    }

    @Test
    void saysSoWithoutTheCapability() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path python = programs.resolve("python3");
        Files.writeString(
                python, "#!/bin/sh\nexec setpriv --bounding-set=-audit_read " + found("python3") + " \"$@\"\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        assertUnreadable(
                Box.docker(Map.of("PATH", programs + ":" + System.getenv("PATH"))),
                "the kernel says Operation not permitted; it takes root on the host itself");
    }

    @Test
    void saysSoInAnotherNetworkNamespace() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path python = programs.resolve("python3");
        Files.writeString(python, "#!/bin/sh\nexec unshare --net " + found("python3") + " \"$@\"\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        assertUnreadable(
                Box.docker(Map.of("PATH", programs + ":" + System.getenv("PATH"))),
                "the kernel says Connection refused; it takes root on the host itself");
    }

    private void assertUnreadable(Docker docker, String reason) throws Exception {
        Box box = box("log", "print(1)");
        Box.Result result = box.run(Profile.STRICT, ROOT, docker);
        assertThat(result.outcome().succeeded()).isTrue();
        assertThat(box.logged).isEmpty();
        assertThat(box.warnings)
                .contains("The kernel's record of logged system calls cannot be read here (" + reason
                        + "), so it is not known what mode enforce would deny of this run; learn it with strace -f"
                        + " --seccomp-bpf, in a container of the image whose filter allows ptrace");
    }

    /** Runs these programs side by side. */
    private Box box(String mode, String... programs) throws Exception {
        StringBuilder script = new StringBuilder();
        for (String program : programs) {
            script.append("python3 -c '").append(program).append("' &\n");
        }
        return Box.withPython(
                folder.resolve("project"),
                """
                name: logged
                guard: off
                seccomp: {mode: %s}
                command:
                  - sh
                  - -c
                  - |
                %swait
                """
                        .formatted(mode, script.toString().indent(4) + "    "));
    }

    private static String calls(String name, int count, String call) {
        return CALLS.formatted(name, count, call);
    }

    /** Python's file in the image of a box that has run. */
    private String python(Box box) throws Exception {
        return Command.docker(
                        folder,
                        "run",
                        "--rm",
                        "--network=none",
                        "--entrypoint=readlink",
                        image(box),
                        "-f",
                        "/usr/bin/python3")
                .output(0)
                .strip();
    }

    private static String image(Box box) throws Exception {
        return Files.readAllLines(box.layout.composeFile()).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("image: "))
                .map(line -> line.substring("image: ".length()).replace("\"", ""))
                .filter(image -> !image.contains("-proxy"))
                .findFirst()
                .orElseThrow();
    }

    private static String found(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
    }
}
