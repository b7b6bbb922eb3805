package io.sentinel.render;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleWriterTest {

    @TempDir
    private Path project;

    private Layout layout;
    private Path folder;

    @BeforeEach
    void layout() {
        layout = new Layout(project, project.resolve("s.yaml"), project.resolve("out/bundle"), project.resolve("work"));
        folder = layout.bundle();
    }

    @Test
    void writeWhenNothingIsThereWritesAllWithFixedModes() throws Exception {
        List<String> changed = writer().write(bundle(Map.of("a.txt", "1", "deep/er/run.sh", "2")));

        assertThat(changed).containsExactly("a.txt", "deep/er/run.sh", "sentinel.lock");
        assertThat(folder.resolve("a.txt")).hasContent("1");
        assertThat(mode("a.txt")).isEqualTo("rw-r--r--");
        assertThat(mode("deep/er/run.sh")).isEqualTo("rwxr-xr-x");
        assertThat(mode("deep/er")).isEqualTo("rwxr-xr-x");
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    /** Of a disk that is full, what was written already would be a part. */
    @Test
    void writeWhenAFileCannotBeWrittenLeavesNothingBehind() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1")));
        Path gone = Files.writeString(project.resolve("gone"), "x");
        BundleFile copied =
                new BundleFile("b.txt", new BundleFile.Content.Copied(gone, Sha256.of("other".getBytes(UTF_8))), false);
        assertThatThrownBy(() -> writer().write(Bundle.of(List.of(copied)))).isInstanceOf(SandboxException.class);
        Files.delete(gone);
        assertThatThrownBy(() -> writer().write(Bundle.of(List.of(copied)))).isInstanceOf(IOException.class);

        assertThat(folder.resolve("a.txt")).hasContent("1");
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    @Test
    void writeWhenNothingChangedTouchesNothing() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1")));
        Object before = Files.getAttribute(folder, "unix:ino");

        assertThat(writer().write(bundle(Map.of("a.txt", "1")))).isEmpty();
        assertThat(Files.getAttribute(folder, "unix:ino")).isEqualTo(before);
    }

    @Test
    void writeWhenOneFileChangedKeepsTheOtherFileItself() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1", "b.txt", "1")));
        Object kept = Files.getAttribute(folder.resolve("b.txt"), "unix:ino");

        assertThat(writer().write(bundle(Map.of("a.txt", "2", "b.txt", "1"))))
                .containsExactly("a.txt", "sentinel.lock");
        assertThat(folder.resolve("a.txt")).hasContent("2");
        assertThat(Files.getAttribute(folder.resolve("b.txt"), "unix:ino")).isEqualTo(kept);
    }

    @Test
    void writeWhenAFileIsNoLongerRenderedRemovesIt() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1", "b.txt", "1")));
        writer().write(bundle(Map.of("a.txt", "1")));
        assertThat(folder.resolve("b.txt")).doesNotExist();
    }

    @Test
    void writeWhenFolderIsNoBundleLeavesItAsItIs() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("thesis.tex"), "years of work");

        assertThatThrownBy(() -> writer().write(bundle(Map.of("a.txt", "1"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("is not a bundle");
        assertThat(folder.resolve("thesis.tex")).hasContent("years of work");
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    @Test
    void writeWhenAFileOrALinkIsInItsPlaceLeavesItAsItIs() throws Exception {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "precious");
        assertThatThrownBy(() -> writer().write(bundle(Map.of("a.txt", "1"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("is a file or a symbolic link");
        assertThat(folder).hasContent("precious");
    }

    @Test
    void writeWhenBundleHoldsAFileOfTheUserLeavesItAsItIs() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1")));
        Files.writeString(folder.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> writer().write(bundle(Map.of("a.txt", "2"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("files that Sentinel did not write (notes.txt)");
        assertThat(folder.resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void writeKeepsTheFolderThatASidecarHasMounted() throws Exception {
        Map<String, String> old = Map.of("a.txt", "1", "proxy/gone", "1", "proxy/hosts", "1", "proxy/same", "1");
        writer().write(bundle(old));
        Object mounted = Files.getAttribute(folder.resolve("proxy"), "unix:ino");

        writer().write(bundle(Map.of("a.txt", "2", "proxy/hosts", "2", "proxy/new.sh", "2", "proxy/same", "1")));

        assertThat(Files.getAttribute(folder.resolve("proxy"), "unix:ino")).isEqualTo(mounted);
        assertThat(names("proxy")).containsExactly("hosts", "new.sh", "same");
        assertThat(folder.resolve("proxy/hosts")).hasContent("2");
        assertThat(mode("proxy/new.sh")).isEqualTo("rwxr-xr-x");
        assertThat(names("")).containsExactly("a.txt", "proxy", "sentinel.lock");
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    /** A writer that ended after each of its steps, the new bundle being whole from the first of them on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void writeAfterAKillBetweenTheRenamesEndsWhatThatOneBegan(int steps) throws Exception {
        Path old = folder.resolveSibling(".bundle.sentinel-old");
        Path staged = folder.resolveSibling(".bundle.sentinel-new");
        Bundle next = bundle(Map.of("a.txt", "2", "proxy/hosts", "2", "proxy/new", "2"));
        writer().write(bundle(Map.of("a.txt", "1", "proxy/hosts", "1", "proxy/gone", "1")));
        Object mounted = Files.getAttribute(folder.resolve("proxy"), "unix:ino");
        Layout elsewhere = new Layout(project, layout.spec(), project.resolve("elsewhere/bundle"), layout.work());
        new BundleWriter(elsewhere).write(next);
        Files.move(elsewhere.bundle(), staged);
        Files.move(folder, old);

        if (steps > 1) {
            Files.delete(old.resolve("proxy/gone"));
        }
        if (steps > 2) {
            Files.createLink(old.resolve("hosts.new"), staged.resolve("proxy/hosts"));
        }
        if (steps > 3) {
            Files.move(old.resolve("hosts.new"), old.resolve("proxy/hosts"), StandardCopyOption.REPLACE_EXISTING);
            Files.createLink(old.resolve("proxy/new"), staged.resolve("proxy/new"));
            Files.move(staged.resolve("proxy"), old.resolve("proxy.taken-over"));
        }
        if (steps > 4) {
            Files.move(old.resolve("proxy"), staged.resolve("proxy"));
        }

        assertThat(writer().write(next)).isEmpty();
        assertThat(Files.getAttribute(folder.resolve("proxy"), "unix:ino")).isEqualTo(mounted);
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    @Test
    void writeAfterAKillBeforeTheOldBundleWasDeletedDeletesIt() throws Exception {
        writer().write(bundle(Map.of("a.txt", "2")));
        Files.createDirectories(folder.resolveSibling(".bundle.sentinel-old"));
        Files.writeString(folder.resolveSibling(".bundle.sentinel-old").resolve("a.txt"), "1");

        assertThat(writer().write(bundle(Map.of("a.txt", "2")))).isEmpty();
        assertThat(folder.resolve("a.txt")).hasContent("2");
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    @Test
    void writeWhenASourceChangedMeanwhileKeepsTheOldBundle() throws Exception {
        writer().write(bundle(Map.of("a.txt", "1")));
        Path source = Files.writeString(project.resolve("source"), "new");
        BundleFile stale =
                new BundleFile("copy", new BundleFile.Content.Copied(source, Sha256.of(new byte[] {1})), false);

        assertThatThrownBy(() -> writer().write(Bundle.of(List.of(stale))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("changed while it was copied");
        assertThat(folder.resolve("a.txt")).hasContent("1");
    }

    @Test
    void writersAtOnceLeaveOneWholeBundle() throws Exception {
        List<Callable<List<String>>> writers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String content = "bundle " + i % 4;
            writers.add(() -> writer().write(bundle(Map.of("a.txt", content, "b/c.txt", content))));
        }
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            for (Future<List<String>> done : pool.invokeAll(writers)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(folder.resolve("b/c.txt")).hasContent(Files.readString(folder.resolve("a.txt")));
        assertThat(siblings()).containsExactly(".bundle.sentinel-lock", "bundle");
    }

    private BundleWriter writer() {
        return new BundleWriter(layout);
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
    }

    private List<String> siblings() throws IOException {
        return names("..");
    }

    private List<String> names(String path) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(path))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Scripts are executable; the lock names the other files, as a rendered one does. */
    private static Bundle bundle(Map<String, String> contents) {
        List<BundleFile> files = new ArrayList<>();
        StringBuilder lock = new StringBuilder();
        for (Map.Entry<String, String> entry : new TreeMap<>(contents).entrySet()) {
            BundleFile file = BundleFile.rendered(entry.getKey(), entry.getValue());
            files.add(entry.getKey().endsWith(".sh") ? file.withExecutable() : file);
            lock.append(lock.length() == 0 ? "" : ",")
                    .append('"')
                    .append(entry.getKey())
                    .append("\":\"")
                    .append(file.digest())
                    .append('"');
        }
        files.add(BundleFile.rendered(Bundle.LOCK, "{\"files\":{" + lock + "}}"));
        return Bundle.of(files);
    }
}
