package io.sentinel.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which version {@code docker compose} is, for as long as the very files that answer it stay as they are: asking
 * takes as long as all else that is asked before a run.
 *
 * @param file where it is remembered
 */
record ComposeTools(Path file) {

    /** Where the client looks for plugins beside its own folder (docker/cli, cli-plugins/manager/manager_unix.go). */
    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/local/lib/docker/cli-plugins"),
            Path.of("/usr/local/libexec/docker/cli-plugins"),
            Path.of("/usr/lib/docker/cli-plugins"),
            Path.of("/usr/libexec/docker/cli-plugins"));

    private static final String PLUGIN = "docker-compose";
    private static final String OTHER_FOLDERS = "cliPluginsExtraDirs";

    /** The version that was found the last time with these same files. */
    Optional<String> recall(HostEnvironment environment) {
        try {
            Optional<String> files = files(environment);
            if (files.isEmpty() || Files.notExists(file)) {
                return Optional.empty();
            }
            String text = Files.readString(file);
            int line = text.indexOf('\n');
            return line > 0 && text.substring(line + 1).equals(files.get())
                    ? Optional.of(text.substring(0, line))
                    : Optional.empty();
        } catch (IOException e) {
            // It is asked then.
            return Optional.empty();
        }
    }

    /** Remembers a version that was just found. */
    void remember(HostEnvironment environment, String version) {
        try {
            Optional<String> files = files(environment);
            if (files.isPresent()) {
                Files.createDirectories(file.getParent());
                Path fresh = Files.createTempFile(file.getParent(), "compose", ".new");
                Files.writeString(fresh, version + "\n" + files.get());
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            // It is asked again the next time.
            return;
        }
    }

    /** The client and each file that may be its plugin, with size and time; empty where they are not known for sure. */
    private static Optional<String> files(HostEnvironment environment) throws IOException {
        Optional<Path> client = environment.find("docker");
        Optional<Path> config = environment.value("DOCKER_CONFIG").map(Path::of).or(() -> environment
                .value("HOME")
                .map(home -> Path.of(home, ".docker")));
        if (client.isEmpty() || config.isEmpty()) {
            return Optional.empty();
        }
        Path settings = config.get().resolve("config.json");
        if (Files.exists(settings)
                && Files.readString(settings, StandardCharsets.UTF_8).contains(OTHER_FOLDERS)) {
            return Optional.empty();
        }
        List<Path> folders = new ArrayList<>(List.of(config.get().resolve("cli-plugins")));
        folders.addAll(FOLDERS);
        StringBuilder lines = new StringBuilder(line(client.get()));
        boolean found = false;
        for (Path folder : folders) {
            Path plugin = folder.resolve(PLUGIN);
            if (Files.exists(plugin)) {
                lines.append(line(plugin));
                found = true;
            }
        }
        return found ? Optional.of(lines.toString()) : Optional.empty();
    }

    private static String line(Path file) throws IOException {
        Path real = file.toRealPath();
        return file + " " + real + " " + Files.size(real) + " "
                + Files.getLastModifiedTime(real).toMillis() + "\n";
    }
}
