package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code @maven} and its like come to, by the real tools and configurations that the tests write. */
class NamedListsIT {

    private static final String POM =
            """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>example</groupId><artifactId>agent</artifactId><version>1</version><packaging>pom</packaging>
              <repositories>
                <repository><id>internal</id><url>https://internal.example.com/maven</url></repository>
                <repository><id>other</id><url>https://other.example.com/maven</url></repository>
                <repository><id>local</id><url>file:///nonexistent</url></repository>
              </repositories>
            </project>
            """;

    private static final String SETTINGS =
            """
            <settings><mirrors><mirror>
              <id>ours</id><mirrorOf>internal</mirrorOf><url>https://me:hunter2@mirror.example.com/all</url>
            </mirror></mirrors></settings>
            """;

    @TempDir
    private Path folder;

    private Box box;

    @Test
    void mavenIsTheBuildsOwnRepositoriesMirrorsApplied() throws Exception {
        spec("@maven");
        Files.writeString(folder.resolve("pom.xml"), POM);
        Path settings = Files.writeString(folder.resolve("settings.xml"), SETTINGS);
        generate(Map.of(), "-gs", settings.toString());
        assertThat(listed()).contains("mirror.example.com", "other.example.com").doesNotContain("internal.example.com");
    }

    @Test
    void anAddressThatCannotBeReadStopsTheBuildUnshown() throws Exception {
        spec("@maven");
        Files.writeString(
                folder.resolve("pom.xml"),
                POM.replace("https://other.example.com/maven", "https://me:hunter2@nexus_a.example.com/maven"));
        assertThat(Command.goal(folder, "generate").output(1))
                .contains(
                        "@maven in profiles.proxied.allow: this build's repositories name an http or https address that"
                                + " is none by RFC 3986")
                .doesNotContain("hunter2");
        assertThat(box.layout.bundle()).doesNotExist();
    }

    @Test
    void npmIsTheRegistriesOfTheProjectToo() throws Exception {
        spec("@npm");
        Files.writeString(
                folder.resolve(".npmrc"),
                """
                registry=https://npm.example.com/all
                @team:registry=http://team.example.com/
                //npm.example.com/all:_authToken=hunter2
                """);
        generate(Map.of());
        assertThat(listed()).containsExactly("npm.example.com", "team.example.com");
    }

    @Test
    void pipIsTheIndexesAndTheUsualOneWhereNoneReplacesIt() throws Exception {
        spec("@pip");
        Path config = folder.resolve("pip.conf");
        Files.writeString(config, "[global]\nextra-index-url =\n    https://more.example.com/simple\n");
        Map<String, String> environment = Map.of("PIP_CONFIG_FILE", config.toString());
        generate(environment);
        assertThat(listed()).hasSizeGreaterThan(1).contains("more.example.com");

        Files.writeString(
                config,
                "[global]\nindex-url = https://first.last:hunter2)x'y@pip.example.com/simple\n"
                        + "extra-index-url =\n    https://more.example.com/simple\n    http://third.example.com\n");
        generate(environment);
        assertThat(listed()).containsExactly("more.example.com", "pip.example.com", "third.example.com");
    }

    @Test
    void aptIsItsSources() throws Exception {
        spec("@apt");
        Path parts = Files.createDirectory(folder.resolve("parts"));
        Files.writeString(
                parts.resolve("one.sources"),
                "Types: deb\nURIs: https://apt.example.com/debian\nSuites: stable\nComponents: main\n");
        Path list = Files.writeString(
                folder.resolve("sources.list"),
                "deb http://other.example.com/debian stable main\n#deb http://no.example x y\n");
        Path config = Files.writeString(
                folder.resolve("apt.conf"),
                "Dir::Etc::SourceList \"%s\";\nDir::Etc::SourceParts \"%s\";\n".formatted(list, parts));
        generate(Map.of("APT_CONFIG", config.toString()));
        assertThat(listed()).containsExactly("apt.example.com", "other.example.com");
    }

    @Test
    void gitIsTheRemotesThatGoThroughAProxy() throws Exception {
        spec("@git");
        git("init", "--quiet");
        git("remote", "add", "origin", "git@ssh.example.com:team/agent.git");
        assertThat(Command.goal(folder, "generate").output(1))
                .contains("@git in profiles.proxied.allow came to nothing: this project's git remotes name no http or"
                        + " https address, and nothing else goes through the proxy; write the hosts out");
        git("remote", "add", "upstream", "https://me:hunter2@git.example.com/team/agent.git");
        generate(Map.of());
        assertThat(listed()).containsExactly("git.example.com");
    }

    @Test
    void aToolThatIsMissingIsNamed() throws Exception {
        spec("@git");
        assertThat(Command.goal(folder, "generate").output(1))
                .contains(
                        "@git in profiles.proxied.allow is read from what `git remote --verbose` says, which failed in "
                                + folder + "; run it there to see why, or write the hosts out");
    }

    @Test
    void aPinnedListIsNotAskedForAgain() throws Exception {
        box = Box.of(folder, "name: named\nprofiles: {proxied: {from: \"" + Box.BASE + "\", allow: [\"@git\"]}}\n");
        git("init", "--quiet");
        git("remote", "add", "origin", "https://git.example.com/agent.git");
        assertThat(Command.goal(folder, "pin").output(0)).contains("@git came to https://git.example.com");
        git("remote", "set-url", "origin", "https://elsewhere.example.com/agent.git");
        generate(Map.of());
        assertThat(listed()).containsExactly("git.example.com");
        assertThat(Files.readString(box.layout.sandboxLock()))
                .contains("git: [\"https://git.example.com\"]", "sidecarImage:\n  reference: \"" + Box.BASE);
        Command.goal(folder, "pin").output(0);
        generate(Map.of());
        assertThat(listed()).containsExactly("elsewhere.example.com");
    }

    private void spec(String name) throws IOException {
        box = Box.of(folder, "name: named\nprofiles: {proxied: {allow: [\"" + name + "\"]}}\n");
    }

    private void generate(Map<String, String> environment, String... more) throws Exception {
        assertThat(Command.goal(folder, environment, "generate", more).output(0))
                .doesNotContain("hunter2");
        try (Stream<Path> files = Files.walk(folder.resolve("target"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("hunter2");
            }
        }
    }

    private void git(String... words) throws Exception {
        List<String> all = Stream.concat(Stream.of("git"), Stream.of(words)).toList();
        Command.start(folder, Map.of(), all).output(0);
    }

    private List<String> listed() throws IOException {
        return Files.readAllLines(box.layout.bundle().resolve("proxy/allowed-domains.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
