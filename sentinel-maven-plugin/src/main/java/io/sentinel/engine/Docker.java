package io.sentinel.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The engine's images, containers and networks. Each call starts one process of the docker client, two or three where it
 * says so, and is bounded in time. Every method throws an {@link EngineException} if docker is not on PATH, no engine
 * answers, or the command fails; an {@link InterruptedException} after its process was destroyed. Nothing is cached. Safe
 * for use by several threads, and from a shutdown hook.
 */
public final class Docker {

    /** How long a removal that the engine is already busy with may take. */
    private static final Duration REMOVAL = Duration.ofSeconds(10);

    private static final long POLL_MILLIS = 100;

    private final DockerClient client;

    /** @param starter whose environment says where the engine is */
    public Docker(ProcessStarter starter) {
        this.client = new DockerClient(starter);
    }

    DockerClient client() {
        return client;
    }

    /**
     * Which client, engine and Compose these are. Two processes, the second of them Compose; call it once and keep it.
     *
     * @throws EngineException also if one is missing or older than {@link EngineFacts} allows
     */
    public EngineFacts engineFacts() throws EngineException, InterruptedException {
        return new EngineFactsReader(client, Optional.empty()).read();
    }

    /**
     * The same, with Compose asked for its version only where its files changed since the last time.
     *
     * @param memory a file of the caller's, in which that is remembered
     */
    public EngineFacts engineFacts(Path memory) throws EngineException, InterruptedException {
        return new EngineFactsReader(client, Optional.of(new ComposeTools(memory))).read();
    }

    /** The JSON object of {@code docker info}: what the engine can do, for those who read more of it than a version. */
    public String infoJson() throws EngineException, InterruptedException {
        return client.ask(new DockerCommand.Info());
    }

    /** @throws EngineException {@link EngineFault.RuntimeMissing} where the engine has no container runtime of that name */
    public void requireRuntime(String name) throws EngineException, InterruptedException {
        DockerCommand.Info command = new DockerCommand.Info();
        String info = client.ask(command);
        try {
            List<String> known =
                    Json.parse(info).at("Runtimes").names().stream().sorted().toList();
            if (!known.contains(name)) {
                throw new EngineException(new EngineFault.RuntimeMissing(name, known));
            }
        } catch (IOException e) {
            throw DockerClient.unreadable(command.words(), "JSON of this command", info, Optional.of(e));
        }
    }

    /** An image that is here, or empty. A missing one costs a second process, to know that the engine answers. */
    public Optional<ImageFacts> inspectImage(String ref) throws EngineException, InterruptedException {
        return inspectImages(List.of(ref)).get(0);
    }

    /**
     * Several images in one call; one call for each and one more if any is missing.
     *
     * @param refs names or IDs, at least one
     * @return for each of {@code refs}, in their order, the image or empty
     */
    public List<Optional<ImageFacts>> inspectImages(List<String> refs) throws EngineException, InterruptedException {
        return inspect(ObjectKind.IMAGE, refs, ImageFacts::of);
    }

    /** A container in any state, by name or ID, or empty; a missing one costs a second process. */
    public Optional<ContainerFacts> inspectContainer(String ref) throws EngineException, InterruptedException {
        return inspect(ObjectKind.CONTAINER, List.of(ref), ContainerFacts::of).get(0);
    }

    /** The JSON array of {@code docker … inspect}, one element for each of {@code refs} that exists. */
    public String inspectJson(ObjectKind kind, List<String> refs) throws EngineException, InterruptedException {
        DockerCommand.Inspect command = new DockerCommand.Inspect(kind, refs);
        Captured captured = client.run(command);
        found(command, captured);
        return captured.stdout();
    }

    /** The containers, in any state, that all filters pick, by ID. A second process only if there are any. */
    public List<ContainerFacts> listContainers(List<LabelFilter> filters) throws EngineException, InterruptedException {
        return list(ObjectKind.CONTAINER, filters, ContainerFacts::of);
    }

    /** The networks that all filters pick, by ID. A second process only if there are any. */
    public List<NetworkFacts> listNetworks(List<LabelFilter> filters) throws EngineException, InterruptedException {
        return list(ObjectKind.NETWORK, filters, NetworkFacts::of);
    }

    /** The JSON array of {@code docker container inspect} for the containers, in any state, that all filters pick. */
    public String listContainersJson(List<LabelFilter> filters) throws EngineException, InterruptedException {
        List<String> ids = client.ask(new DockerCommand.ListIds(ObjectKind.CONTAINER, filters));
        return ids.isEmpty() ? "[]" : inspectJson(ObjectKind.CONTAINER, ids);
    }

    /** The volumes that all filters pick, by name. A second process only if there are any. */
    public List<VolumeFacts> listVolumes(List<LabelFilter> filters) throws EngineException, InterruptedException {
        return list(ObjectKind.VOLUME, filters, VolumeFacts::of);
    }

