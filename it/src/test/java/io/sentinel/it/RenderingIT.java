package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundle as Maven builds write and check it. */
class RenderingIT {

    private static final String SPEC =
            """
            name: render
            resources: {memory: 4096m, pids: 4096, cpus: 1.25}
            environment: {TITLE: "İstanbul ıI"}
            command: ["true"]
            """;

    @TempDir
    private Path folder;

    @Test
    void anotherFolderLocaleAndTimeZoneGiveTheSameBytes() throws Exception {
        Box one = Box.of(folder.resolve("one"), SPEC);
        Box two = Box.of(folder.resolve("deeper/two"), SPEC);
        Command.goal(one.folder, "generate").output(0);
        Command.goal(
                        two.folder,
                        Map.of("MAVEN_OPTS", "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kolkata"),
                        "generate")
                .output(0);
        assertThat(tree(two.layout.bundle())).isEqualTo(tree(one.layout.bundle()));
    }

    @Test
    void checkShowsWhatDiffers() throws Exception {
        Box box = Box.of(folder, SPEC);
        Command.goal(folder, "generate").output(0);
        Path compose = box.layout.composeFile();
        Files.writeString(compose, Files.readString(compose).replace("read_only: true", "read_only: false"));
        Files.writeString(box.layout.bundle().resolve("compose.override.yaml"), "services: {}\n");
        String said = Command.goal(folder, "check").output(1);
        assertThat(said)
                .contains("is not what the spec renders (2 files differ)")
                .contains("compose.override.yaml: not rendered by the spec")
                .contains("-  read_only: false")
                .contains("+  read_only: true");
    }

    @Test
    void generateSaysWhenNothingChanged() throws Exception {
        Box box = Box.of(folder, SPEC);
        assertThat(Command.goal(folder, "generate").output(0)).contains("files written");
        Map<String, String> before = tree(box.layout.bundle());
        assertThat(Command.goal(folder, "generate").output(0)).contains("is up to date");
        assertThat(tree(box.layout.bundle())).isEqualTo(before);
    }

    @Test
    void aTamperedBundleIsRenderedAgain() throws Exception {
        Box box = Box.of(folder, SPEC);
        Command.goal(folder, "generate").output(0);
        Map<String, String> before = tree(box.layout.bundle());
        Path compose = box.layout.composeFile();
        Files.writeString(compose, Files.readString(compose).replace("cap_drop: [ALL]", "cap_add: [ALL]"));
        assertThat(Command.goal(folder, "generate").output(0)).contains("1 file written");
        assertThat(tree(box.layout.bundle())).isEqualTo(before);
    }

    @Test
    void aBrokenSpecIsOneFailureThatNamesEveryProblem() throws Exception {
        Box.of(folder, "name: Bad Name\ncomand: [id]\nresources: {memory: lots}\n");
        String said = Command.goal(folder, "generate").output(1);
        assertThat(said)
                .contains("src/main/sentinel/sandbox.yaml has 3 problems")
                .contains("command")
                .contains("resources.memory");
        assertThat(folder.resolve("target/sentinel/bundle")).doesNotExist();
    }

    @Test
    void aPinnedLocalImageIsTheOneThatRuns() throws Exception {
        Box box = Box.of(folder, SPEC);
        assertThat(Command.goal(folder, "pin").output(0)).contains("is pinned to the local image sha256:");
        assertThat(Command.goal(folder, "run").output(0)).contains("exit code 0");
        Path lock = box.layout.sandboxLock();
        Files.writeString(lock, Files.readString(lock).replaceAll("sha256:[0-9a-f]{64}", "sha256:" + "0".repeat(64)));
        assertThat(Command.goal(folder, "run").output(1))
                .contains("and sandbox.lock pins sha256:0000")
                .contains("accept this one with mvn sentinel:pin");
        Command.goal(folder, "pin").output(0);
        Command.goal(folder, "run").output(0);
    }

    @Test
    void anUnknownProfileIsRefused() throws Exception {
        Box.of(folder, SPEC);
        assertThat(Command.goal(folder, "run", "-Dprofile=lenient").output(1))
                .contains("the profile \"lenient\" does not exist; it is one of strict, standard, proxied"
                        + " (it comes from -Dprofile)");
    }

    @Test
    void withoutAnEngineTheFailureSaysWhatToDo() throws Exception {
        Box.of(folder, SPEC);
        String said = Command.goal(folder, Map.of("DOCKER_HOST", "unix:///nonexistent/docker.sock"), "run")
                .output(1);
        assertThat(said)
                .contains("No Docker engine answers at unix:///nonexistent/docker.sock (from DOCKER_HOST): start it");
    }

    private static Map<String, String> tree(Path folder) throws Exception {
        Map<String, String> files = new java.util.TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
