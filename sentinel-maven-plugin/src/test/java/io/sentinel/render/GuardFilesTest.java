package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the jar carries of the guard. */
class GuardFilesTest {

    private static final Path GUARD = Path.of("../guard");

    @Test
    void everyFileOfTheHookIsCarried() throws Exception {
        List<String> there = Stream.of("python/sentinel_guard", "python/start")
                .flatMap(folder -> {
                    try (Stream<Path> files = Files.list(GUARD.resolve(folder))) {
                        return files.filter(Files::isRegularFile).toList().stream();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .map(file -> GUARD.relativize(file).toString())
                .sorted()
                .toList();
        assertThat(GuardFiles.HOOK.stream().sorted()).isEqualTo(there);
    }

    /** An image may be for either machine; each program says at its head for which it is (elf(5), e_machine). */
    @Test
    void launcherIsThereForBothMachines() {
        assertThat(GuardFiles.programs())
                .filteredOn(file -> file.path().startsWith("guard/sentinel-guard-"))
                .satisfiesExactlyInAnyOrder(file -> machine(file, "x86_64", 62), file -> machine(file, "aarch64", 183))
                .allMatch(BundleFile::executable);
    }

    private static void machine(BundleFile file, String name, int number) {
        byte[] bytes = ((BundleFile.Content.Rendered) file.content()).bytes();
        assertThat(file.path()).endsWith(name);
        assertThat(bytes[18] & 0xFF).isEqualTo(number);
    }
}
