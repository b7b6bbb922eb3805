package io.sentinel.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The way to a file, step by step as the kernel goes (path_resolution(7)). Where it leads through a folder that an agent
 * writes to, the agent chooses the file, by a link there; the end of the way does not show that.
 *
 * @param steps each place on the way, with no link above it
 * @param end the last of them that is no link: the file itself, where it is there
 * @param state whether it is
 */
public record Trail(List<Path> steps, Path end, State state) {

    /** As many as the kernel follows. */
    static final int MOST_LINKS = 40;

    /** What is at the end. */
    public enum State {
        THERE,
        MISSING,
        /** It leads through more links than the kernel follows. */
        ENDLESS
    }

    public Trail {
        steps = List.copyOf(steps);
    }

    /** @param written an absolute path as a person wrote it, not normalised: what .. leaves may be a link */
    public static Trail of(Path written) throws IOException {
        List<Path> steps = new ArrayList<>();
        Deque<Path> left = new ArrayDeque<>();
        written.forEach(left::add);
        Path at = written.getRoot();
        int links = 0;
        while (!left.isEmpty()) {
            Path name = left.pop();
            if (name.toString().equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            Path next = name.toString().equals(".") ? at : at.resolve(name);
            steps.add(next);
            if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                return new Trail(steps, at, State.MISSING);
            }
            if (!Files.isSymbolicLink(next)) {
                at = next;
            } else if (++links > MOST_LINKS) {
                return new Trail(steps, at, State.ENDLESS);
            } else {
                Path target = Files.readSymbolicLink(next);
                List<Path> names = new ArrayList<>();
                target.forEach(names::add);
                for (int i = names.size() - 1; i >= 0; i--) {
                    left.push(names.get(i));
                }
                at = target.isAbsolute() ? target.getRoot() : at;
            }
        }
        return new Trail(steps, at, State.THERE);
    }

    /** @param folder a path without links */
    public boolean leadsThrough(Path folder) {
        return steps.stream().anyMatch(step -> step.startsWith(folder));
    }
}
