package io.sentinel.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where a policy that is mounted stands on the host: the file, and every folder above it, since whoever may write one of
 * them may put another file in its place.
 *
 * @param steps the folders, as the path is written and as it really is, and the file last
 * @param inWorkspace whether the agent's own folder holds it
 */
record PolicyPlace(String what, List<Step> steps, boolean inWorkspace) {

    /** What is mounted. */
    static final String POLICY = "the policy";

    /** What vouches for it. */
    static final String KEY = "the public key";

    private static final int OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;

    PolicyPlace {
        steps = List.copyOf(steps);
    }

    /** What stands at a path. */
    enum Kind {
        FOLDER,
        FILE,
        LINK,
        OTHER
    }

    /**
     * One of them.
     *
     * @param owner its numeric user
     * @param mode its permissions, as stat(2) has them
     */
    record Step(String path, Kind kind, long owner, int mode) {}

    /**
     * Looks at it. What is not there yet will be the invoker's, who is about to write it.
     *
     * @param file its absolute path; a link at its end is not followed, those above are
     */
    static PolicyPlace of(String what, Path file, Path workspace, Invoker invoker) throws IOException {
        Path there = file.getParent();
        List<Path> missing = new ArrayList<>(List.of(file.getFileName()));
        while (Files.notExists(there)) {
            missing.add(0, there.getFileName());
            there = there.getParent();
        }
        Path path = there.toRealPath();
        // Where a link is on the way, who may write the folder that it is in may make it lead elsewhere.
        SortedSet<Path> above = new TreeSet<>();
        for (Path way : List.of(there, path)) {
            for (Path folder = way; folder != null; folder = folder.getParent()) {
                above.add(folder);
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Path folder : above) {
            steps.add(step(folder));
        }
        for (Path name : missing) {
            path = path.resolve(name);
            boolean last = name == missing.get(missing.size() - 1);
            steps.add(
                    Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                            ? step(path)
                            : new Step(path.toString(), last ? Kind.FILE : Kind.FOLDER, invoker.uid(), 0));
        }
        boolean inside = Files.exists(workspace) && path.startsWith(workspace.toRealPath());
        return new PolicyPlace(what, steps, inside || path.startsWith(workspace) || file.startsWith(workspace));
    }

    private static Step step(Path path) throws IOException {
        Map<String, Object> facts = Files.readAttributes(
                path, "unix:uid,mode,isDirectory,isRegularFile,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        Kind kind = (boolean) facts.get("isSymbolicLink")
                ? Kind.LINK
                : (boolean) facts.get("isDirectory")
                        ? Kind.FOLDER
                        : (boolean) facts.get("isRegularFile") ? Kind.FILE : Kind.OTHER;
        return new Step(path.toString(), kind, (int) facts.get("uid") & 0xFFFFFFFFL, (int) facts.get("mode") & 07777);
    }

    /**
     * What is wrong with it, each in a sentence with its remedy. An access control list shows here too: the group's
     * permissions are the most that it gives (acl(5)).
     */
    List<String> lacks() {
        List<String> lacks = new ArrayList<>();
        Step file = steps.get(steps.size() - 1);
        if (inWorkspace) {
            lacks.add(what + " " + file.path() + " is in the workspace, which is the agent's; keep it elsewhere");
        }
        if (file.kind() != Kind.FILE) {
            lacks.add(what + " " + file.path() + " is "
                    + (file.kind() == Kind.LINK ? "a symbolic link" : "no plain file") + "; name the file itself");
        }
        for (Step step : steps) {
            boolean above = step != file;
            String place = what + (above ? "'s folder " : " ") + step.path();
            if (step.owner() != 0) {
                lacks.add(place + " is of user " + step.owner() + ", not of root; "
                        + (above
                                ? "keep " + what + " where every folder above is root's, such as /etc/sentinel"
                                : what.equals(POLICY)
                                        ? "name one that root owns with sentinel-isolate --policy FILE, or run this as root"
                                        : "chown root " + step.path()));
            }
            // In a folder with the sticky bit, such as /tmp, nobody removes or renames what is root's (chmod(1)).
            boolean replaceable = (step.mode() & OTHERS_WRITE) != 0 && !(above && (step.mode() & STICKY) != 0);
            if (replaceable && step.kind() != Kind.LINK) {
                lacks.add(place + " can be written by others than root (mode "
                        + String.format(Locale.ROOT, "%04o", step.mode()) + "); chmod go-w " + step.path());
            }
        }
        return lacks;
    }
}
