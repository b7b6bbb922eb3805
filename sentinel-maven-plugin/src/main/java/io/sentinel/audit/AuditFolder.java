package io.sentinel.audit;

import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The host's trails, one file a run: {@code target/sentinel/audit/<start, UTC>-<owner>.jsonl}. The names begin with the time,
 * so that the newest is the last of them, whatever copying does to the files' own times.
 */
public final class AuditFolder {

    /** The folder's name, below what Sentinel leaves besides the bundle. */
    public static final String NAME = "audit";

    private static final Pattern TRAIL = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9._-]{1,80}\\.jsonl");
    private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._-]");
    private static final int LONGEST_OWNER = 64;

    /** Runs of one owner that begin in the same second. */
    private static final int MOST_ALIKE = 100;

    private AuditFolder() {}

    /**
     * Makes a new, empty file for the trail of a run, and the folder where that lacks.
     *
     * @param owner who runs it, such as a process ID; what is no letter, digit, dot, underscore or hyphen becomes a hyphen,
     *     and what is longer than 64 is cut
     * @throws IOException if it cannot be made
     */
    static Path create(Path folder, Instant start, String owner) throws IOException {
        Files.createDirectories(folder);
        String plain = UNUSUAL.matcher(owner).replaceAll("-");
        String stem = AuditTimes.basic(start) + "-" + plain.substring(0, Math.min(LONGEST_OWNER, plain.length()));
        for (int i = 1; i <= MOST_ALIKE; i++) {
            Path file = folder.resolve(stem + (i == 1 ? "" : "-" + i) + ".jsonl");
            try {
                return Files.write(file, new byte[0], StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                continue; // of another run that began in this second
            }
        }
        throw new FileAlreadyExistsException(folder.resolve(stem + ".jsonl").toString());
    }

    /**
     * The file that a person means.
     *
     * @param named by them; where nobody named one, the newest trail of the folder
     * @throws SandboxException if there is none
     */
    public static Path choose(Path folder, String shown, Optional<Path> named) throws SandboxException, IOException {
        if (named.isPresent()) {
            if (!Files.isRegularFile(named.get(), LinkOption.NOFOLLOW_LINKS)) {
                throw new SandboxException("sentinel.audit.file names " + named.get() + ", which is "
                        + (Files.exists(named.get(), LinkOption.NOFOLLOW_LINKS) ? "no plain file" : "not there"));
            }
            return named.get();
        }
        return newest(folder)
                .orElseThrow(() -> new SandboxException("there is no audit trail in " + shown
                        + ": each guarded run leaves one there; run the agent first, or name a file with"
                        + " -Dsentinel.audit.file"));
    }

    private static Optional<Path> newest(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> TRAIL.matcher(file.getFileName().toString()).matches())
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .max(Comparator.comparing(file -> file.getFileName().toString()));
        }
    }
}
