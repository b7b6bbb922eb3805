package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshFileTest {

    @TempDir
    private Path folder;

    @Test
    void aFileTakesThePlaceOfTheOneBefore() throws Exception {
        Path file = folder.resolve("a/b/file");
        FreshFile.write(file, "one".getBytes(StandardCharsets.UTF_8));
        Path reader = Files.createLink(folder.resolve("reader"), file);
        FreshFile.write(file, "two".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("two");
        // Whoever had opened the one before still has it, whole.
        assertThat(reader).hasContent("one");
        assertThat(names(file.getParent())).containsExactly("file");
    }

    @Test
    void whatCannotBeReplacedIsLeftAndNothingBesideIt() throws Exception {
        Path file = Files.createDirectories(folder.resolve("file/full")).getParent();
        assertThatThrownBy(() -> FreshFile.write(file, "two".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
        assertThat(names(folder)).containsExactly("file");
        assertThat(file.resolve("full")).isDirectory();
    }

    private static List<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
