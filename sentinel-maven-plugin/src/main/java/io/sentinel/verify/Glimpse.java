package io.sentinel.verify;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.engine.ObjectKind;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.probe.ProbeAnswers;
import io.sentinel.verify.probe.ProbeTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One container with the probe as its program: what the probe answered, and what its first process looks like from outside
 * while it is there.
 *
 * @param answers what the probe said, which it does in whole or not at all
 * @param outside the process as the engine's machine shows it, where that is this one; else what a reader there tells
 */
record Glimpse(Supplier<ProbeAnswers> answers, Supplier<ProcessFacts> outside) {

    private static final String LAST = "end";
    private static final int EXCERPT = 300;

    /**
     * Runs the probe in a container of its own, looks at it, and ends it.
     *
     * @param overrides compose files that are laid over the project's own, that of the probe's volume among them
     * @param reader for what this machine cannot tell
     * @param request which has the probe stay for a while after its last word
     * @param table what it is told to do
     */
    static Glimpse take(
            Docker docker,
            Staging staging,
            List<Path> overrides,
            HostReader reader,
            RunRequest request,
            ProbeTable table)
            throws EngineException, InterruptedException {
        Collected out = new Collected(LAST);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Supplier<ProcessFacts> outside;
        Ending ending;
        try (Beside<Ending> running = Beside.start(() -> {
            try {
                return staging.compose(overrides).run(request, new Streams.Pumped(out, err));
            } finally {
                out.over();
            }
        })) {
            out.await();
            outside = Answers.now(() -> outside(docker, reader, request.container()));
            docker.kill(request.container());
            ending = running.join();
        }
        return new Glimpse(Answers.later(() -> answers(out.bytes(), table, ending, err)), outside);
    }

    /**
     * Runs the probe in a container of its own to its end, for its answers alone.
     *
     * @throws CannotTell where it has not given all of them
     */
    static ProbeAnswers answers(Staging staging, List<Path> overrides, RunRequest request, ProbeTable table)
            throws EngineException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Ending ending = staging.compose(overrides).run(request, new Streams.Pumped(out, err));
        return answers(out.toByteArray(), table, ending, err);
    }

    private static ProbeAnswers answers(byte[] out, ProbeTable table, Ending ending, ByteArrayOutputStream err) {
        try {
            return ProbeAnswers.parse(out, table);
        } catch (CannotTell e) {
            throw new CannotTell(e.getMessage()
                    + told(ending, err.toString(StandardCharsets.UTF_8).strip()));
        }
    }

    private static String told(Ending ending, String errors) {
        String code = ending instanceof Ending.Exited exited ? " (exit code " + exited.code() + ")" : " (timed out)";
        String shown = errors.length() > EXCERPT ? errors.substring(0, EXCERPT) + "…" : errors;
        return code + (shown.isEmpty() ? "" : ": " + shown);
    }

    private static ProcessFacts outside(Docker docker, HostReader reader, String container)
            throws EngineException, IOException, InterruptedException {
        List<Json> found = Json.parse(docker.inspectJson(ObjectKind.CONTAINER, List.of(container)))
                .elements();
        if (found.isEmpty()) {
            throw new CannotTell("the container was never made");
        }
        long pid = found.get(0).at("State", "Pid").text().map(Long::parseLong).orElse(0L);
        if (pid == 0) {
            throw new CannotTell("the container's process has ended before it was looked at");
        }
        try {
            return new ProcFiles().of(pid, found.get(0).at("Id").text().orElseThrow());
        } catch (CannotTell elsewhere) {
            return new ProcessFacts(new TreeMap<>(Map.of("cgroup", reader.groups(pid))), new TreeMap<>());
        }
    }
}
