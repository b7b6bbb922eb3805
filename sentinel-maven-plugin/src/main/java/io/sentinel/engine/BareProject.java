package io.sentinel.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A compose project as a person's own {@code docker compose} in its folder loads it: with override files, siblings,
 * {@code .env} and the person's variables. Only ever looked at; what is run is a {@link Compose}.
 */
public final class BareProject {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Docker docker;
    private final Path folder;
    private final SortedMap<String, String> environment = new TreeMap<>();

    /**
     * @param folder where the person stands
     * @param environment the person's variables; those that steer docker or Compose are left out
     */
    public BareProject(Docker docker, Path folder, Map<String, String> environment) {
        this.docker = docker;
        this.folder = folder;
        environment.forEach((name, value) -> {
            if (HostEnvironment.mayBeAdded(name)) {
                this.environment.put(name, value);
            }
        });
    }

    /**
     * The model with all profiles enabled, as JSON. Needs no engine.
     *
     * @param file one file alone; empty for those that Compose finds
     * @param interpolated whether variables are replaced
     * @throws EngineException where Compose refuses the project, with its words
     */
    public String configJson(Optional<Path> file, boolean interpolated) throws EngineException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("compose"));
        file.ifPresent(
                path -> words.addAll(List.of("--file", path.toString(), "--project-directory", folder.toString())));
        words.addAll(List.of("--profile", "*"));
        words.addAll(new ComposeCommand.Config(interpolated).words());
        Invocation invocation = Invocation.of(DockerClient.PROGRAM, words, LIMIT)
                .with(environment)
                .in(folder);
        return docker.client().answer(invocation, false);
    }
}
