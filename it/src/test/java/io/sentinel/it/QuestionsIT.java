package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher asks, with {@code guard/questions.py} in the place of the host, case by case: no engine, no container. */
class QuestionsIT {

    private static final Path LAUNCHERS = Path.of("../sentinel-maven-plugin/target/classes/guard");

    @Test
    void launcherAsksWaitsAndTakesNoOtherAnswer() throws Exception {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        everyCaseHolds(LAUNCHERS.resolve("sentinel-guard-" + machine));
    }

    /** The same sources with the compiler's sanitizers, which end it at whatever C leaves undefined. */
    @Test
    @Tag("full")
    void launcherDoesNothingUndefinedMeanwhile(@TempDir Path folder) throws Exception {
        Command.start(Path.of("../guard/launcher"), Map.of(), List.of("./build", folder.toString(), "sanitized"))
                .output(0);
        everyCaseHolds(folder.resolve("sentinel-guard-sanitized"));
    }

    private static void everyCaseHolds(Path launcher) throws Exception {
        List<String> words = List.of(
                "python3", "-B", "questions.py", launcher.toAbsolutePath().toString());
        String said = Command.start(Path.of("guard"), Map.of(), words).output(0);
        assertThat(said.lines()).allMatch(line -> line.startsWith("ok ")).hasSize(20);
    }
}
