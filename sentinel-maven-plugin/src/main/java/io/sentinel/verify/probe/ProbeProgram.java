package io.sentinel.verify.probe;

import io.sentinel.render.SandboxException;
import io.sentinel.seccomp.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The probe for one machine: a program without a C library, which runs in any image ({@code guard/probe}).
 *
 * @param architecture of the engine's machine
 */
public record ProbeProgram(Architecture architecture) {

    /** Where a container has the folder with the program and its table. */
    public static final String TARGET = "/.sentinel-probe";

    /** Where a container has the program of 32-bit ARM, on aarch64. */
    static final String ARM32 = TARGET + "/arm32";

    private static final String PROGRAM = "probe";

    /**
     * For the machine of an engine.
     *
     * @param word as {@code docker info} and {@code docker version} say it: {@code x86_64} or {@code amd64},
     *     {@code aarch64} or {@code arm64}
     * @throws SandboxException where there is none for it
     */
    public static ProbeProgram of(String word) throws SandboxException {
        return switch (word) {
            case "x86_64", "amd64" -> new ProbeProgram(Architecture.X86_64);
            case "aarch64", "arm64" -> new ProbeProgram(Architecture.AARCH64);
            default ->
                throw new SandboxException("The engine's machine is '" + word.replaceAll("[^ -~]", "?")
                        + "', and the program that looks around inside a container is built for x86_64 and aarch64. "
                        + "Verify without the live ring, or on such a machine.");
        };
    }

    /** Its bytes: an ELF program, about 11 KB. */
    public byte[] bytes() {
        return resource("probe/sentinel-probe-" + architecture.kernelName());
    }

    /**
     * Puts it into a folder that comes to containers as {@link #TARGET}. Anybody may read and run it: the container's user
     * is another one than the one who writes it.
     *
     * @param folder one that exists, on a file system with POSIX permissions; whoever may enter it is the caller's to set
     */
    public void write(Path folder) throws IOException {
        put(folder.resolve(PROGRAM), bytes(), "rwxr-xr-x");
        put(folder.resolve(Path.of(GuardTrials.NOTHING).getFileName()), new byte[0], "rwxr-xr-x");
        if (architecture == Architecture.AARCH64) {
            put(folder.resolve(Path.of(ARM32).getFileName()), Arm32.program(), "rwxr-xr-x");
        }
    }

    /**
     * Puts what it shall do into such a folder.
     *
     * @param name of the file
     * @param staySeconds how long it stays once it has answered, for somebody to look at its process from outside
     * @return the words that run it there
     */
    public static List<String> write(Path folder, String name, ProbeTable table, int staySeconds) throws IOException {
        put(folder.resolve(name), table.bytes(), "rw-r--r--");
        return words(TARGET + "/" + name, Integer.toString(staySeconds));
    }

    /** The words that have it say that it starts, and end. */
    public static List<String> start() {
        return words();
    }

    /** The words that have it answer every connection to a port with {@code 200} and {@code sentinel-target}. */
    public static List<String> serve(int port, int seconds) {
        return words("serve", Integer.toString(port), Integer.toString(seconds));
    }

    private static List<String> words(String... rest) {
        List<String> words = new ArrayList<>(List.of(TARGET + "/" + PROGRAM));
        words.addAll(List.of(rest));
        return List.copyOf(words);
    }

    private static void put(Path file, byte[] bytes, String permissions) throws IOException {
        Files.write(file, bytes);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    /** @param name from the class path's root, with forward slashes */
    static byte[] resource(String name) {
        try (InputStream in = ProbeProgram.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the plugin's jar lacks " + name + "; it was not built right");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the plugin's jar cannot be read: " + name, e);
        }
    }
}
