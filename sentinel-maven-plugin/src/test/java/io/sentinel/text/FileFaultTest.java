package io.sentinel.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileFaultTest {

    private static final String HEAD = "a file could not be read or written: ";

    @Test
    void eachNamesTheFileAndWhatIsWrong() {
        assertThat(FileFault.sentence(new FileAlreadyExistsException("/p/target")))
                .isEqualTo(HEAD + "/p/target is in the way; move it away");
        assertThat(FileFault.sentence(new NoSuchFileException("/p/x"))).isEqualTo(HEAD + "/p/x is not there");
        assertThat(FileFault.sentence(new AccessDeniedException("/p/x"))).isEqualTo(HEAD + "/p/x: permission denied");
        assertThat(FileFault.sentence(new FileSystemException("/p/x", null, "Read-only file system")))
                .isEqualTo(HEAD + "/p/x: Read-only file system");
        assertThat(FileFault.sentence(new DirectoryNotEmptyException("/p/x")))
                .isEqualTo(HEAD + "/p/x: DirectoryNotEmpty");
        assertThat(FileFault.sentence(new IOException("No space left on device")))
                .isEqualTo(HEAD + "No space left on device");
        assertThat(FileFault.sentence(new IOException())).isEqualTo(HEAD + "IOException");
    }

    @Test
    void aNameThatTheLocaleDoesNotHaveNamesTheRemedy() {
        assertThat(FileFault.sentence(new InvalidPathException("c/\u00fc.txt", "Malformed input")))
                .startsWith("a name cannot be a file's here: Malformed input: c/\u00fc.txt;")
                .endsWith("set LC_ALL=C.UTF-8");
    }
}
