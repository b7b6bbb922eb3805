package io.sentinel.run;

import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;

/** The host's side of {@code /workspace}. */
final class Workspace {

    private static final String POLICY = "sentinel.yaml";

    /** Each level holds a folder open. */
    private static final int DEEPEST = 200;

    private final Layout layout;
    private final Path folder;

    Workspace(Layout layout, Path folder) {
        this.layout = layout;
        this.folder = folder;
    }

    /**
     * Makes the folder, and the file that the policy is mounted over, where they are missing: the engine would make them
     * as root. For an invoker who is root, the agent gets to own what is in it.
     *
     * @throws SandboxException when a folder of the project leads out of it, one outside is not what it was when it was
     *     looked at, or something else stands in its place
     */
    void prepare(Invoker invoker, User agent) throws SandboxException, IOException {
        if (folder.startsWith(layout.project())) {
            layout.checkWorkspace(folder);
        }
        Files.createDirectories(folder);
        if (!folder.startsWith(layout.project()) && !folder.toRealPath().equals(folder)) {
            throw new SandboxException("the workspace " + folder + " leads to " + folder.toRealPath()
                    + " by a symbolic link that was not there a moment ago; name a folder that nobody else changes");
        }
        Path policy = folder.resolve(POLICY);
        if (Files.notExists(policy, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(policy);
        } else if (!Files.isRegularFile(policy, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException(
                    layout.shown(policy) + " is no plain file, and the policy is mounted over it;" + " remove it");
        }
        if (invoker.isRoot()) {
            giveTo(agent);
        }
    }

    /**
     * Works on open folders rather than on paths: an agent that still runs in this workspace could swap a folder for a
     * symbolic link meanwhile, and have root give away what it leads to. Links and special files stay as they are.
     */
    private void giveTo(User agent) throws SandboxException, IOException {
        UserPrincipalLookupService ids = folder.getFileSystem().getUserPrincipalLookupService();
        UserPrincipal owner = ids.lookupPrincipalByName(Integer.toString(agent.uid()));
        GroupPrincipal group = ids.lookupPrincipalByGroupName(Integer.toString(agent.gid()));
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            give(secure(stream).getFileAttributeView(PosixFileAttributeView.class), owner, group);
            giveBelow(secure(stream), owner, group, DEEPEST);
        }
    }

    private void giveBelow(SecureDirectoryStream<Path> parent, UserPrincipal owner, GroupPrincipal group, int levels)
            throws SandboxException, IOException {
        if (levels == 0) {
            throw new SandboxException("the workspace " + layout.shown(folder) + " is more than " + DEEPEST
                    + " folders deep; clear it, or name an empty folder as workspace.path");
        }
        for (Path entry : parent) {
            Path name = entry.getFileName();
            PosixFileAttributeView view =
                    parent.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            PosixFileAttributes attributes = view.readAttributes();
            if (attributes.isRegularFile() || attributes.isDirectory()) {
                give(view, owner, group);
            }
            if (attributes.isDirectory()) {
                try (SecureDirectoryStream<Path> below = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    giveBelow(below, owner, group, levels - 1);
                }
            }
        }
    }

    private static void give(PosixFileAttributeView view, UserPrincipal owner, GroupPrincipal group)
            throws IOException {
        PosixFileAttributes attributes = view.readAttributes();
        if (!attributes.owner().equals(owner)) {
            view.setOwner(owner);
        }
        if (!attributes.group().equals(group)) {
            view.setGroup(group);
        }
    }

    private SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws SandboxException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new SandboxException("the file system of the workspace " + layout.shown(folder)
                + " does not let root hand it over safely; run as another user, or use another folder");
    }
}
