package io.sentinel.render;

import io.sentinel.spec.Image;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Overrides;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Brings a bundle's folder up to date with its spec. */
public final class Generation {

    private final Layout layout;
    private final Overrides overrides;
    private final String version;
    private final Origins origins;

    /**
     * @param version the plugin's version
     * @param origins of this host
     */
    public Generation(Layout layout, String version, Origins origins) {
        this(layout, Overrides.NONE, version, origins);
    }

    /**
     * The same of a spec with other values.
     *
     * @param overrides stand before what the spec says
     */
    public Generation(Layout layout, Overrides overrides, String version, Origins origins) {
        this.layout = layout;
        this.overrides = overrides;
        this.version = version;
        this.origins = origins;
    }

    /**
     * What came of a generation.
     *
     * @param facts about the bundle that stands in the folder now
     * @param changed the paths of the files that were written or removed; empty when the folder was up to date
     */
    public record Generated(Rendered facts, List<String> changed) {}

    /**
     * What a generation is about to write.
     *
     * @param facts about the bundle
     * @param policy the bytes of its policy
     * @param rendering of it; empty where the folder is up to date
     * @param key, live, read for the stamp
     */
    public record Prepared(
            Rendered facts,
            byte[] policy,
            Optional<Rendering> rendering,
            String key,
            SortedSet<NamedList> live,
            SortedMap<Path, String> read) {}

    /**
     * Renders in memory; where neither inputs nor bundle changed, nothing is parsed.
     *
     * @param anew whether it is rendered whatever is remembered of the last time
     */
    public Prepared prepare(boolean anew) throws SandboxException, IOException, InterruptedException {
        String key = key();
        Optional<Rendered> unchanged = anew ? Optional.empty() : new Stamp(layout).matching(key, origins);
        if (unchanged.isPresent()) {
            byte[] policy = Files.readAllBytes(layout.bundle().resolve(Bundle.POLICY));
            return new Prepared(unchanged.get(), policy, Optional.empty(), key, new TreeSet<>(), new TreeMap<>());
        }
        Renderer renderer = new Renderer();
        SortedMap<Path, String> read = new TreeMap<>();
        for (Path file : List.of(layout.spec(), layout.sandboxLock())) {
            read.put(file, Files.isDirectory(file) ? "none" : Stamp.fingerprint(file));
        }
        RenderInputs inputs = SpecFiles.read(layout, overrides, version, origins);
        for (Image.Copy copy : inputs.spec().image().copy()) {
            Path copied = layout.project().resolve(copy.from()).normalize();
            // What leads out of the project is refused, and not read before.
            boolean inside = Layout.real(copied).startsWith(layout.project().toRealPath());
            read.put(copied, inside ? Stamp.fingerprint(copied) : "none");
        }
        // One that a flag named is among the overrides, which the key has.
        Optional<String> profile =
                inputs.spec().seccomp().file().filter(name -> inputs.filter().isEmpty());
        if (profile.isPresent()) {
            Path file = layout.project().resolve(profile.get());
            read.put(file, Stamp.fingerprint(file));
        }
        Rendering rendering = renderer.render(inputs);
        BundleFile policy = rendering.bundle().files().get(Bundle.POLICY);
        byte[] bytes = ((BundleFile.Content.Rendered) policy.content()).bytes();
        return new Prepared(rendering.facts(), bytes, Optional.of(rendering), key, inputs.live(), read);
    }

    /** Writes what changed; nothing where the folder is up to date. */
    public Generated write(Prepared prepared) throws SandboxException, IOException {
        if (prepared.rendering().isEmpty()) {
            return new Generated(prepared.facts(), List.of());
        }
        Bundle bundle = prepared.rendering().get().bundle();
        List<String> changed = new BundleWriter(layout).write(bundle);
        SortedMap<Path, String> read = new TreeMap<>(prepared.read());
        read.put(
                layout.bundle().resolve(Bundle.LOCK),
                bundle.files().get(Bundle.LOCK).digest());
        new Stamp(layout).write(prepared.key(), prepared.facts(), prepared.live(), read);
        return new Generated(prepared.facts(), changed);
    }

    /** Both. */
    public Generated generate() throws SandboxException, IOException, InterruptedException {
        return write(prepare(false));
    }

    /** The images that the last generation needed, the agent's and its base; it may not hold any more, or never have been. */
    public static List<String> lastImages(Layout layout) throws IOException {
        return new Stamp(layout).lastImages();
    }

    /**
     * What came of a comparison.
     *
     * @param differences between the folder and what the spec renders, as {@link Drift#describe} tells them
     * @param weakenings what the spec makes weaker than the defaults
     */
    public record Checked(List<String> differences, List<String> weakenings) {}

    /** Compares the folder with what the spec renders, and writes nothing. */
    public Checked check() throws SandboxException, IOException, InterruptedException {
        Renderer renderer = new Renderer();
        Rendering rendering = renderer.render(SpecFiles.read(layout, overrides, version, origins));
        return new Checked(
                Drift.describe(rendering.bundle(), layout.bundle()),
                rendering.facts().weakenings());
    }

    /** Stands for the plugin itself: its version, and its jar's size and time, since a snapshot keeps its version. */
    private String key() throws IOException {
        Path jar = OwnJar.path();
        String text = String.join(
                "\n",
                version,
                jar.toString(),
                Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis(),
                layout.project().toString(),
                layout.spec().toString(),
                layout.bundle().toString(),
                layout.work().toString(),
                overrides.isEmpty() ? "" : overrides.toString());
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
