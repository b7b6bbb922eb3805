package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.render.SandboxException;
import io.sentinel.spec.SourceText;
import io.sentinel.verify.evidence.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {

    @TempDir
    private Path folder;

    @Test
    void linesWhenTheComposeFileIsTooLongSaysSoAndWhatToDo() throws IOException {
        Path file = folder.resolve("compose.yaml");
        Files.writeString(file, "#".repeat(SourceText.MAX_BYTES + 1));
        ComposeFiles files = new ComposeFiles(folder, file, new ComposeFiles.Models(null, null, null));
        Target target = new Target("x", files, file, Expected.ofOthers(files.folder()), List.of());
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(target::lines)
                .withMessageContainingAll(
                        file.toString(), "longer than " + SourceText.MAX_BYTES + " bytes", "keep data in files");
    }
}
