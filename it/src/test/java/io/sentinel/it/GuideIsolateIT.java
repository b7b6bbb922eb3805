package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.Isolated.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The deployment guide's commands of {@code sentinel-isolate}, as a shell reads them there: "Isolated Arbitrary Command" and
 * "Seccomp troubleshooting modes".
 */
@Timeout(300)
class GuideIsolateIT {

    private static final String NAME = "guide-isolate-it";

    @TempDir
    private Path folder;

    @BeforeEach
    void anAgent() throws Exception {
        Box.of(
                folder,
                "name: " + NAME + "\nimage:\n  from: " + Box.BASE + "\n  packages: [python3]\n"
                        + "  run: [ln -s python3 /usr/bin/python]\nprofiles: {proxied: {allow: [listed.invalid]}}\n");
        Path workspace = Files.createDirectories(folder.resolve("sandbox-workspace"));
        Files.writeString(
                workspace.resolve("your_agent.py"),
                """
                import os
                for line in open("/proc/self/status"):
                    if line.startswith("Seccomp_filters:"):
                        print("filters", line.split()[1])
                print("networks", *sorted(os.listdir("/sys/class/net")))
                for name in ("HTTPS_PROXY", "NO_PROXY", "SENTINEL_NO_PROXY", "SENTINEL_ENFORCE_PROXY", "SENTINEL_SECCOMP_MODE"):
                    print(name, os.environ[name])
                print("policy", "git" in open("/workspace/sentinel.yaml").read())
                """);
        Files.writeString(folder.resolve("sentinel.yaml"), "allowed_commands: [git]\n");
        Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("bin")).resolve("sentinel-isolate"), Isolated.COMMAND);
        assertThat(shell("sentinel-isolate --build-if-missing -- true").code()).isZero();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Isolated.left(NAME)).isEmpty();
    }

    @Test
    void thePreferredRunner() throws Exception {
        Ran ran = shell("sentinel-isolate --build-if-missing -- python your_agent.py");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("filters 2\nnetworks lo\nHTTPS_PROXY \n");
    }

    @Test
    void theWholeCommand() throws Exception {
        Ran built = shell("sentinel-isolate --build-if-missing --network proxied -- true");
        assertThat(built.code()).as(built.err()).isZero();
        Ran ran = shell(
                """
                sentinel-isolate \\
                  --workspace ./sandbox-workspace \\
                  --policy ./sentinel.yaml \\
                  --proxy http://sentinel-proxy:3128 \\
                  --enforce-proxy \\
                  --no-proxy localhost,127.0.0.1 \\
                  --seccomp-profile strict \\
                  --seccomp-mode enforce \\
                  --network bridge \\
                  -- python your_agent.py
                """);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith(
                        """
                        filters 2
                        networks eth0 lo
                        HTTPS_PROXY http://sentinel-proxy:3128
                        NO_PROXY localhost,127.0.0.1,::1
                        SENTINEL_NO_PROXY localhost,127.0.0.1
                        SENTINEL_ENFORCE_PROXY true
                        SENTINEL_SECCOMP_MODE enforce
                        policy True
                        """);
    }

    /** In each way that the guide has to say it: as a flag, and as a variable. */
    @ParameterizedTest
    @CsvSource({
        "--seccomp-mode enforce, , 2, enforce",
        "--seccomp-mode log, , 2, log",
        "--seccomp-mode off, , 1, off",
        "--seccomp-profile strict, , 2, ''",
        "--seccomp-profile datasci, , 2, ''",
        "'', SENTINEL_SECCOMP_MODE=enforce, 2, enforce",
        "'', SENTINEL_SECCOMP_MODE=log, 2, log",
        "'', SENTINEL_SECCOMP_MODE=off, 1, off",
        "'', SENTINEL_SECCOMP_PROFILE=strict, 2, ''",
        "'', SENTINEL_SECCOMP_PROFILE=datasci, 2, ''",
    })
    void seccompTroubleshooting(String flag, String variable, int filter, String mode) throws Exception {
        Ran ran = shell((variable == null ? "" : "export " + variable + "\n") + "sentinel-isolate " + flag
                + " -- python your_agent.py");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("filters " + filter + "\n")
                .contains("SENTINEL_SECCOMP_MODE " + mode + (mode.isEmpty() ? "" : "\n"));
    }

    @Test
    void anExplicitCustomProfile(@TempDir Path path) throws Exception {
        Files.copy(Path.of("../seccomp/profiles/sentinel-seccomp.json"), path.resolve("profile.json"));
        Ran ran = shell("sentinel-isolate --seccomp-profile custom --seccomp " + path
                + "/profile.json -- python your_agent.py");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("filters 2\n");
        Ran byVariable = shell("export SENTINEL_SECCOMP_PROFILE=custom\nsentinel-isolate --seccomp " + path
                + "/profile.json -- python your_agent.py");
        assertThat(byVariable.code()).as(byVariable.err()).isZero();
    }

    @Test
    void proxyInjection() throws Exception {
        String exports =
                """
                export SENTINEL_PROXY=http://proxy.internal:8080
                export SENTINEL_NO_PROXY=localhost,127.0.0.1,.svc.cluster.local
                export SENTINEL_ENFORCE_PROXY=true
                """;
        Ran ran = shell(exports + "sentinel-isolate --network bridge -- python your_agent.py");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(
                        "HTTPS_PROXY http://proxy.internal:8080\nNO_PROXY localhost,127.0.0.1,.svc.cluster.local\n",
                        "SENTINEL_ENFORCE_PROXY true\n");
        assertThat(shell(exports + "sentinel-isolate -- python your_agent.py").out())
                .contains("networks lo\nHTTPS_PROXY \n");
        assertThat(shell("SENTINEL_ENFORCE_PROXY=true sentinel-isolate --network bridge -- true")
                        .code())
                .isEqualTo(77);
    }

    /** With the command on its path, and none of this test's own variables. */
    private Ran shell(String script) throws Exception {
        return Isolated.process(folder, List.of("sh", "-c", "PATH=" + folder.resolve("bin") + ":$PATH\n" + script))
                .ended();
    }
}
