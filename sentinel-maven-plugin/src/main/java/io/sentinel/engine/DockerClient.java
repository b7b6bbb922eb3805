package io.sentinel.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs commands of the docker client and tells why one failed. */
final class DockerClient {

    static final String PROGRAM = "docker";

    /** What the client uses by itself on Linux when no setting names an engine. */
    private static final String DEFAULT_ENDPOINT = "unix:///var/run/docker.sock (the default)";

    /** Starts a program in a session of its own. */
    private static final String APART = "setsid";

    private final ProcessStarter starter;

    DockerClient(ProcessStarter starter) {
        this.starter = starter;
    }

    ProcessStarter starter() {
        return starter;
    }

    /**
     * A client of a program whose signals the caller hands on: where setsid(1) is there, in a session of its own. A
     * terminal's signals go to all that it started, and the client would hand them on a second time. On a terminal that is
     * the program's own, its keys are the program's.
     */
    Invocation apart(Invocation invocation, Console console) {
        return console == Console.PIPED && starter.environment().find(APART).isPresent()
                ? invocation.by(APART)
                : invocation;
    }

    /** The answer of a command that must succeed. */
    <T> T ask(DockerCommand<T> command) throws EngineException, InterruptedException {
        Captured captured = run(command);
        if (!captured.ending().succeeded()) {
            throw failure(command.words(), command.limit(), captured.ending(), captured.stderr());
        }
        return read(command, captured);
    }

    /** What a command said, whether it succeeded or not. */
    Captured run(DockerCommand<?> command) throws EngineException, InterruptedException {
        return starter.capture(Invocation.of(PROGRAM, command.words(), command.limit()));
    }

    /**
     * The standard output of any command of the docker client that must succeed.
     *
     * @param needsEngine whether a failure may be that no engine answers
     */
    String answer(Invocation invocation, boolean needsEngine) throws EngineException, InterruptedException {
        Captured captured = starter.capture(invocation);
        if (!captured.ending().succeeded()) {
            throw needsEngine
                    ? failure(invocation.words(), invocation.limit(), captured.ending(), captured.stderr())
                    : failed(invocation.words(), invocation.limit(), captured.ending(), captured.stderr());
        }
        if (captured.truncated()) {
            throw unreadable(invocation.words(), "a shorter answer", "more than was kept", Optional.empty());
        }
        return captured.stdout();
    }

    <T> T read(DockerCommand<T> command, Captured captured) throws EngineException {
        if (captured.truncated()) {
            throw unreadable(command.words(), "a shorter answer", "more than was kept", Optional.empty());
        }
        try {
            return command.answer(captured.stdout());
        } catch (IOException e) {
            throw unreadable(command.words(), "JSON of this command", captured.stdout(), Optional.of(e));
        }
    }

    /** An answer that is not what its command says. */
    static EngineException unreadable(List<String> words, String expected, String found, Optional<Exception> cause) {
        EngineFault fault = new EngineFault.AnswerUnreadable(spoken(words), expected, found);
        return cause.isPresent() ? new EngineException(fault, cause.get()) : new EngineException(fault);
    }

    /**
     * Why a command failed. Its own words do not tell whether the engine was there at all (a missing image and a missing
     * engine both read as {@code []} and 1), so the engine is asked for its version.
     *
     * @throws EngineException if no engine answers
     */
    EngineException failure(List<String> words, Duration limit, Ending ending, String stderr)
            throws EngineException, InterruptedException {
        serverOrThrow();
        return failed(words, limit, ending, stderr);
    }

    private static EngineException failed(List<String> words, Duration limit, Ending ending, String stderr) {
        if (ending instanceof Ending.Exited exited) {
            return new EngineException(new EngineFault.CommandFailed(spoken(words), exited.code(), stderr));
        }
        return new EngineException(new EngineFault.CommandTimedOut(spoken(words), limit));
    }

    /**
     * The versions of client and engine.
     *
     * @throws EngineException if no engine answers
     */
    Json serverOrThrow() throws EngineException, InterruptedException {
        DockerCommand.ClientAndServer command = new DockerCommand.ClientAndServer();
        Captured captured = run(command);
        if (captured.ending() instanceof Ending.TimedOut timedOut) {
            String detail = "no answer within " + timedOut.limit().toSeconds() + " s";
            throw new EngineException(new EngineFault.EngineSilent(endpoint(Optional.empty()), detail));
        }
        Json versions = read(command, captured);
        if (!versions.at("Server").isObject()) {
            Optional<String> context = versions.at("Client", "Context").text();
            throw new EngineException(
                    new EngineFault.EngineSilent(endpoint(context), ErrorOutput.lastLine(captured.stderr())));
        }
        return versions;
    }

    private String endpoint(Optional<String> context) {
        HostEnvironment environment = starter.environment();
        Optional<String> host = environment.value("DOCKER_HOST");
        if (host.isPresent()) {
            return host.get() + " (from DOCKER_HOST)";
        }
        Optional<String> named = environment.value("DOCKER_CONTEXT");
        if (named.isPresent()) {
            return "the context '" + named.get() + "' (from DOCKER_CONTEXT)";
        }
        return context.filter(name -> !name.equals("default"))
                .map(name -> "the context '" + name + "' (from 'docker context use')")
                .orElse(DEFAULT_ENDPOINT);
    }

    private static List<String> spoken(List<String> words) {
        List<String> spoken = new ArrayList<>();
        spoken.add(PROGRAM);
        spoken.addAll(words);
        return spoken;
    }
}
