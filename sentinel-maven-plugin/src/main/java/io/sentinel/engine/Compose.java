package io.sentinel.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One compose project. The project's files alone decide: files, name and directory are explicit, the env file is empty,
 * and the environment is filtered by {@link HostEnvironment}. Every method throws an {@link EngineException} if docker is
 * not on PATH, no engine answers, or the command fails; an {@link InterruptedException} after its process was destroyed.
 * Safe for use by several threads, and from a shutdown hook.
 */
public final class Compose {

    /** The label by which Compose knows the containers and networks of a project. */
    public static final String PROJECT_LABEL = "com.docker.compose.project";

    /** The label by which Compose knows the containers of a service. */
    public static final String SERVICE_LABEL = "com.docker.compose.service";

    /** The label by which Compose tells the containers of {@link #run}, as {@code True}, from a service's own. */
    public static final String ONE_OFF_LABEL = "com.docker.compose.oneoff";

    /** The label by which Compose knows the folder of a project. */
    public static final String FOLDER_LABEL = "com.docker.compose.project.working_dir";

    private static final Duration MODEL = Duration.ofSeconds(30);
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final Docker docker;
    private final ComposeProject project;
    private final SortedMap<String, String> environment;
    private final List<String> profiles;

    /**
     * @param docker the engine
     * @param project what is run
     * @param environment variables that the file may interpolate, beside the filtered ones of the host
     */
    public Compose(Docker docker, ComposeProject project, Map<String, String> environment) {
        this(docker, project, environment, List.of());
    }

    private Compose(Docker docker, ComposeProject project, Map<String, String> environment, List<String> profiles) {
        this.docker = docker;
        this.project = project;
        this.environment = new TreeMap<>(environment);
        this.profiles = List.copyOf(profiles);
        // An addition that is refused is found here rather than at the first command.
        docker.client().starter().environment().with(this.environment);
    }

    /** The same project with the services of these profiles enabled too. A service that a call names needs none. */
    public Compose withProfiles(List<String> others) {
        return new Compose(docker, project, environment, others);
    }

    /** The same project with these variables too. */
    public Compose with(Map<String, String> variables) {
        SortedMap<String, String> all = new TreeMap<>(environment);
        all.putAll(variables);
        return new Compose(docker, project, all, profiles);
    }

    /** The fully resolved model of the enabled services as JSON. */
    public String configJson() throws EngineException, InterruptedException {
        return model(true);
    }

    /** The same with each value as it is: Compose writes a {@code $} twice, so that what it writes can be read again. */
    public String valuesJson() throws EngineException, InterruptedException {
        return configJson().replace("$$", "$");
    }

    /** The same with variables left as they are written, and {@code env_file} still named. */
    public String writtenJson() throws EngineException, InterruptedException {
        return model(false);
    }

    /** Compose resolves a model by itself: no engine is asked. */
    private String model(boolean interpolated) throws EngineException, InterruptedException {
        return docker.client().answer(invocation(new ComposeCommand.Config(interpolated), MODEL), false);
    }

    /**
     * Builds images.
     *
     * @param services of these; of all enabled ones if empty. Compose succeeds and builds nothing where none is enabled
     * @param streams where the progress goes: redrawn on a terminal, line by line elsewhere
     */
    public void build(List<String> services, Streams streams, Duration limit)
            throws EngineException, InterruptedException {
        ComposeCommand.Progress progress =
                streams instanceof Streams.Inherited ? ComposeCommand.Progress.AUTO : ComposeCommand.Progress.PLAIN;
        new Attached(docker.client()).succeed(invocation(new ComposeCommand.Build(services, progress), limit), streams);
    }

    /**
     * Runs a service to its end in a container of its own. At the time limit the container is killed, so that its last output still
     * arrives.
     *
     * <p>Compose builds a service's image if it is missing, whatever {@code pull_policy} says: see that it is there first.
     *
     * <p>The container stays, for the caller to inspect and remove. Compose passes the program's exit code on, and has
     * exit codes of its own: only {@link Docker#inspectContainer} tells which it was. No container, or one that was never
     * started, means that Compose or the engine failed.
     *
     * @param streams {@link Streams.Inherited} for {@link Console#TERMINAL} and {@link Console#PIPED}
     */
    public Ending run(RunRequest request, Streams streams) throws EngineException, InterruptedException {
        if (streams instanceof Streams.Pumped && request.console() != Console.OUTPUT_ONLY) {
            throw new IllegalArgumentException("A program with input needs this JVM's own streams.");
        }
        if (request.network().isPresent()) {
            throw new IllegalArgumentException("Compose connects a container as its service says, and no other way.");
        }
        Invocation invocation =
                docker.client().apart(invocation(new ComposeCommand.Run(request), request.limit()), request.console());
        return docker.client().starter().attach(invocation, streams, () -> {
            docker.kill(request.container());
            return true;
        });
    }

    /**
     * Starts services in the background.
     *
     * @param services at least one
     * @param limit until all run, or are healthy where they have a check
     */
    public void up(List<String> services, Duration limit) throws EngineException, InterruptedException {
        ask(invocation(new ComposeCommand.Up(services, limit), limit.plus(MARGIN)));
    }

    /** Creates the containers and networks of services, to be inspected, and starts none. */
    public void create(List<String> services) throws EngineException, InterruptedException {
        ask(invocation(new ComposeCommand.Create(services), MARGIN));
    }

    /**
     * Stops and removes the project's containers, those of {@link #run} among them, its networks and its volumes. Nothing
     * there is fine.
     *
     * @param grace for a container between its stop signal and SIGKILL, rounded up to whole seconds
     */
    public void down(Duration grace) throws EngineException, InterruptedException {
        ask(withProfiles(List.of("*")).invocation(new ComposeCommand.Down(grace), grace.plus(MARGIN)));
    }

    /**
     * Shows what a service's containers have said so far. Not by {@code docker compose logs}, which puts control sequences
     * among it even when told not to (2.26.1).
     */
    public void logs(String service, Streams streams) throws EngineException, InterruptedException {
        for (ContainerFacts container : containers(service)) {
            docker.logs(container.id(), streams);
        }
    }

    /** A service's containers in any state, those of {@link #run} among them. A second process only if there are any. */
    public List<ContainerFacts> containers(String service) throws EngineException, InterruptedException {
        return docker.listContainers(
                List.of(LabelFilter.is(PROJECT_LABEL, project.projectName()), LabelFilter.is(SERVICE_LABEL, service)));
    }

    private String ask(Invocation invocation) throws EngineException, InterruptedException {
        return docker.client().answer(invocation, true);
    }

    private Invocation invocation(ComposeCommand command, Duration limit) {
        return Invocation.of(DockerClient.PROGRAM, words(command), limit)
                .with(environment)
                .in(project.projectDirectory());
    }

    /** The arguments of {@code docker} for a command of this project. */
    List<String> words(ComposeCommand command) {
        List<String> words = new ArrayList<>(List.of("compose"));
        project.files().forEach(file -> words.addAll(List.of("--file", file.toString())));
        words.addAll(List.of(
                "--project-name",
                project.projectName(),
                "--project-directory",
                project.projectDirectory().toString(),
                "--env-file",
                "/dev/null",
                "--ansi",
                command.progress() == ComposeCommand.Progress.AUTO ? "auto" : "never",
                "--progress",
                command.progress().word()));
        for (String profile : profiles) {
            words.add("--profile");
            words.add(profile);
        }
        words.addAll(command.words());
        return words;
    }
}
