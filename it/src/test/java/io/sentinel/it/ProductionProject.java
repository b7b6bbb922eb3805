package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A project that is ready for production, and the variables that make it so; a test takes something of it away. */
final class ProductionProject {

    static final Path COMMAND = Path.of("../scripts/sentinel-isolate").toAbsolutePath();
    static final String SPEC = "src/main/sentinel/sandbox.yaml";
    static final String TEXT = "name: production-it\nresources: {memory: 100m, tmp: 8m, run: 8m}\n"
            + "policy: {allowed_commands: [cat, env, grep, id, ls]}\n";
    static final String PINNED = "src/main/sentinel/sandbox.lock";
    static final String BUNDLE = "target/sentinel/bundle/";
    /** Of an HMAC. */
    static final String KEY = "a key, with a blank";

    final Path folder;
    final Map<String, String> variables;

    private ProductionProject(Path folder) throws Exception {
        this.folder = folder;
        this.variables = new TreeMap<>(Map.of(
                "SENTINEL_PRODUCTION", "true",
                "SENTINEL_POLICY_IMMUTABLE", "true",
                "SENTINEL_POLICY_SHA256", sha256(BUNDLE + "sentinel.yaml")));
    }

    static ProductionProject copy(Path ready, Path folder) throws Exception {
        sh("cp -a \"$0\" \"$1\"", ready.toString(), folder.toString());
        return new ProductionProject(folder);
    }

    /** What a run leaves beside the bundle is no part of it. */
    String everyFile() throws Exception {
        return sh(
                "cd \"$0\"; find . -path ./target/sentinel/bundle -prune -o -path ./target -prune -o -type f -print0 |"
                        + " sort -z | xargs -0 sha256sum; find ./target/sentinel/bundle ./target/sentinel/isolate -type f"
                        + " -exec sha256sum {} + 2>&1 | sort",
                folder.toString());
    }

    /** The containers of this test that were made meanwhile, also those that are gone. */
    String made(Instant start) throws Exception {
        return sh(
                "docker events --since \"$0\" --until \"$1\" --filter type=container --filter event=create --format"
                        + " '{{.Actor.Attributes.name}}' | grep ^sentinel-production-it- || [ $? = 1 ]",
                start.toString(),
                Instant.now().toString());
    }

    void signByHmac(String file) throws Exception {
        String mac = sh(
                "openssl dgst -sha256 -hmac \"$1\" \"$0\" | sed 's/.* //'",
                folder.resolve(file).toString(),
                KEY);
        variables.put("SENTINEL_POLICY_HMAC_KEY", KEY);
        variables.put("SENTINEL_POLICY_HMAC_SHA256", mac.strip());
    }

    /** By a user who is not root, and may ask the engine. */
    Ran asNobody(String... words) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--groups", "0", COMMAND.toString()));
        all.addAll(Arrays.asList(words));
        return ended(all);
    }

    Command byHand(String profile) throws Exception {
        List<String> words = List.of(
                "docker",
                "compose",
                "--progress",
                "quiet",
                "--project-name",
                "sentinel-production-it-hand",
                "--profile",
                profile,
                "run",
                "--rm",
                "sentinel-" + profile,
                "true");
        try {
            return Command.start(folder.resolve(BUNDLE), variables, words).ended();
        } finally {
            Command.docker(
                            folder.resolve(BUNDLE),
                            "compose",
                            "--project-name",
                            "sentinel-production-it-hand",
                            "--profile",
                            "*",
                            "down")
                    .output(0);
        }
    }

    String sha256(String file) throws Exception {
        return sh("sha256sum <\"$0\" | cut -d' ' -f1", folder.resolve(file).toString())
                .strip();
    }

    static String sh(String script, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("sh", "-ec", script));
        all.addAll(Arrays.asList(words));
        Process process = new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(script).isZero();
        return out;
    }

    Ran isolate(String... flags) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(flags));
        words.addAll(List.of("--build-if-missing", "--", "true"));
        return start(words.toArray(String[]::new));
    }

    Ran run(String... program) throws Exception {
        List<String> words = new ArrayList<>(List.of("--"));
        words.addAll(Arrays.asList(program));
        return start(words.toArray(String[]::new));
    }

    Ran start(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(COMMAND.toString()));
        all.addAll(Arrays.asList(words));
        return ended(all);
    }

    Ran ended(List<String> words) throws Exception {
        File err = Files.createTempFile("production-it", ".txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectError(err);
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        String said = Files.readString(err.toPath());
        Files.delete(err.toPath());
        return new Ran(code, out, said);
    }

    /** What came of a command. */
    record Ran(int code, String out, String err) {}
}
