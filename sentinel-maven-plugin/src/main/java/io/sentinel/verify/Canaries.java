package io.sentinel.verify;

import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Step;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.probe.Answer;
import io.sentinel.verify.probe.ProbeAnswers;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.probe.Row;
import io.sentinel.verify.rule.Canary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What must work, since a sandbox in which nothing runs is none. */
final class Canaries {

    /** For one that the spec names. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Of a program that starts helpers, or a pool of threads for this machine. */
    private static final int PROCESSES = 16;

    private static final int EXCERPT = 500;

    private static final Row IN_WORKSPACE = new Row("canary/workspace", List.of("create", "/workspace"));
    private static final Row IN_TMP = new Row("canary/tmp", List.of("create", "/tmp"));
    private static final Row OF_PROCESSES = Row.processes("canary/processes", PROCESSES);
    private static final Row OF_THREADS = Row.threads("canary/threads", PROCESSES);

    private Canaries() {}

    /** What the probe is told for them. */
    static ProbeTable table() {
        return new ProbeTable(List.of(IN_WORKSPACE, IN_TMP, OF_PROCESSES, OF_THREADS));
    }

    /** What every agent of ours must be able to do. */
    static List<Canary> of(String service, Glimpse glimpse) {
        ProbeAnswers answers;
        try {
            answers = glimpse.answers().get();
        } catch (CannotTell e) {
            return List.of(new Canary(service, "a program runs", false, e.getMessage()));
        }
        return List.of(
                created(service, "a file can be written in /workspace", answers.of(IN_WORKSPACE.id())),
                created(service, "a file can be written in /tmp", answers.of(IN_TMP.id())),
                counted(service, PROCESSES + " processes live at once", answers.of(OF_PROCESSES.id())),
                counted(service, PROCESSES + " threads live at once", answers.of(OF_THREADS.id())));
    }

    private static Canary counted(String service, String what, Answer answer) {
        return new Canary(service, what, answer.equals(new Answer.Value(PROCESSES)), answer.word());
    }

    /** That the image's shell, our entrypoint and a program after it start one another. */
    static Canary starts(Supplier<Attempts> entrance) {
        String what = "a program starts by the image's shell and our entrypoint";
        try {
            Attempt attempt = entrance.get().of("ENT-1").get(0);
            return new Canary(
                    Profile.STRICT.service(),
                    what,
                    attempt.right(),
                    attempt.answer().orElse(attempt.why()));
        } catch (CannotTell e) {
            return new Canary(Profile.STRICT.service(), what, false, e.getMessage());
        }
    }

    private static Canary created(String service, String what, Answer answer) {
        return new Canary(service, what, answer.equals(new Answer.Value(0)), answer.word());
    }

    /**
     * Those that the spec names, in the profile without a network, where the least works.
     *
     * @param steps each runs in a container of its own, by our entrypoint
     */
    static List<Canary> named(Docker docker, Staging staging, List<Step> steps)
            throws EngineException, InterruptedException {
        List<Canary> all = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            String service = Profile.STRICT.service();
            RunRequest request = RunRequest.of(service, staging.name() + "-canary-" + (i + 1), Map.of(), LIMIT)
                    .running(steps.get(i).words());
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            Ending ending = staging.compose().run(request, new Streams.Pumped(said, said));
            docker.removeContainers(List.of(request.container()));
            all.add(new Canary(service, shown(steps.get(i)), ending.succeeded(), told(ending, said)));
        }
        return all;
    }

    private static String shown(Step step) {
        return step instanceof Step.Line line ? line.line().strip() : String.join(" ", step.words());
    }

    private static String told(Ending ending, ByteArrayOutputStream said) {
        if (ending.succeeded()) {
            return "";
        }
        String text = said.toString(StandardCharsets.UTF_8).strip();
        String last = text.length() > EXCERPT ? "…" + text.substring(text.length() - EXCERPT) : text;
        String how = ending instanceof Ending.Exited exited
                ? "exit code " + exited.code()
                : "no end within " + LIMIT.toMinutes() + " minutes";
        return last.isEmpty() ? how : how + ": " + last;
    }
}
