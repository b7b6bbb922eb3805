package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.render.Generation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine was told, as it says itself of containers that were created and not started. */
class CreatedContainersIT {

    @TempDir
    private static Path folder;

    private static Path bundle;

    @BeforeAll
    static void create() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: created
                resources: {memory: 300m, cpus: 1.5, pids: 77, nofile: 99, tmp: 3m, run: 2m}
                command: ["true"]
                """);
        new Generation(box.layout, "it", Box.NO_ORIGINS).generate();
        Files.createDirectories(folder.resolve("sandbox-workspace"));
        Files.createDirectories(box.layout.trail());
        bundle = box.layout.bundle();
        compose("--profile", "*", "build").output(0);
        compose("--profile", "*", "create").output(0);
    }

    @AfterAll
    static void remove() throws Exception {
        compose("--profile", "*", "down", "--remove-orphans", "--volumes").output(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sentinel-strict", "sentinel-standard", "sentinel-proxied"})
    void agentHasTheSpecsLimits(String service) throws Exception {
        JsonNode host = inspect(service).get("HostConfig");
        assertThat(host.get("Memory").asLong()).isEqualTo(300L << 20);
        assertThat(host.get("MemorySwap").asLong()).as("no swap on top").isEqualTo(300L << 20);
        assertThat(host.get("NanoCpus").asLong()).isEqualTo(1_500_000_000L);
        assertThat(host.get("PidsLimit").asInt()).isEqualTo(77);
        assertThat(ulimits(host)).containsExactlyInAnyOrder("core 0 0", "nofile 99 99");
        assertThat(tmpfs(host))
                .containsOnlyKeys("/tmp", "/run")
                .hasEntrySatisfying("/tmp", flags -> assertThat(flags).contains("size=3m"))
                .hasEntrySatisfying("/run", flags -> assertThat(flags).contains("size=2m"));
        assertThat(host.get("ShmSize").asLong()).isEqualTo(64L << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sentinel-strict", "sentinel-standard", "sentinel-proxied", "sentinel-proxy", "sentinel-probe"})
    void containerIsHardened(String service) throws Exception {
        JsonNode container = inspect(service);
        JsonNode host = container.get("HostConfig");
        assertThat(host.get("ReadonlyRootfs").asBoolean()).isTrue();
        assertThat(texts(host.get("CapDrop"))).containsExactly("ALL");
        assertThat(texts(host.get("CapAdd"))).isEmpty();
        assertThat(host.get("Privileged").asBoolean()).isFalse();
        List<String> security = texts(host.get("SecurityOpt"));
        assertThat(security).hasSize(2).contains("no-new-privileges:true");
        String seccomp = security.stream()
                .filter(o -> o.startsWith("seccomp="))
                .findFirst()
                .orElseThrow();
        JsonNode profile = Json.read(seccomp.substring("seccomp=".length()));
        String own =
                switch (service) {
                    case "sentinel-proxy", "sentinel-probe" -> "sentinel-seccomp-proxy.json";
                    case "sentinel-standard" -> "sentinel-seccomp-guard.json";
                    default -> "sentinel-seccomp.json";
                };
        assertThat(profile)
                .isEqualTo(Json.read(Files.readString(bundle.resolve("seccomp").resolve(own))));
        assertThat(host.get("Init").asBoolean()).isTrue();
        assertThat(host.get("IpcMode").asText()).isEqualTo("private");
        assertThat(host.get("CgroupnsMode").asText()).isEqualTo("private");
        assertThat(host.get("PidMode").asText()).isEmpty();
        assertThat(host.get("UTSMode").asText()).isEmpty();
        assertThat(host.get("UsernsMode").asText()).isEmpty();
        assertThat(host.get("RestartPolicy").get("Name").asText()).isEqualTo("no");
        assertThat(host.get("LogConfig").toString())
                .isEqualTo("{\"Type\":\"json-file\",\"Config\":{\"max-file\":\"3\",\"max-size\":\"10m\"}}");
        assertThat(host.get("PortBindings")).isEmpty();
        assertThat(texts(host.get("Devices"))).isEmpty();
        assertThat(texts(host.get("GroupAdd"))).isEmpty();
        assertThat(host.get("MemorySwap").asLong())
                .isEqualTo(host.get("Memory").asLong())
                .isPositive();
        assertThat(host.get("PidsLimit").asInt()).isPositive();
        assertThat(ulimits(host)).contains("core 0 0");
        assertThat(tmpfs(host).values()).allSatisfy(flags -> assertThat(flags.split(","))
                .contains("noexec", "nosuid", "nodev")
                .doesNotContain("exec", "suid", "dev"));
        assertThat(container.get("Config").get("User").asText()).matches("[1-9][0-9]*:[1-9][0-9]*");
        for (JsonNode mount : container.get("Mounts")) {
            assertThat(mount.get("Type").asText()).isEqualTo("bind");
            assertThat(mount.get("Propagation").asText()).isEqualTo("rprivate");
            boolean written = List.of("/workspace", "/opt/sentinel/audit")
                    .contains(mount.get("Destination").asText());
            assertThat(mount.get("RW").asBoolean()).as(mount.toString()).isEqualTo(written);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sentinel-strict none",
                "sentinel-standard bridge",
                "sentinel-proxied internal",
                "sentinel-probe internal"
            })
    void networkIsTheProfiles(String row) throws Exception {
        String service = row.split(" ")[0];
        JsonNode container = inspect(service);
        List<String> networks = new ArrayList<>();
        container.get("NetworkSettings").get("Networks").fieldNames().forEachRemaining(networks::add);
        String mode = container.get("HostConfig").get("NetworkMode").asText();
        switch (row.split(" ")[1]) {
            case "none" -> assertThat(mode).isEqualTo("none");
            case "bridge" -> assertThat(networks).containsExactly("sentinel-created_sentinel-standard");
            default -> {
                assertThat(networks).containsExactly("sentinel-created_sentinel-internal");
                assertThat(texts(container.get("HostConfig").get("Dns"))).containsExactly("127.0.0.1");
                JsonNode network = Json.read(Command.docker(folder, "network", "inspect", networks.get(0))
                                .output(0))
                        .get(0);
                assertThat(network.get("Internal").asBoolean()).isTrue();
                assertThat(network.get("EnableIPv6").asBoolean()).isFalse();
                assertThat(network.get("Options")
                                .get("com.docker.network.bridge.inhibit_ipv4")
                                .asText())
                        .isEqualTo("true");
            }
        }
    }

    /** Between the networks that it is on, the sidecar passes requests on and no packets. */
    @Test
    void theSidecarForwardsNothing() throws Exception {
        assertThat(inspect("sentinel-proxy")
                        .get("HostConfig")
                        .get("Sysctls")
                        .get("net.ipv4.ip_forward")
                        .asText())
                .isEqualTo("0");
    }

    private static JsonNode inspect(String service) throws Exception {
        return Json.read(Command.docker(folder, "container", "inspect", "sentinel-created-" + service + "-1")
                        .output(0))
                .get(0);
    }

    private static Command compose(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("compose"));
        all.addAll(List.of(words));
        return Command.docker(bundle, all.toArray(String[]::new));
    }

    private static List<String> ulimits(JsonNode host) {
        List<String> rows = new ArrayList<>();
        for (JsonNode limit : host.get("Ulimits")) {
            rows.add(limit.get("Name").asText() + " " + limit.get("Soft") + " " + limit.get("Hard"));
        }
        return rows;
    }

    private static Map<String, String> tmpfs(JsonNode host) {
        Map<String, String> rows = new TreeMap<>();
        host.path("Tmpfs")
                .properties()
                .forEach(row -> rows.put(row.getKey(), row.getValue().asText()));
        return rows;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** JSON as a tree. */
    private static final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();

        static JsonNode read(String text) throws Exception {
            return MAPPER.readTree(text);
        }
    }
}
