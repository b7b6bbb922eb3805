package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Console;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.ImageFacts;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.render.RenderInputs;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.spec.Profile;
import io.sentinel.spec.User;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/** Runs the agent of a spec in one profile, from an up-to-date bundle to an outcome, and leaves nothing behind. */
public final class AgentRun {

    private final Layout layout;
    private final String version;
    private final Invoker invoker;
    private final Docker docker;
    private final Events events;

    /** @param version the plugin's version */
    public AgentRun(Layout layout, String version, Invoker invoker, Docker docker, Events events) {
        this.layout = layout;
        this.version = version;
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
     * @throws SandboxException when it was refused
     * @throws EngineException when Docker could not do it
     * @throws InterruptedException when the process was told to end; everything is cleared away by then
     */
    public Outcome run(Profile profile, Terminal terminal)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Attempt attempt = new Attempt(profile);
        try {
            return attempt.written(attempt.run(terminal));
        } catch (SandboxException e) {
            attempt.written(attempt.failed(Outcome.Reason.REFUSED));
            throw e;
        } catch (EngineException e) {
            attempt.written(attempt.failed(Outcome.Reason.ENGINE));
            throw e;
        } catch (InterruptedException e) {
            attempt.written(attempt.failed(Outcome.Reason.SIGNAL));
            throw e;
        }
    }

    /** Production promises a guard that enforces the policy; there is none yet, so it is not pretended. */
    private void refuseProduction() throws SandboxException {
        if (invoker.says("SENTINEL_PRODUCTION")) {
            throw new SandboxException("SENTINEL_PRODUCTION is set, and this version does not support production yet;"
                    + " unset it to run without what production promises");
        }
    }

    private SortedMap<String, String> environment(User agent, Owner owner) {
        SortedMap<String, String> variables = invoker.guardVariables();
        variables.put("SENTINEL_UID", Integer.toString(agent.uid()));
        variables.put("SENTINEL_GID", Integer.toString(agent.gid()));
        variables.put("SENTINEL_OWNER", owner.label());
        return variables;
    }

    /** One run, as far as it came. */
    private final class Attempt {
        private final Profile profile;
        private final Instant startedAt = Instant.now();
        private List<String> command = List.of();
        private String digest = "";

        Attempt(Profile profile) {
            this.profile = profile;
        }

        Outcome run(Terminal terminal) throws SandboxException, EngineException, IOException, InterruptedException {
            refuseProduction();
            Generation.Generated generated = new Bundles(layout, version, invoker).generate();
            Rendered bundle = generated.facts();
            digest = bundle.digest();
            if (!generated.changed().isEmpty()) {
                events.written(generated.changed());
            }
            RenderInputs inputs = SpecFiles.read(layout, version);
            command = inputs.spec().command();
            User agent = invoker.agent(bundle.user());

            docker.engineFacts();
            List<String> reaped = new Leftovers(docker).reap();
            if (!reaped.isEmpty()) {
                events.reaped(reaped);
            }
            Owner owner = Owner.current(layout.project());
            String project = "sentinel-" + inputs.spec().name() + "-"
                    + Owner.hash(owner.label() + System.nanoTime()).substring(0, 8);
            Compose compose = new Compose(
                            docker,
                            new ComposeProject(layout.composeFile(), layout.bundle(), project),
                            environment(agent, owner))
                    .withProfiles(List.of(profile.word()));
            ImageFacts image = new Images(docker, compose, events)
                    .ensure(
                            bundle,
                            inputs.spec().image().from(),
                            inputs.lock().image(),
                            profile == Profile.PROXIED,
                            terminal.progress());
            List<String> words = ownCommand(inputs, image);

            Duration limit = inputs.spec().resources().timeout();
            RunRequest request = RunRequest.of(profile.service(), project + "-agent", Map.of(), limit)
                    .on(terminal.console())
                    .running(words);
            events.starting(profile.word(), bundle.image());
            return run(request, compose, owner, terminal.agent());
        }

        @SuppressWarnings("try") // An interruption of the clearing away is passed on like any other.
        private Outcome run(RunRequest request, Compose compose, Owner owner, Streams streams)
                throws EngineException, InterruptedException {
            Session session = new Session(docker, compose, request.container(), profile != Profile.STRICT, owner);
            try (session) {
                Ending ending = compose.run(request, streams);
                Optional<ContainerFacts> container = docker.inspectContainer(request.container());
                return outcome(ending, container);
            }
        }

        /** The program of a spec that names none: the base image's own, which an entrypoint of ours has hidden. */
        private List<String> ownCommand(RenderInputs inputs, ImageFacts image)
                throws SandboxException, EngineException, InterruptedException {
            if (!inputs.spec().command().isEmpty() || !image.command().isEmpty()) {
                command = inputs.spec().command().isEmpty() ? image.command() : command;
                return List.of();
            }
            String from = inputs.spec().image().from();
            List<String> own = new ArrayList<>();
            docker.inspectImage(from).ifPresent(base -> {
                own.addAll(base.entrypoint());
                own.addAll(base.command());
            });
            if (own.isEmpty()) {
                throw new SandboxException("the spec names no command, and the base image " + from
                        + " has none of its own that this engine knows; set command in the spec");
            }
            command = own;
            return own;
        }

        private Outcome outcome(Ending ending, Optional<ContainerFacts> container) throws EngineException {
            if (container.isEmpty() || container.get().startedAt().isEmpty()) {
                int code = ending instanceof Ending.Exited exited ? exited.code() : Outcome.TIMED_OUT;
                String detail = container.map(ContainerFacts::startError).orElse("");
                throw new EngineException(new EngineFault.NotRun(profile.service(), code, detail));
            }
            ContainerFacts facts = container.get();
            Instant started = facts.startedAt().get();
            Duration took = Duration.between(started, facts.finishedAt().orElseGet(Instant::now));
            if (ending instanceof Ending.TimedOut) {
                return outcome(Outcome.TIMED_OUT, Outcome.Reason.TIMEOUT, started, took);
            }
            int code = facts.exitCode();
            if (facts.running()) {
                // The terminal was left (Ctrl-P Ctrl-Q), or the docker client was killed: nobody watches it any more.
                return outcome(137, Outcome.Reason.SIGNAL, started, took);
            }
            if (facts.oomKilled() && code != 0) {
                return outcome(code, Outcome.Reason.OUT_OF_MEMORY, started, took);
            }
            return outcome(code, code > 128 ? Outcome.Reason.SIGNAL : Outcome.Reason.EXITED, started, took);
        }

        private Outcome outcome(int code, Outcome.Reason reason, Instant started, Duration took) {
            return new Outcome(
                    profile.word(), profile.service(), command, OptionalInt.of(code), reason, started, took, digest);
        }

        Outcome failed(Outcome.Reason reason) {
            return new Outcome(
                    profile.word(),
                    profile.service(),
                    command,
                    OptionalInt.empty(),
                    reason,
                    startedAt,
                    Duration.between(startedAt, Instant.now()),
                    digest);
        }

        Outcome written(Outcome outcome) throws IOException {
            OutcomeFile.write(layout.work().resolve("outcome.json"), outcome);
            return outcome;
        }
    }
}
