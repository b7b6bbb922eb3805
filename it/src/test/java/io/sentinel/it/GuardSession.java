package io.sentinel.it;

import io.sentinel.audit.AuditFolder;
import io.sentinel.engine.Streams;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Beyond;
import io.sentinel.run.Outcome;
import io.sentinel.run.Spool;
import io.sentinel.spec.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A sandbox that the plugin runs, with a program in it that is asked one thing after another: by a pipe in the workspace,
 * and it answers on its output. Beside it are the stage's servers.
 */
final class GuardSession {

    private static final long START_SECONDS = 180;
    private static final Pattern HASH = Pattern.compile("\\b[0-9a-f]{64}\\b");

    private final Box box;
    private final Path workspace;
    private final boolean guarded;
    final GuardScene scene;
    final GuardWatch watch;

    private final CompletableFuture<String> started = new CompletableFuture<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final StringBuilder beside = new StringBuilder();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final CompletableFuture<Outcome> ended;
    private final RandomAccessFile asked;
    private final String container;
    private final GuardWorld world;
    private final GuardSupervisor supervisor;
    private final Object trail;

    /**
     * What runs in it.
     *
     * @param program that is asked
     * @param arguments that it gets, before the pipe
     * @param policy as it stands in the spec; none: there is no guard and no filter, but a careless supervisor
     */
    record Plan(List<String> program, List<String> arguments, Policy policy, Profile profile) {

        /** A policy's text, by the word that the supervisor shall have in its memory. */
        interface Policy {
            String text(String word) throws IOException;
        }

        /** The attempts of a language under a policy. */
        static Plan guarded(GuardLanguage language, GuardAttempt.Policy policy, Profile profile) {
            return new Plan(language.attempts(), List.of("/workspace/stage"), policy::text, profile);
        }

        /** Those of Python in a program that leaves the hook out, as each may. */
        static Plan unhooked(GuardAttempt.Policy policy, Profile profile) {
            List<String> program = new ArrayList<>(GuardLanguage.PYTHON.attempts());
            program.add(1, "-S");
            return new Plan(program, List.of("/workspace/stage"), policy::text, profile);
        }

        static Plan unguarded(GuardLanguage language) {
            return new Plan(language.attempts(), List.of("/workspace/stage"), null, Profile.STANDARD);
        }

        static Plan ordinary(GuardLanguage language) {
            return new Plan(
                    language.ordinary(),
                    List.of("/workspace/workspace"),
                    word -> Files.readString(Path.of("guard", "ordinary", "policy.yaml")),
                    Profile.STANDARD);
        }
    }

