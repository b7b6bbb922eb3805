package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.engine.RunRequest;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.Bind;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.GuardFacts;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.probe.GuardTrials;
import io.sentinel.verify.probe.ProbeProgram;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.probe.ProcessFiles;
import io.sentinel.verify.probe.Trials;
import io.sentinel.verify.rule.Canary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the kernel enforces: each service is started with the probe as its program, and looked at from outside and inside. */
final class Living {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** How long the probe stays to be looked at; it is ended before. */
    private static final int STAY_SECONDS = 30;

    private final Docker docker;
    private final Target target;
    private final Supplier<Json> engine;
    private final Trials trials;
    private final ProbeTable table;
    private final ProbeVolume volume;

    /**
     * @param engine what {@code docker info} says
     * @param volume with the probe
     */
    Living(Docker docker, Target target, Supplier<Json> engine, ProbeVolume volume) {
        this.docker = docker;
        this.target = target;
        this.engine = engine;
        this.volume = volume;
        this.trials = Trials.of(volume.program().architecture());
        ProbeTable looks = trials.table().and(ProcessFiles.table());
        // The only attempts that mean to write: not in what is others'.
        ProbeTable more = target.expected().isOwn() ? looks.and(Canaries.table()) : looks;
        this.table = target.expected().isGuarded() ? more.and(GuardTrials.without()) : more;
    }

    /** What came of it: what the rules are asked about, and what was tried that must work. */
    record Seen(List<LiveView> views, List<Canary> canaries) {}

    /**
     * Starts every service and looks.
     *
     * @param overrides compose files that are laid over the project's own
     * @param beside what is learned otherwise meanwhile
     */
    Seen look(Staging staging, List<Path> overrides, Expected expected, Beside<Further> beside)
            throws EngineException, IOException, InterruptedException {
        List<Path> laidOver =
                Stream.concat(overrides.stream(), Stream.of(volume.override())).toList();
        HostReader reader = new HostReader(staging, volume);
        List<String> words = volume.put("looks", table, STAY_SECONDS);
        Map<String, Glimpse> glimpses;
        Supplier<SortedMap<String, String>> host;
        try (Beside<Supplier<SortedMap<String, String>>> spaces = Beside.start(() -> Answers.now(reader::spaces))) {
            glimpses = glimpses(staging, laidOver, reader, words);
            host = spaces.join();
        }
        Further further = beside.join();
        List<LiveView> views = new ArrayList<>();
        List<Canary> canaries = new ArrayList<>();
        for (Subject subject : target.subjects()) {
            if (subject.role() == Role.IMAGE || subject.role() == Role.PROJECT) {
                continue;
            }
            Glimpse glimpse = glimpses.get(subject.service());
            views.add(new LiveView(
                    subject,
                    expected,
                    Answers.later(() -> facts(glimpse, told(host).orElseGet(TreeMap::new))),
                    Answers.later(() ->
                            attempts(subject, glimpse, further.attempts().getOrDefault(subject.service(), List.of()))),
                    Answers.later(() -> guard(subject, glimpse, further)),
                    engine));
            if (isOwnAgent(subject)) {
                canaries.addAll(Canaries.of(subject.service(), glimpse));
            }
        }
        canaries.addAll(further.canaries());
        return new Seen(views, canaries);
    }

    private Map<String, Glimpse> glimpses(Staging staging, List<Path> overrides, HostReader reader, List<String> words)
            throws EngineException, InterruptedException {
        Map<String, Beside<Glimpse>> running = new LinkedHashMap<>();
        Map<String, Glimpse> glimpses = new LinkedHashMap<>();
        try {
            for (Subject subject : target.subjects()) {
                if (subject.role() != Role.IMAGE && subject.role() != Role.PROJECT) {
                    RunRequest request = request(staging, subject, words);
                    running.put(
                            subject.service(),
                            Beside.start(() -> Glimpse.take(docker, staging, overrides, reader, request, table)));
                }
            }
            for (Map.Entry<String, Beside<Glimpse>> one : running.entrySet()) {
                glimpses.put(one.getKey(), one.getValue().join());
            }
        } finally {
            running.values().forEach(Beside::close);
        }
        return glimpses;
    }

