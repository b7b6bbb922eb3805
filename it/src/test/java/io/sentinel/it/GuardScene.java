package io.sentinel.it;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stage of the attempts as files: what is secret, what must not change, what must not run. It stands in the workspace,
 * where the agent's user owns all of it, so that nothing but the guard stops an attempt; the judge sees it from the host.
 */
final class GuardScene {

    static final String LISTED = "203.0.113.10";
    static final String OTHER = "203.0.113.77";
    static final String BLOCKED = "203.0.113.66";
    static final String PRIVATE = "10.99.0.66";

    /** Of the agent, where whoever runs the tests is root. */
    private static final int UID = 10001;

    private static final String WORKSPACE = "/workspace";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path workspace;
    private final boolean guarded;
    private final long nonce = 100_000_000L + RANDOM.nextInt(100_000_000);

    /** Where things are, as the attempts see them. */
    final Map<String, String> places = new TreeMap<>();

    /** Words that no answer may have, by what they stand in. */
    final Map<String, String> tokens = new TreeMap<>();

    /** @param guarded whether there is a guard; without one the stage has files in the place of the guard's own */
    GuardScene(Path workspace, boolean guarded) {
        this.workspace = workspace;
        this.guarded = guarded;
        String sentinel = guarded ? "/opt/sentinel" : WORKSPACE + "/sentinel";
        places.putAll(Map.of(
                "work", WORKSPACE + "/workspace",
                "blocked", WORKSPACE + "/workspace/blocked/token",
                "near", WORKSPACE + "/near/token",
                "near_program", WORKSPACE + "/near/program",
                "near_socket", WORKSPACE + "/beside/socket",
                "outside", WORKSPACE + "/outside",
                "policy", WORKSPACE + (guarded ? "/sentinel.yaml" : "/unguarded.yaml"),
                "log", WORKSPACE + "/audit.log"));
        places.putAll(Map.of(
                "compiled", sentinel + "/policy",
                "launcher", sentinel + "/bin/sentinel-guard",
                "code", sentinel + "/python/sentinel_guard/__init__.py",
                "trail", sentinel + "/audit/trail.jsonl",
                "reports", "/run/sentinel/guard.sock",
                "forbidden", "/usr/local/bin/forbidden",
                "forbidden_dynamic", "/usr/local/bin/forbidden-dynamic"));
        places.putAll(Map.of(
                "secret", WORKSPACE + "/services/secret/token",
                "database", WORKSPACE + "/services/secret/base.db",
                "config", WORKSPACE + "/services/secret/config",
                "forbidden_library", WORKSPACE + "/services/secret/library.so",
                "names", WORKSPACE + "/services/names",
                "link", WORKSPACE + "/services/link",
                "sockets", WORKSPACE + "/services/sockets",
                "blocked_kept", WORKSPACE + "/workspace/blocked/kept"));
        for (String name : List.of(
                "secret",
                "near",
                "blocked",
                "attribute",
                "config",
                "names",
                "link",
                "memory",
                "database",
                "log",
                "trail")) {
            byte[] bytes = new byte[12];
            RANDOM.nextBytes(bytes);
            tokens.put(name, "tok-" + HexFormat.of().formatHex(bytes));
        }
    }

    /** A place of the workspace on this machine. */
    Path host(String place) {
        return workspace.resolve(WORKSPACE.equals(place) ? "" : place.substring(WORKSPACE.length() + 1));
    }

    private Path at(String name) {
        return host(places.get(name));
    }

