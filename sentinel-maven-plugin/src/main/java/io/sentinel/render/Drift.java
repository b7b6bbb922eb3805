package io.sentinel.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What differs between what a spec renders and what stands in a folder. */
public final class Drift {

    /** Longer files are told to differ, without showing how. */
    private static final long SHOWN_BYTES = 512 * 1024;

    private Drift() {}

    /** The paths that differ in content, mode or existence, sorted. */
    static List<String> paths(Bundle expected, Bundle found) {
        SortedSet<String> all = new TreeSet<>(expected.files().keySet());
        all.addAll(found.files().keySet());
        return all.stream()
                .filter(path -> !fingerprint(expected, path).equals(fingerprint(found, path)))
                .toList();
    }

    /**
     * Compares a folder with what it should hold.
     *
     * @return a text for each file that differs: a sentence, and for text files a unified diff from what is on disk to
     *     what the spec renders; empty when they are the same
     */
    public static List<String> describe(Bundle expected, Path folder) throws IOException {
        Bundle found = BundleFolder.read(folder);
        List<String> texts = new ArrayList<>();
        for (String path : paths(expected, found)) {
            texts.add(describe(path, expected.files().get(path), found.files().get(path)));
        }
        return texts;
    }

    /**
     * Compares a bundle's folder with the lock in it, which says of each file what was rendered.
     *
     * @return a phrase for each thing that is not as the lock says; empty when nothing is, and where there is no folder
     */
    public static List<String> fromLock(Path folder) throws IOException {
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        Path file = folder.resolve(Bundle.LOCK);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of(Bundle.LOCK + " is missing");
        }
        BundleLock.Locked lock;
        try {
            lock = BundleLock.read(file);
        } catch (JsonProcessingException | CharConversionException e) {
            return List.of(Bundle.LOCK + " was edited: it is no JSON");
        }
        Bundle found = BundleFolder.read(folder);
        SortedSet<String> paths = new TreeSet<>(found.files().keySet());
        paths.addAll(lock.files().keySet());
        paths.remove(Bundle.LOCK);
        List<String> phrases = new ArrayList<>();
        for (String path : paths) {
            String named = lock.files().get(path);
            BundleFile there = found.files().get(path);
            if (there == null || named == null) {
                phrases.add(path + (there == null ? " is missing" : " is not in " + Bundle.LOCK));
            } else if (!there.digest().equals(named)) {
                phrases.add(path + " was changed");
            }
        }
        if (phrases.isEmpty() && !found.digest().equals(lock.bundle())) {
            phrases.add("the digest of the whole is another: " + Bundle.LOCK + " was edited, or a file's mode changed");
        }
        return phrases;
    }

    private static String describe(String path, BundleFile expected, BundleFile found) throws IOException {
        if (found == null) {
            return path + ": missing";
        }
        if (expected == null) {
            return path + ": not rendered by the spec";
        }
        if (found.digest().equals(expected.digest())) {
            return path + ": mode " + mode(found) + ", rendered with " + mode(expected);
        }
        Optional<List<String>> before = lines(found.content());
        Optional<List<String>> after = lines(expected.content());
        // The second, where one has as text what is written for an end of a line that cannot be seen.
        if (before.isEmpty() || after.isEmpty() || before.equals(after)) {
            return path + ": " + found.digest() + ", rendered as " + expected.digest();
        }
        return String.join(
                "\n",
                UnifiedDiffUtils.generateUnifiedDiff(
                        "on disk/" + path,
                        "rendered/" + path,
                        before.get(),
                        DiffUtils.diff(before.get(), after.get()),
                        3));
    }

    /** A text's lines, with what cannot be seen at their ends in the words of diff and git. */
    private static List<String> shown(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (text.endsWith("\n")) {
            lines.remove(lines.size() - 1);
        } else {
            lines.add("\\ No newline at end of file");
        }
        lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) + "^M" : line);
        return lines;
    }

    private static String fingerprint(Bundle bundle, String path) {
        BundleFile file = bundle.files().get(path);
        return file == null ? "" : file.fingerprint();
    }

    private static String mode(BundleFile file) {
        return file.executable() ? "0755" : "0644";
    }

    /** The file's lines, where it is text of a length that a person would read. */
    private static Optional<List<String>> lines(BundleFile.Content content) throws IOException {
        byte[] bytes;
        if (content instanceof BundleFile.Content.Rendered rendered) {
            bytes = rendered.bytes();
        } else if (content instanceof BundleFile.Content.Copied copied && Files.size(copied.source()) <= SHOWN_BYTES) {
            bytes = Files.readAllBytes(copied.source());
        } else {
            return Optional.empty();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(shown(text));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
