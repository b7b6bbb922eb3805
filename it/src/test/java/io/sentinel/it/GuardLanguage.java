package io.sentinel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The programs of {@code it/guard} in a language: its attempts and its ordinary uses, and the image that they run in. */
enum GuardLanguage {
    PYTHON(
            "py",
            List.of("/usr/bin/python3", "-B", "/opt/attempts/attempts.py"),
            List.of("/usr/bin/python3", "-B", "/opt/ordinary/ordinary.py")),
    SHELL("sh", List.of("/bin/sh", "/opt/attempts/attempts.sh"), List.of("/bin/sh", "/opt/ordinary/ordinary.sh")),
    NODE(
            "js",
            List.of("/usr/bin/node", "/opt/attempts/attempts.mjs"),
            List.of("/usr/bin/node", "/opt/ordinary/ordinary.mjs")),
    JAVA(
            "jv",
            List.of(
                    "/usr/bin/java",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "-cp",
                    "/opt/attempts/classes",
                    "--add-modules=jdk.incubator.foreign",
                    "--enable-native-access=ALL-UNNAMED",
                    "Attempts"),
            List.of("/usr/bin/java", "-XX:TieredStopAtLevel=1", "-cp", "/opt/ordinary", "Ordinary"));

    private static final Path SOURCES = Path.of("guard").toAbsolutePath();
    private static final Path BUILT = Path.of("target", "guard").toAbsolutePath();

    /** The program that no policy lets start, in its three forms; each proves by a token of its own that it ran. */
    private static final Map<String, List<String>> FORBIDDEN = Map.of(
            "forbidden", List.of("-static"),
            "forbidden-dynamic", List.of(),
            "forbidden-library", List.of("-shared", "-fPIC", "-DLIBRARY"));

    private static String image;

    private final String word;
    private final List<String> attempts;
    private final List<String> ordinary;

    GuardLanguage(String word, List<String> attempts, List<String> ordinary) {
        this.word = word;
        this.attempts = attempts;
        this.ordinary = ordinary;
    }

    static GuardLanguage of(String id) {
        return Arrays.stream(values())
                .filter(one -> id.startsWith(one.word + "-"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("of no language: " + id));
    }

    List<String> attempts() {
        return attempts;
    }

    List<String> ordinary() {
        return ordinary;
    }

    /** What a program says that it can be asked for, in its order. */
    static List<String> ids(List<String> program) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("run", "--rm", "--network=none", "--entrypoint=" + program.get(0), image()));
        words.addAll(program.subList(1, program.size()));
        words.add("list");
        return Command.docker(SOURCES, words.toArray(String[]::new))
                .output(0)
                .lines()
                .filter(line -> line.matches("(py|sh|js|jv)-[a-z0-9-]+"))
                .toList();
    }

    /** What the forbidden program says, by its form. */
    static Map<String, String> proofs() {
        return FORBIDDEN.keySet().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> "tok-" + digest(name).substring(0, 24),
                        (one, other) -> one,
                        TreeMap::new));
    }

    /** The forbidden program's file on this machine. */
    static Path forbidden(String name) throws IOException, InterruptedException {
        Path program = Files.createDirectories(BUILT.resolve("programs")).resolve(name);
        if (Files.notExists(program)) {
            // Turned, so that a reader of the file does not find what only one who ran it knows.
            String turned = proofs().get(name)
                    .chars()
                    .mapToObj(sign -> "\\x%02x".formatted(sign ^ 1))
                    .collect(Collectors.joining());
            List<String> words = new ArrayList<>(List.of("gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"));
            words.add("-DTOKEN=\"" + turned + "\"");
            words.addAll(FORBIDDEN.get(name));
            words.addAll(List.of("-o", program.toString(), "forbidden.c"));
            Command.start(SOURCES, Map.of(), words).output(0);
        }
        return program;
    }

    /** The image that the programs are in, on top of that of the workloads; named after what it is made of. */
    static synchronized String image() throws Exception {
        if (image != null) {
            return image;
        }
        Path context = BUILT.resolve("context");
        Command.start(
                        Path.of("."),
                        Map.of(),
                        List.of(
                                "rm",
                                "-rf",
                                context.toString(),
                                BUILT.resolve("programs").toString()))
                .output(0);
        for (String name : List.of("forbidden", "forbidden-dynamic")) {
            copy(forbidden(name), context.resolve("programs").resolve(name));
        }
        copy(SOURCES.resolve("Dockerfile"), context.resolve("Dockerfile"));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = SOURCES.relativize(file).toString();
                if (name.startsWith("ordinary/")) {
                    copy(file, context.resolve(name));
                } else if (name.matches(".*\\.(py|sh|mjs|java)") && !name.contains("__pycache__")) {
                    copy(file, context.resolve("attempts").resolve(name));
                }
            }
        }
        image = Workload.build("guard", context, "--build-arg=WORKLOADS=" + Workload.image());
        return image;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        to.toFile().setExecutable(from.toFile().canExecute(), false);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
