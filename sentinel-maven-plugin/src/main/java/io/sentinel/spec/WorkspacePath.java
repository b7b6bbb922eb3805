package io.sentinel.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The workspace: the one folder of the project that the agent writes to, so none that decides over the sandbox. */
final class WorkspacePath {

    static final String DEFAULT = "sandbox-workspace";

    /** Compose interpolates and splits what it mounts: these characters stay what they are. */
    private static final Pattern UNESCAPED = Pattern.compile("[A-Za-z0-9._/-]*");

    /** What may not stand in the workspace: spec and lock, bundle, and what git and Maven execute on the host. */
    private static final List<String> PROTECTED =
            List.of(parent(Spec.DEFAULT_PATH), "target/sentinel", ".git/hooks", ".mvn/extensions.xml");

    /** Folders in which not even a part is fit to be a workspace. */
    private static final List<String> CLOSED = List.of("target/sentinel", ".git", ".mvn");

    private WorkspacePath() {}

    static Optional<String> read(Value value, String specFile) {
        Optional<String> path = Paths.projectPath(value);
        if (path.isEmpty()) {
            return path;
        }
        if (path.get().equals(".")) {
            return value.refuse(
                    "a folder below the project's",
                    "name one such as " + DEFAULT + ": the agent could change the project");
        }
        boolean trailingDot = Paths.parts(path.get()).stream().anyMatch(part -> part.endsWith("."));
        if (!UNESCAPED.matcher(path.get()).matches()
                || trailingDot
                || path.get().startsWith("-")) {
            return value.refuse(
                    "a path of letters, digits and . _ - / that starts with no hyphen and has no part that ends with a dot",
                    "rename the folder");
        }
        return controlled(path.get(), specFile)
                .map(what -> value.<String>refuse(
                        "a folder that has no part in what controls the sandbox",
                        "name another, such as " + DEFAULT + ": the agent could change " + Texts.excerpt(what)))
                .orElse(path);
    }

    /** The workspace of a spec that names none, unless the spec itself stands in it. */
    static String standard(String specFile, Problems problems) {
        controlled(DEFAULT, specFile)
                .ifPresent(what -> problems.add(
                        Node.Position.START,
                        "workspace.path: expected another folder than the default " + DEFAULT
                                + ", found none; name one: the agent could change " + Texts.excerpt(what)));
        return DEFAULT;
    }

    /** What an agent in this workspace could change. Folders that differ in case only are one on some hosts. */
    private static Optional<String> controlled(String workspace, String specFile) {
        String folded = workspace.toLowerCase(Locale.ROOT);
        String spec = specFile.replace('\\', '/');
        // Where an absolute path stands in relation to the project is not known here.
        Stream<String> relative = spec.startsWith("/") || spec.contains(":") ? Stream.empty() : Stream.of(spec);
        Stream<String> inside = Stream.concat(PROTECTED.stream(), relative)
                .map(Paths::joined)
                .filter(path -> Paths.isWithin(path.toLowerCase(Locale.ROOT), folded));
        Stream<String> around = CLOSED.stream().filter(path -> Paths.isWithin(folded, path));
        return Stream.concat(inside, around).findFirst();
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
