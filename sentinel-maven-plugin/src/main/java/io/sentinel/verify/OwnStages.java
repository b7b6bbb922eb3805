package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Streams;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.Rendering;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Events;
import io.sentinel.run.Invoker;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Spec;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.rule.Canary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A bundle of ours on the engine, its images built first. */
final class OwnStages implements EngineRings.Stages {

    private final Docker docker;
    private final Layout layout;
    private final Invoker invoker;
    private final Spec spec;
    private final Rendering rendering;
    private final Rendered bundle;
    private final Expected expected;
    private final ComposeFiles files;
    private final Events events;
    private final Streams progress;

    OwnStages(
            Docker docker,
            Layout layout,
            Invoker invoker,
            Spec spec,
            Rendering rendering,
            Expected expected,
            ComposeFiles files,
            Events events,
            Streams progress) {
        this.docker = docker;
        this.layout = layout;
        this.invoker = invoker;
        this.spec = spec;
        this.rendering = rendering;
        this.bundle = rendering.facts();
        this.expected = expected;
        this.files = files;
        this.events = events;
        this.progress = progress;
    }

    @Override
    public Staging open() throws SandboxException, IOException {
        StagedModel.refuseProviders(files.model());
        return Staging.of(layout, bundle.name(), invoker, bundle, docker);
    }

    @Override
    public Expected ready(Staging staging) throws SandboxException, EngineException, IOException, InterruptedException {
        String named = files.model()
                .at("services", Profile.STRICT.service(), "image")
                .text()
                .orElse("none");
        if (!named.equals(bundle.image())) {
            throw new SandboxException("the bundle in " + layout.shown(layout.bundle()) + " names the image " + named
                    + ", and the spec makes it " + bundle.image() + "; run mvn sentinel:generate");
        }
        Map<String, String> built = staging.build(rendering, layout, events, progress);
        TreeMap<String, String> images = new TreeMap<>();
        for (Profile profile : Profile.values()) {
            images.put(profile.service(), built.get(bundle.image()));
        }
        for (String service : List.of(Subjects.SIDECAR, Subjects.HELPER)) {
            images.put(service, built.get(bundle.proxyImage()));
        }
        images.values().removeIf(Objects::isNull);
        Expected ready = expected.withImages(images);
        Expected given = staging.secrets()
                .map(folder -> ready.withRoot(folder.toString()))
                .orElse(ready);
        return staging.trail().map(folder -> given.withRoot(folder.toString())).orElse(given);
    }

    @Override
    public List<Path> whileRunning(Staging staging) {
        return List.of();
    }

    @Override
    public Further further(Staging staging, ProbeVolume volume) throws EngineException, InterruptedException {
        Egress egress = new Egress(docker, staging, volume, layout.bundle(), bundle.proxyImage());
        try (Beside<Supplier<Egress.Seen>> out = Beside.start(() -> Answers.now(egress::look));
                Beside<Supplier<Attempts>> entrance =
                        Beside.start(() -> Answers.now(new Entrance(docker, staging, volume)::look));
                Beside<Supplier<Attempts>> neighbours =
                        Beside.start(() -> Answers.now(new Neighbours(docker, staging, volume)::look));
                Beside<Map<String, Supplier<Guarded.Seen>>> guarded =
                        Beside.start(() -> expected.isGuarded() ? new Guarded(staging, volume).look() : Map.of())) {
            Map<String, List<Supplier<Attempts>>> attempts = new TreeMap<>();
            List<Canary> canaries = new ArrayList<>(
                    Canaries.named(docker, staging, spec.verify().canaries()));
            Supplier<Attempts> entered = entrance.join();
            Supplier<Attempts> apart = neighbours.join();
            Supplier<Egress.Seen> seen = out.join();
            for (Profile profile : Profile.values()) {
                attempts.put(profile.service(), new ArrayList<>(List.of(entered)));
            }
            attempts.get(Profile.STANDARD.service()).add(apart);
            attempts.get(Profile.PROXIED.service()).add(() -> seen.get().agent());
            attempts.put(Subjects.SIDECAR, List.of(() -> seen.get().sidecar()));
            canaries.add(Canaries.starts(entered));
            canaries.add(canary(seen));
            return new Further(attempts, canaries, guarded.join());
        }
    }

    private static Canary canary(Supplier<Egress.Seen> seen) {
        try {
            return seen.get().canary();
        } catch (CannotTell e) {
            return new Canary(Profile.PROXIED.service(), Requests.CANARY, false, e.getMessage());
        }
    }
}
