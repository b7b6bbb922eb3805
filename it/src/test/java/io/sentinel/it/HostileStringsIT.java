package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.render.Bundle;
import io.sentinel.render.BundleFile;
import io.sentinel.render.Layout;
import io.sentinel.render.RenderInputs;
import io.sentinel.render.Renderer;
import io.sentinel.spec.AllowList;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Image;
import io.sentinel.spec.Policy;
import io.sentinel.spec.Resources;
import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Spec;
import io.sentinel.spec.Step;
import io.sentinel.spec.VerifyChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever string a spec holds, the tools that read the bundle get that string back, and nothing else. */
class HostileStringsIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Path folder;

    @BeforeContainer
    static void makeFolder() throws Exception {
        folder = Files.createTempDirectory("sentinel-hostile");
    }

    @AfterContainer
    static void removeFolder() throws Exception {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Compose replaces, merges and types values; each comes back from it as it went in. */
    @Property(tries = 40)
    void composeGivesBackWhatWentIn(
            @ForAll("lists") List<String> command, @ForAll("maps") Map<String, String> environment) throws Exception {
        Bundle bundle = bundle(spec(List.of(), command, environment));
        for (String path : List.of(Bundle.COMPOSE, Bundle.POLICY)) {
            write(bundle, path);
        }
        String json = Command.docker(
                        folder, "compose", "--env-file", "/dev/null", "--profile", "*", "config", "--format", "json")
                .output(0);
        JsonNode services = JSON.readTree(json).get("services");
        for (String service : List.of("sentinel-strict", "sentinel-standard", "sentinel-proxied", "sentinel-image")) {
            // A dollar is doubled in what `config` prints, since that is a compose file again.
            assertThat(strings(services.get(service).get("command")).stream().map(HostileStringsIT::undoubled))
                    .as(service)
                    .containsExactlyElementsOf(command);
            JsonNode seen = services.get(service).get("environment");
            environment.forEach((name, value) ->
                    assertThat(undoubled(seen.get(name).asText())).as(name).isEqualTo(value));
        }
        assertThat(services.size()).isEqualTo(6);
    }

    /** The policy is YAML for whatever reads it. */
    @Property(tries = 100)
    void policyGivesBackWhatWentIn(@ForAll("lists") List<String> values) throws Exception {
        Spec plain = spec(List.of(), List.of("true"), Map.of());
        Policy standard = Policy.DEFAULT;
        Policy policy = new Policy(
                values,
                values,
                values,
                values,
                values,
                values,
                standard.onBlock(),
                standard.hostMatchMode(),
                List.of(),
                standard.networkFailsafe(),
                standard.tamperDetection(),
                standard.onAuditFailure());
        byte[] yaml = bytes(bundle(with(plain, policy)), Bundle.POLICY);
        JsonNode read = new com.fasterxml.jackson.dataformat.yaml.YAMLMapper().readTree(yaml);
        for (String key : List.of(
                "allowed_paths",
                "blocked_paths",
                "readable_paths",
                "allowed_commands",
                "blocked_command_bases",
                "allowed_interpreters")) {
            assertThat(strings(read.get(key))).as(key).containsExactlyElementsOf(values);
        }
    }

    /** A real build: the words of a step. */
    @Property(tries = 4)
    void dockerfileGivesBackWhatWentIn(@ForAll("lists") List<String> words) throws Exception {
        List<String> step = new ArrayList<>(List.of("sh", "-c", "printf '%s\\0' \"$@\" >/seen", "sh"));
        step.addAll(words);
        Bundle bundle = bundle(spec(List.of(new Step.Arguments(step)), words, Map.of()));
        for (String path : bundle.files().keySet()) {
            write(bundle, path);
        }
        String tag = "localhost/sentinel/hostile-strings:it";
        Command.docker(folder, "build", "--quiet", "--tag", tag, ".").output(0);
        try {
            String seen = Command.docker(
                            folder, "run", "--rm", "--network", "none", "--entrypoint", "base64", tag, "-w0", "/seen")
                    .output(0);
            String expected = String.join("\0", words) + "\0";
            assertThat(new String(java.util.Base64.getDecoder().decode(seen), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(expected);
        } finally {
            Command.docker(folder, "image", "rm", "--force", tag).ended();
        }
    }

    @Provide
    Arbitrary<List<String>> lists() {
        return strings().list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<Map<String, String>> maps() {
        Arbitrary<String> names =
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8).map(n -> "X_" + n);
        return Arbitraries.maps(names, strings()).ofMaxSize(12);
    }

    private static Arbitrary<String> strings() {
        Arbitrary<String> pieces = Arbitraries.of(
                "\n",
                "\"",
                "'",
                "\\",
                "${X}",
                "$X",
                "$$",
                "$(x)",
                "`x`",
                "#",
                " # ",
                ": ",
                "- ",
                "---",
                "...",
                "!tag ",
                "&a ",
                "*a",
                "<<",
                "<<EOF",
                "yes",
                "no",
                "~",
                "null",
                "0o17",
                "010",
                "1e3",
                "1:30",
                "2001-01-01",
                "{",
                "}",
                "[",
                "]",
                ",",
                "%",
                "@",
                "\t",
                "\r",
                " ",
                "é",
                "\u202E",
                "\u2028",
                "\uFEFF",
                "\uD83D\uDE00",
                "a",
                "\u0001",
                "\u007F",
                "\u0085",
                "${X:-}",
                "--flag",
                "/",
                "*",
                "?");
        Arbitrary<String> mixed = pieces.list().ofMinSize(0).ofMaxSize(12).map(list -> String.join("", list));
        Arbitrary<String> any =
                Arbitraries.strings().withCharRange('\u0001', '\uD7FF').ofMaxLength(60);
        Arbitrary<String> longs = mixed.map(piece -> (piece + "x$y ").repeat(60));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, mixed), net.jqwik.api.Tuple.of(3, any), net.jqwik.api.Tuple.of(1, longs));
    }

    private static Spec spec(List<Step> run, List<String> command, Map<String, String> environment) {
        return new Spec(
                "hostile",
                new Image(Box.BASE, List.of(), run, List.of()),
                command,
                "sandbox-workspace",
                Optional.empty(),
                Resources.DEFAULT,
                SeccompChoice.DEFAULT,
                ContainerRuntime.RUNC,
                AllowList.EMPTY,
                Optional.empty(),
                new TreeMap<>(environment),
                List.of(),
                List.of(),
                Policy.DEFAULT,
                GuardMode.OFF,
                VerifyChoice.NONE,
                false);
    }

    private static Spec with(Spec spec, Policy policy) {
        return new Spec(
                spec.name(),
                spec.image(),
                spec.command(),
                spec.workspace(),
                spec.user(),
                spec.resources(),
                spec.seccomp(),
                spec.runtime(),
                spec.allow(),
                spec.sidecarFrom(),
                spec.environment(),
                spec.passEnvironment(),
                spec.secrets(),
                policy,
                spec.guard(),
                spec.verify(),
                spec.production());
    }

    private static Bundle bundle(Spec spec) throws Exception {
        Layout layout = new Layout(folder, folder.resolve("sandbox.yaml"), folder.resolve("b"), folder.resolve("w"));
        return new Renderer()
                .render(new RenderInputs(
                        spec,
                        "sha256:0",
                        SandboxLock.EMPTY,
                        Optional.empty(),
                        layout,
                        "it",
                        new TreeMap<>(),
                        new TreeSet<>(),
                        Optional.empty(),
                        Optional.empty()))
                .bundle();
    }

    private static byte[] bytes(Bundle bundle, String path) {
        return ((BundleFile.Content.Rendered) bundle.files().get(path).content()).bytes();
    }

    private static void write(Bundle bundle, String path) throws Exception {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes(bundle, path));
    }

    private static String undoubled(String value) {
        return value.replace("$$", "$");
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }
}
