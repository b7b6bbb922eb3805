package io.sentinel.verify;

import io.sentinel.engine.BareProject;
import io.sentinel.engine.Beside;
import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Streams;
import io.sentinel.render.BundleFile;
import io.sentinel.render.GuardVariables;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.RenderInputs;
import io.sentinel.render.Renderer;
import io.sentinel.render.Rendering;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.run.Bundles;
import io.sentinel.run.Events;
import io.sentinel.run.Invoker;
import io.sentinel.run.Staging;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Waiver;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.catalogue.Drifts;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Proves a sandbox: gathers what is seen of it ring by ring, and has every rule judge. */
public final class Verification {

    private final Layout layout;
    private final Bundles bundles;
    private final Invoker invoker;
    private final Origins origins;
    private final Docker docker;
    private final String version;
    private final Clock clock;

    /**
     * @param bundles which renders the bundle where there is none yet
     * @param origins of this host, for a spec with named lists that its lock does not have
     * @param version the plugin's
     * @param clock that says when, and which waivers have ended
     */
    public Verification(
            Layout layout,
            Bundles bundles,
            Invoker invoker,
            Origins origins,
            Docker docker,
            String version,
            Clock clock) {
        this.layout = layout;
        this.bundles = bundles;
        this.invoker = invoker;
        this.origins = origins;
        this.docker = docker;
        this.version = version;
        this.clock = clock;
    }

    /**
     * How it is done.
     *
     * @param rings that are looked at, at least one
     * @param threshold the severity from which on a finding fails the build
     * @param events who is told of a build of an image
     * @param progress where such a build shows itself
     */
    public record Settings(Set<Ring> rings, Severity threshold, Events events, Streams progress) {
        public Settings {
            rings = Set.copyOf(rings);
            if (rings.isEmpty()) {
                throw new IllegalArgumentException("nothing would be looked at");
            }
        }
    }

    /**
     * What came of it.
     *
     * @param report all of it
     * @param source the file that a person changes where a finding has no place of its own, as a person knows it
     */
    public record Verified(Report report, String source) {}

    /** Verifies the project's own bundle as it stands in its folder; one that is not there is rendered first. */
    public Verified own(Settings settings) throws SandboxException, EngineException, IOException, InterruptedException {
        Instant startedAt = clock.instant();
        RenderInputs inputs = SpecFiles.read(layout, Overrides.NONE, version, origins);
        if (!Files.exists(layout.composeFile())) {
            bundles.generate();
        }
        SortedMap<String, String> variables =
                invoker.variables(inputs.spec().user(), inputs.spec().passEnvironment());
        ComposeProject project = new ComposeProject(
                layout.composeFile(),
                layout.bundle(),
                "sentinel-" + inputs.spec().name());
        Compose compose = new Compose(docker, project, variables).withProfiles(List.of("*"));
        BareProject bare = new BareProject(docker, layout.bundle(), variables);
        Rendering rendering;
        Expected expected;
        Target target;
        // What Compose takes for its answers is as long as what this JVM takes to get ready for judging them.
        try (Beside<ComposeFiles> files = Beside.start(() -> Target.filesOfOwn(layout.composeFile(), compose, bare))) {
            rendering = new Renderer().render(inputs);
            expected = expected(inputs, rendering);
            Catalogue.rules();
            target = Target.own(inputs.spec().name(), layout.composeFile(), expected, files.join());
        }
        EngineRings.Stages stages = new OwnStages(
                docker,
                layout,
                invoker,
                inputs.spec(),
                rendering,
                expected,
                target.files(),
                settings.events(),
                settings.progress());
        Report report = report(settings, target, stages, inputs.spec().verify().waivers(), startedAt);
        return new Verified(
                report.of(rendering.facts().digest(), rendering.facts().weakenings()), layout.shown(layout.spec()));
    }

    /** What the spec makes of the bundle. */
    private Expected expected(RenderInputs inputs, Rendering rendering) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        for (BundleFile file : rendering.bundle().files().values()) {
            if (file.content() instanceof BundleFile.Content.Rendered rendered) {
                files.put(file.path(), new String(rendered.bytes(), StandardCharsets.UTF_8));
            }
        }
        Set<String> services = new TreeSet<>(Set.of(Subjects.SIDECAR, Subjects.HELPER, Subjects.BUILDER));
        for (Profile profile : Profile.values()) {
            services.add(profile.service());
        }
        Set<String> handedOn = new TreeSet<>(GuardVariables.DEFAULTS.keySet());
        handedOn.add(Staging.OWNER); // a label, by which leftovers are found
        List<String> roots = new ArrayList<>(List.of(
                real(layout.bundle()),
                real(layout.project().resolve(inputs.spec().workspace()))));
        if (inputs.spec().guard() != GuardMode.OFF) {
            handedOn.add("SENTINEL_TRAIL"); // what the trail's file is called
            roots.add(real(layout.trail()));
        }
        return new Expected(
                Optional.of(inputs.spec()),
                files,
                ComposeFiles.states(rendering.bundle()),
                new TreeSet<>(services),
                new TreeSet<>(handedOn),
                roots,
                new TreeMap<>());
    }

    private static String real(Path path) throws IOException {
        return Files.exists(path) ? path.toRealPath().toString() : path.toString();
    }

    /**
     * Verifies a compose project that others wrote.
     *
     * @param folder with its compose file
     * @param services those that run untrusted code; none means all
     * @param environment the person's variables, which the file may have in it
     */
    public Verified ofOthers(Settings settings, Path folder, List<String> services, Map<String, String> environment)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Instant startedAt = clock.instant();
        Target target = Target.ofOthers(folder, services, docker, environment);
        return new Verified(
                report(settings, target, new OthersStages(docker, target, layout), List.of(), startedAt),
                layout.shown(target.composeFile()));
    }

    private Report report(
            Settings settings, Target target, EngineRings.Stages stages, List<Waiver> waivers, Instant startedAt)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Judge judge = new Judge(
                target.lines(),
                layout.shown(Path.of(target.files().folder())),
                waivers,
                LocalDate.ofInstant(startedAt, ZoneOffset.UTC));
        List<Finding> findings = new ArrayList<>();
        List<StaticView> models = target.subjects().stream()
                .map(subject -> new StaticView(subject, target.expected(), target.files()))
                .toList();
        if (settings.rings().contains(Ring.STATIC)) {
            models.forEach(view -> findings.addAll(judge.judge(view)));
        }
        EngineRings.Seen seen = settings.rings().equals(Set.of(Ring.STATIC))
                ? new EngineRings.Seen("", List.of(), List.of(), List.of())
                : new EngineRings(docker, target, stages, layout.work()).look(settings.rings());
        seen.inspected().forEach(view -> findings.addAll(judge.judge(view)));
        seen.living().forEach(view -> findings.addAll(judge.judge(view)));
        return new Report(
                target.name(),
                "",
                version,
                seen.engine(),
                settings.rings(),
                settings.threshold(),
                findings,
                seen.canaries(),
                Drifts.among(models, seen.inspected(), seen.living()),
                waivers,
                List.of(),
                startedAt,
                Duration.between(startedAt, clock.instant()));
    }
}
