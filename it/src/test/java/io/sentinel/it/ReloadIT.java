package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list that changes while an agent runs, and the sidecar's health check; in a test internet of its own. */
class ReloadIT {

    /** Keeps one tunnel open, and asks for new ones all the time: a line a round, with what became of each. */
    private static final String AGENT =
            """
            import socket, ssl, time
            def connect(host):
                s = socket.create_connection(("sentinel-proxy", 3128), 20)
                s.sendall(f"CONNECT {host}:443 HTTP/1.1\\r\\n\\r\\n".encode())
                head = b""
                while b"\\r\\n\\r\\n" not in head:
                    more = s.recv(1)
                    if not more:
                        break
                    head += more
                return s, head[9:12].decode()
            def status(host):
                try:
                    s, code = connect(host)
                    s.close()
                    return code
                except OSError:
                    return "closed"
            s, first = connect("listed.test")
            context = ssl._create_unverified_context()
            tunnel = context.wrap_socket(s, server_hostname="listed.test")
            print("first", first)
            while True:
                tunnel.sendall(b"GET / HTTP/1.1\\r\\nHost: listed.test\\r\\n\\r\\n")
                answer = tunnel.recv(9000).split()[1].decode()
                print("tunnel", answer, *(f"{name} {status(name)}" for name in ("listed.test", "added.test", "health.invalid")))
                time.sleep(0.1)
            """;

    @TempDir
    private Path folder;

    private EgressWorld world;
    private Path bundle;

    @BeforeEach
    void start() throws Exception {
        world = new EgressWorld(folder);
        bundle = folder.resolve("target/sentinel/bundle");
    }

    @AfterEach
    void clear() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @Test
    void aChangedListComesIntoForceAndAnOpenTunnelStays() throws Exception {
        assertThat(Command.goal(folder, "reload").output(0)).contains("No sidecar of this project runs");
        String sidecar = world.sidecar();
        Command agent = Command.docker(folder, "logs", "--follow", world.agent(AGENT));
        agent.saying("first 200");
        agent.saying("tunnel 200 listed.test 200 added.test 403 health.invalid 403");

        allow("added.test, .suffix.test");
        assertThat(Command.goal(folder, "reload").output(0))
                .contains("sentinel-proxy-1: added added.test; removed ")
                .contains(" listed.test, ports.test: ports 8080 8443, ");
        agent.saying("tunnel 200 listed.test 403 added.test 200 health.invalid 403");

        // By hand, with rules that squid cannot read: the old ones stay.
        Path rules = bundle.resolve("proxy/squid.conf");
        Files.writeString(rules, Files.readString(rules) + "no_such_rule on\n");
        Command byHand = Command.docker(folder, "exec", sidecar, "/opt/sentinel/bin/proxy-reload");
        assertThat(byHand.output(65)).contains("no_such_rule");
        // The goal renders the bundle, so that it is whole again.
        assertThat(Command.goal(folder, "reload").output(0)).contains("sentinel-proxy-1: nothing had changed");

        allow("not a name");
        assertThat(Command.goal(folder, "reload").output(1)).contains("not a name");
        int rounds = agent.output().split("\n").length;
        TimeUnit.SECONDS.sleep(2);
        assertThat(agent.output().lines().skip(rounds))
                .isNotEmpty()
                .allMatch(line -> line.equals("tunnel 200 listed.test 403 added.test 200 health.invalid 403"));
        // Where it asked in the very moment of a reload, it may have had a 500 or no answer; it went on.
        assertThat(agent.output()).doesNotContain("Traceback");
        agent.signal("KILL");
        assertThat(world.log()).contains("dns 1 added.test").doesNotContain("health.invalid");
    }

    @Test
    void withoutEitherListenerTheSidecarIsUnhealthy() throws Exception {
        String sidecar = world.sidecar();
        health(sidecar).output(0);
        Path rules = bundle.resolve("proxy/squid.conf");
        String rendered = Files.readString(rules);

        Files.writeString(rules, rendered.replaceFirst("(?m)^http_port 127.0.0.1:3129.*$", ""));
        reread(sidecar, "1");
        assertThat(health(sidecar).output(1)).contains("no CONNECT comes through both listeners", "50");

        Files.writeString(rules, rendered.replaceFirst("(?m)^http_port 3128 .*$", ""));
        reread(sidecar, "1");
        assertThat(health(sidecar).output(1)).contains("no CONNECT comes through both listeners");

        Files.writeString(rules, rendered);
        reread(sidecar, "2");
        health(sidecar).output(0);
        assertThat(world.log()).doesNotContain("health.invalid");
    }

    private Command health(String sidecar) throws Exception {
        return Command.docker(folder, "exec", sidecar, "/opt/sentinel/bin/proxy-health");
    }

    /** Has squid read its rules, and waits for it to have so many listeners. */
    private void reread(String sidecar, String listeners) throws Exception {
        Command.docker(
                        folder,
                        "exec",
                        sidecar,
                        "sh",
                        "-c",
                        "kill -HUP 1; sleep 1; for i in $(seq 100); do n=$(cat /proc/net/tcp /proc/net/tcp6 | grep -c"
                                + " ':0C3[89] [0:]* 0A'); [ $n = " + listeners + " ] && exit; sleep 0.1; done; exit 9")
                .output(0);
    }

    private void allow(String hosts) throws Exception {
        Path spec = folder.resolve("src/main/sentinel/sandbox.yaml");
        Files.writeString(spec, Files.readString(spec).replaceFirst("allow: \\[.*]", "allow: [" + hosts + "]"));
    }
}