    GuardSession(Path folder, Plan plan) throws Exception {
        guarded = plan.policy() != null;
        workspace = Files.createDirectories(folder.resolve("sandbox-workspace"));
        scene = new GuardScene(workspace, guarded);
        box = Box.of(folder, spec(plan));
        box.build();
        scene.build();
        trail = scene.trail();
        Path pipe = workspace.resolve("asked");
        Command.start(folder, Map.of(), List.of("mkfifo", "-m", "644", pipe.toString()))
                .output(0);
        // For both, so that it opens before anybody reads.
        asked = new RandomAccessFile(pipe.toFile(), "rw");
        AgentRun.Order order = new AgentRun.Order(plan.profile(), List.of(), true, List.of(), Beyond.NONE, this::begin);
        ended = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return box.run(order, new Streams.Pumped(new Lines(answers), errors));
                    } catch (Exception e) {
                        started.completeExceptionally(e);
                        throw new IllegalStateException(e);
                    }
                },
                work -> {
                    Thread thread = new Thread(work, "guard-session");
                    thread.setDaemon(true);
                    thread.start();
                });
        try {
            container = started.get(5, TimeUnit.MINUTES);
            watch = new GuardWatch(workspace.resolve("workspace"))
                    .with(workspace, "/workspace")
                    .with(box.layout.bundle().resolve("sentinel.yaml"), "/workspace/sentinel.yaml")
                    .growing(workspace.resolve("audit.log"));
            if (guarded) {
                watch.with(box.layout.trail(), "/opt/sentinel/audit")
                        .growing(box.layout.trail())
                        .taken(box.layout.trail().resolve(trailOf(container)), this::taken)
                        .with(box.layout.bundle().resolve("guard/policy"), "/opt/sentinel/policy");
            } else {
                watch.growing(scene.host(scene.places.get("trail")));
            }
            supervisor = GuardSupervisor.of(container, START_SECONDS);
            world = GuardWorld.beside(container, workspace, scene);
            // Else attempts on it would fail for want of it.
            if (guarded && Files.notExists(box.layout.trail().resolve(trailOf(container)))) {
                throw new AssertionError("no trail " + trailOf(container) + " in " + box.layout.trail());
            }
        } catch (Exception | AssertionError e) {
            asked.close();
            if (started.isDone() && !started.isCompletedExceptionally()) {
                Command.docker(folder, "rm", "--force", started.join()).ended();
            }
            e.addSuppressed(new IllegalStateException(errors.toString(StandardCharsets.UTF_8)));
            throw e;
        }
    }

    private String spec(Plan plan) throws Exception {
        List<String> words = new ArrayList<>();
        if (!guarded) {
            words.addAll(List.of("/usr/bin/python3", "-B", "/opt/attempts/decoy.py"));
            words.addAll(
                    Stream.of("trail", "log", "reports").map(scene.places::get).toList());
            words.add("--");
        }
        words.addAll(plan.program());
        words.addAll(plan.arguments());
        words.add("/workspace/asked");
        String spec =
                """
                name: guard-suite
                image: {from: "%s"}
                command: [%s]
                resources: {memory: 1g, cpus: 2, pids: 512, tmp: 256m, timeout: 30m}
                profiles: {proxied: {from: "%s"}}
                """
                        .formatted(
                                GuardLanguage.image(),
                                words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(", ")),
                                Box.BASE);
        if (!guarded) {
            return spec
                    + "guard: \"off\"\nseccomp: {mode: \"off\"}\nenvironment: {GUARD_WORD: %s}\n"
                            .formatted(scene.tokens.get("memory"));
        }
        return spec + "guard: enforce\nenvironment: {REPOSITORY: /workspace/repository}\npolicy:\n"
                + plan.policy().text(scene.tokens.get("memory")).indent(2);
    }

    private void begin(String name) {
        try {
            if (guarded) {
                scene.places.put("trail", "/opt/sentinel/audit/" + trailOf(name));
            }
            scene.tell();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        started.complete(name);
    }

    Path workspace() {
        return workspace;
    }

    /** Asks for one thing. Gives what it said of it, or nothing where it ended or said nothing in time. */
    Optional<String> ask(String id, int seconds) throws IOException, InterruptedException {
        asked.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < until && !(ended.isDone() && answers.isEmpty())) {
            String line = answers.poll(100, TimeUnit.MILLISECONDS);
            if (line != null && line.startsWith(id + "\t")) {
                return Optional.of(line.substring(id.length() + 1));
            }
            if (line != null) {
                beside.append(line).append('\n');
            }
        }
        return Optional.empty();
    }

    /** What was said beside the answers since the last time, as by a library that writes past its program. */
    String beside() {
        String text = beside.toString();
        beside.setLength(0);
        return text;
    }

    List<GuardWorld.Arrival> arrivals() {
        return world.arrivals();
    }

    /** Words of the trail and the log, which only the guard has. */
    List<String> said(String answer) throws IOException {
        List<String> found = scene.said(answer);
        if (guarded) {
            String trail = trail();
            if (HASH.matcher(answer).results().anyMatch(hash -> trail.contains("\"hash\":\"" + hash.group() + "\""))) {
                found.add("record of the trail");
            }
            String line = text(workspace.resolve("audit.log"));
            if (line.length() > 30 && answer.contains(line.substring(0, 30))) {
                found.add("line of the log");
            }
        }
        return found;
    }

    private String trailOf(String container) {
        return Spool.name(box.layout.project(), container) + ".jsonl";
    }

    /** The guard's own, or the host's copy once the run has ended and the host has taken it. */
    private String trail() throws IOException {
        Optional<Path> taken = taken();
        return text(taken.isPresent() ? taken.get() : box.layout.trail().resolve(trailOf(container)));
    }

    /** The host's copy of the trail, where the run has ended. */
    private Optional<Path> taken() throws IOException {
        if (supervisor.isGone()) {
            try {
                ended.get(START_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException | TimeoutException e) {
                throw new IllegalStateException(e);
            } catch (ExecutionException e) {
                return Optional.empty(); // it shows elsewhere
            }
        }
        if (!ended.isDone()) {
            return Optional.empty();
        }
        try (Stream<Path> copies = Files.list(box.layout.work().resolve(AuditFolder.NAME))) {
            return copies.filter(copy -> copy.toString().endsWith(".jsonl")).findFirst();
        }
    }

    /** Nothing, where an attempt has removed it: that it is gone shows elsewhere. */
    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    /** What was done to the supervisor; nothing where it is as it was, or has ended with its agent and written that down. */
    List<String> harm() throws IOException {
        List<String> found = supervisor.harm();
        boolean over = guarded
                && found.contains("supervisor gone")
                && trail().lines().reduce("", (one, other) -> other).contains("\"action\":\"end\"");
        return over ? List.of() : found;
    }

    /** Whether nothing more can be asked of it: it has ended, or what the careless supervisor has open is no file any more. */
    boolean isOver() {
        return ended.isDone() || supervisor.isGone() || !guarded && !scene.trailIs(trail);
    }

    /** Tells the program that nothing more comes, and gives what its run came to. */
    Outcome end() throws Exception {
        asked.close();
        try {
            return ended.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(errors.toString(StandardCharsets.UTF_8), e.getCause());
        }
    }

    /** What its run came to, by itself. */
    Outcome ended() throws Exception {
        return ended.get(START_SECONDS, TimeUnit.SECONDS);
    }

    /** From the host, which can. */
    void killSupervisor() throws Exception {
        Command.start(workspace, Map.of(), List.of("kill", "-KILL", supervisor.pid()))
                .output(0);
    }

    /** What was said on the error stream. */
    String said() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    void close() throws Exception {
        asked.close();
        world.close();
        Command.docker(Path.of("."), "rm", "--force", container).ended();
        try {
            ended.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // It was ended here, whatever it came to.
            return;
        }
    }

    /** Lines as they come. */
    private static final class Lines extends OutputStream {
        private final BlockingQueue<String> lines;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(BlockingQueue<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(int one) {
            if (one == '\n') {
                lines.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(one);
            }
        }
    }
}
