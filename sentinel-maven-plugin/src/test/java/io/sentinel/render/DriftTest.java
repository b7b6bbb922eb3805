package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder's own lock tells of it. */
class DriftTest {

    @TempDir
    private Path project;

    private Path bundle;
    private Path lock;

    @BeforeEach
    void aBundle() throws Exception {
        Path spec = project.resolve("sandbox.yaml");
        Files.writeString(spec, "name: box\nworkspace: {path: work}\n");
        bundle = project.resolve("target/bundle");
        lock = bundle.resolve(Bundle.LOCK);
        Layout layout = new Layout(project, spec, bundle, project.resolve("target"));
        new Generation(layout, "test", list -> java.util.List.of()).generate();
        assertThat(Drift.fromLock(bundle)).isEmpty();
    }

    @Test
    void aFolderThatIsNotThereIsAsItShouldBe() throws Exception {
        assertThat(Drift.fromLock(project.resolve("none"))).isEmpty();
    }

    @Test
    void filesThatAreOtherwiseAreNamed() throws Exception {
        Files.writeString(bundle.resolve("Dockerfile"), "FROM other\n");
        Files.delete(bundle.resolve("proxy/squid.conf"));
        Files.writeString(bundle.resolve("extra"), "");
        Files.createSymbolicLink(bundle.resolve("link"), Path.of("extra"));
        assertThat(Drift.fromLock(bundle))
                .containsExactly(
                        "Dockerfile was changed",
                        "extra is not in sentinel.lock",
                        "link is not in sentinel.lock",
                        "proxy/squid.conf is missing");
    }

    /** As git and diff show what cannot be seen. */
    @Test
    void anEndOfALineThatIsAnotherIsSeen() throws Exception {
        Path hosts = bundle.resolve("proxy/hosts");
        String text = Files.readString(hosts);
        Layout layout = new Layout(project, project.resolve("sandbox.yaml"), bundle, project.resolve("target"));
        Generation generation = new Generation(layout, "test", list -> java.util.List.of());
        Files.writeString(hosts, text.replace("\n", "\r\n"));
        assertThat(generation.check().differences())
                .singleElement()
                .asString()
                .contains("^M\n")
                .doesNotContain("\r");
        Files.writeString(hosts, text.stripTrailing());
        assertThat(generation.check().differences())
                .singleElement()
                .asString()
                .contains("-\\ No newline at end of file");
    }

    @Test
    void aFileThatBecameALinkWasChanged() throws Exception {
        Path file = bundle.resolve("Dockerfile");
        Files.move(file, project.resolve("Dockerfile"));
        Files.createSymbolicLink(file, project.resolve("Dockerfile"));
        assertThat(Drift.fromLock(bundle)).containsExactly("Dockerfile was changed");
    }

    @Test
    void aModeThatIsAnotherShows() throws Exception {
        Files.setPosixFilePermissions(
                bundle.resolve("scripts/entrypoint.sh"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Drift.fromLock(bundle))
                .containsExactly(
                        "the digest of the whole is another: sentinel.lock was edited, or a file's mode changed");
    }

    @Test
    void aLockThatWasEditedShows() throws Exception {
        String text = Files.readString(lock);
        Files.writeString(lock, text.replaceFirst("(\"bundle\" : \"sha256:)[0-9a-f]{64}", "$1" + "0".repeat(64)));
        assertThat(Drift.fromLock(bundle)).singleElement().asString().contains("sentinel.lock was edited");
        Files.writeString(lock, text.replaceFirst("(\"Dockerfile\" : \"sha256:)[0-9a-f]{64}", "$1" + "0".repeat(64)));
        assertThat(Drift.fromLock(bundle)).containsExactly("Dockerfile was changed");
        Files.writeString(lock, text.replaceFirst("(?m)^.*\"Dockerfile\".*\n", ""));
        assertThat(Drift.fromLock(bundle)).containsExactly("Dockerfile is not in sentinel.lock");
        Files.writeString(lock, text.substring(0, text.length() / 2));
        assertThat(Drift.fromLock(bundle)).containsExactly("sentinel.lock was edited: it is no JSON");
        Files.writeString(lock, "{}");
        assertThat(Drift.fromLock(bundle)).contains("Dockerfile is not in sentinel.lock");
        Files.delete(lock);
        assertThat(Drift.fromLock(bundle)).containsExactly("sentinel.lock is missing");
        Files.createSymbolicLink(lock, project.resolve("elsewhere"));
        assertThat(Drift.fromLock(bundle)).containsExactly("sentinel.lock is missing");
    }
}
