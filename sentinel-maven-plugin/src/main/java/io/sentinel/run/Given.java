package io.sentinel.run;

import io.sentinel.engine.Json;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SecretFiles;
import io.sentinel.spec.Secret;
import io.sentinel.spec.User;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a sandbox gets of its invoker's for one run: the spec's secrets as files in this machine's memory, and the variables
 * that the spec passes on. The files go when this is closed.
 */
final class Given implements AutoCloseable {

    /** What a variable holds where none is to be given: a locale too, so that programs start as ever. */
    private static final String NOTHING = "C";

    private final Rendered bundle;
    private final Optional<MemoryFolder> folder;
    private final SortedMap<String, String> passed;

    private Given(Rendered bundle, Optional<MemoryFolder> folder, SortedMap<String, String> passed) {
        this.bundle = bundle;
        this.folder = folder;
        this.passed = passed;
    }

    /**
     * The invoker's own.
     *
     * @param outside the real path of a workspace outside of the project, beside the spec's
     * @throws SandboxException where a secret cannot be given
     */
    static Given of(Rendered bundle, Optional<Path> outside, Layout layout, Invoker invoker, Owner owner)
            throws SandboxException, IOException {
        SortedMap<String, String> passed = new TreeMap<>(invoker.environment());
        passed.keySet().retainAll(bundle.passEnvironment());
        return staged(bundle, SecretSources.read(bundle, outside, layout, invoker), passed, invoker, owner);
    }

    /** The same with nothing real in it, for looking at the sandbox: no file of a secret is read, and no variable. */
    static Given placeholders(Rendered bundle, Invoker invoker, Owner owner) throws SandboxException, IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        bundle.secrets().forEach(secret -> contents.put(secret.name(), new byte[] {'\n'}));
        return staged(bundle, contents, nothing(bundle.passEnvironment()), invoker, owner);
    }

    /** In place of the variables that a spec passes on, whatever the invoker has. */
    static SortedMap<String, String> nothing(List<String> names) {
        SortedMap<String, String> variables = new TreeMap<>();
        names.forEach(name -> variables.put(name, NOTHING));
        return variables;
    }

    private static Given staged(
            Rendered bundle,
            SortedMap<String, byte[]> contents,
            SortedMap<String, String> passed,
            Invoker invoker,
            Owner owner)
            throws SandboxException, IOException {
        MemoryFolder.reap(invoker);
        if (contents.isEmpty()) {
            return new Given(bundle, Optional.empty(), passed);
        }
        User agent = invoker.agent(bundle.user());
        if (!invoker.isRoot() && agent.uid() != invoker.uid()) {
            throw new SandboxException("a secret is a file that its user alone can read, and the spec's user is "
                    + agent.uid() + " where you are " + invoker.uid()
                    + ", who cannot give files away; leave user out of"
                    + " the spec, so that the agent runs as you");
        }
        MemoryFolder folder = MemoryFolder.make(invoker, owner);
        try {
            for (Map.Entry<String, byte[]> content : contents.entrySet()) {
                write(folder.path().resolve(content.getKey()), content.getValue());
                if (invoker.isRoot()) {
                    Path file = folder.path().resolve(content.getKey());
                    Files.setAttribute(file, "unix:gid", agent.gid());
                    Files.setAttribute(file, "unix:uid", agent.uid());
                }
            }
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
        return new Given(bundle, Optional.of(folder), passed);
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (var channel = Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------")));
                OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
            out.write(content);
        }
    }

    /** Those that are passed on and the invoker has, with their values. */
    SortedMap<String, String> passed() {
        return new TreeMap<>(passed);
    }

    /** By which Compose finds all of it: the bundle's file names the folder by a variable, and the others by their names. */
    SortedMap<String, String> variables() {
        SortedMap<String, String> variables = passed();
        folder.ifPresent(made -> variables.put(SecretFiles.VARIABLE, made.path().toString()));
        return variables;
    }

    /** Where the files are, where there are some. */
    Optional<Path> folder() {
        return folder.map(MemoryFolder::path);
    }

    /**
     * The bundle's model with all of it: the files by their paths, and the variables by their names alone.
     *
     * @param model in which there is nothing of a run yet
     * @param service of the agent
     */
    Json in(Json model, String service) {
        Json given = model;
        for (String name : bundle.passEnvironment()) {
            given = given.with(Optional.empty(), "services", service, "environment", name);
        }
        for (Secret secret : bundle.secrets()) {
            Path file = folder.orElseThrow().path().resolve(secret.name());
            given = given.with(Optional.of(file.toString()), "secrets", secret.name(), "file");
        }
        return given;
    }

    @Override
    public void close() throws IOException {
        if (folder.isPresent()) {
            folder.get().close();
        }
    }
}