    /** In the entrypoint's place, so that nothing of the image runs which could answer for the probe. */
    private RunRequest request(Staging staging, Subject subject, List<String> words) {
        return RunRequest.of(subject.service(), staging.name() + "-look-" + subject.service(), Map.of(), LIMIT)
                .withoutDependencies()
                .instead(words);
    }

    private boolean isOwnAgent(Subject subject) {
        return subject.role() == Role.AGENT && target.expected().isOwn();
    }

    /** From outside, where the engine is on this machine; what cannot be seen from there as the probe has read it inside. */
    private static ProcessFacts facts(Glimpse glimpse, SortedMap<String, String> host) {
        Optional<ProcessFacts> outside = told(glimpse.outside());
        Optional<ProcessFacts> inside =
                told(() -> ProcessFiles.facts(glimpse.answers().get(), host));
        if (outside.isEmpty() && inside.isEmpty()) {
            glimpse.answers().get(); // says why
        }
        SortedMap<String, String> files = new TreeMap<>();
        inside.ifPresent(facts -> files.putAll(facts.files()));
        outside.ifPresent(facts -> files.putAll(facts.files()));
        files.computeIfPresent("mountinfo", (name, text) -> withoutProbe(text));
        return new ProcessFacts(files, host);
    }

    /** The probe's own folder is a mount that no sandbox has otherwise. */
    private static String withoutProbe(String mountinfo) {
        StringBuilder kept = new StringBuilder();
        mountinfo
                .lines()
                .filter(line -> !line.contains(" " + ProbeProgram.TARGET + " "))
                .forEach(line -> kept.append(line).append('\n'));
        return kept.toString();
    }

    private GuardFacts guard(Subject subject, Glimpse glimpse, Further further) {
        Supplier<Guarded.Seen> seen = Optional.ofNullable(further.guarded().get(subject.service()))
                .orElseThrow(() -> new CannotTell("nothing was started under the guard"));
        boolean judged = target.expected()
                .spec()
                .filter(spec -> spec.policy().networkFailsafe().socketConnect())
                .isPresent();
        return seen.get()
                .facts(
                        subject.profile().orElseThrow(),
                        judged,
                        glimpse.answers().get());
    }

    private Attempts attempts(Subject subject, Glimpse glimpse, List<Supplier<Attempts>> further) {
        Map<String, List<Attempt>> byRule = new TreeMap<>();
        byRule.putAll(tried(glimpse));
        for (Supplier<Attempts> more : further) {
            try {
                byRule.putAll(more.get().byRule());
            } catch (CannotTell e) {
                Trials.ELSEWHERE.forEach((rule, how) -> byRule.putIfAbsent(
                        rule, List.of(new Attempt(how, List.of(), Optional.empty(), e.getMessage()))));
            }
        }
        byRule.put("MNT-10", List.of(workspace(subject)));
        return new Attempts(byRule);
    }

    /** Where the probe has said nothing, each of its attempts says why. */
    private Map<String, List<Attempt>> tried(Glimpse glimpse) {
        try {
            return trials.attempts(glimpse.answers().get()).byRule();
        } catch (CannotTell e) {
            Map<String, List<Attempt>> none = new TreeMap<>();
            trials.all().forEach(trial -> none.computeIfAbsent(trial.rule(), rule -> new ArrayList<>())
                    .add(new Attempt(trial.what(), trial.expected(), Optional.empty(), e.getMessage())));
            return none;
        }
    }

    /** Seen from the host, where the files would do harm. */
    private Attempt workspace(Subject subject) {
        String what = "looking for set-ID files, devices and links that leave what is shared";
        try {
            List<String> found = new ArrayList<>();
            for (Bind bind : target.files().binds(subject.service())) {
                if (!bind.readOnly()) {
                    found.addAll(target.files().oddities(bind.real()));
                }
            }
            return new Attempt(
                    what, List.of("none"), Optional.of(found.isEmpty() ? "none" : String.join(", ", found)), "");
        } catch (CannotTell e) {
            return new Attempt(what, List.of("none"), Optional.empty(), e.getMessage());
        }
    }

    private static <T> Optional<T> told(Supplier<T> supplier) {
        try {
            return Optional.of(supplier.get());
        } catch (CannotTell e) {
            return Optional.empty();
        }
    }
}
