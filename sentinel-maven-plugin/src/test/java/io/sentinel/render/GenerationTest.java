package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as unchanged, and what does not. */
class GenerationTest {

    @TempDir
    private Path project;

    /** What the host is configured to fetch from. */
    private final Map<NamedList, List<Origin>> origins = new HashMap<>();

    private Layout layout;

    @BeforeEach
    void project() throws Exception {
        Path work = project.resolve("target/sentinel");
        layout = new Layout(project, project.resolve("src/main/sentinel/sandbox.yaml"), work.resolve("bundle"), work);
        Files.createDirectories(layout.spec().getParent());
        Files.createDirectory(project.resolve("agent"));
        Files.writeString(project.resolve("agent/main.py"), "1");
        spec("command: [\"a b\", \"c\\nd\", \"\"]");
    }

    @Test
    void generateWhenNothingChangedTellsTheSameFacts() throws Exception {
        Rendered first = generate().facts();
        Generation.Generated second = generate();
        assertThat(second.changed()).isEmpty();
        assertThat(second.facts()).isEqualTo(first);
        assertThat(first.command()).containsExactly("a b", "c\nd", "");
    }

    @Test
    void generateWhenTheSpecChangedRenders() throws Exception {
        generate();
        spec("command: [other]");
        assertThat(generate().changed()).containsExactly("docker-compose.yml", "sentinel.lock");
    }

    @Test
    void generateWhenACopiedFileChangedOrAppearedRenders() throws Exception {
        String first = generate().facts().image();
        Files.writeString(project.resolve("agent/main.py"), "2");
        Generation.Generated second = generate();
        assertThat(second.changed()).contains("context/0/main.py");
        assertThat(second.facts().image()).isNotEqualTo(first);
        Files.writeString(project.resolve("agent/more.py"), "3");
        assertThat(generate().changed()).contains("context/0/more.py");
    }

    @Test
    void generateWhenALockAppearedRenders() throws Exception {
        generate();
        String id = "sha256:" + "0".repeat(64);
        Files.writeString(
                layout.sandboxLock(),
                "schemaVersion: 1\nimage: {reference: \"other:1\", id: \"" + id + "\", entrypoint: [], command: []}\n");
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandbox.lock pins the base image other:1, and the spec's image.from is base:1");
    }

    @Test
    void generateWhenTheLockPinsAnotherSidecarRefuses() throws Exception {
        spec("profiles: {proxied: {from: \"proxy:1\"}}");
        String id = "sha256:" + "0".repeat(64);
        Files.writeString(
                layout.sandboxLock(), "schemaVersion: 1\nsidecarImage: {reference: \"other:1\", id: \"" + id + "\"}\n");
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(
                        "sandbox.lock pins the base image other:1, and the spec's profiles.proxied.from is proxy:1");
        Files.writeString(
                layout.sandboxLock(), "schemaVersion: 1\nsidecarImage: {reference: \"proxy:1\", id: \"" + id + "\"}\n");
        Rendered first = generate().facts();
        assertThat(first.base().locked()).isEmpty();
        assertThat(first.sidecarBase().locked()).isPresent();
        assertThat(generate().facts()).isEqualTo(first);
    }

    @Test
    void generateWhenTheHostsConfigurationChangedRenders() throws Exception {
        spec("profiles: {proxied: {allow: [\"@npm\", api.example.com]}}");
        origins("https://one.example.com");
        generate();
        assertThat(names())
                .containsExactly("# @npm came to https://one.example.com", "api.example.com", "one.example.com");
        assertThat(generate().changed()).isEmpty();

        origins("https://two.example.com", "https://one.example.com");
        assertThat(generate().changed()).containsExactly("proxy/allowed-domains.txt", "sentinel.lock");
        assertThat(names()).contains("two.example.com");
    }

    @Test
    void generateWhenALockHasTheOriginsAsksNobody() throws Exception {
        spec("profiles: {proxied: {allow: [\"@npm\"]}}");
        Files.writeString(layout.sandboxLock(), "schemaVersion: 1\norigins: {npm: [\"https://locked.example.com\"]}\n");
        Rendered first = generate().facts();
        assertThat(names()).endsWith("locked.example.com");
        assertThat(generate().facts()).isEqualTo(first);
    }

