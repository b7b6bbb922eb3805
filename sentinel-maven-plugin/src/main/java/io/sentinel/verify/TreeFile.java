package io.sentinel.verify;

import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.FileTree.Entry;
import io.sentinel.verify.evidence.FileTree.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A file system's list of files, kept in a file. */
final class TreeFile {

    /** Another number for another form, so that a file of an older version is not misread. */
    private static final int FORM = 0x53545201;

    private TreeFile() {}

    static void write(Path file, FileTree tree) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file))))) {
            out.writeInt(FORM);
            out.writeInt(tree.entries().size());
            for (Map.Entry<String, Entry> named : tree.entries().entrySet()) {
                Entry entry = named.getValue();
                text(out, named.getKey());
                out.writeByte(entry.kind().ordinal());
                out.writeInt(entry.mode());
                out.writeLong(entry.uid());
                out.writeLong(entry.gid());
                text(out, entry.link());
            }
            out.writeInt(tree.contents().size());
            for (Map.Entry<String, String> named : tree.contents().entrySet()) {
                text(out, named.getKey());
                text(out, named.getValue());
            }
        }
    }

    /** @throws IOException where it is none, or not whole */
    static FileTree read(Path file) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
            if (in.readInt() != FORM) {
                throw new IOException("another form");
            }
            SortedMap<String, Entry> entries = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                entries.put(
                        text(in),
                        new Entry(
                                Kind.values()[Math.floorMod(in.readByte(), Kind.values().length)],
                                in.readInt(),
                                in.readLong(),
                                in.readLong(),
                                text(in)));
            }
            SortedMap<String, String> contents = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                contents.put(text(in), text(in));
            }
            if (in.read() >= 0) { // and with it the check sum at the end was read
                throw new IOException("more than a tree");
            }
            return new FileTree(entries, contents);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("cut off");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
