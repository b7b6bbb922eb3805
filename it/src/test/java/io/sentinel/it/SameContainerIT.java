package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Json;
import io.sentinel.engine.ObjectKind;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.spec.Profile;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a container by docker run is the one that Compose makes: all that the engine says of the two, but for names. */
class SameContainerIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Mounts are compared as the container has them, whichever way they were asked for; a size of a console is none. */
    private static final Set<String> OTHERWISE = Set.of("Binds", "Mounts", "ConsoleSize");

    private static final List<String> CONFIG =
            List.of("User", "Image", "WorkingDir", "Entrypoint", "StopTimeout", "StopSignal", "Healthcheck", "Volumes");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Profile.class)
    void dockerRunMakesWhatComposeMakes(Profile profile) throws Exception {
        Box box = Box.of(
                folder,
                """
                name: same
                user: {uid: 10001, gid: 10001}
                resources: {memory: 300m, cpus: 1.5, pids: 77, nofile: 99, tmp: 3m, run: 2m}
                environment: {A: "b=c, $HOME $$"}
                passEnvironment: [PASSED, LC_ALL, UNSET]
                secrets: [{name: token, file: ~/.token}, {name: "1", file: /keys}]
                command: ["true"]
                """);
        box.build();
        String project = "sentinel-same-" + profile.word();
        Path secrets = Files.createDirectory(folder.resolve("a, \"b"));
        for (String name : List.of("token", "1")) {
            Files.createFile(secrets.resolve(name));
        }
        Compose plain = new Compose(
                        Box.docker(),
                        new ComposeProject(box.layout.composeFile(), box.layout.bundle(), project),
                        Map.of("SENTINEL_PROXY", "http://proxy.example:1", "SENTINEL_SECRETS", secrets.toString()))
                .withProfiles(List.of("*"));
        Map<String, String> passed = Map.of("PASSED", "a\n\"b' $HOME", "LC_ALL", "C");
        Compose compose = plain.with(passed);
        Map<String, String> variables = new TreeMap<>(passed);
        variables.put("TOKEN", "x");
        try {
            compose.create(List.of(profile.service()));
            RunRequest request = RunRequest.of(profile.service(), project + "-direct", Map.of(), Duration.ofMinutes(1))
                    .running(List.of("true"));
            Streams nowhere = new Streams.Pumped(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
            Box.docker().run(Json.parse(plain.valuesJson()), box.layout.bundle(), request, variables, nowhere);
            JsonNode composed =
                    inspect(compose.containers(profile.service()).get(0).id());
            JsonNode direct = inspect(request.container());
            assertThat(differences(facts(composed), facts(direct))).containsExactly("variable TOKEN: null and x");
            assertThat(facts(direct))
                    .containsEntry("variable PASSED", passed.get("PASSED"))
                    .containsKeys("mount /run/secrets/token", "mount /run/secrets/1")
                    .containsEntry("variable UNSET", "(not even an image's)")
                    .hasSizeGreaterThan(90);
        } finally {
            Box.docker().removeContainers(List.of(project + "-direct"));
            compose.down(Duration.ofSeconds(1));
        }
    }

    /** What is not said and what is said to be nothing are the same to the engine. */
    private static SortedMap<String, String> facts(JsonNode container) throws Exception {
        SortedMap<String, String> facts = new TreeMap<>();
        ObjectNode host = (ObjectNode) container.get("HostConfig");
        host.remove(OTHERWISE);
        host.properties().forEach(member -> {
            String said = member.getValue().toString();
            facts.put("host " + member.getKey(), said.equals("null") || said.equals("{}") ? "[]" : said);
        });
        facts.put("host SecurityOpt", security(host.get("SecurityOpt")).toString());
        for (String key : CONFIG) {
            facts.put("config " + key, container.get("Config").path(key).toString());
        }
        for (JsonNode variable : container.get("Config").get("Env")) {
            String[] parts = variable.asText().split("=", 2);
            facts.put("variable " + parts[0], parts.length > 1 ? parts[1] : "(not even an image's)");
        }
        for (JsonNode mount : container.get("Mounts")) {
            facts.put("mount " + mount.get("Destination").asText(), mount.toString());
        }
        Set<String> limits = new TreeSet<>();
        host.get("Ulimits").forEach(limit -> limits.add(limit.toString()));
        facts.put("host Ulimits", limits.toString());
        Set<String> networks = new TreeSet<>();
        container.get("NetworkSettings").get("Networks").fieldNames().forEachRemaining(networks::add);
        facts.put("networks", networks.toString());
        return facts;
    }

    /** The client hands a filter on as one line; two of the same content may be written otherwise. */
    private static Set<String> security(JsonNode options) throws Exception {
        Set<String> said = new TreeSet<>();
        for (JsonNode option : options) {
            String text = option.asText();
            said.add(
                    text.startsWith("seccomp={")
                            ? JSON.readTree(text.substring(8)).toString()
                            : text);
        }
        return said;
    }

    private static List<String> differences(SortedMap<String, String> composed, SortedMap<String, String> direct) {
        Set<String> all = new TreeSet<>(composed.keySet());
        all.addAll(direct.keySet());
        return all.stream()
                .filter(key -> !Objects.equals(composed.get(key), direct.get(key)))
                .map(key -> key + ": " + composed.get(key) + " and " + direct.get(key))
                .toList();
    }

    private static JsonNode inspect(String container) throws Exception {
        return JSON.readTree(Box.docker().inspectJson(ObjectKind.CONTAINER, List.of(container)))
                .get(0);
    }
}