    /** The commands that made an image's layers, the last one first, as its builder wrote them down. */
    public List<String> imageHistory(String ref) throws EngineException, InterruptedException {
        return client.ask(new DockerCommand.History(ref));
    }

    /**
     * Writes the file system of a container, which need not run, as a tar stream.
     *
     * @param tar gets some hundred megabytes, most of the time; not closed
     * @param limit for the whole of it
     */
    public void export(String container, OutputStream tar, Duration limit)
            throws EngineException, InterruptedException {
        DockerCommand.Export command = new DockerCommand.Export(container, limit);
        Invocation invocation = Invocation.of(DockerClient.PROGRAM, command.words(), limit);
        Tail errors = new Tail(ProcessStarter.STDERR_LIMIT);
        Ending ending = client.starter().attach(invocation, new Streams.Pumped(tar, errors), AtLimit.DESTROY);
        if (!ending.succeeded()) {
            throw client.failure(command.words(), limit, ending, errors.text());
        }
    }

    /**
     * Runs a service to its end in a container of its own, as {@link Compose#run} does and in half of its time. Nothing is built,
     * no network made, no other service started.
     *
     * @param model of the service's project, as Compose resolves it
     * @param folder that the model's relative paths start from
     * @param variables of the program beside those of the service; handed on by name, so that no list of processes shows them
     * @param streams {@link Streams.Inherited} for {@link Console#TERMINAL} and {@link Console#PIPED}
     */
    public Ending run(Json model, Path folder, RunRequest request, Map<String, String> variables, Streams streams)
            throws EngineException, InterruptedException {
        List<String> words = ServiceWords.of(model, folder, request, variables.keySet());
        Invocation plain = Invocation.of(DockerClient.PROGRAM, words, request.limit());
        Invocation invocation = client.apart(plain.with(variables), request.console());
        return client.starter().attach(invocation, streams, () -> {
            kill(request.container());
            return true;
        });
    }

    /**
     * Brings what a folder of this machine has in it into a folder of a container, which need not run. It is root's there,
     * with the permissions that it has here.
     *
     * @param folder its absolute path
     * @param target an absolute path in the container that exists
     */
    public void copyInto(Path folder, String container, String target) throws EngineException, InterruptedException {
        client.ask(new DockerCommand.Copy(folder, container, target));
    }

    /**
     * Kills and removes containers with their anonymous volumes. Those that are gone, or that somebody else removes at the
     * same time, are fine.
     *
     * @param refs names or IDs; none is fine
     * @return those of {@code refs} that were there, and were removed by this call
     */
    public Set<String> removeContainers(Collection<String> refs) throws EngineException, InterruptedException {
        return remove(ObjectKind.CONTAINER, refs);
    }

    /**
     * Removes networks. Those that are gone are fine.
     *
     * @param refs names or IDs; none is fine
     * @throws EngineException also if a container is still on one of them
     */
    public void removeNetworks(Collection<String> refs) throws EngineException, InterruptedException {
        remove(ObjectKind.NETWORK, refs);
    }

    /**
     * Removes volumes, with what they hold. Those that are gone are fine.
     *
     * @param names none is fine
     * @throws EngineException also if a container still has one of them
     */
    public void removeVolumes(Collection<String> names) throws EngineException, InterruptedException {
        remove(ObjectKind.VOLUME, names);
    }

    /**
     * Another signal to a container's first process; one that does not run, or is gone, is fine.
     *
     * @param name without SIG
     */
    public void signal(String container, String name) throws EngineException, InterruptedException {
        end(new DockerCommand.Signal(container, name), container);
    }

    /** SIGKILL to a container; one that does not run, or is gone, is fine. */
    public void kill(String container) throws EngineException, InterruptedException {
        end(new DockerCommand.Kill(container), container);
    }

    /**
     * The container's stop signal, and SIGKILL if that has not ended it; one that does not run, or is gone, is fine.
     *
     * @param grace between the two, rounded up to whole seconds
     */
    public void stop(String container, Duration grace) throws EngineException, InterruptedException {
        end(new DockerCommand.Stop(container, grace), container);
    }

    /**
     * Fetches an image from its registry and shows the progress.
     *
     * @param ref with a tag or a digest
     * @param streams where the progress goes
     * @param limit for the whole of it
     */
    public void pullImage(String ref, Streams streams, Duration limit) throws EngineException, InterruptedException {
        DockerCommand.Pull command = new DockerCommand.Pull(ref, limit);
        Invocation invocation = Invocation.of(DockerClient.PROGRAM, command.words(), limit);
        new Attached(client).succeed(invocation, streams);
    }

    /** Shows what a container has said so far. */
    public void logs(String container, Streams streams) throws EngineException, InterruptedException {
        DockerCommand.Logs command = new DockerCommand.Logs(container);
        Invocation invocation = Invocation.of(DockerClient.PROGRAM, command.words(), command.limit());
        new Attached(client).succeed(invocation, streams);
    }

