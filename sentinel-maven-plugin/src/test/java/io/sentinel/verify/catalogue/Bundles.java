package io.sentinel.verify.catalogue;

import io.sentinel.render.Bundle;
import io.sentinel.render.BundleFile;
import io.sentinel.render.GuardVariables;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.RenderInputs;
import io.sentinel.render.Renderer;
import io.sentinel.render.SpecFiles;
import io.sentinel.run.Staging;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Expected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The good bundle: rendered from {@code verify/good/project} by the renderer itself, so that it is never an old one. */
final class Bundles {

    /** What stands for the project's folder in what was recorded. */
    static final String PROJECT = "/project";

    static final String FOLDER = PROJECT + "/target/sentinel/bundle";
    static final String NAME = "sentinel-sample";

    static final Path GOOD = Path.of("src/test/resources/verify/good");

    /** What Compose makes of the same sandbox with a guard. */
    static final Path GUARDED = GOOD.resolve("guarded");

    static final String VERSION = "0.0.0";
    static final Origins NONE = list -> {
        throw new AssertionError(list + " was asked of this machine");
    };

    private Bundles() {}

    static Layout layout(Path project) {
        Path work = project.resolve("target/sentinel");
        return new Layout(project, project.resolve("src/main/sentinel/sandbox.yaml"), work.resolve("bundle"), work);
    }

    /** The inputs of the good sandbox. */
    static RenderInputs inputs(Path project) throws Exception {
        return SpecFiles.read(layout(project), Overrides.NONE, VERSION, NONE);
    }

    /** What gives the good sandbox a guard. */
    static Overrides with(GuardMode guard) {
        return new Overrides(
                List.of(Overrides.Override.plain("a case", guard.word(), "guard")), Optional.empty(), Optional.empty());
    }

    /** What the good sandbox renders, as {@code Verification} tells the rules. */
    static Expected expected() throws Exception {
        return expected(Overrides.NONE);
    }

    static Expected expected(Overrides overrides) throws Exception {
        RenderInputs inputs = SpecFiles.read(layout(GOOD.resolve("project")), overrides, VERSION, NONE);
        Bundle bundle = new Renderer().render(inputs).bundle();
        SortedMap<String, String> files = new TreeMap<>();
        for (BundleFile file : bundle.files().values()) {
            if (file.content() instanceof BundleFile.Content.Rendered rendered) {
                String text = new String(rendered.bytes(), StandardCharsets.UTF_8);
                // What was recorded of Compose's answers has no digests either.
                files.put(file.path(), file.path().equals("docker-compose.yml") ? withoutDigests(text) : text);
            }
        }
        TreeSet<String> services = new TreeSet<>(List.of("sentinel-proxy", "sentinel-probe", "sentinel-image"));
        for (Profile profile : Profile.values()) {
            services.add(profile.service());
        }
        TreeSet<String> handedOn = new TreeSet<>(GuardVariables.DEFAULTS.keySet());
        handedOn.add(Staging.OWNER);
        handedOn.add("SENTINEL_TRAIL");
        return new Expected(
                Optional.of(inputs.spec()),
                files,
                MemoryProject.states(files),
                services,
                handedOn,
                List.of(FOLDER, PROJECT + "/sandbox-workspace", PROJECT + "/target/sentinel/trail"),
                new TreeMap<>());
    }

    /** A text of the bundle without the digests in it, which change with every line of a template. */
    static String withoutDigests(String text) {
        return text.replaceAll("\\b[0-9a-f]{64}\\b", "(digest)")
                .replaceAll("(localhost/sentinel/[a-z-]+:)[0-9a-f]{16}", "$1(digest)");
    }

    static String read(String name) {
        try {
            return Files.readString(GOOD.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
