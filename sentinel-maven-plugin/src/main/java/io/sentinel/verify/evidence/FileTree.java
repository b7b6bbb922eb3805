package io.sentinel.verify.evidence;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A container's file system before anything ran in it.
 *
 * @param entries every file, by its absolute path
 * @param contents the text of those that rules read
 */
public record FileTree(SortedMap<String, Entry> entries, SortedMap<String, String> contents) {

    /** Files whose contents are kept. */
    public static final List<String> READ = List.of("/etc/passwd", "/opt/sentinel/bin/entrypoint");

    /** What a file is. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        DEVICE
    }

    /**
     * A file.
     *
     * @param kind what it is
     * @param mode its twelve permission bits
     * @param uid of its owner
     * @param gid of its group
     * @param link where a symbolic link leads; empty for others
     */
    public record Entry(Kind kind, int mode, long uid, long gid, String link) {

        private static final int SET_ID = 06000;
        private static final int OWNER_WRITES = 0200;
        private static final int GROUP_WRITES = 0020;
        private static final int ALL_WRITE = 0002;

        /** Whether it is a file with a set-user-ID or set-group-ID bit. */
        public boolean setsId() {
            return kind == Kind.FILE && (mode & SET_ID) != 0;
        }

        /** Whether a user may write to it, groups other than the first left out. */
        public boolean writableBy(long user, long group) {
            int bit = uid == user ? OWNER_WRITES : gid == group ? GROUP_WRITES : ALL_WRITE;
            return (mode & bit) != 0;
        }
    }

    public FileTree {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
    }

    public Optional<Entry> entry(String path) {
        return Optional.ofNullable(entries.get(path));
    }

    /** The paths of the files of which something holds. */
    public Stream<String> paths(java.util.function.Predicate<Entry> which) {
        return entries.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .map(java.util.Map.Entry::getKey);
    }
}