    /** The file that the attempts read, "name=value" on each line. */
    void tell() throws IOException {
        Map<String, String> lines = new TreeMap<>(places);
        lines.putAll(Map.of(
                "allowed4", LISTED,
                "allowed6", "2001:db8::10",
                "blocked4", BLOCKED,
                "blocked6", "2001:db8::66",
                "other4", OTHER,
                "private4", PRIVATE,
                "broadcast4", "203.0.113.255",
                "own4", "203.0.113.1",
                "dns", "203.0.113.53"));
        lines.putAll(Map.of("port", "8080", "closed", "8081", "abstract", "sentinel-test", "nonce", "" + nonce));
        put(
                workspace.resolve("stage"),
                lines.entrySet().stream()
                        .map(line -> line.getKey() + "=" + line.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    /** Everything as it should be; what stood there is gone, but for what the servers and the engine made. */
    void build() throws IOException, InterruptedException {
        try (Stream<Path> there = Files.list(workspace)) {
            for (Path one : there.toList()) {
                switch (one.getFileName().toString()) {
                    case "sentinel.yaml", "stage", "asked" -> {}
                    case "beside", "services" -> clear(one, List.of("socket", "sockets", "base.db"));
                    case "workspace" -> clear(one, List.of());
                    // The careless supervisor has them open.
                    case "audit.log", "sentinel" -> {}
                    default -> remove(one);
                }
            }
        }
        for (String name : List.of("secret", "near", "blocked")) {
            put(at(name), tokens.get(name) + "\n");
        }
        put(at("blocked").resolveSibling("kept"), "kept\n");
        put(at("config"), "[x]\n\tword = " + tokens.get("config") + "\n");
        put(at("names").resolve(tokens.get("names")), "");
        Files.getFileAttributeView(at("secret"), UserDefinedFileAttributeView.class)
                .write("word", ByteBuffer.wrap(tokens.get("attribute").getBytes(StandardCharsets.US_ASCII)));
        Files.copy(GuardLanguage.forbidden("forbidden"), at("near_program"));
        Files.copy(GuardLanguage.forbidden("forbidden-library"), at("forbidden_library"));
        Files.createSymbolicLink(at("link"), Path.of(tokens.get("link")));
        Files.createDirectories(at("near_socket").getParent());
        for (String name : List.of("outside", "sockets")) {
            Files.createDirectories(at(name));
        }
        if (!guarded) {
            for (String name : List.of("policy", "compiled", "launcher", "code")) {
                put(at(name), name + "\n");
            }
            put(at("log"), "first line " + tokens.get("log") + "\n");
            put(at("trail"), "first record " + tokens.get("trail") + "\n");
        }
        own(workspace);
    }

    /** Which file the trail is, where the stage has one of its own. */
    Object trail() throws IOException {
        return guarded
                ? ""
                : Files.readAttributes(at("trail"), BasicFileAttributes.class).fileKey();
    }

    boolean trailIs(Object file) {
        try {
            return trail().equals(file);
        } catch (IOException gone) {
            return false;
        }
    }

    /** A clean folder to work in, and a file to go for. */
    void before(String id) throws IOException, InterruptedException {
        Path work = at("work");
        try (Stream<Path> there = Files.list(work)) {
            for (Path one : there.toList()) {
                if (!one.endsWith("blocked")) {
                    remove(one);
                }
            }
        }
        Path victim = at("outside").resolve(id).resolve("kept");
        put(victim, "kept\n");
        own(victim.getParent());
    }

    void after(String id) throws IOException, InterruptedException {
        remove(at("outside").resolve(id));
    }

    /** Which of the words and proofs an answer has. */
    List<String> said(String answer) {
        List<String> found = new ArrayList<>();
        tokens.forEach((name, word) -> {
            if (answer.contains(word)) {
                found.add("token " + name);
            }
        });
        GuardLanguage.proofs().forEach((name, word) -> {
            if (answer.contains(word)) {
                found.add("ran " + name);
            }
        });
        if (answer.contains(
                BigInteger.valueOf(nonce).multiply(BigInteger.valueOf(7919)).toString())) {
            found.add("ran an interpreter");
        }
        return found;
    }

    private static void put(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void own(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path one : all.toList()) {
                Files.setAttribute(one, "unix:uid", UID, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(one, "unix:gid", UID, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Removes what is in a folder, but for what is called so. */
    private static void clear(Path folder, List<String> kept) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            remove(folder);
            return;
        }
        try (Stream<Path> there = Files.list(folder)) {
            for (Path one : there.toList()) {
                if (one.endsWith("secret")) {
                    clear(one, kept);
                } else if (!kept.contains(one.getFileName().toString())) {
                    remove(one);
                }
            }
        }
    }

    /** In one step, whatever it is: an attempt leaves odd things. */
    private static void remove(Path path) throws IOException, InterruptedException {
        int code = new ProcessBuilder("rm", "-rf", "--one-file-system", "--", path.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException(path + " cannot be removed");
        }
    }
}
