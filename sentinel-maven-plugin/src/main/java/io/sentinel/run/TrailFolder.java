package io.sentinel.run;

import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The host's side of the folder that guards write their audit trails to. */
final class TrailFolder {

    private TrailFolder() {}

    /**
     * Makes it where it is missing: the engine would make it as root. For an invoker who is root it is given to the agent's
     * user, whom the guard runs as; the agent itself reaches nothing of it.
     *
     * @throws SandboxException where something else stands in its place
     */
    static void prepare(Layout layout, Invoker invoker, User agent) throws SandboxException, IOException {
        Path folder = layout.trail();
        boolean there = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        if (there && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException(
                    layout.shown(folder) + " is no plain folder, and the audit trail is written there; remove it");
        }
        make(folder, invoker, agent);
    }

    /** The same for a folder in whose place nothing else can stand. */
    static void make(Path folder, Invoker invoker, User agent) throws IOException {
        Files.createDirectories(folder);
        if (invoker.isRoot()) {
            give(folder, "unix:gid", agent.gid());
            give(folder, "unix:uid", agent.uid());
        }
    }

    /** Writes nothing where it is so already: a generation that changes nothing needs no folder that can be written. */
    private static void give(Path folder, String attribute, int id) throws IOException {
        if (!Integer.valueOf(id).equals(Files.getAttribute(folder, attribute, LinkOption.NOFOLLOW_LINKS))) {
            Files.setAttribute(folder, attribute, id, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
