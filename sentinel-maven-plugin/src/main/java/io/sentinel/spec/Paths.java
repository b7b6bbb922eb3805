package io.sentinel.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Paths as a spec writes them: forward slashes, nothing that climbs, nothing that a person cannot see. */
final class Paths {

    /** The longest path, without its final NUL (PATH_MAX, limits.h of Linux). */
    static final int MAX_BYTES = 4095;

    /** What the sandbox itself mounts or owns: a copied file there would be hidden or would replace a control. */
    private static final List<String> OWNED =
            List.of("/workspace", "/tmp", "/run", "/var/run", "/proc", "/sys", "/dev", "/opt/sentinel");

    private static final Pattern PATTERN = Pattern.compile("[*?]|\\$[{(A-Z_]|\\{[^{}/]*,[^{}/]*}");

    private Paths() {}

    /** A path below the project's folder, without {@code .} parts; the folder itself is {@code "."}. */
    static Optional<String> projectPath(Value value) {
        Optional<String> path = plain(value, "a path below the project's folder");
        if (path.isPresent() && (path.get().startsWith("/") || path.get().matches("[A-Za-z]:.*"))) {
            return value.refuse("a path below the project's folder", "write it relative to the project's folder");
        }
        return path.map(Paths::joined);
    }

    /** A place in the image: absolute, already in its shortest form; a slash at its end says that it is a folder. */
    static Optional<String> imagePath(Value value) {
        String expected = "an absolute path in the image";
        Optional<String> path = plain(value, expected);
        if (path.isEmpty()) {
            return path;
        }
        String normal = "/" + String.join("/", parts(path.get()));
        if (!path.get().equals(normal) && !path.get().equals(normal + "/")) {
            return value.refuse(expected + " without empty and . parts", "write it as " + Texts.quoted(normal));
        }
        if (normal.equals("/")) {
            return value.refuse("a path below /", "name a folder such as /opt/agent");
        }
        Optional<String> owner = OWNED.stream().filter(o -> isWithin(normal, o)).findFirst();
        return owner.isPresent()
                ? value.refuse(
                        "a path outside of " + String.join(", ", OWNED),
                        "the sandbox owns " + owner.get() + ": name another folder")
                : path;
    }

    /** A file of the host's: absolute, in the invoker's home, or relative to the project; without empty and {@code .} parts. */
    static Optional<String> hostPath(Value value) {
        String expected = "an absolute path, one that begins with ~/, or one below the project's folder";
        Optional<String> path = plain(value, expected);
        boolean home = path.isPresent() && path.get().startsWith("~");
        if (home && !path.get().startsWith("~/")
                || path.isPresent() && parts(path.get()).size() < (home ? 2 : 1)) {
            return value.refuse(expected, "name the file");
        }
        return path.map(text -> (text.startsWith("/") ? "/" : "") + joined(text));
    }

    /** A path of the policy: as it is written, absolute or relative to {@code /workspace}. */
    static Optional<String> policyPath(Value value) {
        String expected = "a path in the sandbox";
        Optional<String> path = plain(value, expected);
        if (path.isPresent() && path.get().startsWith("~")) {
            return value.refuse(expected, "write it relative to /workspace, which is the home folder");
        }
        if (path.isPresent() && isPattern(path.get())) {
            return value.refuse(
                    expected + ", no pattern",
                    "name the folder that they are in: * ? {a,b} and $VARIABLE are not expanded");
        }
        return path.isPresent() && Texts.utf8Length(inSandbox(path.get())) > MAX_BYTES
                ? value.refuse(expected + ", with /workspace before it at most " + MAX_BYTES + " bytes", "shorten it")
                : path;
    }

    /**
     * Whether a text looks like one that a shell expands: as a name it would stand for nothing that its writer means. Not
     * brackets, nor a dollar before a small letter, which projects have in names of files ({@code [id].tsx}).
     */
    static boolean isPattern(String text) {
        return PATTERN.matcher(text).find();
    }

    /** The absolute path in the sandbox that a path of the policy stands for, without empty and {@code .} parts. */
    static String inSandbox(String path) {
        List<String> parts = parts(path);
        if (path.startsWith("/")) {
            return "/" + String.join("/", parts);
        }
        return parts.isEmpty() ? "/workspace" : "/workspace/" + String.join("/", parts);
    }

    /** Whether the agent may write to an absolute path. */
    static boolean isAgents(String path) {
        return List.of("/workspace", "/tmp", "/run").stream().anyMatch(folder -> isWithin(path, folder));
    }

    /** Whether a path is a folder or lies below it; both without a slash at their end, but for the root. */
    static boolean isWithin(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.equals("/") ? folder : folder + "/");
    }

    /** The parts of a path that name something. */
    static List<String> parts(String path) {
        List<String> parts = new ArrayList<>(List.of(path.split("/")));
        parts.removeIf(part -> part.isEmpty() || part.equals("."));
        return parts;
    }

    static String joined(String path) {
        List<String> parts = parts(path);
        return parts.isEmpty() ? "." : String.join("/", parts);
    }

    private static Optional<String> plain(Value value, String expected) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return text;
        }
        String path = text.get();
        if (path.isBlank() || Texts.utf8Length(path) > MAX_BYTES) {
            return value.refuse(expected + ", at most " + MAX_BYTES + " bytes", "correct the path");
        }
        if (path.contains("\\")) {
            return value.refuse(expected, "write forward slashes");
        }
        if (!Texts.printable(path)) {
            return value.refuse(expected + " of printable characters", "rename the file or correct the path");
        }
        return parts(path).contains("..") ? value.refuse(expected + " without ..", "name the folder itself") : text;
    }
}
