package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.FileTree.Entry;
import io.sentinel.verify.evidence.FileTree.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreesTest {

    @TempDir
    private Path folder;

    @Test
    void readWhenAFileIsOfEachKindTellsThemApart() throws IOException {
        FileTree tree = FileTrees.read(new ByteArrayInputStream(tar()));
        assertThat(tree.entry("/usr")).contains(new Entry(Kind.FOLDER, 0755, 0, 0, ""));
        assertThat(tree.entry("/usr/bin/su")).contains(new Entry(Kind.FILE, 04755, 0, 0, ""));
        assertThat(tree.entry("/bin")).contains(new Entry(Kind.LINK, 0777, 0, 0, "usr/bin"));
        assertThat(tree.entry("/dev/null")).contains(new Entry(Kind.DEVICE, 0666, 0, 0, ""));
        assertThat(tree.entry("/home/agent/x")).contains(new Entry(Kind.FILE, 0644, 3_000_000_000L, 10001, ""));
        assertThat(tree.contents()).containsExactly(java.util.Map.entry("/etc/passwd", "root:x:0:0::/:/bin/sh\n"));
    }

    @Test
    void readWhenTheStreamIsCutOffIsNoTree() throws IOException {
        // That it is cut off between two files shows by the exit code of the client that wrote it.
        byte[] whole = tar();
        int inPasswd = new String(whole, StandardCharsets.ISO_8859_1).indexOf("root:x") + 3;
        for (int length : new int[] {0, inPasswd}) {
            assertThatIOException()
                    .isThrownBy(() -> FileTrees.read(new ByteArrayInputStream(Arrays.copyOf(whole, length))));
        }
    }

    @Test
    void treeFileWhenReadAgainIsTheSame() throws IOException {
        FileTree tree = FileTrees.read(new ByteArrayInputStream(tar()));
        Path file = folder.resolve("tree");
        TreeFile.write(file, tree);
        assertThat(TreeFile.read(file)).isEqualTo(tree);
    }

    @Test
    void treeFileWhenItIsNotWholeIsNone() throws IOException {
        Path file = folder.resolve("tree");
        TreeFile.write(file, FileTrees.read(new ByteArrayInputStream(tar())));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatIOException().isThrownBy(() -> TreeFile.read(file));
        }
    }

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            put(tar, "usr/", TarConstants.LF_DIR, 0755, "");
            put(tar, "usr/bin/su", TarConstants.LF_NORMAL, 04755, "x");
            TarArchiveEntry link = new TarArchiveEntry("bin", TarConstants.LF_SYMLINK);
            link.setLinkName("usr/bin");
            link.setMode(0777);
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            put(tar, "dev/null", TarConstants.LF_CHR, 0666, "");
            put(tar, "etc/passwd", TarConstants.LF_NORMAL, 0644, "root:x:0:0::/:/bin/sh\n");
            TarArchiveEntry own = new TarArchiveEntry("home/agent/x");
            own.setMode(0644);
            own.setUserId(3_000_000_000L);
            own.setGroupId(10001);
            own.setSize(0);
            tar.putArchiveEntry(own);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String name, byte kind, int mode, String text)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, kind);
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