    @Test
    void generateWhenAnOriginIsElsewhereAsksForAnEntry() throws Exception {
        origins("http://nexus.example.com:8081");
        spec("profiles: {proxied: {allow: [\"@npm\"]}}");
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessage(
                        "@npm in profiles.proxied.allow came to http://nexus.example.com:8081, and such a list brings"
                                + " ports 80 and 443 only; add {host: nexus.example.com, ports: [8081]} to"
                                + " profiles.proxied.allow, or where that name leads to a private address {host:"
                                + " nexus.example.com, ports: [8081], private: true}");

        spec("profiles: {proxied: {allow: [\"@npm\", {host: nexus.example.com, ports: [8081], private: true}]}}");
        assertThat(generate().facts().weakenings())
                .containsExactly(
                        "profiles.proxied.allow has {host: nexus.example.com, ports: [8081], private: true}: by"
                                + " that name the agent reaches private addresses too: of the local network, of this host, of other"
                                + " containers");
        assertThat(names()).doesNotContain("nexus.example.com");

        origins("http://198.51.100.7:8081");
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("came to http://198.51.100.7:8081, and an allow list has full names only");
    }

    @Test
    void generateWhenAnEntryIsNarrowerKeepsItSo() throws Exception {
        origins("http://repo.example.com");
        spec("profiles: {proxied: {allow: [\"@npm\", {host: repo.example.com, ports: [80], methods: [GET]}]}}");
        generate();
        assertThat(names()).doesNotContain("repo.example.com");
        assertThat(rules()).doesNotContain("443 80");

        // What the list brings beside it is no more than it needs.
        origins("https://repo.example.com");
        generate();
        assertThat(names()).doesNotContain("repo.example.com");
        assertThat(rules()).contains("# repo.example.com: ports 443.\n");
    }

    private String rules() throws IOException {
        return Files.readString(layout.bundle().resolve("proxy/squid.conf"));
    }

    private void origins(String... addresses) {
        origins.put(
                NamedList.NPM,
                Stream.of(addresses)
                        .map(address -> Origin.of(address).orElseThrow())
                        .sorted()
                        .toList());
    }

    /** The lines of the list below its head. */
    private List<String> names() throws IOException {
        return Files.readAllLines(layout.bundle().resolve("proxy/allowed-domains.txt")).stream()
                .skip(3)
                .toList();
    }

    @Test
    void generateWhenTheBundleWasTouchedRenders() throws Exception {
        generate();
        for (String path : List.of("docker-compose.yml", "sentinel.lock", "seccomp/sentinel-seccomp.json")) {
            Files.writeString(layout.bundle().resolve(path), "{}");
            assertThat(generate().changed()).as(path).containsExactly(path);
        }
    }

    @Test
    void generateWhenTheStampIsDamagedRenders() throws Exception {
        Rendered facts = generate().facts();
        Path stamp = layout.remembered("bundle.stamp");
        for (String damage : List.of("", "\\u00zz", "key=x", "\0\0")) {
            Files.writeString(stamp, damage);
            assertThat(generate().facts()).isEqualTo(facts);
        }
        String whole = Files.readString(stamp);
        for (String damage : List.of(
                whole.replaceFirst("timeout=.*", "timeout=xx"),
                whole.replaceFirst("guard=.*", "guard=xx"),
                whole.replaceFirst("input.0=.*", "input.0=xx"),
                whole.replaceFirst("workspace=.*", ""))) {
            assertThat(damage).isNotEqualTo(whole);
            Files.writeString(stamp, damage);
            assertThat(generate().facts()).isEqualTo(facts);
        }
        Files.write(stamp, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(generate().facts()).isEqualTo(facts);
    }

    /** As a merge conflict leaves it, and a loss of power. */
    @Test
    void generateWhenTheLockInTheBundleIsDamagedRenders() throws Exception {
        generate();
        for (String damage : List.of("<<<<<<< ours\n", "{", "\0".repeat(4000))) {
            Files.writeString(layout.bundle().resolve(Bundle.LOCK), damage);
            assertThat(generate().changed()).containsExactly(Bundle.LOCK);
        }
    }

    @Test
    void generateWhenTheLockBesideTheSpecIsNoFileRefuses() throws Exception {
        Files.createDirectory(layout.sandboxLock());
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandbox.lock is no file");
        Files.delete(layout.sandboxLock());
        Files.createSymbolicLink(layout.sandboxLock(), Path.of("nowhere"));
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandbox.lock is no file");
    }

    /** Of a value in the spec, as of one that is handed on. */
    @Test
    void aSecretInTheEnvironmentIsTold() throws Exception {
        spec("environment: {GITHUB_TOKEN: abc, API_KEY: \"\", HOME_PAGE: x}");
        assertThat(generate().facts().weakenings())
                .singleElement()
                .asString()
                .startsWith("environment has a value for GITHUB_TOKEN, which is named like a secret")
                .doesNotContain("abc");
    }

    private Generation.Generated generate() throws Exception {
        return new Generation(layout, "1", origins::get).generate();
    }

    private void spec(String more) throws Exception {
        Files.writeString(
                layout.spec(),
                "name: x\nimage: {from: \"base:1\", copy: [{from: agent, to: /opt/agent}]}\n" + more + "\n");
    }
}
