package io.sentinel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What can be done to a supervisor, as the host sees it; its first state is what it should be. */
final class GuardSupervisor {

    private static final Path PROC = Path.of("/proc");

    private final String pid;
    private final String first;

    private GuardSupervisor(String pid) throws IOException {
        this.pid = pid;
        this.first = state();
    }

    /** The program that a container's init started, once that has a child of its own. */
    static GuardSupervisor of(String container, long seconds) throws Exception {
        String found = "";
        for (long i = 0; i < seconds * 20; i++) {
            Command asked = Command.docker(Path.of("."), "inspect", "--format={{.State.Pid}}", container)
                    .ended();
            String init = asked.exitCode() == 0 ? asked.output().strip() : "0";
            found = init.equals("0") ? "" : child(init);
            if (!found.isEmpty() && !child(found).isEmpty()) {
                return new GuardSupervisor(found);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no supervisor with an agent in " + container + ", but \"" + found + "\"");
    }

    private static String child(String pid) throws IOException {
        Path children = PROC.resolve(pid).resolve("task").resolve(pid).resolve("children");
        return Files.exists(children) ? Files.readString(children).strip().split(" ")[0] : "";
    }

    String pid() {
        return pid;
    }

    boolean isGone() {
        return Files.notExists(PROC.resolve(pid).resolve("stat")) || life().matches("[ZX]");
    }

    List<String> harm() {
        if (isGone()) {
            return List.of("supervisor gone");
        }
        if (life().matches("[Tt]")) {
            return List.of("supervisor stopped");
        }
        String now;
        try {
            now = state();
        } catch (IOException e) {
            return List.of("supervisor gone");
        }
        return now.equals(first) ? List.of() : List.of("supervisor changed");
    }

    private String life() {
        try {
            return fields()[0];
        } catch (IOException e) {
            return "X";
        }
    }

    private String[] fields() throws IOException {
        String stat = Files.readString(PROC.resolve(pid).resolve("stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    /** Its limits, its standing with the killer of memory, its tracer, its processors, its nice value and its policy. */
    private String state() throws IOException {
        Path own = PROC.resolve(pid);
        String status = Files.readAllLines(own.resolve("status")).stream()
                .filter(line -> line.startsWith("TracerPid") || line.startsWith("Cpus_allowed"))
                .collect(Collectors.joining("\n"));
        String[] fields = fields();
        return String.join(
                "\n",
                Files.readString(own.resolve("limits")),
                Files.readString(own.resolve("oom_score_adj")),
                status,
                Arrays.asList(fields[16], fields[38]).toString());
    }
}
