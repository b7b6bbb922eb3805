package io.sentinel.it;

import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The programs of {@code it/workloads}: each checks itself, and says at its end that it passed. */
enum Workload {
    SHELL(Preset.STRICT, "sh", "/opt/workloads/shell.sh"),
    PYTHON_PROCESSES(Preset.STRICT, "python3", "/opt/workloads/python-processes.py"),
    PYTHON_NETWORK(Preset.STRICT, "python3", "/opt/workloads/python-network.py"),
    PYTHON_FILES(Preset.STRICT, "python3", "/opt/workloads/python-files.py"),
    PIP(Preset.STRICT, "sh", "/opt/workloads/pip.sh"),
    NUMPY_AND_PANDAS(Preset.STRICT, "python3", "/opt/workloads/arrays.py"),
    JVM_G1(Preset.STRICT, "java", "-XX:+UseG1GC", "-Xmx256m", "-cp", "/opt/workloads/classes", "Jvm", "20"),
    /** ZGC's heap is in /dev/shm where memory-only files are restricted, and that has 64 MB. */
    JVM_ZGC(Preset.STRICT, "java", "-XX:+UseZGC", "-Xmx32m", "-cp", "/opt/workloads/classes", "Jvm", "5"),
    MAVEN(Preset.STRICT, "sh", "/opt/workloads/maven.sh"),
    NODE(Preset.STRICT, "node", "/opt/workloads/node.mjs"),
    GIT(Preset.STRICT, "sh", "/opt/workloads/git.sh"),
    GCC(Preset.STRICT, "sh", "/opt/workloads/gcc.sh"),
    GO(Preset.STRICT, "sh", "/opt/workloads/go.sh"),
    MUSL(Preset.STRICT, "sh", "/opt/workloads/musl.sh"),
    /** A heap larger than /dev/shm, which needs memory-only files. */
    JVM_LARGE_ZGC(Preset.DATASCI, "java", "-XX:+UseZGC", "-Xmx256m", "-cp", "/opt/workloads/classes", "Jvm", "150"),
    NUMERICAL(Preset.DATASCI, "python3", "/opt/workloads/numerical.py");

    private static final Path FOLDER = Path.of("workloads").toAbsolutePath();

    /** Made once, as it takes Maven two runs. */
    private static Path seeded;

    private final Preset least;
    private final List<String> words;

    Workload(Preset least, String... words) {
        this.least = least;
        this.words = List.of(words);
    }

    /** The presets that it is meant to live under. */
    Set<Preset> presets() {
        return EnumSet.range(least, Preset.DATASCI);
    }

    /** The container must have a workspace mounted. */
    Hardened.Result runIn(Hardened container) throws IOException, InterruptedException {
        return container.run(Stream.concat(Stream.of("sh", "/opt/workloads/run.sh"), words.stream())
                .toArray(String[]::new));
    }

    static boolean passed(Hardened.Result result) {
        return result.exitCode() == 0 && result.output().endsWith("passed\n");
    }

    /**
     * Builds the image that has them all, which takes minutes the first time on an engine and a second from then on; its
     * name depends on its content, so that two checkouts do not take it from each other.
     */
    static String image() throws IOException, InterruptedException {
        return build("workloads", FOLDER);
    }

    /** Builds an image from a folder, named after what it is made from. */
    static String build(String name, Path folder, String... options) throws IOException, InterruptedException {
        String image = "localhost/sentinel/" + name + ":" + digest(folder, options);
        List<String> words = new ArrayList<>(List.of("build", "--tag", image));
        words.addAll(List.of(options));
        words.add(".");
        Command.docker(folder, words.toArray(String[]::new)).output(0);
        return image;
    }

    /** A folder that any user may write to, whoever runs the tests. */
    static Path workspace(Path parent) throws IOException {
        Path workspace = Files.createDirectory(parent.resolve("workspace"));
        return Files.setPosixFilePermissions(workspace, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    /** What the Maven workload needs: through the host's own repository, which has nearly all of it for this very build. */
    static void seedRepository(Path repository) throws Exception {
        if (seeded == null) {
            seeded = seed(Files.createTempDirectory("sentinel-it"));
        }
        Command.start(seeded, Map.of(), List.of("cp", "-r", seeded.toString(), repository.toString()))
                .output(0);
    }

    private static Path seed(Path scratch) throws Exception {
        Path repository = scratch.resolve("repository");
        String own = System.getProperty("sentinel.it.localRepository");
        Path settings = Files.writeString(
                scratch.resolve("settings.xml"),
                """
                <settings><mirrors><mirror>
                  <!-- Maven notes where a file came from, and the container's asks "central". -->
                  <id>central</id><mirrorOf>*</mirrorOf><url>%s</url>
                </mirror></mirrors></settings>
                """
                        .formatted(Path.of(own).toUri()));
        String file = settings.toString();
        test(scratch, "-Dmaven.repo.local=" + own);
        test(scratch, "-Dmaven.repo.local=" + repository, "--settings", file, "--global-settings", file);
        return repository;
    }

    private static void test(Path scratch, String... options) throws Exception {
        Path project = Files.createTempDirectory(scratch, "maven");
        Command.start(Path.of("workloads", "maven"), Map.of(), List.of("cp", "-r", ".", project.toString()))
                .output(0);
        // Another user reads what comes.
        List<String> words = Stream.concat(
                        Stream.of("sh", "-c", "umask 022 && exec mvn -B -q -ntp test \"$@\"", "sh"),
                        Arrays.stream(options))
                .toList();
        Command.start(project, Map.of(), words).output(0);
    }

    private static String digest(Path folder, String... options) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String option : options) {
                digest.update(option.getBytes());
            }
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(folder.relativize(file).toString().getBytes());
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
