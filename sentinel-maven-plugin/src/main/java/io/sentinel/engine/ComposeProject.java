package io.sentinel.engine;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A compose project: one file and nothing beside it.
 *
 * @param file the compose file
 * @param projectDirectory where the file's relative paths start
 * @param projectName lower-case letters, digits, dashes and underscores, at most 63, the first a letter or digit
 */
public record ComposeProject(Path file, Path projectDirectory, String projectName) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public ComposeProject {
        file = file.toAbsolutePath().normalize();
        projectDirectory = projectDirectory.toAbsolutePath().normalize();
        if (!NAME.matcher(projectName).matches()) {
            throw new IllegalArgumentException(
                    "A compose project's name has 1 to 63 of a-z, 0-9, '-' and '_' and begins"
                            + " with a letter or digit, not '" + projectName + "'.");
        }
    }
}
