package io.sentinel.run;

import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Secret;
import io.sentinel.spec.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the files that a spec's secrets name. What they hold is in no message. */
final class SecretSources {

    /** For keys, tokens and certificates; more is data, and takes the host's memory. */
    static final int MAX_BYTES = 1 << 20;

    /** All secrets together: they are held in this process until they are written. */
    static final int MAX_TOTAL_BYTES = 4 << 20;

    private final Layout layout;
    private final List<Path> workspaces;
    private final Invoker invoker;

    private SecretSources(Layout layout, List<Path> workspaces, Invoker invoker) {
        this.layout = layout;
        this.workspaces = workspaces;
        this.invoker = invoker;
    }

    /**
     * What they hold, by name.
     *
     * @param outside the real path of a workspace outside of the project, beside the spec's
     * @throws SandboxException where a file cannot be given, with all that are so
     */
    static SortedMap<String, byte[]> read(Rendered bundle, Optional<Path> outside, Layout layout, Invoker invoker)
            throws SandboxException, IOException {
        // Of a workspace, checked before, no part is a link.
        Path workspace = layout.project().toRealPath().resolve(layout.project().relativize(bundle.workspace()));
        List<Path> workspaces = new ArrayList<>(List.of(workspace));
        outside.ifPresent(workspaces::add);
        SecretSources sources = new SecretSources(layout, workspaces, invoker);
        SortedMap<String, byte[]> contents = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        long total = 0;
        for (Secret secret : bundle.secrets()) {
            try {
                byte[] content = sources.content(sources.place(secret.file()));
                total += content.length;
                if (total > MAX_TOTAL_BYTES) {
                    throw new SandboxException("the secrets are longer than " + (MAX_TOTAL_BYTES >> 20)
                            + " MiB together; a secret is a key or a token, and data goes into the workspace");
                }
                contents.put(secret.name(), content);
            } catch (Unfit e) {
                problems.add("the secret " + secret.name() + " cannot be given: " + Texts.quoted(secret.file()) + " "
                        + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new SandboxException(String.join("\n", problems));
        }
        return contents;
    }

    private static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String why) {
            super(why);
        }
    }

    private Path place(String file) throws Unfit {
        if (!file.startsWith("~/")) {
            return layout.project().resolve(file);
        }
        String home = invoker.environment().getOrDefault("HOME", "");
        if (!home.startsWith("/")) {
            throw new Unfit("begins with ~, and HOME is not set to a folder; set it, or write the path out");
        }
        return Path.of(home).resolve(file.substring(2));
    }

    private byte[] content(Path written) throws Unfit, IOException {
        Path file = follow(written);
        Map<String, Object> facts = Files.readAttributes(file, "isRegularFile", LinkOption.NOFOLLOW_LINKS);
        if (!facts.get("isRegularFile").equals(true)) {
            throw new Unfit("is no plain file; name one");
        }
        if (!Files.isReadable(file)) {
            throw new Unfit("is not yours to read; change its permissions, or name another");
        }
        byte[] content;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            content = in.readNBytes(MAX_BYTES + 1);
        }
        if (content.length > MAX_BYTES) {
            throw new Unfit("is longer than 1 MiB; a secret is a key or a token, and data goes into the workspace");
        }
        return content;
    }

    /** The file without links on its way. */
    private Path follow(Path written) throws Unfit, IOException {
        Trail trail = Trail.of(written);
        if (workspaces.stream().anyMatch(trail::leadsThrough)) {
            throw new Unfit("lies in the workspace or leads through it, where the agent could put a link to any"
                    + " file of this machine; keep it elsewhere");
        }
        return switch (trail.state()) {
            case THERE -> trail.end();
            case MISSING ->
                throw new Unfit(
                        "is not there, or in a folder that is not yours to read; write it, or correct the path");
            case ENDLESS ->
                throw new Unfit("leads through more than " + Trail.MOST_LINKS + " links; name the file itself");
        };
    }
}
