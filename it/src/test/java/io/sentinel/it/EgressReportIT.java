package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault.SidecarFailed;
import io.sentinel.engine.LabelFilter;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a proxied run. Every request is denied before its name is resolved: nothing leaves the machine. */
class EgressReportIT {

    private static final String OWNER = "io.sentinel.owner";

    private static final List<LabelFilter> SANDBOXES = List.of(LabelFilter.has(OWNER));

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Box.docker().listContainers(SANDBOXES))
                .filteredOn(container -> isOwn(container.labels()))
                .isEmpty();
        assertThat(Box.docker().listNetworks(SANDBOXES))
                .filteredOn(network -> isOwn(network.labels()))
                .isEmpty();
    }

    /** Made by this very process: an engine may have sandboxes of others, which are none of this test's business. */
    static boolean isOwn(SortedMap<String, String> labels) {
        return labels.get(OWNER).matches(".*[.]" + ProcessHandle.current().pid() + "[.][0-9]+");
    }

    @Test
    void tellsWhatWasDeniedAndTheLineThatAllowsIt() throws Exception {
        Box box = asking(
                """
                ask(b"CONNECT one.invalid:443 HTTP/1.1\\r\\n\\r\\n", 3)
                ask(b"GET http://Two.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", 1)
                ask(b"GET http://listed.invalid:8080/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", 1)
                ask(b"GET http://192.0.2.1/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", 2)
                """);

        Box.Result result = box.run(Profile.PROXIED);

        assertThat(result.outcome().succeeded()).isTrue();
        assertThat(box.logged)
                .containsExactly(
                        "What this run asked of the proxy (decision, count, host and port, reason); each request stands in"
                                + " target/sentinel/egress.jsonl:",
                        "  denied         3  one.invalid:443      domain",
                        "  denied         2  192.0.2.1:80         ip-literal",
                        "  denied         1  listed.invalid:8080  port",
                        "  denied         1  two.invalid:80       domain",
                        "No entry of the list allows ip-literal: it has names and no addresses; ask for the host by its"
                                + " name.",
                        "The spec allows what was denied with this; hosts and ports are the agent's words, so keep those"
                                + " that you know:",
                        "  profiles: {proxied: {allow: [listed.invalid, {host: listed.invalid, ports: [8080]}, one.invalid,"
                                + " two.invalid]}}",
                        "  On a port of its own a host is reached by TLS and plain HTTP, and by nothing else (no ssh).");
        assertThat(Files.readAllLines(log(box)))
                .hasSize(7)
                .allMatch(line -> line.contains("\"decision\":\"denied\""))
                .noneMatch(line -> line.contains("health.invalid"));

        // A run of another profile leaves no log that could be taken for its own.
        box.run(Profile.STRICT);
        assertThat(log(box)).doesNotExist();
    }

    @Test
    void hostileWordsStayInTheirPlace() throws Exception {
        Box box = asking(
                """
                ask(b'GET http://a"b\\\\c.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 1)
                ask(b'GET http://x%22,%22decision%22:%22allowed.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 1)
                ask(b'GET http://\\x1b[31m.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 1)
                ask(b'GET http://\\xff\\xfe.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 1)
                ask(b'"},{ http://listed.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 1)
                ask(b"GET http://" + b"a" * 9000 + b".invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", 1)
                ask(b'CONNECT a"b.invalid:443 HTTP/1.1\\r\\n\\r\\n', 1)
                ask(bytes(range(256)) + b"\\r\\n\\r\\n", 1)
                """);

        box.run(Profile.PROXIED);

        assertThat(box.logged)
                .isNotEmpty()
                .allMatch(line -> line.matches("[ -~]*"))
                .noneMatch(line -> line.contains("could not be read") || line.contains("allowed  "));
        List<String> records = Files.readAllLines(log(box));
        assertThat(records).hasSizeGreaterThanOrEqualTo(6).allMatch(line -> line.matches("[ -~]*"));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("../docs/egress.schema.json")), InputFormat.JSON);
        for (String record : records) {
            assertThat(schema.validate(record, InputFormat.JSON)).as(record).isEmpty();
        }
    }

    @Test
    @Tag("full")
    void aLogWhoseBeginningTheEngineDroppedIsTold() throws Exception {
        // Long names, so that 30 MB are soon full; each is denied by its name alone.
        Box box = asking("ask(b'GET http://' + b'a' * 240 + b'.invalid/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', 55000)\n");
        box.run(Profile.PROXIED);
        assertThat(box.logged).anyMatch(line -> line.contains("its beginning is gone"));
    }

    @Test
    void aSidecarThatWasKilledFailsARunThatEndedWell() throws Exception {
        Box box = Box.withPython(
                folder,
                """
                name: box
                guard: off
                command: [sh, -c, "sleep 15"]
                """);
        Thread killer = new Thread(this::killSidecar);
        killer.start();
        EngineException e = catchThrowableOfType(EngineException.class, () -> box.run(Profile.PROXIED));
        killer.join();

        assertThat(e).isNotNull();
        assertThat(e.fault()).isInstanceOf(SidecarFailed.class);
        assertThat(e).hasMessageStartingWith("The sidecar sentinel-proxy had ended (exit code 137, 20");
        assertThat(Files.readString(box.layout.work().resolve("outcome.json")))
                .contains("\"reason\" : \"engine\"", "\"exitCode\" : 0");
        assertThat(box.logged).containsExactly("This run asked nothing of the proxy.");
    }

    @Test
    @Tag("full")
    void aSidecarThatEndsAtOnceIsWhyAnAgentDoesNotStart() throws Exception {
        EngineException e = runWithSidecar("echo FATAL: no peek >&2; exit 3");
        assertThat(e)
                .hasMessageStartingWith("The sidecar sentinel-proxy had ended (exit code 3, 20")
                .hasMessageContaining("FATAL: no peek");
    }

    @Test
    @Tag("full")
    void aSidecarThatNeverBecomesHealthyIsWhyAnAgentDoesNotStart() throws Exception {
        EngineException e = runWithSidecar("exec sleep 300");
        assertThat(e)
                .hasMessageStartingWith("The sidecar sentinel-proxy does not pass its health check (no CONNECT comes"
                        + " through both listeners: ");
    }

    /** Runs with a sidecar whose image has another program in place of squid, under the name that the bundle gives it. */
    private EngineException runWithSidecar(String program) throws Exception {
        Box box = asking("print('the agent ran')\n");
        box.run(Profile.PROXIED);
        String image = Files.readString(box.layout.composeFile())
                .lines()
                .filter(line -> line.contains("image: ") && line.contains("-proxy:"))
                .findFirst()
                .orElseThrow()
                .replaceAll(".*image: \"([^\"]*)\"", "$1");
        Path context = Files.createDirectories(folder.resolve("broken"));
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM " + image + "\nENTRYPOINT [\"sh\", \"-c\", \"" + program + "\"]\n");
        String whole = image + "-whole";
        Command.docker(folder, "tag", image, whole).output(0);
        try {
            Command.docker(folder, "build", "--quiet", "--tag", image, context.toString())
                    .output(0);
            EngineException e = catchThrowableOfType(EngineException.class, () -> box.run(Profile.PROXIED));
            assertThat(e).isNotNull();
            assertThat(e.fault()).isInstanceOf(SidecarFailed.class);
            assertThat(Files.readString(box.layout.work().resolve("outcome.json")))
                    .contains("\"reason\" : \"engine\"", "\"exitCode\" : null");
            assertThat(log(box)).doesNotExist();
            return e;
        } finally {
            Command.docker(folder, "tag", whole, image).output(0);
            Command.docker(folder, "rmi", whole).output(0);
        }
    }

    private void killSidecar() {
        try {
            Docker docker = Box.docker();
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (System.nanoTime() < deadline) {
                // Healthy for a while, so that the agent is up; built images may take their time before.
                for (ContainerFacts container : docker.listContainers(SANDBOXES)) {
                    boolean sidecar =
                            isOwn(container.labels()) && container.name().contains("sentinel-proxy");
                    if (sidecar && container.health().orElseThrow().status().equals("healthy")) {
                        TimeUnit.SECONDS.sleep(4);
                        docker.kill(container.id());
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } catch (EngineException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A sandbox whose agent sends these bytes to the sidecar, each on a connection of its own. */
    private Box asking(String asks) throws Exception {
        return Box.withPython(
                folder,
                """
                name: box
                guard: off
                profiles: {proxied: {allow: [listed.invalid]}}
                command:
                  - python3
                  - -c
                  - |
                    import socket
                    def ask(request, times):
                        for _ in range(times):
                            with socket.create_connection(("sentinel-proxy", 3128), 30) as s:
                                s.sendall(request)
                                try:
                                    s.recv(100)
                                except OSError:
                                    pass
                """
                        + asks.indent(4));
    }

    private static Path log(Box box) {
        return box.layout.work().resolve("egress.jsonl");
    }
}
