package io.sentinel.render;

import io.sentinel.seccomp.CustomProfile;
import io.sentinel.seccomp.Presets;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.SandboxLock;
import io.sentinel.spec.SandboxLockReader;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SourceText;
import io.sentinel.spec.Spec;
import io.sentinel.spec.SpecReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a spec and the lock beside it from disk. */
public final class SpecFiles {

    /** One byte more than the readers take, so that they refuse a longer file without its being read whole. */
    private static final int BOUND = SourceText.MAX_BYTES + 1;

    private SpecFiles() {}

    /**
     * @param overrides stand before what the spec says
     * @param version the plugin's version, which the bundle names
     * @param origins asked for the named lists of the spec that its lock does not have
     * @throws SandboxException when there is no spec, or it or its lock has problems: all of them, in its message
     * @throws InterruptedException by {@code origins}
     */
    public static RenderInputs read(Layout layout, Overrides overrides, String version, Origins origins)
            throws SandboxException, IOException, InterruptedException {
        try {
            byte[] specBytes = specBytes(layout, overrides);
            Spec spec = spec(layout, specBytes, overrides);
            Optional<byte[]> lockBytes = lockBytes(layout);
            SandboxLock lock = lock(layout, lockBytes);
            SortedMap<NamedList, List<Origin>> found = new TreeMap<>();
            SortedSet<NamedList> live = new TreeSet<>();
            for (NamedList named : spec.allow().named()) {
                List<Origin> locked = lock.origins().get(named);
                if (locked == null) {
                    live.add(named);
                }
                found.put(named, locked == null ? origins.of(named) : locked);
            }
            Optional<String> lockDigest = lockBytes.map(Sha256::of);
            String digest = overrides.isEmpty()
                    ? Sha256.of(specBytes)
                    : Sha256.of((Sha256.of(specBytes) + overrides).getBytes(StandardCharsets.UTF_8));
            return new RenderInputs(
                    spec,
                    digest,
                    lock,
                    lockDigest,
                    layout,
                    version,
                    found,
                    live,
                    overrides.policy(),
                    overrides.filter());
        } catch (InvalidFileException e) {
            throw new SandboxException(e.getMessage(), e);
        }
    }

    /** The spec alone, whatever is in its lock: for those who are about to write the lock anew. */
    public static Spec readSpec(Layout layout) throws SandboxException, IOException {
        return readSpec(layout, Overrides.NONE);
    }

    /** The spec alone with other values. */
    public static Spec readSpec(Layout layout, Overrides overrides) throws SandboxException, IOException {
        return spec(layout, specBytes(layout, overrides), overrides);
    }

    /** What was resolved for the spec; nothing where there is no lock. */
    public static SandboxLock readLock(Layout layout) throws SandboxException, IOException {
        try {
            return lock(layout, lockBytes(layout));
        } catch (InvalidFileException e) {
            throw new SandboxException(e.getMessage(), e);
        }
    }

    private static Optional<byte[]> lockBytes(Layout layout) throws SandboxException, IOException {
        Path lock = layout.sandboxLock();
        if (Files.notExists(lock, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(lock)) {
            throw new SandboxException(
                    layout.shown(lock)
                            + " is no file, or a link to none; remove it, and run mvn sentinel:pin where the spec is to be pinned");
        }
        return Optional.of(bytes(lock));
    }

    private static SandboxLock lock(Layout layout, Optional<byte[]> bytes) throws InvalidFileException {
        return bytes.isPresent()
                ? SandboxLockReader.read(layout.shown(layout.sandboxLock()), bytes.get())
                : SandboxLock.EMPTY;
    }

    /** Whether a word stands anywhere in the spec's file, as cheaply as that can be told. */
    public static boolean mentions(Layout layout, String word) throws IOException {
        return Files.isRegularFile(layout.spec())
                && new String(bytes(layout.spec()), StandardCharsets.UTF_8).contains(word);
    }

    /** A spec that says nothing but its name. */
    public static Spec standard(String name) {
        try {
            byte[] text = ("name: " + name).getBytes(StandardCharsets.UTF_8);
            return SpecReader.read(Spec.DEFAULT_PATH, text, new ShippedStandings());
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Spec spec(Layout layout, byte[] bytes, Overrides overrides) throws SandboxException {
        try {
            return SpecReader.read(layout.shown(layout.spec()), bytes, new ShippedStandings(), overrides);
        } catch (InvalidFileException e) {
            throw new SandboxException(e.getMessage(), e);
        }
    }

    /**
     * The project's own system call filter.
     *
     * @param choice that names its file
     * @throws SandboxException when it is not there, or has problems: all of them, in its message
     */
    public static CustomProfile readProfile(Layout layout, SeccompChoice choice) throws SandboxException, IOException {
        Optional<String> missing = missingProfile(layout, choice);
        if (missing.isPresent()) {
            throw new SandboxException("seccomp.file: " + missing.get());
        }
        String name = choice.file().orElseThrow();
        return profile(name, bytes(layout.project().resolve(name)));
    }

    /** What is wrong where a choice names a file that is not there; the choice may name none. */
    static Optional<String> missingProfile(Layout layout, SeccompChoice choice) {
        return choice.file()
                .filter(name -> !Files.isRegularFile(layout.project().resolve(name)))
                .map(name -> "there is no file " + name + " in " + layout.project()
                        + "; write the profile there, or choose a preset that ships");
    }

    /** A filter of any place. */
    static CustomProfile profile(String name, byte[] content) throws SandboxException {
        try {
            return CustomProfile.read(name, content, Presets.read(SeccompSource.classPath()));
        } catch (InvalidFileException e) {
            throw new SandboxException(e.getMessage(), e);
        }
    }

    private static byte[] specBytes(Layout layout, Overrides overrides) throws SandboxException, IOException {
        if (Files.notExists(layout.spec()) && overrides.nameIt()) {
            return "{}".getBytes(StandardCharsets.UTF_8);
        }
        if (Files.notExists(layout.spec())) {
            throw new SandboxException("there is no spec at " + layout.shown(layout.spec()) + " in " + layout.project()
                    + "; write one there (a line `name: my-agent` is enough), name another with"
                    + " -Dsentinel.spec=FILE, or run this in the module that has one (mvn -pl MODULE)");
        }
        if (!Files.isRegularFile(layout.spec())) {
            throw new SandboxException(
                    "the spec " + layout.shown(layout.spec()) + " is no file; name one with" + " -Dsentinel.spec=FILE");
        }
        return bytes(layout.spec());
    }

    static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(BOUND);
        }
    }
}
