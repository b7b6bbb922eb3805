package io.sentinel.render;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /**
     * Where something is remembered of the bundle: one project may have several, of overridden specs.
     *
     * @param name of what it is
     */
    public Path remembered(String name) {
        String digest = Sha256.of(bundle.toString().getBytes(StandardCharsets.UTF_8));
        return work.resolve(name + "-" + digest.substring("sha256:".length(), "sha256:".length() + 8));
    }

    /** Where the guards of this project's sandboxes write their audit trails; agents reach nothing of it. */
    public Path trail() {
        return work.resolve("trail");
    }

    public Path composeFile() {
        return bundle.resolve(Bundle.COMPOSE);
    }

    /**
     * Refuses a workspace from which an agent could reach what decides about it. The spec's reader has checked the path's
     * words; this looks at what the path leads to.
     *
     * @throws SandboxException when a symbolic link is on the way, or the spec, the bundle or what Sentinel leaves is inside
     */
    public void checkWorkspace(Path workspace) throws SandboxException, IOException {
        Path plain = project.toRealPath().resolve(project.relativize(workspace));
        if (!real(workspace).equals(plain)) {
            throw new SandboxException("the workspace " + shown(workspace) + " leads to " + real(workspace)
                    + " by a symbolic link; a sandbox gets a plain folder of its own project");
        }
        for (Path own : List.of(spec, bundle, work)) {
            if (real(own).startsWith(plain)) {
                throw new SandboxException("the workspace " + shown(workspace) + " holds " + shown(own)
                        + ": the agent could change its own sandbox; choose another workspace.path");
            }
            if (!own.equals(spec) && plain.startsWith(real(own))) {
                throw new SandboxException("the workspace " + shown(workspace) + " lies in " + shown(own)
                        + ", which Sentinel replaces; choose another workspace.path");
            }
        }
    }

    /** Where a path leads, symbolic links followed, as far as it exists. */
    static Path real(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path parent = path.getParent();
        return parent == null ? path : real(parent).resolve(path.getFileName());
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
