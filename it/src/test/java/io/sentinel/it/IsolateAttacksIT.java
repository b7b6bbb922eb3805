package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.Isolated.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways to get less of a sandbox than was asked for, or more of the host, by what stands around a run of the command. */
@Timeout(300)
class IsolateAttacksIT {

    private static final String NAME = "attacks-it";
    private static final String SPEC = "name: " + NAME + "\nimage: {from: \"" + Box.BASE + "\"}\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void aSandbox() throws Exception {
        Box.of(folder, SPEC);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Isolated.left(NAME)).isEmpty();
    }

    private Isolated start(String... words) throws Exception {
        return Isolated.start(folder, List.of(), Arrays.asList(words));
    }

    private Ran run(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("--build-if-missing"));
        all.addAll(Arrays.asList(words));
        return start(all.toArray(String[]::new)).ended();
    }

    private void spec(String text) throws Exception {
        Files.writeString(folder.resolve("src/main/sentinel/sandbox.yaml"), text);
    }

    /** While it builds for minutes, another call writes another bundle to the same place; what it has is not taken for its own. */
    @Test
    void aBundleThatIsReplacedDuringABuildIsNotRun() throws Exception {
        String slow = SPEC.replace("}\n", ", run: [\"echo " + System.nanoTime() + "; sleep 8\"]}\n");
        spec(slow);
        Isolated building = start("--build-if-missing", "--", "grep", "^Seccomp_filters:", "/proc/self/status");
        Path lock = folder.resolve("target/sentinel/bundle/sentinel.lock");
        while (Files.notExists(lock)) {
            Thread.sleep(50);
        }
        spec(SPEC + "seccomp: {mode: \"off\"}\n");
        assertThat(run("--", "grep", "^Seccomp_filters:", "/proc/self/status").out())
                .isEqualTo("Seccomp_filters:\t1\n");
        Ran first = building.ended();
        assertThat(first.out()).doesNotContain("Seccomp_filters:\t1");
        assertThat(first.err()).contains("Another call has written the bundle's folder");
        assertThat(first.code()).isEqualTo(69);
        spec(slow);
        assertThat(run("--", "grep", "^Seccomp_filters:", "/proc/self/status").out())
                .isEqualTo("Seccomp_filters:\t2\n");
    }

    @Test
    void twoSpecsOfOneProjectHaveBundlesOfTheirOwn() throws Exception {
        for (String files : List.of("128", "256")) {
            Files.writeString(folder.resolve(files + ".yaml"), SPEC + "resources: {nofile: " + files + "}\n");
            assertThat(run("--spec", files + ".yaml", "--", "sh", "-c", "ulimit -n")
                            .out())
                    .isEqualTo(files + "\n");
        }
        try (Stream<Path> bundles = Files.list(folder.resolve("target/sentinel/isolate"))) {
            assertThat(bundles.filter(path -> path.getFileName().toString().matches("[0-9a-f]{16}")))
                    .hasSize(2);
        }
    }

    @Test
    void aSpecThatWasNamedHasToBeThere() throws Exception {
        Ran ran = run("--spec", "no-such.yaml", "--", "true");
        assertThat(ran.err()).contains("there is no spec at no-such.yaml");
        assertThat(ran.code()).isEqualTo(64);
    }

    @Test
    void noWordIsReadAsAFileOfThisHost() throws Exception {
        Path words = Files.writeString(folder.resolve("words"), "of the host");
        assertThat(run("--", "printf", "[%s]", "@" + words, "@@x", "--json").out())
                .isEqualTo("[@" + words + "][@@x][--json]");
        assertThat(start("@" + words).ended().code()).isNotZero();
    }

    @Test
    void aClosedStreamIsNoFileOfThisHost() throws Exception {
        assertThat(run("--", "true").code()).isZero();
        Process process = new ProcessBuilder("sh", "-c", "\"$0\" -- cat <&- | wc -c", Isolated.COMMAND.toString())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("0\n");
    }

    /** By the jar as it is shipped: each class that a message needs is in it. */
    @Test
    void aTypoHasItsNearestNamed() throws Exception {
        spec(SPEC + "resuorces: {pids: 9}\n");
        assertThat(run("--", "true").err()).contains("the nearest known key is resources");
        spec(SPEC);
        Ran mode = run("--seccomp-mode", "Enforc", "--", "true");
        assertThat(mode.err()).contains("the nearest is enforce");
        assertThat(mode.code()).isEqualTo(64);
        assertThat(run("--memroy", "1g", "--", "true").err()).contains("the nearest is --memory");
    }

    @Test
    void aBlankInTheCachesPathIsPartOfIt() throws Exception {
        assertThat(run("--", "true").code()).isZero();
        Path cache = Files.createDirectory(folder.resolve("a cache"));
        Ran ran = Isolated.start(folder, List.of("XDG_CACHE_HOME=" + cache), List.of("--", "echo", "a  b"))
                .ended();
        assertThat(ran.out()).isEqualTo("a  b\n");
    }

    @Test
    void lettersThatTheLocaleDoesNotHaveAreNotChanged() throws Exception {
        assertThat(run("--", "true").code()).isZero();
        Ran plain = Isolated.start(folder, List.of("LC_ALL=C"), List.of("--", "printf", "\u00fc"))
                .ended();
        assertThat(plain.err()).contains("set LC_ALL=C.UTF-8");
        assertThat(plain.code()).isEqualTo(64);
        Ran wide = Isolated.start(folder, List.of("LC_ALL=C.UTF-8"), List.of("--", "printf", "\u00fc"))
                .ended();
        assertThat(wide.out()).isEqualTo("\u00fc");
    }

    /** What a call remembers of Compose's answer counts in no production, and a stamp turns none off. */
    @Test
    void whatIsRememberedBesideTheBundleCountsInNoProduction() throws Exception {
        ProductionProject project = readyForProduction();
        assertThat(project.run("grep", "^NoNewPrivs:", "/proc/self/status").out())
                .isEqualTo("NoNewPrivs:\t1\n");
        for (Path remembered : files(project.folder.resolve("target/sentinel"), "strict.model-")) {
            String text = Files.readString(remembered);
            Files.writeString(remembered, text.replace("no-new-privileges:true", "no-new-privileges:false"));
        }
        assertThat(project.run("grep", "^NoNewPrivs:", "/proc/self/status").out())
                .isEqualTo("NoNewPrivs:\t1\n");

        Path file = project.folder.resolve("src/main/sentinel/sandbox.yaml");
        Files.writeString(file, Files.readString(file) + "production: true\n");
        // Ready, so that there is a stamp of just this spec.
        assertThat(project.run("true").code()).isZero();
        project.variables.clear();
        for (Path stamp : files(project.folder.resolve("target/sentinel"), "bundle.stamp-")) {
            FileTime time = Files.getLastModifiedTime(stamp);
            Files.writeString(stamp, Files.readString(stamp).replace("production=true", "production=false"));
            Files.setLastModifiedTime(stamp, time);
        }
        assertThat(project.run("true").code()).isEqualTo(77);
    }

    private ProductionProject readyForProduction() throws Exception {
        Path ready = folder.toRealPath().resolve("ready");
        ProductionIT.make(ready);
        return ProductionProject.copy(ready, folder.toRealPath().resolve("project"));
    }

    private static List<Path> files(Path folder, String prefix) throws Exception {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
            assertThat(files).isNotEmpty();
            return files;
        }
    }
}
