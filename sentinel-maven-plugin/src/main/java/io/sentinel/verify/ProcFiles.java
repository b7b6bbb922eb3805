package io.sentinel.verify;

import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.ProcessFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A container's first process as the kernel shows it to this machine's {@code /proc} and {@code /sys/fs/cgroup} (proc(5),
 * cgroups(7)). What may not be read is left out: root sees all, others what the kernel lets them see.
 */
final class ProcFiles {

    private static final List<String> NAMES = List.of(
            "status",
            "mountinfo",
            "limits",
            "uid_map",
            "gid_map",
            "oom_score_adj",
            "cgroup",
            "attr/current",
            "net/dev",
            "net/route",
            "net/tcp",
            "net/tcp6",
            "environ",
            "root/etc/hosts",
            "root/etc/resolv.conf");

    private static final List<String> SPACES = List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts");

    /** Names of version 2, and of version 1 with their controller. */
    private static final List<String> GROUP_FILES = List.of(
            "memory.max",
            "memory.swap.max",
            "memory.oom.group",
            "pids.max",
            "cpu.max",
            "memory/memory.limit_in_bytes",
            "memory/memory.memsw.limit_in_bytes",
            "memory/memory.oom_control",
            "pids/pids.max",
            "cpu/cpu.cfs_quota_us",
            "cpu/cpu.cfs_period_us",
            "devices/devices.list");

    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Path proc;
    private final Path groups;

    ProcFiles() {
        this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /** @param proc and {@code groups} stand in for the two folders in a test */
    ProcFiles(Path proc, Path groups) {
        this.proc = proc;
        this.groups = groups;
    }

    /**
     * What can be seen of a container's first process.
     *
     * @param pid as the engine says
     * @param container its ID, which its control groups bear in their names
     * @throws CannotTell where the process of that number is none of this container: the engine is on another machine, or
     *     behind another process namespace
     */
    ProcessFacts of(long pid, String container) {
        Path process = proc.resolve(Long.toString(pid));
        SortedMap<String, String> files = new TreeMap<>();
        for (String name : NAMES) {
            read(process.resolve(name)).ifPresent(text -> files.put(name.replace("root/", ""), text));
        }
        if (!files.getOrDefault("cgroup", "").contains(container)) {
            throw new CannotTell(
                    "process " + pid + " of this machine is none of the container's: the engine is elsewhere");
        }
        read(process.resolve("cmdline")).ifPresent(text -> files.put("init", text.replace('\0', ' ')));
        spaces(process, files);
        groupFiles(files);
        return new ProcessFacts(files, new TreeMap<>());
    }

    private static void spaces(Path process, SortedMap<String, String> files) {
        for (String name : SPACES) {
            try {
                files.put(
                        "ns/" + name,
                        Files.readSymbolicLink(process.resolve("ns").resolve(name))
                                .toString());
            } catch (IOException e) {
                // Another user's are root's to read (PTRACE_MODE_READ); a rule that misses one says so.
                continue;
            }
        }
    }

    private void groupFiles(SortedMap<String, String> files) {
        for (String name : GROUP_FILES) {
            int slash = name.indexOf('/');
            String controller = slash < 0 ? "" : name.substring(0, slash);
            for (String line : files.get("cgroup").lines().toList()) {
                // "0::/path" for version 2, "4:cpu,cpuacct:/path" for the controllers of version 1.
                String[] parts = line.split(":", 3);
                if (parts.length < 3 || !List.of(parts[1].split(",")).contains(controller)) {
                    continue;
                }
                for (String root : roots(parts[1], controller)) {
                    Path file = groups.resolve(root + parts[2]).normalize().resolve(name.substring(slash + 1));
                    read(file).ifPresent(text -> files.putIfAbsent("cgroup/" + name, text));
                }
            }
        }
    }

    /** Where a hierarchy is mounted, as every distribution does: by its controllers, by one, or, for version 2, as the whole. */
    private static List<String> roots(String controllers, String controller) {
        List<String> roots = new ArrayList<>();
        if (controller.isEmpty()) {
            roots.add(".");
            roots.add("unified");
        } else {
            roots.add(controllers);
            roots.add(controller);
        }
        return roots;
    }

    private static Optional<String> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES
                    ? Optional.empty()
                    : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Absent on this kernel, or not ours to read.
            return Optional.empty();
        }
    }
}
