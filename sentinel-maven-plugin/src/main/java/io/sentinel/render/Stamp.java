package io.sentinel.render;

import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Secret;
import io.sentinel.spec.User;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tells an unchanged build apart before anything is parsed or rendered: what a bundle was rendered from, as digests, and
 * what came of it. Both the inputs and the bundle's folder are read again and compared each time.
 */
final class Stamp {

    private static final String NAME = "bundle.stamp";

    private final Layout layout;
    private final Path file;

    Stamp(Layout layout) {
        this.layout = layout;
        this.file = layout.remembered(NAME);
    }

    /**
     * What came of the last rendering, where neither its inputs nor the bundle's folder changed since.
     *
     * @param key the digest of what is not a file of the project: the plugin and the layout
     * @param origins asked again for what the host was asked then
     */
    Optional<Rendered> matching(String key, Origins origins)
            throws SandboxException, IOException, InterruptedException {
        try {
            return matching(load(), key, origins);
        } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
            // Damaged: it was not written so, and the next rendering replaces it.
            return Optional.empty();
        }
    }

    private Optional<Rendered> matching(Properties lines, String key, Origins origins)
            throws SandboxException, IOException, InterruptedException {
        if (!key.equals(lines.getProperty("key"))) {
            return Optional.empty();
        }
        // Beside the rest: its files are most of what there is to read.
        FutureTask<String> folder =
                new FutureTask<>(() -> BundleFolder.read(layout.bundle()).digest());
        Thread reader = new Thread(folder, "sentinel-stamp");
        reader.setDaemon(true);
        reader.start();
        for (String input : list(lines, "input")) {
            int space = input.indexOf(' ');
            if (!fingerprint(Path.of(input.substring(space + 1))).equals(input.substring(0, space))) {
                return Optional.empty();
            }
        }
        Rendered facts = facts(lines);
        for (String live : list(lines, "live")) {
            NamedList named = NamedList.valueOf(live);
            if (!origins.of(named).equals(facts.origins().get(named))) {
                return Optional.empty();
            }
        }
        try {
            return folder.get().equals(facts.digest()) ? Optional.of(facts) : Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The images that the last rendering needed, the agent's and its base, whether or not it still holds; none if unknown. */
    List<String> lastImages() throws IOException {
        Properties lines = load();
        return Stream.of(lines.getProperty("image"), lines.getProperty("base"))
                .filter(Objects::nonNull)
                .toList();
    }

    private Properties load() throws IOException {
        Properties lines = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                lines.load(reader);
            } catch (IllegalArgumentException | CharacterCodingException e) {
                // Damaged: the next rendering replaces it.
                return new Properties();
            }
        }
        return lines;
    }

    /**
     * Remembers a rendering.
     *
     * @param live the named lists that the host was asked for
     * @param inputs the files and folders that it was made from, each with its fingerprint from before it was read: a
     *     change meanwhile shows the next time
     */
    void write(String key, Rendered facts, SortedSet<NamedList> live, SortedMap<Path, String> inputs)
            throws IOException {
        Properties lines = new Properties();
        lines.setProperty("key", key);
        lines.setProperty("digest", facts.digest());
        lines.setProperty("name", facts.name());
        lines.setProperty("image", facts.image());
        lines.setProperty("proxyImage", facts.proxyImage());
        setBase(lines, "base", facts.base());
        setBase(lines, "sidecarBase", facts.sidecarBase());
        setList(lines, "command", facts.command());
        lines.setProperty("timeout", facts.timeout().toString());
        facts.origins()
                .forEach((named, found) -> setList(
                        lines,
                        "origin." + named.key(),
                        found.stream().map(Origin::toString).toList()));
        setList(lines, "live", live.stream().map(NamedList::name).toList());
        lines.setProperty("reachesOut", Boolean.toString(facts.reachesOut()));
        lines.setProperty("workspace", facts.workspace().toString());
        facts.user().ifPresent(user -> {
            lines.setProperty("uid", Integer.toString(user.uid()));
            lines.setProperty("gid", Integer.toString(user.gid()));
        });
        setList(lines, "weakening", facts.weakenings());
        SeccompChoice seccomp = facts.seccomp();
        lines.setProperty("seccomp.preset", seccomp.preset().name());
        lines.setProperty("seccomp.mode", seccomp.mode().name());
        seccomp.file().ifPresent(path -> lines.setProperty("seccomp.file", path));
        setList(lines, "seccomp.allow", seccomp.adjustments().allow());
        setList(lines, "seccomp.deny", seccomp.adjustments().deny());
        seccomp.adjustments().because().ifPresent(reason -> lines.setProperty("seccomp.because", reason));
        lines.setProperty("policy.file", facts.policy().file().toString());
        lines.setProperty("policy.digest", facts.policy().digest());
        lines.setProperty("production", Boolean.toString(facts.production()));
        lines.setProperty("guard", facts.guard().name());
        lines.setProperty("asks", Boolean.toString(facts.asks()));
        lines.setProperty("runtime", facts.runtime().name());
        setList(lines, "passEnvironment", facts.passEnvironment());
        setList(lines, "secret", facts.secrets().stream().map(Secret::name).toList());
        setList(lines, "secretFile", facts.secrets().stream().map(Secret::file).toList());
        List<String> fingerprints = new ArrayList<>();
        inputs.forEach((input, fingerprint) -> fingerprints.add(fingerprint + " " + input));
        setList(lines, "input", fingerprints);
        Path fresh = Files.createTempFile(file.getParent(), NAME, ".new");
        try (Writer writer = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
            lines.store(writer, "What the bundle was rendered from, and what came of it.");
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Rendered facts(Properties lines) {
        Optional<User> user = Optional.ofNullable(lines.getProperty("uid"))
                .map(uid -> new User(Integer.parseInt(uid), Integer.parseInt(lines.getProperty("gid"))));
        return new Rendered(
                lines.getProperty("digest"),
                lines.getProperty("name"),
                lines.getProperty("image"),
                lines.getProperty("proxyImage"),
                base(lines, "base"),
                base(lines, "sidecarBase"),
                list(lines, "command"),
                Duration.parse(lines.getProperty("timeout")),
                origins(lines),
                Boolean.parseBoolean(lines.getProperty("reachesOut")),
                Path.of(lines.getProperty("workspace")),
                user,
                list(lines, "weakening"),
                seccomp(lines),
                new Rendered.Mounted(Path.of(lines.getProperty("policy.file")), lines.getProperty("policy.digest")),
                Boolean.parseBoolean(lines.getProperty("production")),
                GuardMode.valueOf(lines.getProperty("guard")),
                Boolean.parseBoolean(lines.getProperty("asks")),
                ContainerRuntime.valueOf(lines.getProperty("runtime")),
                list(lines, "passEnvironment"),
                secrets(lines));
    }

    private static List<Secret> secrets(Properties lines) {
        List<String> names = list(lines, "secret");
        List<String> files = list(lines, "secretFile");
        return IntStream.range(0, names.size())
                .mapToObj(i -> new Secret(names.get(i), files.get(i)))
                .toList();
    }

    private static void setBase(Properties lines, String key, Rendered.Base base) {
        lines.setProperty(key, base.name());
        base.locked().ifPresent(locked -> {
            lines.setProperty(key + ".reference", locked.reference());
            lines.setProperty(key + ".id", locked.id());
            lines.setProperty(key + ".digest", locked.digest().orElse(""));
        });
    }

    /** Without entrypoint and command, which are in the facts as the command already. */
    private static Rendered.Base base(Properties lines, String key) {
        Optional<LockedImage> locked = Optional.ofNullable(lines.getProperty(key + ".id"))
                .map(id -> new LockedImage(
                        lines.getProperty(key + ".reference"),
                        Optional.of(lines.getProperty(key + ".digest")).filter(digest -> !digest.isEmpty()),
                        id,
                        List.of(),
                        List.of()));
        return new Rendered.Base(lines.getProperty(key), locked);
    }

    private static SortedMap<NamedList, List<Origin>> origins(Properties lines) {
        SortedMap<NamedList, List<Origin>> origins = new TreeMap<>();
        for (NamedList named : NamedList.values()) {
            List<Origin> found = list(lines, "origin." + named.key()).stream()
                    .flatMap(address -> Origin.of(address).stream())
                    .toList();
            if (!found.isEmpty()) {
                origins.put(named, found);
            }
        }
        return origins;
    }

    private static SeccompChoice seccomp(Properties lines) {
        return new SeccompChoice(
                SeccompChoice.Preset.valueOf(lines.getProperty("seccomp.preset")),
                SeccompChoice.Mode.valueOf(lines.getProperty("seccomp.mode")),
                Optional.ofNullable(lines.getProperty("seccomp.file")),
                new SeccompChoice.Adjustments(
                        list(lines, "seccomp.allow"),
                        list(lines, "seccomp.deny"),
                        Optional.ofNullable(lines.getProperty("seccomp.because"))));
    }

    private static void setList(Properties lines, String name, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            lines.setProperty(name + "." + i, values.get(i));
        }
    }

    private static List<String> list(Properties lines, String name) {
        List<String> values = new ArrayList<>();
        while (lines.containsKey(name + "." + values.size())) {
            values.add(lines.getProperty(name + "." + values.size()));
        }
        return values;
    }

    /** What stands for an input: its content, and whether it may be executed; it may be missing. */
    static String fingerprint(Path input) throws IOException {
        if (Files.isDirectory(input)) {
            return BundleFolder.read(input).digest(path -> true);
        }
        return Files.isRegularFile(input) ? Sha256.of(input) + (Files.isExecutable(input) ? "x" : "") : "none";
    }
}
