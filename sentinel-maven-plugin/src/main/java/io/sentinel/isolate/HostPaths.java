package io.sentinel.isolate;

import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Invoker;
import io.sentinel.run.RefusedException;
import io.sentinel.run.Trail;
import io.sentinel.spec.Overrides.NamedText;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.SourceText;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What flags name on this host, wherever that is. A file is read here, once: what it says later, and the way to it, have no
 * part in the run.
 *
 * @param policy in place of the spec's
 * @param filter in place of the spec's own system call filter
 * @param workspace the real path of a folder outside of the project, in place of the spec's
 */
record HostPaths(Optional<PolicyFile> policy, Optional<NamedText> filter, Optional<Path> workspace) {

    /** Nothing is named. */
    static final HostPaths NONE = new HostPaths(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Reads the files, and looks at the folder.
     *
     * @param agent who runs in the sandbox
     * @param production whether the policy's file is mounted itself: a copy in the bundle would be the invoker's, and
     *     production wants root's
     * @throws SandboxException where one is not there, or gives the agent what it must not have
     */
    static HostPaths of(Choices choices, Layout layout, Invoker invoker, User agent, boolean production)
            throws SandboxException, IOException {
        Optional<Path> policy = file(choices, Setting.POLICY, "policy", layout);
        Optional<Path> filter = file(choices, Setting.SECCOMP, "profile", layout);
        Optional<Path> workspace = Optional.empty();
        Optional<Path> named = path(choices, Setting.WORKSPACE, layout).map(Path::normalize);
        if (named.isPresent()) {
            String label = choices.label(Setting.WORKSPACE).orElseThrow();
            OutsideWorkspace outside = new OutsideWorkspace(layout, invoker, agent);
            outside.refuseOfHome(label, named.get());
            // Of the project itself the spec's reader says what else is wrong.
            if (!named.get().startsWith(layout.project())) {
                List<Path> files = Stream.of(policy, filter)
                        .flatMap(Optional::stream)
                        .map(Path::normalize)
                        .toList();
                workspace = Optional.of(outside.checked(label, named.get(), files));
            }
        }
        Optional<NamedText> read = text(choices, Setting.POLICY, policy);
        Optional<String> mounted = Optional.empty();
        if (policy.isPresent() && production) {
            Path file = policy.get();
            mounted = Optional.of(
                    file.getParent().toRealPath().resolve(file.getFileName()).toString());
        }
        Optional<String> itself = mounted;
        return new HostPaths(
                read.map(file -> new PolicyFile(file.name(), file.text(), itself)),
                text(choices, Setting.SECCOMP, filter),
                workspace);
    }

    private static Optional<Path> path(Choices choices, Setting setting, Layout layout) throws SandboxException {
        try {
            return choices.value(setting).map(name -> layout.project().resolve(name));
        } catch (InvalidPathException e) {
            throw new SandboxException(choices.label(setting).orElse("") + ": no path: " + e.getReason(), e);
        }
    }

    private static Optional<Path> file(Choices choices, Setting setting, String what, Layout layout)
            throws SandboxException, IOException {
        Optional<Path> file = path(choices, setting, layout);
        if (file.isPresent() && (!Files.isRegularFile(file.get()) || Files.size(file.get()) > SourceText.MAX_BYTES)) {
            throw new SandboxException(choices.label(setting).orElseThrow() + " names "
                    + choices.value(setting).orElseThrow() + ", which is no file of at most "
                    + (SourceText.MAX_BYTES >> 20) + " MiB; name the " + what + "'s");
        }
        return file;
    }

    private static Optional<NamedText> text(Choices choices, Setting setting, Optional<Path> file) throws IOException {
        return file.isEmpty()
                ? Optional.empty()
                : Optional.of(new NamedText(
                        choices.value(setting).orElseThrow(),
                        new String(Files.readAllBytes(file.get()), StandardCharsets.UTF_8)));
    }

    /**
     * Refuses a file that an agent of an earlier run could have written, or chosen by a link: one whose way leads through a
     * workspace.
     *
     * @param workspaces the spec's and the one that the run has
     */
    void refuseFilesWithin(List<Path> workspaces, Choices choices, Layout layout) throws SandboxException, IOException {
        for (Setting setting : List.of(Setting.POLICY, Setting.SECCOMP)) {
            Optional<Path> file = path(choices, setting, layout);
            for (Path workspace : workspaces) {
                if (file.isPresent()
                        && Files.exists(workspace)
                        && Trail.of(file.get()).leadsThrough(workspace.toRealPath())) {
                    throw new RefusedException(choices.label(setting).orElseThrow() + " names "
                            + choices.value(setting).orElseThrow() + ", which lies in the workspace or leads through"
                            + " it, where an agent could have changed it; move it out of " + layout.shown(workspace));
                }
            }
        }
    }
}
