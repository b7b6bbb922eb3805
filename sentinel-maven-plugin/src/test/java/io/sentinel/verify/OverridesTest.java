package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class OverridesTest {

    @TempDir
    private Path folder;

    @Test
    void writeWhenAValueHasSignsOfYamlKeepsItAValue() throws IOException {
        String hostile = "a\", b: [c] #\\ \n\t\u0001";
        Path file = Overrides.write(folder.resolve("o.yaml"), "a: %s\nb: %s\n", hostile, "$HOME");
        Object read = new Yaml().load(java.nio.file.Files.readString(file));
        assertThat(read).isEqualTo(java.util.Map.of("a", hostile, "b", "$$HOME"));
    }
}
