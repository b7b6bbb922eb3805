package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the guide's variables of the guard change, each seen by what an agent gets or by how it ends. */
class GuardSettingsIT {

    private static final String SPEC =
            """
            name: settings
            command: [python3, agent.py]
            policy: {allowed_commands: ["true"], allowed_hosts: [listed.example.com, late.example.com]}
            """;

    @TempDir
    private static Path folder;

    private static Guarded guarded;

    @BeforeAll
    static void build() throws Exception {
        guarded = Guarded.build(folder, SPEC);
    }

    @AfterAll
    static void remove() throws Exception {
        guarded.remove();
    }

    /** The policy changes while an agent runs that starts one more program then. A day is longer than it lives. */
    @ParameterizedTest
    @CsvSource({"86400000, 0.0, 0", "86400000, 1.0, 78", "0, 0.0, 78", "50, 0.0, 78"})
    void howOftenTheGuardLooksWhatHasChanged(String interval, String share, int code) throws Exception {
        Guarded changed = guarded.with("changed-" + interval + "-" + share, SPEC);
        String wait = "50".equals(interval) ? "while :; do :; done" : "/usr/bin/true";
        Command run = changed.start(
                        "strict",
                        Map.of(
                                "SENTINEL_TAMPER_CHECK_INTERVAL_MS", interval,
                                "SENTINEL_TAMPER_CHECK_SAMPLE_RATE", share),
                        List.of("command: [sh, -c, \"echo up; while [ ! -e workspace/changed ]; do :; done; " + wait
                                + "; echo through\"]"))
                .saying("up");
        Path policy = changed.box.layout.bundle().resolve("guard/policy");
        Files.writeString(policy, Files.readString(policy).replace("command true", "command tree"));
        Files.createFile(changed.workspace().resolve("workspace/changed"));
        String said = run.output(code);
        if (code == 0) {
            assertThat(said).isEqualTo("up\nthrough\n");
        } else {
            assertThat(said)
                    .contains("sentinel: the agent is ended: /opt/sentinel/policy: not what it was at the start; ")
                    .doesNotContain("through");
        }
    }

    /** Each question that reaches it has another answer; names that begin with late are answered after two seconds. */
    private static final String SERVER =
            """
            import socket, threading, time
            server = socket.socket(type=socket.SOCK_DGRAM)
            server.bind(("0.0.0.0", 53))
            def answer(query, client, host):
                if b"late" in query:
                    time.sleep(2)
                end = query.index(0, 12) + 5
                server.sendto(query[:2] + bytes.fromhex("81800001000100000000") + query[12:end]
                              + bytes.fromhex("c00c00010001 0000012c 0004 cb0071") + bytes([host]), client)
            for host in range(100, 255):
                query, client = server.recvfrom(4096)
                threading.Thread(target=answer, args=(query, client, host), daemon=True).start()
            """;

    private static String resolves(Map<String, String> environment, String attempts) throws Exception {
        Path server = guarded.file("server.py", SERVER.getBytes(StandardCharsets.UTF_8));
        Files.writeString(guarded.workspace().resolve("agent.py"), "from socket import gethostbyname\n" + attempts);
        return guarded.start(
                        "standard",
                        environment,
                        // The engine's resolver asks the one below, on a network of documentation addresses.
                        List.of("dns: [203.0.113.53]", "depends_on: [names]"),
                        "  names:",
                        "    image: " + guarded.image,
                        "    entrypoint: [python3, -I, -S, -u, /server.py]",
                        "    stop_signal: SIGKILL",
                        "    networks: {sentinel-standard: {ipv4_address: 203.0.113.53}}",
                        "    " + Guarded.mount(server, "/server.py"),
                        "networks:",
                        "  sentinel-standard:",
                        "    driver_opts: {com.docker.network.bridge.enable_icc: \"true\"}",
                        "    ipam: {config: [{subnet: 203.0.113.0/24}]}")
                .output(0);
    }

    @Test
    void howLongAnAnswerIsKept() throws Exception {
        String twice = "one, two = (gethostbyname('listed.example.com') for _ in 'ab')\n"
                + "print(one.rsplit('.', 1)[0], one == two)\n";
        assertThat(resolves(Map.of("SENTINEL_DNS_CACHE_TTL_SECONDS", "60"), twice))
                .isEqualTo("203.0.113 True\n");
        assertThat(resolves(Map.of("SENTINEL_DNS_CACHE_TTL_SECONDS", "0"), twice))
                .isEqualTo("203.0.113 False\n");
    }

    @Test
    void howLongAnAnswerIsWaitedFor() throws Exception {
        String late =
                """
                try:
                    print(gethostbyname("late.example.com").rsplit(".", 1)[0])
                except OSError as error:
                    print(error.strerror)
                """;
        assertThat(resolves(Map.of("SENTINEL_DNS_RESOLVE_TIMEOUT_MS", "4000"), late))
                .isEqualTo("203.0.113\n");
        assertThat(resolves(Map.of(), late)).isEqualTo("Temporary failure in name resolution\n");
    }

    @ParameterizedTest
    @CsvSource({
        "SENTINEL_DNS_CACHE_TTL_SECONDS, 1.5",
        "SENTINEL_DNS_RESOLVE_TIMEOUT_MS, 60001",
        "SENTINEL_TAMPER_CHECK_INTERVAL_MS, -1",
        "SENTINEL_TAMPER_CHECK_SAMPLE_RATE, 1.1",
        "SENTINEL_PROFILE, none",
    })
    void valuesOutOfBoundsStopTheStart(String name, String value) throws Exception {
        assertThat(guarded.start("strict", Map.of(), List.of("environment: {" + name + ": \"" + value + "\"}"))
                        .output(78))
                .startsWith("sentinel: refused: " + name + " is " + value + ", and not ");
    }
}
