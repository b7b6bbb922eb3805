package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFacts;
import io.sentinel.engine.Json;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.probe.ProbeProgram;
import io.sentinel.verify.rule.Canary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The two rings that need an engine, in a compose project of their own that goes when it was looked at. */
final class EngineRings {

    private final Docker docker;
    private final Target target;
    private final Stages stages;
    private final Path work;

    /** How a target comes onto the engine. */
    interface Stages {

        /**
         * A compose project of the target's files.
         *
         * @throws CannotTell where nothing of them may be put on an engine
         * @throws SandboxException where something of it cannot be had here
         */
        Staging open() throws SandboxException, IOException;

        /**
         * Makes its images ready.
         *
         * @return what is expected now
         */
        Expected ready(Staging staging) throws SandboxException, EngineException, IOException, InterruptedException;

        /** Compose files that are laid over the target's own while something of it runs. */
        List<Path> whileRunning(Staging staging) throws IOException;

        /** What needs more than one container of a service, and canaries. */
        Further further(Staging staging, ProbeVolume volume) throws EngineException, InterruptedException;
    }

    /**
     * What was seen.
     *
     * @param engine client, engine and Compose in words
     * @param inspected one for each subject; none where that ring was not wanted
     * @param living one for each container
     * @param canaries what was tried that must work
     */
    record Seen(String engine, List<InspectView> inspected, List<LiveView> living, List<Canary> canaries) {}

    /** @param work a folder of this build's own */
    EngineRings(Docker docker, Target target, Stages stages, Path work) {
        this.docker = docker;
        this.target = target;
        this.stages = stages;
        this.work = work;
    }

    /** @throws EngineException where no engine answers, or something could not be removed again */
    Seen look(Set<Ring> rings) throws SandboxException, EngineException, IOException, InterruptedException {
        EngineFacts facts = docker.engineFacts(work.resolve("compose.stamp"));
        String words =
                "docker " + facts.client() + ", engine " + facts.serverVersion() + ", compose " + facts.compose();
        Supplier<Json> info = Answers.now(() -> Json.parse(docker.infoJson()));
        Staging opened;
        try {
            opened = stages.open();
        } catch (SandboxException | CannotTell e) {
            return blind(words, rings, info, e.getMessage());
        }
        try (Staging staging = opened) {
            staging.reap();
            Expected expected;
            try {
                expected = stages.ready(staging);
                // Before anything else: Compose makes a network twice where two of its processes find it missing.
                staging.compose().create(services());
            } catch (SandboxException | EngineException | CannotTell e) {
                return blind(words, rings, info, e.getMessage());
            }
            try (Beside<List<InspectView>> inspecting = Beside.start(() -> inspect(rings, staging, expected, info))) {
                List<LiveView> living = new ArrayList<>();
                List<Canary> canaries = new ArrayList<>();
                if (rings.contains(Ring.LIVE)) {
                    Living.Seen seen = live(staging, expected, info, ProbeProgram.of(facts.architecture()));
                    living.addAll(seen.views());
                    canaries.addAll(seen.canaries());
                }
                return new Seen(words, inspecting.join(), living, canaries);
            }
        }
    }

    /** Every service that has a container of its own; an image is seen in that of its first service. */
    private List<String> services() {
        TreeSet<String> services = new TreeSet<>();
        for (Subject subject : target.subjects()) {
            if (subject.role() != Role.PROJECT) {
                services.add(subject.service());
            }
        }
        return List.copyOf(services);
    }

    private Living.Seen live(Staging staging, Expected expected, Supplier<Json> info, ProbeProgram program)
            throws EngineException, IOException, InterruptedException {
        String image = StagedModel.image(target.files().model(), services().get(0));
        ProbeVolume volume = ProbeVolume.make(docker, staging, program, image, services());
        try (Beside<Further> further = Beside.start(() -> stages.further(staging, volume))) {
            return new Living(docker, target, info, volume)
                    .look(staging, stages.whileRunning(staging), expected, further);
        }
    }

    private List<InspectView> inspect(Set<Ring> rings, Staging staging, Expected expected, Supplier<Json> info)
            throws InterruptedException {
        return rings.contains(Ring.INSPECT)
                ? new Inspection(docker, target, new FileTrees(docker, work.resolve("trees")), info)
                        .look(staging, expected)
                : List.of();
    }

    /** Where no container can be had, every rule says so. */
    private Seen blind(String words, Set<Ring> rings, Supplier<Json> info, String why) {
        List<InspectView> inspected = new ArrayList<>();
        List<LiveView> living = new ArrayList<>();
        for (Subject subject : target.subjects()) {
            if (rings.contains(Ring.INSPECT)) {
                inspected.add(new InspectView(
                        subject,
                        target.expected(),
                        Answers.none(why),
                        Answers.none(why),
                        Answers.none(why),
                        Answers.none(why),
                        info,
                        Answers.none(why),
                        Answers.none(why),
                        target.composeFile().toString()));
            }
            if (rings.contains(Ring.LIVE) && subject.role() != Role.IMAGE && subject.role() != Role.PROJECT) {
                living.add(new LiveView(
                        subject, target.expected(), Answers.none(why), Answers.none(why), Answers.none(why), info));
            }
        }
        return new Seen(words, inspected, living, List.of());
    }
}
