package io.sentinel.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A compose project: the files that are named, and nothing beside them.
 *
 * @param files the compose files, each laid over those before it; one at least
 * @param projectDirectory where the files' relative paths start
 * @param projectName lower-case letters, digits, dashes and underscores, at most 63, the first a letter or digit
 */
public record ComposeProject(List<Path> files, Path projectDirectory, String projectName) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public ComposeProject {
        files = files.stream().map(file -> file.toAbsolutePath().normalize()).toList();
        if (files.isEmpty()) {
            throw new IllegalArgumentException("A compose project has one file at least.");
        }
        projectDirectory = projectDirectory.toAbsolutePath().normalize();
        if (!NAME.matcher(projectName).matches()) {
            throw new IllegalArgumentException(
                    "A compose project's name has 1 to 63 of a-z, 0-9, '-' and '_' and begins"
                            + " with a letter or digit, not '" + projectName + "'.");
        }
    }

    /** A project of one file. */
    public ComposeProject(Path file, Path projectDirectory, String projectName) {
        this(List.of(file), projectDirectory, projectName);
    }
}
