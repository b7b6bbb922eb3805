package io.sentinel.render;

import java.nio.file.Path;

/**
 * Where things are for one sandbox. Every path is absolute and normalised.
 *
 * @param project the folder that the spec's relative paths start from
 * @param spec the spec's file
 * @param bundle the folder that the bundle is written to
 * @param work what Sentinel leaves besides the bundle: outcomes, the writer's lock, its stamp
 */
public record Layout(Path project, Path spec, Path bundle, Path work) {

    public Layout {
        project = project.toAbsolutePath().normalize();
        spec = spec.toAbsolutePath().normalize();
        bundle = bundle.toAbsolutePath().normalize();
        work = work.toAbsolutePath().normalize();
    }

    /** The lock of what was resolved, beside the spec. */
    public Path sandboxLock() {
        return spec.resolveSibling("sandbox.lock");
    }

    public Path composeFile() {
        return bundle.resolve(Bundle.COMPOSE);
    }

    /** A path as a person who stands in the project would write it. */
    public String shown(Path path) {
        return path.startsWith(project) && !path.equals(project)
                ? project.relativize(path).toString()
                : path.toString();
    }

    /** {@code to} as seen from the bundle's folder, with forward slashes. */
    String fromBundle(Path to) {
        return bundle.relativize(to).toString().replace('\\', '/');
    }
}