    /** The last lines of a container's error output, bounded and without control characters. */
    public String lastErrors(String container) throws EngineException, InterruptedException {
        DockerCommand.Logs command = new DockerCommand.Logs(container);
        Invocation invocation = Invocation.of(DockerClient.PROGRAM, command.words(), command.limit());
        // Its standard output is not wanted, and may be long.
        return ErrorOutput.lastLines(
                client.starter().capture(invocation.keeping(1)).stderr());
    }

    /**
     * Runs a program in a container that runs, as the container's own user and without input.
     *
     * @param program its path and its arguments, none of which begins with a hyphen
     * @param limit after which it is no longer waited for; what runs in the container goes on
     * @return what came of it; a container that does not run, or ends meanwhile, shows as an exit code too
     * @throws EngineException also if it did not end in time
     */
    public Executed exec(String container, List<String> program, Duration limit)
            throws EngineException, InterruptedException {
        DockerCommand.Exec command = new DockerCommand.Exec(container, program, limit);
        Captured captured = client.run(command);
        if (captured.ending() instanceof Ending.Exited exited) {
            return new Executed(
                    exited.code(), client.read(command, captured), ErrorOutput.lastLines(captured.stderr()));
        }
        throw client.failure(command.words(), limit, captured.ending(), captured.stderr());
    }

    private <T> List<Optional<T>> inspect(ObjectKind kind, List<String> refs, Function<Json, T> reader)
            throws EngineException, InterruptedException {
        DockerCommand.Inspect command = new DockerCommand.Inspect(kind, refs);
        Captured captured = client.run(command);
        List<Json> found = found(command, captured);
        List<Optional<T>> all = new ArrayList<>();
        if (found.size() == refs.size()) {
            for (Json json : found) {
                all.add(Optional.of(facts(command, json, reader)));
            }
        } else if (refs.size() == 1) {
            all.add(Optional.empty());
        } else {
            // The answer does not say which of them are the missing ones.
            for (String ref : refs) {
                all.addAll(inspect(kind, List.of(ref), reader));
            }
        }
        return all;
    }

    private List<Json> found(DockerCommand.Inspect command, Captured captured)
            throws EngineException, InterruptedException {
        if (captured.ending() instanceof Ending.TimedOut) {
            throw client.failure(command.words(), command.limit(), captured.ending(), captured.stderr());
        }
        List<Json> found = client.read(command, captured).elements();
        if (!captured.ending().succeeded()) {
            if (found.size() >= command.refs().size()) {
                throw client.failure(command.words(), command.limit(), captured.ending(), captured.stderr());
            }
            // Fewer than were asked for: they are missing, unless the whole engine is.
            client.serverOrThrow();
        }
        return found;
    }

    private static <T> T facts(DockerCommand<?> command, Json json, Function<Json, T> reader) throws EngineException {
        try {
            return reader.apply(json);
        } catch (NoSuchElementException | IllegalArgumentException e) {
            throw DockerClient.unreadable(command.words(), "an object with an ID", "another", Optional.of(e));
        }
    }

    private <T> List<T> list(ObjectKind kind, List<LabelFilter> filters, Function<Json, T> reader)
            throws EngineException, InterruptedException {
        List<String> ids = client.ask(new DockerCommand.ListIds(kind, filters));
        List<T> all = new ArrayList<>();
        if (!ids.isEmpty()) {
            // What vanished between the two calls is no longer to be listed.
            inspect(kind, ids, reader).forEach(facts -> facts.ifPresent(all::add));
        }
        return all;
    }

    private Set<String> remove(ObjectKind kind, Collection<String> refs) throws EngineException, InterruptedException {
        Set<String> removed = new TreeSet<>();
        if (refs.isEmpty()) {
            return removed;
        }
        DockerCommand.Remove command = new DockerCommand.Remove(kind, List.copyOf(refs));
        Captured captured = client.run(command);
        captured.stdout().lines().forEach(removed::add);
        long deadline = System.nanoTime() + REMOVAL.toNanos();
        while (!captured.ending().succeeded()) {
            DockerCommand.Inspect left = new DockerCommand.Inspect(kind, command.refs());
            if (found(left, client.run(left)).isEmpty()) {
                return removed;
            }
            if (System.nanoTime() > deadline || kind != ObjectKind.CONTAINER) {
                throw client.failure(command.words(), command.limit(), captured.ending(), captured.stderr());
            }
            Thread.sleep(POLL_MILLIS);
            captured = client.run(command);
            captured.stdout().lines().forEach(removed::add);
        }
        return removed;
    }

    private void end(DockerCommand<?> command, String container) throws EngineException, InterruptedException {
        Captured captured = client.run(command);
        if (!captured.ending().succeeded()
                && inspectContainer(container).map(ContainerFacts::running).orElse(false)) {
            throw client.failure(command.words(), command.limit(), captured.ending(), captured.stderr());
        }
    }
}
