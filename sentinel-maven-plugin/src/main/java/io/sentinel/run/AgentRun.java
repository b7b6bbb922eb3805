package io.sentinel.run;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Console;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFacts;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.Json;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.render.Sha256;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs the agent of a spec in one profile, from an up-to-date bundle to an outcome, and leaves nothing behind. */
public final class AgentRun {

    /** What the sidecar gets to end by itself. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Layout layout;
    private final Bundles bundles;
    private final Invoker invoker;
    private final Docker docker;
    private final Events events;

    /** Removes what an earlier run left behind, so that it is not taken for that of one which never began. */
    public static void forgetLast(Layout layout) throws IOException {
        Files.deleteIfExists(layout.work().resolve("outcome.json"));
        Files.deleteIfExists(Sidecar.log(layout));
    }

    /** Tells in the outcome file that a run was refused before it was known what it is. */
    public static void refused(Layout layout, Profile profile, List<String> words, Events events) throws IOException {
        Outcome outcome = Outcome.refused(profile, words);
        OutcomeFile.write(layout.work().resolve("outcome.json"), outcome);
        events.ended(outcome);
    }

    /**
     * What is to be run.
     *
     * @param profile how the network is cut
     * @param words a program and its arguments in place of the spec's; none for the spec's own
     * @param build whether an image that is missing or stale is built, rather than the run refused
     * @param weakenings what the invoker makes weaker than the spec
     * @param beyond what no spec can say
     * @param started told the container's name just before it is made
     */
    public record Order(
            Profile profile,
            List<String> words,
            boolean build,
            List<String> weakenings,
            Beyond beyond,
            Consumer<String> started) {

        public Order {
            words = List.copyOf(words);
            weakenings = List.copyOf(weakenings);
        }

        /** The spec's own program, its image built where that is needed. */
        public static Order of(Profile profile) {
            return new Order(profile, List.of(), true, List.of(), Beyond.NONE, container -> {});
        }
    }

    /** @param bundles which renders the bundle that is run */
    public AgentRun(Layout layout, Bundles bundles, Invoker invoker, Docker docker, Events events) {
        this.layout = layout;
        this.bundles = bundles;
        this.invoker = invoker;
        this.docker = docker;
        this.events = events;
    }

    /**
     * Where a run shows itself.
     *
     * @param console the agent's streams
     * @param agent where its output goes
     * @param progress where the build's progress goes
     */
    public record Terminal(Console console, Streams agent, Streams progress) {}

