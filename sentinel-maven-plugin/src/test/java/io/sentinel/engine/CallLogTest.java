package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a listener that is not there, refuses or breaks off; and how it reads a record. */
@Timeout(60)
class CallLogTest {

    @TempDir
    private Path folder;

    @Test
    void withoutPythonItSaysSo() {
        assertUnreadable("python3 is not on PATH");
    }

    @Test
    void theListenersOwnReasonIsTold() throws Exception {
        python("echo 'it may not'");
        assertUnreadable("it may not");
    }

    @Test
    void aListenerThatFailsIsToldByItsLastLine() throws Exception {
        python("echo first >&2; echo 'no module ctypes' >&2; exit 1");
        assertUnreadable("no module ctypes");
    }

    @Test
    void aListenerThatSaysNothingIsNoListener() throws Exception {
        python("exit 0");
        assertUnreadable("python3 says nothing");
    }

    @Test
    void aListenerGetsItsProgramAndEndsWithItsInput() throws Exception {
        python(
                "echo ready; while read -r line; do last=$line; done; echo 'call 2 host 0 c000003e 1 61 62'; echo end whole;"
                        + " echo \"$last\" >" + folder + "/last");
        try (CallLog log = CallLog.open(docker())) {
            assertThat(log.finish().kinds())
                    .containsExactly(new LoggedCalls.Kind(2, Optional.of("host"), 0, 0xC000003E, 1, "a", "b"));
        }
        assertThat(folder.resolve("last")).content().isEqualTo("main()\n");
    }

    @Test
    void aListenerThatBreaksOffIsNoEmptyLog() throws Exception {
        python("echo ready; cat >/dev/null; echo broken >&2; exit 1");
        try (CallLog log = CallLog.open(docker())) {
            assertThatThrownBy(log::finish)
                    .isInstanceOf(EngineException.class)
                    .hasMessage(
                            "The kernel's record of logged system calls cannot be read here (the listener broke off:"
                                    + " broken)");
        }
    }

    @Test
    void readsRecordsAsKernelsWriteThem() throws Exception {
        String head = "audit(1795529364.337:28): auid=4294967295 uid=10001 gid=10001 ses=4294967295 ";
        String tail = " sig=0 arch=c000003e syscall=162 compat=0 ip=0x7f76ab71f829 code=0x7ffc0000";
        assertThat(read(head + "pid=12 comm=\"sh\" exe=\"/bin/sh\"" + tail))
                .isEqualTo("10001 12 c000003e 162 7368 2f62696e2f7368");
        assertThat(read(head + "subj=docker-default (enforce) pid=12 comm=611B62 exe=2F62696E2F2061" + tail))
                .isEqualTo("10001 12 c000003e 162 611b62 2f62696e2f2061");
        assertThat(read(head + "subj==unconfined pid=12 comm=(null) exe=(null)" + tail.replace("162", "-1")))
                .isEqualTo("10001 12 c000003e -1 286e756c6c29 286e756c6c29");
        // Killed rather than logged: another filter's.
        assertThat(read(head + "pid=12 comm=\"sh\" exe=\"/bin/sh\"" + tail.replace("0x7ffc0000", "0x80000000")))
                .isEqualTo("nothing");
    }

    /** What the program of the jar makes of a record's text. */
    private static String read(String record) throws Exception {
        String loader = "import sys; scope = {'__name__': 'test'}; exec(open(sys.argv[1]).read(), scope);"
                + " found = scope['RECORD'].search(sys.argv[2].encode()); hexadecimal = scope['hexadecimal'];"
                + " print(b' '.join([found[1], found[2], found[5], found[6], hexadecimal(found[3]),"
                + " hexadecimal(found[4])]).decode() if found else 'nothing')";
        Path script =
                Path.of(CallLog.class.getResource("/seccomp/logged-calls.py").toURI());
        Captured said = new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT)
                .capture(Invocation.of(
                        "python3", List.of("-I", "-c", loader, script.toString(), record), Duration.ofSeconds(50)));
        assertThat(said.stderr()).isEmpty();
        return said.stdout().strip();
    }

    private void assertUnreadable(String reason) {
        assertThatThrownBy(() -> CallLog.open(docker()))
                .isInstanceOf(EngineException.class)
                .hasMessage("The kernel's record of logged system calls cannot be read here (" + reason + ")");
    }

    private void python(String body) throws Exception {
        Path program = folder.resolve("python3");
        Files.writeString(program, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private Docker docker() {
        return new Docker(new ProcessStarter(new HostEnvironment(Map.of("PATH", folder.toString())), EngineLog.SILENT));
    }
}
