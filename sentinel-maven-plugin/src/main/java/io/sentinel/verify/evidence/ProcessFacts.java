package io.sentinel.verify.evidence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of {@code /proc/PID} and of the control groups of a container's first process (proc(5), cgroups(7)).
 *
 * @param files contents by name: {@code status}, {@code mountinfo}, {@code limits}, {@code net/dev}, …; the name spaces as
 *     {@code ns/pid} with what the link says; control group files as {@code cgroup/memory.max} with the names of version 2
 *     or {@code cgroup/pids/pids.max} with the controller of version 1
 * @param host the links of the name spaces of the engine's machine; empty where they could not be read
 */
public record ProcessFacts(SortedMap<String, String> files, SortedMap<String, String> host) {

    public ProcessFacts {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        host = Collections.unmodifiableSortedMap(new TreeMap<>(host));
    }

    /** @throws CannotTell where it could not be read */
    public String text(String name) {
        return find(name).orElseThrow(() -> new CannotTell("/proc/PID/" + name + " could not be read"));
    }

    public Optional<String> find(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** The words after a key of {@code status}. */
    public List<String> status(String key) {
        return text("status")
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .findFirst()
                .map(line -> words(line.substring(key.length() + 1)))
                .orElseThrow(() -> new CannotTell("/proc/PID/status says nothing of " + key));
    }

    /** The first of these control group files that is there, without spaces around it. */
    public String cgroup(String... names) {
        for (String name : names) {
            Optional<String> found = find("cgroup/" + name);
            if (found.isPresent()) {
                return found.get().strip();
            }
        }
        throw new CannotTell("the control group file " + String.join(" or ", names) + " could not be read");
    }

    /**
     * The soft and the hard value of a limit, as {@code limits} has them.
     *
     * @param name such as {@code Max open files}
     */
    public List<String> limit(String name) {
        return text("limits")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .map(line -> words(line.substring(name.length())).subList(0, 2))
                .orElseThrow(() -> new CannotTell("/proc/PID/limits says nothing of " + name));
    }

    /**
     * A mount.
     *
     * @param root the folder of its file system that is shown
     * @param target where it is
     * @param options of the mount and of its file system together
     * @param propagation such as {@code shared:5} and {@code master:2}; empty for a private mount
     * @param type of its file system
     * @param source as the kernel names it
     */
    public record Mount(
            String root, String target, List<String> options, List<String> propagation, String type, String source) {

        public boolean has(String option) {
            return options.contains(option);
        }
    }

    /** The mounts; of several on one place, the last one is what is seen. */
    public List<Mount> mounts() {
        List<Mount> mounts = new ArrayList<>();
        for (String line : text("mountinfo").lines().toList()) {
            List<String> words = words(line);
            int dash = words.indexOf("-");
            if (dash < 6 || words.size() < dash + 3) {
                throw new CannotTell("/proc/PID/mountinfo has a line of another form: " + line);
            }
            List<String> options = new ArrayList<>(List.of(words.get(5).split(",")));
            if (words.size() > dash + 3) {
                options.addAll(List.of(words.get(dash + 3).split(",")));
            }
            mounts.add(new Mount(
                    words.get(3),
                    words.get(4).replace("\\040", " "),
                    options,
                    words.subList(6, dash),
                    words.get(dash + 1),
                    words.get(dash + 2)));
        }
        return mounts;
    }

    /** What is seen at a place, where something is mounted there. */
    public Optional<Mount> mount(String target) {
        return mounts().stream().filter(mount -> mount.target().equals(target)).reduce((first, second) -> second);
    }

    private static List<String> words(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
    }
}
