package io.sentinel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The programs of {@code it/attacks}: built by the machine's C compiler, run in a container under a filter. */
final class AttackProgram {

    private static final Path SOURCES = Path.of("attacks").toAbsolutePath();

    private final Path attacks;
    private final Path filterDump;

    private AttackProgram(Path attacks, Path filterDump) {
        this.attacks = attacks;
        this.filterDump = filterDump;
    }

    static AttackProgram build() throws Exception {
        Path folder = Files.createDirectories(Path.of("target/attacks").toAbsolutePath());
        return new AttackProgram(
                compile(folder.resolve("attacks"), "attacks.c", "variants.c"),
                compile(folder.resolve("filter-dump"), "filter-dump.c"));
    }

    private static Path compile(Path program, String... sources) throws Exception {
        // Static, so that it runs in any image; at fixed addresses below 4 GB, where 32-bit calls find their arguments.
        List<String> words =
                new ArrayList<>(List.of("gcc", "-std=gnu11", "-O1", "-static", "-no-pie", "-D_GNU_SOURCE"));
        words.addAll(List.of("-Wall", "-Wextra", "-Werror", "-o", program.toString()));
        words.addAll(List.of(sources));
        Command.start(SOURCES, Map.of(), words).output(0);
        return program;
    }

    /** One variant, and what came of it under some filter. */
    record Attempt(
            String id,
            boolean attack,
            String family,
            int architecture,
            String call,
            int number,
            List<Long> arguments,
            String outcome,
            String gives) {

        /** A call of the machine's own table that is only judged, never made: with this value for each argument. */
        static Attempt of(int number, long argument) {
            return new Attempt("", true, "", 0xC000_003E, "", number, Collections.nCopies(6, argument), "", "");
        }

        private static Attempt parse(String line) {
            String[] column = line.split("\t");
            return new Attempt(
                    column[0],
                    column[1].equals("attack"),
                    column[2],
                    Integer.parseUnsignedInt(column[3], 16),
                    column[4],
                    Integer.parseUnsignedInt(column[5]),
                    Arrays.stream(column[6].split(" "))
                            .map(argument -> Long.parseUnsignedLong(argument, 16))
                            .toList(),
                    column[7],
                    column[8]);
        }
    }

    /** All variants in one container. */
    List<Attempt> attempts(List<String> seccomp) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "--rm"));
        words.addAll(sandbox(seccomp));
        return docker(words).lines().map(Attempt::parse).toList();
    }

    /**
     * The filters that the kernel holds for such a container. They are read by another container beside it, which has
     * the capabilities that the kernel asks for; so whoever may use the engine can run this, root or not.
     */
    List<SeccompFilter> filters(List<String> seccomp) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "--detach"));
        words.addAll(sandbox(seccomp));
        words.add("wait");
        String container = docker(words).strip();
        try {
            return SeccompFilter.parse(docker(List.of(
                    "run",
                    "--rm",
                    "--cap-add=SYS_ADMIN",
                    "--cap-add=SYS_PTRACE",
                    "--security-opt=seccomp=unconfined",
                    "--security-opt=apparmor=unconfined",
                    "--network=none",
                    "--pid=container:" + container,
                    "--volume=" + filterDump + ":/filter-dump:ro",
                    "--entrypoint=/filter-dump",
                    Box.BASE,
                    "1")));
        } finally {
            docker(List.of("rm", "--force", container));
        }
    }

    private List<String> sandbox(List<String> seccomp) {
        List<String> words = new ArrayList<>(Hardened.HARDENING);
        words.addAll(seccomp);
        words.addAll(List.of("--volume=" + attacks + ":/attacks:ro", "--entrypoint=/attacks", Box.BASE));
        return words;
    }

    private static String docker(List<String> words) throws IOException, InterruptedException {
        return Command.docker(SOURCES, words.toArray(String[]::new)).output(0);
    }
}
