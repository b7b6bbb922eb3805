package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.Profile;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The standard profile: what little it keeps apart, and that it says what it does not. */
class StandardSandboxIT {

    private static final int PORT = 8000;

    /** Connects to what its argument names, and says how that ended. */
    private static final String CONNECT =
            """
            import socket, sys
            try:
                socket.create_connection((sys.argv[1], %d), 3)
                print("connected")
            except OSError as error:
                print("failed:", error)
            """
                    .formatted(PORT);

    @TempDir
    private Path folder;

    private Box box;

    @AfterEach
    void clear() throws Exception {
        for (String project : List.of("one", "two")) {
            compose(project, "down", "--remove-orphans", "--volumes", "--timeout", "1");
        }
    }

    @Test
    void agentsDoNotReachOneAnotherOnOneNetworkOrOnTwo() throws Exception {
        box = Box.withPython(folder, "name: box\nguard: off\ncommand: [id]\n");
        box.generate();
        compose("one", "build", "--quiet", "sentinel-image");
        compose(
                "one",
                "run",
                "--detach",
                "--name",
                "sentinel-it-server",
                "sentinel-standard",
                "python3",
                "-m",
                "http.server");
        String address = Command.docker(
                        folder,
                        "inspect",
                        "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                        "sentinel-it-server")
                .output(0)
                .strip();
        // It listens, and a route leads to it: the host reaches it.
        awaitListener(address);
        assertThat(connect("one", address)).isEqualTo("failed: timed out\n");
        assertThat(connect("two", address)).isEqualTo("failed: timed out\n");
    }

    @Test
    void aRunSaysWhatItLeavesOpen() throws Exception {
        box = Box.of(folder, "name: box\ncommand: ['true']\n");
        String sentence =
                Profile.STANDARD.opening(io.sentinel.spec.GuardMode.ENFORCE).orElseThrow();
        box.run(Profile.STANDARD);
        assertThat(box.warnings).filteredOn(sentence::equals).hasSize(1);
        assertThat(Files.readString(box.layout.work().resolve("outcome.json"))).contains(sentence);

        box.warnings.clear();
        box.run(Profile.STRICT);
        assertThat(box.warnings).noneMatch(warning -> warning.contains("profile standard"));
        assertThat(Files.readString(box.layout.work().resolve("outcome.json"))).contains("\"weakenings\" : [ ]");
    }

    private String connect(String project, String address) throws Exception {
        return compose(project, "run", "--rm", "-T", "sentinel-standard", "python3", "-c", CONNECT, address);
    }

    private static void awaitListener(String address) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, PORT), 1000);
                return;
            } catch (java.io.IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private String compose(String project, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "compose", "--progress", "quiet", "-p", "sentinel-standard-" + project, "--profile", "standard"));
        all.addAll(List.of(words));
        return Command.docker(box.layout.bundle(), all.toArray(String[]::new)).output(0);
    }
}
