package io.sentinel.verify.evidence;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /** As many as the kernel follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

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

    /**
     * Every file on the way to where a path leads, symbolic links followed as the kernel does (path_resolution(7)): folders
     * and links, and last what is there.
     *
     * @param path absolute
     * @throws CannotTell where something on the way is missing, or links lead in a circle
     */
    public List<String> way(String path) {
        Set<String> passed = new LinkedHashSet<>();
        Deque<String> rest = new ArrayDeque<>();
        ahead(path, rest);
        String at = "";
        int links = 0;
        while (!rest.isEmpty()) {
            String part = rest.pop();
            if (part.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
                continue;
            }
            String next = at + "/" + part;
            String leads = links == 0 ? "" : ", which " + path + " leads to";
            Entry entry = entry(next).orElseThrow(() -> new CannotTell("the image has no file " + next + leads));
            passed.add(next);
            if (entry.kind() != Kind.LINK) {
                at = next;
            } else if (++links > MOST_LINKS) {
                throw new CannotTell("the links that " + path + " leads through are a circle");
            } else {
                at = entry.link().startsWith("/") ? "" : at;
                ahead(entry.link(), rest);
            }
        }
        passed.remove(at);
        passed.add(at);
        return List.copyOf(passed);
    }

    private static void ahead(String path, Deque<String> rest) {
        List<String> parts = Arrays.asList(path.split("/"));
        Collections.reverse(parts);
        parts.stream().filter(part -> !part.isEmpty() && !part.equals(".")).forEach(rest::push);
    }

    /** The paths of the files of which something holds. */
    public Stream<String> paths(java.util.function.Predicate<Entry> which) {
        return entries.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .map(java.util.Map.Entry::getKey);
    }
}