    /**
     * Runs it. {@code outcome.json} is written whatever happens.
     *
     * @param ahead the caller's, who closes it
     * @throws SandboxException when it was refused
     * @throws EngineException when Docker could not do it
     * @throws InterruptedException when the process was told to end; everything is cleared away by then
     */
    public Outcome run(Order order, Terminal terminal, Ahead ahead)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Attempt attempt = new Attempt(order, ahead);
        try (Shutdown shutdown = new Shutdown()) {
            return attempt.run(terminal, shutdown);
        }
    }

    /** One run, as far as it came. */
    private final class Attempt {
        private final Order order;
        private final Ahead ahead;
        private final Profile profile;
        private final String word;
        private Instant startedAt = Instant.now();
        private List<String> command = List.of();
        private String digest = "";
        private List<String> weakenings = List.of();
        private OptionalInt exitCode = OptionalInt.empty();
        // Of a run that may begin.
        private Surroundings surroundings;
        private Readiness readiness;
        private SortedMap<String, String> guard;
        private Rendered bundle;
        private List<String> openings;
        private Optional<Outcome.Audit> audit = Optional.empty();

        Attempt(Order order, Ahead ahead) {
            this.order = order;
            this.ahead = ahead;
            this.profile = order.profile();
            this.word = order.beyond().hostNetwork() ? Beyond.HOST : profile.word();
        }

        /** Tells how it ended, in the outcome file too, whatever happens. */
        Outcome run(Terminal terminal, Shutdown shutdown)
                throws SandboxException, EngineException, IOException, InterruptedException {
            try {
                return written(start(terminal, shutdown));
            } catch (SandboxException e) {
                written(failed(Outcome.Reason.REFUSED));
                throw e;
            } catch (EngineException e) {
                written(failed(Outcome.Reason.ENGINE));
                throw e;
            } catch (InterruptedException e) {
                written(failed(Outcome.Reason.SIGNAL));
                throw e;
            } catch (ClosedByInterruptException e) {
                // Told to end while it read or wrote a file; the mark of it would close the outcome's too.
                Thread.interrupted();
                written(failed(Outcome.Reason.SIGNAL));
                throw new InterruptedException();
            } catch (IOException | RuntimeException e) {
                written(failed(Outcome.Reason.REFUSED));
                throw e;
            }
        }

        private Outcome start(Terminal terminal, Shutdown shutdown)
                throws SandboxException, EngineException, IOException, InterruptedException {
            surroundings = Surroundings.of(profile, order.beyond(), layout, invoker);
            ahead.begin();
            Generation.Prepared prepared = bundles.prepare();
            readiness = new Readiness(layout, bundles, invoker);
            guard = readiness.require(prepared, order);
            bundle = bundles.write(prepared).facts();
            readiness.written(bundle);
            digest = bundle.digest();
            weakenings = new ArrayList<>(bundle.weakenings());
            openings = Stream.of(
                            profile.opening(bundle.guard()),
                            surroundings.proxy().map(AgentProxy::opening),
                            order.beyond().opening())
                    .flatMap(Optional::stream)
                    .toList();
            weakenings.addAll(openings);
            weakenings.addAll(order.weakenings());
            command = order.words().isEmpty() ? bundle.command() : order.words();
            User agent = invoker.agent(bundle.user());

            if (invoker.isRoot() && bundle.user().isEmpty()) {
                events.warning("you are root, which no program is in a sandbox: it runs as " + agent.uid() + ":"
                        + agent.gid() + ", and what it writes is that user's");
            }

            Owner owner = Owner.current(layout.project());
            try (Given given = Given.of(bundle, order.beyond().workspace(), layout, invoker, owner);
                    Approval approval = Approval.of(bundle.asks(), profile, terminal, invoker, events::warning)) {
                return start(approval, shutdown, owner, given);
            }
        }

        private Outcome start(Approval approval, Shutdown shutdown, Owner owner, Given given)
                throws SandboxException, EngineException, IOException, InterruptedException {
            String project = "sentinel-" + bundle.name() + "-" + owner.unique();
            String spooled = Spool.name(owner, project + "-agent");
            if (bundle.guard() != GuardMode.OFF) {
                guard.put(GuardTrail.VARIABLE, spooled);
            }
            Compose compose = new Compose(
                            docker,
                            new ComposeProject(surroundings.files(), layout.bundle(), project),
                            surroundings.variables(bundles, bundle, owner, guard))
                    .withProfiles(List.of(profile.word()));
            Images.Source source = () -> {
                if (!order.build()) {
                    throw new SandboxException("the sandbox's image is not built from what the spec says now; add"
                            + " --build-if-missing, or run mvn sentinel:build");
                }
                return compose;
            };
            if (bundle.runtime() != ContainerRuntime.RUNC) {
                docker.requireRuntime(bundle.runtime().word());
            }
            new Images(docker, ahead, source, events)
                    .ensure(bundle, profile == Profile.PROXIED, approval.shown().progress());
            RunRequest request = RunRequest.of(
                            profile.service(), project + "-agent", Map.of(Owner.LABEL, owner.label()), bundle.timeout())
                    .on(approval.shown().console())
                    .running(ownCommand())
                    .reachedBy(
                            order.beyond().published(), Optional.of(Beyond.HOST).filter(host -> order.beyond()
                                    .hostNetwork()));
            EngineFacts tools = ahead.facts();
            events.starting(word, bundle.image());
            openings.forEach(events::warning);
            order.weakenings().forEach(events::warning);
            Optional<Outcome> told = Optional.empty();
            boolean wasThere;
            boolean busy = request.console() == Console.TERMINAL;
            Sidecar sidecar = Sidecar.of(profile, bundle, bundles, layout, docker, compose);
            GuardTrail trail = GuardTrail.follow(bundle, layout, spooled, busy, approval.asked(), events);
            try (SeccompLog log = SeccompLog.open(bundle, docker);
                    Reaping reaping = Reaping.start(docker, layout, profile != Profile.STRICT)) {
                if (sidecar.isWanted()) {
                    new NetworkProbe(docker, compose, sidecar, events).require(project + "-probe");
                }
                readiness.requireStill(bundle, order);
                startedAt = Instant.now();
                order.started().accept(request.container());
                Ending ending = profile == Profile.STRICT
                        ? direct(tools, request, given, approval.shown().agent())
                        : compose.with(given.variables())
                                .run(request, approval.shown().agent());
                reaping.conclude(events);
                // A good end of what nobody could leave half-way needs no second look, which is a process of its own:
                // that the container was there shows when it is removed.
                if (!ending.succeeded()
                        || request.console() == Console.TERMINAL
                        || log.isWanted()
                        || sidecar.isWanted()) {
                    Optional<ContainerFacts> container = docker.inspectContainer(request.container());
                    Optional<ContainerFacts> begun =
                            container.filter(facts -> facts.startedAt().isPresent());
                    if (begun.isPresent()) {
                        told = Optional.of(outcome(ending, begun.get()));
                        exitCode = told.get().exitCode();
                        log.report(begun.get(), invoker.agent(bundle.user()), events);
                    }
                    // What is wrong with the sidecar is why an agent did not start, where that is so.
                    sidecar.conclude(begun.isPresent(), events);
                    if (begun.isEmpty()) {
                        throw Ended.notRun(profile.service(), ending, container);
                    }
                }
            } finally {
                trail.ended();
                boolean gone = false;
                try {
                    wasThere = clear(request.container(), compose, owner, shutdown);
                    gone = true; // only now nobody writes the trail any more
                } finally {
                    audit = trail.end(gone, events);
                }
            }
            if (told.isEmpty() && !wasThere) {
                throw new EngineException(new EngineFault.NotRun(profile.service(), 0, ""));
            }
            trail.conclude(told, bundles, events);
            return told.orElseGet(() -> outcome(0, Outcome.Reason.EXITED));
        }

        /** Without a network there is nothing that only Compose could make, and starting without it takes half the time. */
        private Ending direct(EngineFacts tools, RunRequest request, Given given, Streams streams)
                throws EngineException, IOException, InterruptedException {
            SortedMap<String, String> mounts = surroundings.mounts(bundle);
            mounts.putAll(Given.nothing(bundle.passEnvironment()));
            String made = String.join(
                    "\n",
                    bundle.digest(),
                    layout.bundle().toString(),
                    mounts.toString(),
                    tools.compose().toString());
            Compose plain = new Compose(
                            docker,
                            new ComposeProject(layout.composeFile(), layout.bundle(), "sentinel-" + bundle.name()),
                            mounts)
                    .withProfiles(List.of(profile.word()));
            ModelMemory memory = new ModelMemory(layout.remembered("strict.model"));
            Beside.Step<String> ask = () -> {
                String values = plain.valuesJson();
                // What was resolved may be what another call has put there meanwhile, and would be remembered as this.
                readiness.requireSame(bundle);
                return values;
            };
            Json model = readiness.isProduction(bundle)
                    ? Json.parse(ask.run())
                    : memory.recall(Sha256.of(made.getBytes(StandardCharsets.UTF_8)), ask);
            SortedMap<String, String> variables = new TreeMap<>(guard);
            variables.putAll(given.passed());
            return docker.run(given.in(model, profile.service()), layout.bundle(), request, variables, streams);
        }

        /** @return whether there was a container */
        private boolean clear(String container, Compose compose, Owner owner, Shutdown shutdown)
                throws EngineException, InterruptedException {
            boolean ending = shutdown.clearing();
            boolean wasThere;
            try {
                wasThere = docker.removeContainers(List.of(container)).contains(container);
            } finally {
                if (profile != Profile.STRICT) {
                    compose.down(GRACE);
                }
            }
            if (ending) {
                // The engine may have been making a container when its client was ended.
                new Leftovers(docker).clearOwn(owner);
            }
            return wasThere;
        }

        /** The program of a spec that names none: the base image's own, which an entrypoint of ours has hidden. */
        private List<String> ownCommand() throws SandboxException, EngineException, InterruptedException {
            if (!command.isEmpty()) {
                return order.words();
            }
            List<String> own = new ArrayList<>();
            docker.inspectImage(bundle.base().name()).ifPresent(base -> {
                own.addAll(base.entrypoint());
                own.addAll(base.command());
            });
            if (own.isEmpty()) {
                throw new SandboxException("the spec names no command, and the base image "
                        + bundle.base().name()
                        + " has none of its own that this engine knows; set command in the spec");
            }
            command = own;
            return own;
        }

        private Outcome outcome(Ending ending, ContainerFacts facts) {
            Ended ended = Ended.of(ending, facts);
            return outcome(ended.exitCode(), ended.reason());
        }

        private Outcome outcome(int code, Outcome.Reason reason) {
            return outcome(OptionalInt.of(code), reason);
        }

        private Outcome failed(Outcome.Reason reason) {
            return outcome(exitCode, reason);
        }

        private Outcome outcome(OptionalInt code, Outcome.Reason reason) {
            Duration duration = Duration.between(startedAt, Instant.now());
            return new Outcome(
                    word, profile.service(), command, code, reason, startedAt, duration, digest, weakenings, audit);
        }

        private Outcome written(Outcome begun) throws IOException {
            Outcome outcome = begun.with(audit);
            OutcomeFile.write(layout.work().resolve("outcome.json"), outcome);
            events.ended(outcome);
            return outcome;
        }
    }
}
