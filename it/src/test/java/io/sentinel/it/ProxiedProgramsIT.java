package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.ProgramsHost.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs find the sidecar with what the proxied profile sets, and nothing without it ({@code it/programs/agent.py}). */
class ProxiedProgramsIT {

    private static final String REPOSITORY = System.getProperty("sentinel.it.localRepository");

    @TempDir
    private static Path folder;

    private static ProgramsHost host;
    private static Result result;

    @BeforeAll
    static void run() throws Exception {
        packageOnHost("mvn");
        host = new ProgramsHost(Files.createDirectory(folder.resolve("host")));
        result = host.run(Files.createDirectory(folder.resolve("project")), "programs");
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"maven", "java-url", "java-http", "pip", "npm", "git", "apt", "curl", "wget", "go", "plain"})
    void aProgramFindsTheSidecar(String program) {
        assertFound(result, program);
    }

    @Test
    void whatListensInsideIsAskedDirectly() {
        assertThat(result.said()).contains("inside passed");
        assertThat(result.requests()).noneMatch(line -> line.contains("localhost") || line.contains("127.0.0.1"));
    }

    @Test
    void aDirectSocketFails() throws Exception {
        assertThat(result.said()).contains("a socket to 80 failed", "a socket to 443 failed", "a name failed");
        // The sidecar's.
        assertThat(host.peers()).hasSize(1);
    }

    @Test
    @Tag("full")
    void otherMavensFindTheSidecar() throws Exception {
        Path project = Files.createDirectory(folder.resolve("mavens"));
        for (Map.Entry<String, String> maven :
                Map.of("maven-3.9", "3.9.11", "maven-4", "4.0.0-rc-4").entrySet()) {
            String version = maven.getValue();
            Path home =
                    Files.createDirectories(project.resolve("sandbox-workspace").resolve(maven.getKey()));
            mvn(
                    folder,
                    "mvn",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get",
                    "-Dtransitive=false",
                    "-Dartifact=org.apache.maven:apache-maven:" + version + ":tar.gz:bin");
            String archive = REPOSITORY + "/org/apache/maven/apache-maven/" + version + "/apache-maven-" + version
                    + "-bin.tar.gz";
            Command.start(home, Map.of(), List.of("tar", "-xzf", archive, "--strip-components=1"))
                    .output(0);
            packageOnHost(home.resolve("bin/mvn").toString());
        }
        Result mavens = host.run(project, "more");
        assertFound(mavens, "maven-3.9");
        assertFound(mavens, "maven-4");
    }

    private static void assertFound(Result result, String program) {
        assertThat(result.said()).contains(program + " passed", program + " without its settings failed");
        String name = program.startsWith("maven") ? "maven" : program;
        assertThat(result.requests())
                .filteredOn(line -> line.contains("\"host\":\"" + name + ".programs.test\""))
                .isNotEmpty()
                .allMatch(line -> line.contains("\"decision\":\"allowed\""));
    }

    /** So that the machine's own repository, which the sandbox's Maven is served from, has what the project needs. */
    private static void packageOnHost(String maven) throws Exception {
        Path project = Files.createTempDirectory(folder, "maven");
        Files.copy(ProgramsHost.SOURCES.resolve("pom.xml"), project.resolve("pom.xml"));
        Command.start(Path.of("workloads/maven"), Map.of(), List.of("cp", "-r", "src", project.toString()))
                .output(0);
        mvn(project, maven, "package");
    }

    private static void mvn(Path project, String maven, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(maven, "-B", "-q", "-ntp", "-Dmaven.repo.local=" + REPOSITORY));
        all.addAll(List.of(words));
        Command.start(project, Map.of(), all).output(0);
    }
}
