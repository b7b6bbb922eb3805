package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Coding agents as people install them (their versions stand in {@code it/clients}) start in the strict sandbox, in an image
 * that the plugin built from a spec: a native program of Bun (claude), one of Rust behind Node (codex), and JavaScript
 * (gemini). The spec's default limits are enough; of memory and pids, tries by hand found the least to be 64m and 8 for
 * claude, 32m and 8 for codex, 256m and 24 for gemini.
 *
 * <p>They are 1.1 GB together, which npm fetches once on a machine.
 */
@Tag("full")
@Timeout(1800)
class ClientsIT {

    private static final Path SOURCES = Path.of("clients").toAbsolutePath();

    /** Packages' own scripts run where the image is built, and nowhere else. */
    private static final String SPEC =
            """
            name: clients-it
            image:
              from: "%s"
              packages: [git]
              copy: [{from: clients/node_modules, to: /opt/clients/node_modules}]
              run:
                - ln -s /opt/clients/node_modules/.bin/* /usr/local/bin/
                - [node, /opt/clients/node_modules/@anthropic-ai/claude-code/install.cjs]
            policy:
              allowed_commands: [env, grep, id, ls, touch, /opt/clients/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex]
              allowed_interpreters: [node]
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void build() throws Exception {
        Box.of(folder, SPEC.formatted(Box.BASE));
        Command.start(folder, Map.of(), List.of("cp", "-a", installed().toString(), "clients"))
                .output(0);
        isolate("--build-if-missing", "--", "node", "--version").output(0);
    }

    /** What npm fetched from the registry that the machine has chosen; each file is what the lock file's digests say. */
    private static Path installed() throws Exception {
        String lock = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(Files.readAllBytes(SOURCES.resolve("package-lock.json"))))
                .substring(0, 16);
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(set -> !set.isEmpty())
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("sentinel/clients");
        Path there = cache.resolve(lock);
        if (!Files.isDirectory(there)) {
            Path fresh = Files.createTempDirectory(Files.createDirectories(cache), "fresh");
            for (String name : List.of("package.json", "package-lock.json")) {
                Files.copy(SOURCES.resolve(name), fresh.resolve(name));
            }
            List<String> words = List.of(
                    "npm",
                    "ci",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--no-update-notifier",
                    "--loglevel=error");
            Command.start(fresh, Map.of(), words).output(0);
            Files.move(fresh, there, StandardCopyOption.ATOMIC_MOVE);
        }
        return there;
    }

    @ParameterizedTest
    @CsvSource({
        "claude, @anthropic-ai/claude-code, Usage: claude [options]",
        "codex, @openai/codex, Usage: codex [OPTIONS]",
        "gemini, @google/gemini-cli, Usage: gemini [options]",
    })
    void itStartsInTheStrictSandbox(String client, String name, String usage) throws Exception {
        assertThat(isolate("--", client, "--version").output(0)).contains(version(name));
        assertStrict(client, "--version");
        assertThat(isolate("--", client, "--help").output(0)).contains(usage);
        assertStrict(client, "--help");
    }

    private static String version(String name) throws IOException {
        return new ObjectMapper()
                .readTree(SOURCES.resolve("package.json").toFile())
                .required("dependencies")
                .required(name)
                .asText();
    }

    /** That run was no weaker than the spec, nor the spec than the default, but for Node. */
    private static void assertStrict(String... program) throws IOException {
        JsonNode outcome = new ObjectMapper()
                .readTree(folder.resolve("target/sentinel/outcome.json").toFile());
        assertThat(outcome.required("profile").asText()).isEqualTo("strict");
        assertThat(outcome.required("command")).extracting(JsonNode::asText).containsExactly(program);
        assertThat(outcome.required("weakenings"))
                .extracting(JsonNode::asText)
                .singleElement()
                .asString()
                .startsWith("policy.allowed_interpreters lets the agent start node:");
    }

    /** So that none of the above starts because there is no filter. */
    @Test
    void theSandboxIsOne() throws Exception {
        String said = isolate(
                        "--", "sh", "-c", "id -u; ls /sys/class/net; grep Seccomp: /proc/self/status; touch /opt/x")
                .output(1);
        assertThat(said).contains("10001\nlo\nSeccomp:\t2\n", "Read-only file system");
    }

    private static Command isolate(String... words) throws IOException {
        List<String> all = new ArrayList<>(
                List.of(Path.of("../scripts/sentinel-isolate").toAbsolutePath().toString()));
        all.addAll(Arrays.asList(words));
        return Command.start(folder, Map.of(), all);
    }
}
