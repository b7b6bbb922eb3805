package io.sentinel.it;

import io.sentinel.engine.Console;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.engine.Streams;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.Bundles;
import io.sentinel.run.Events;
import io.sentinel.run.ImageBuild;
import io.sentinel.run.Invoker;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import io.sentinel.verify.Verification;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A project of a test: a folder with a spec, run in this process against the engine that the environment names. Where a test
 * is about the container's own walls, the spec says {@code guard: off}: each wall is to hold alone.
 */
final class Box {

    /** What a base image is called here; {@code scripts/base-image} makes it. */
    static final String BASE = "sentinel-base:1";

    /** For specs without named lists, which ask the host nothing. */
    static final Origins NO_ORIGINS = list -> {
        throw new AssertionError(list + " was asked for");
    };

    private static final Invoker ROOT = new Invoker(0, 0, System.getenv());

    final Path folder;
    final Layout layout;
    final List<String> warnings = new ArrayList<>();
    final List<String> logged = new ArrayList<>();
    final List<String> guarding = Collections.synchronizedList(new ArrayList<>());

    private Box(Path folder) {
        this.folder = folder;
        Path work = folder.resolve("target/sentinel");
        this.layout =
                new Layout(folder, folder.resolve("src/main/sentinel/sandbox.yaml"), work.resolve("bundle"), work);
    }

    /** A folder that is as it is. */
    static Box at(Path folder) {
        return new Box(folder);
    }

    /** @param spec the spec's text, without {@code image} where the base alone will do */
    static Box of(Path folder, String spec) throws IOException {
        Box box = new Box(folder);
        box.rewrite(spec);
        return box;
    }

    /** One whose image has Python on top of the base. */
    static Box withPython(Path folder, String spec) throws IOException {
        return of(folder, "image: {from: \"" + BASE + "\", packages: [python3]}\n" + spec);
    }

    void rewrite(String spec) throws IOException {
        String text = spec.contains("image:") ? spec : "image: {from: \"" + BASE + "\"}\n" + spec;
        Files.createDirectories(layout.spec().getParent());
        Files.writeString(layout.spec(), text);
    }

    /** Brings the bundle up to date, and runs nothing. */
    void generate() throws Exception {
        bundles(ROOT).generate();
    }

    /** Builds the agent's image. */
    void build() throws Exception {
        OutputStream none = OutputStream.nullOutputStream();
        new ImageBuild(layout, bundles(ROOT), docker(), new Kept(warnings, logged, guarding))
                .build(new Streams.Pumped(none, none));
    }

    Bundles bundles(Invoker invoker) {
        return new Bundles(layout, "it", invoker, NO_ORIGINS, new Kept(warnings, logged, guarding));
    }

    /** What a run came to, and what the agent said. */
    record Result(Outcome outcome, String out, String err) {}

    Result run(Profile profile) throws Exception {
        return run(profile, ROOT);
    }

    Result run(Profile profile, Invoker invoker) throws Exception {
        return run(profile, invoker, docker());
    }

    Result run(Profile profile, Invoker invoker, Docker docker) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Outcome outcome = run(AgentRun.Order.of(profile), invoker, docker, new Streams.Pumped(out, err));
        return new Result(outcome, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** One whose streams are read while it runs. */
    Outcome run(AgentRun.Order order, Streams streams) throws Exception {
        return run(order, ROOT, docker(), streams);
    }

    private Outcome run(AgentRun.Order order, Invoker invoker, Docker docker, Streams streams) throws Exception {
        OutputStream none = OutputStream.nullOutputStream();
        AgentRun.Terminal terminal =
                new AgentRun.Terminal(Console.OUTPUT_ONLY, streams, new Streams.Pumped(none, none));
        AgentRun.forgetLast(layout);
        try (Ahead ahead = new Ahead(docker, layout)) {
            return new AgentRun(layout, bundles(invoker), invoker, docker, new Kept(warnings, logged, guarding))
                    .run(order, terminal, ahead);
        }
    }

    /** How a verification is done that tells this box what it tells. */
    Verification.Settings settings(Set<Ring> rings, Severity threshold) {
        OutputStream none = OutputStream.nullOutputStream();
        return new Verification.Settings(
                rings, threshold, new Kept(warnings, logged, guarding), new Streams.Pumped(none, none));
    }

    /** Verifies the bundle as it stands, in all rings unless some are named. */
    Report verify(Ring... rings) throws Exception {
        Set<Ring> chosen = rings.length == 0 ? EnumSet.allOf(Ring.class) : Set.of(rings);
        return new Verification(layout, bundles(ROOT), ROOT, NO_ORIGINS, docker(), "it", Clock.systemUTC())
                .own(settings(chosen, Severity.HIGH))
                .report();
    }

    static Docker docker() {
        return docker(Map.of());
    }

    /** The docker client with other values of some environment variables. */
    static Docker docker(Map<String, String> changes) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.putAll(changes);
        return new Docker(new ProcessStarter(new HostEnvironment(environment), EngineLog.SILENT));
    }

    static Invoker invoker(long uid, long gid, Map<String, String> more) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.putAll(more);
        return new Invoker(uid, gid, environment);
    }

    private record Kept(List<String> warnings, List<String> logged, List<String> guarding) implements Events {
        @Override
        public void written(List<String> paths) {}

        @Override
        public void building(String image, String reason) {}

        @Override
        public void upToDate(String image) {}

        @Override
        public void starting(String profile, String image) {}

        @Override
        public void guarding(String sentence) {
            guarding.add(sentence);
        }

        @Override
        public void reaped(List<String> names) {}

        @Override
        public void logged(List<String> lines) {
            logged.addAll(lines);
        }

        @Override
        public void warning(String sentence) {
            warnings.add(sentence);
        }
    }
}
