package io.sentinel.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must not change while an attempt is made, as the host sees it. The log and the trail may grow, but no line of them
 * may be forged.
 */
final class GuardWatch {

    private static final int TYPE = 0170000;

    private final Map<Path, String> tops = new TreeMap<>();
    private final Path work;
    private final List<Path> growing = new ArrayList<>();
    private Path takenFrom = Path.of("");
    private Taken taken = Optional::empty;

    /** @param work whose files are the agent's to change, but for those that are blocked */
    GuardWatch(Path work) {
        this.work = work;
    }

    /** @param shown what it is called inside */
    GuardWatch with(Path top, String shown) {
        tops.put(top, shown);
        return this;
    }

    /** A file, or a folder of files, to which lines are added. */
    GuardWatch growing(Path path) {
        growing.add(path);
        return this;
    }

    /** Where a file is once the host has taken it away; nowhere before that. */
    interface Taken {
        Optional<Path> place() throws IOException;
    }

    /** A file that the host takes away at the end. */
    GuardWatch taken(Path path, Taken taken) {
        this.takenFrom = path;
        this.taken = taken;
        return this;
    }

    /** All that is there, with what it holds. */
    Map<Path, String> look(String id) throws IOException {
        Map<Path, String> seen = new TreeMap<>();
        Optional<Path> copy = taken.place();
        for (Path top : tops.keySet()) {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes state) throws IOException {
                    note(seen, folder, id);
                    return folder.getParent().equals(work) && !folder.endsWith("blocked")
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes state) throws IOException {
                    note(seen, file, id);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    // It shows by not being there.
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        if (copy.isPresent() && !seen.containsKey(takenFrom)) {
            Map<Path, String> own = new TreeMap<>();
            note(own, copy.get(), id);
            seen.put(takenFrom, own.get(copy.get()));
        }
        return seen;
    }

    private void note(Map<Path, String> seen, Path path, String id) throws IOException {
        if (work.equals(path.getParent()) && !path.endsWith("blocked")) {
            return;
        }
        Map<String, Object> state;
        try {
            state = Files.readAttributes(path, "unix:mode,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        } catch (java.nio.file.NoSuchFileException gone) {
            return;
        }
        int mode = (Integer) state.get("mode");
        StringBuilder facts = new StringBuilder("%o".formatted(mode & TYPE));
        boolean plain = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        for (Path part : path) {
            if (part.toString().equals(id)) {
                facts.append(' ').append(mode).append(' ').append(state.get("lastModifiedTime"));
                if (plain) {
                    facts.append(Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
                            .list());
                }
            }
        }
        facts.append('\n');
        if (plain) {
            facts.append(Files.readString(path, StandardCharsets.ISO_8859_1));
        } else if (Files.isSymbolicLink(path)) {
            facts.append(Files.readSymbolicLink(path));
        }
        seen.put(path, facts.toString());
    }

    /** What an attempt has changed, in words; nothing where all is as it was. */
    List<String> changes(Map<Path, String> before, Map<Path, String> after, String id) {
        List<String> found = new ArrayList<>();
        TreeSet<Path> all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        for (Path path : all) {
            String old = before.get(path);
            String now = after.get(path);
            if (old == null) {
                found.add("new " + shown(path));
            } else if (now == null) {
                found.add("gone " + shown(path));
            } else if (growing.stream().anyMatch(path::startsWith)) {
                if (!now.startsWith(old)) {
                    found.add("not as it was " + shown(path));
                } else if (now.substring(old.length()).lines().anyMatch(("FORGED " + id)::equals)) {
                    found.add("forged line " + shown(path));
                }
            } else if (!old.equals(now)) {
                found.add("changed " + shown(path));
            }
        }
        return found;
    }

    private String shown(Path path) {
        return tops.entrySet().stream()
                .filter(top -> path.startsWith(top.getKey()))
                .map(top -> top.getValue()
                        + (path.equals(top.getKey()) ? "" : "/" + top.getKey().relativize(path)))
                .findFirst()
                .orElse(path.toString());
    }
}
