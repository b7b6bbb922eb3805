package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In this machine's memory: below a folder in /dev/shm, which stands for the places that others have. */
class MemoryFolderTest {

    private static final long UID = new UnixSystem().getUid();

    private Path memory;

    @TempDir
    private Path disk;

    @BeforeEach
    void inMemory() throws IOException {
        memory = Files.createTempDirectory(Path.of("/dev/shm"), "sentinel-test-");
    }

    @AfterEach
    void outOfMemory() throws IOException {
        try (Stream<Path> all = Files.walk(memory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void makeWhenTheUserHasAPlaceInMemoryTakesThat() throws Exception {
        Path own = place("own", "rwx------");
        try (MemoryFolder folder = MemoryFolder.make(invoker(UID, own), owner(), place("shared", "rwx------"))) {
            assertThat(folder.path().getParent()).isEqualTo(own);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
            Files.writeString(folder.path().resolve("token"), "x");
        }
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void makeWhenThatIsOpenToOthersOrOnADiskOrALinkTakesTheSharedOne() throws Exception {
        Path shared = place("shared", "rwx------");
        Path open = place("open", "rwxr-x---");
        Path onDisk = Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rwx------"));
        Path link = Files.createSymbolicLink(memory.resolve("link"), place("own", "rwx------"));
        for (Path place : new Path[] {open, onDisk, link, memory.resolve("gone"), Path.of("relative")}) {
            try (MemoryFolder folder = MemoryFolder.make(invoker(UID, place), owner(), shared)) {
                assertThat(folder.path().getParent()).as(place.toString()).isEqualTo(shared);
            }
        }
    }

    /** In a folder that others may write to and that is not sticky, they could put another one in its place. */
    @Test
    void makeWhenThereIsNoPlaceRefuses() throws Exception {
        Path open = place("open", "rwxrwxrwx");
        for (Path shared : new Path[] {open, disk, memory.resolve("gone")}) {
            assertThatThrownBy(() -> MemoryFolder.make(invoker(UID, open), owner(), shared))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("XDG_RUNTIME_DIR")
                    .hasMessageContaining(shared.toString());
        }
    }

    @Test
    void reapRemovesWhatADeadProcessLeftAndNothingElse() throws Exception {
        Path shared = place("shared", "rwx------");
        Path own = place("own", "rwx------");
        Owner dead = new Owner(owner().host(), owner().project(), ended(), 0);
        MemoryFolder left = MemoryFolder.make(invoker(UID, own), dead, shared);
        Files.writeString(left.path().resolve("token"), "x");
        MemoryFolder leftShared = MemoryFolder.make(invoker(UID, disk), dead, shared);
        MemoryFolder mine = MemoryFolder.make(invoker(UID, disk), owner(), shared);
        Path strange = Files.createDirectory(shared.resolve("sentinel-secrets-a.b.c.d-1"));
        Path outside = Files.createDirectory(memory.resolve("outside"));
        Path link = Files.createSymbolicLink(shared.resolve("sentinel-secrets-" + dead.label() + "-2"), outside);
        Files.writeString(outside.resolve("token"), "x");

        MemoryFolder.reap(invoker(UID, own), shared);

        assertThat(left.path()).doesNotExist();
        assertThat(leftShared.path()).doesNotExist();
        assertThat(mine.path()).exists();
        assertThat(strange).exists();
        assertThat(link).isSymbolicLink();
        assertThat(outside.resolve("token")).exists();
    }

    /** Whoever may write there could swap a folder of theirs for another while root looks into it. */
    @Test
    void reapWhenItIsAnotherUsersLeavesIt() throws Exception {
        Path shared = place("shared", "rwx------");
        Owner dead = new Owner(owner().host(), owner().project(), ended(), 0);
        MemoryFolder left = MemoryFolder.make(invoker(UID, disk), dead, shared);

        MemoryFolder.reap(invoker(UID + 1, disk), shared);

        assertThat(left.path()).exists();
    }

    @Test
    void closeWhenSomebodyElseRemovedItIsFine() throws Exception {
        MemoryFolder folder = MemoryFolder.make(invoker(UID, disk), owner(), place("shared", "rwx------"));
        folder.close();
        folder.close();
        assertThat(folder.path()).doesNotExist();
    }

    private Path place(String name, String permissions) throws IOException {
        return Files.setPosixFilePermissions(
                Files.createDirectory(memory.resolve(name)), PosixFilePermissions.fromString(permissions));
    }

    private static Owner owner() {
        return Owner.current(Path.of("/project"));
    }

    private static Invoker invoker(long uid, Path runtime) {
        return new Invoker(uid, uid, Map.of("XDG_RUNTIME_DIR", runtime.toString()));
    }

    private static long ended() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        return ended.pid();
    }
}
