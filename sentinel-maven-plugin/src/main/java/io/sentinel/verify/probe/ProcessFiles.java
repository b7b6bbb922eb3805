package io.sentinel.verify.probe;

import io.sentinel.verify.evidence.ProcessFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of a process that the rules ask for ({@link ProcessFacts}), as the probe reads its own inside a container. */
public final class ProcessFiles {

    /** Below {@code /proc/self}. */
    private static final List<String> OWN = List.of(
            "attr/current",
            "cgroup",
            "environ",
            "gid_map",
            "limits",
            "mountinfo",
            "net/dev",
            "net/if_inet6",
            "net/route",
            "net/tcp",
            "net/tcp6",
            "oom_score_adj",
            "status",
            "uid_map");

    private static final List<String> NAMESPACES = List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");

    /** Below {@code /sys/fs/cgroup}: of version 2, and of version 1 below its controllers. */
    private static final List<String> CONTROL_GROUP = List.of(
            "cpu.max",
            "memory.max",
            "memory.swap.max",
            "pids.max",
            "cpu/cpu.cfs_period_us",
            "cpu/cpu.cfs_quota_us",
            "memory/memory.limit_in_bytes",
            "memory/memory.memsw.limit_in_bytes",
            "pids/pids.max");

    private static final List<String> CONFIGURATION = List.of("etc/hosts", "etc/resolv.conf");

    private ProcessFiles() {}

    /** What has the probe read them. */
    public static ProbeTable table() {
        List<Row> rows = new ArrayList<>();
        OWN.forEach(name -> rows.add(Row.file(name, "/proc/self/" + name)));
        NAMESPACES.forEach(name -> rows.add(Row.link("ns/" + name, "/proc/self/ns/" + name)));
        CONTROL_GROUP.forEach(name -> rows.add(Row.file("cgroup/" + name, "/sys/fs/cgroup/" + name)));
        CONFIGURATION.forEach(name -> rows.add(Row.file(name, "/" + name)));
        // The probe is not the first process where the container has an init.
        rows.add(Row.file("init", "/proc/1/cmdline"));
        return new ProbeTable(rows);
    }

    /**
     * What it read. A file that could not be read, or that has more than 256 KiB, is left out.
     *
     * @param answers to a table that has all of {@link #table()}
     * @param host the links of the name spaces of the engine's machine; none where they could not be read
     */
    public static ProcessFacts facts(ProbeAnswers answers, SortedMap<String, String> host) {
        SortedMap<String, String> files = new TreeMap<>();
        for (Row row : table().rows()) {
            if (answers.of(row.id()) instanceof Answer.Text text) {
                files.put(row.id(), text.text());
            }
        }
        return new ProcessFacts(files, host);
    }

    /** The links of its name spaces, by {@code ns/NAME}. */
    public static SortedMap<String, String> spaces(ProbeAnswers answers) {
        return new TreeMap<>(facts(answers, new TreeMap<>()).files().subMap("ns/", "ns0"));
    }
}
