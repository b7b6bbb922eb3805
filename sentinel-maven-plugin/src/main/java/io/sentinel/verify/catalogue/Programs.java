package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import java.util.ArrayList;
import java.util.List;

/** Which file of an image a program's name starts. */
final class Programs {

    /** What an engine gives a container whose image says none (moby, daemon/pkg/oci/defaults.go, DefaultPathEnv). */
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final int EXECUTE = 0111;

    private Programs() {}

    /**
     * The files on the way to what is started: last the file itself, and before it what could put another in its place, the
     * folders that PATH has before its own among them.
     *
     * @param name as the container has it: a path, or a name that is looked for along PATH
     * @throws CannotTell where it is not in the image
     */
    static List<String> way(InspectView view, String name) {
        FileTree files = view.files();
        if (name.startsWith("/")) {
            return files.way(name);
        }
        if (name.contains("/")) {
            String folder = view.at("Config", "WorkingDir")
                    .text()
                    .filter(text -> !text.isEmpty())
                    .orElse("/");
            return files.way(folder + "/" + name);
        }
        List<String> passed = new ArrayList<>();
        String path = Environment.variables(view).getOrDefault("PATH", PATH);
        for (String folder : path.split(":", -1)) {
            if (!folder.startsWith("/")) {
                throw new CannotTell("PATH has '" + folder + "' before " + name + " is found: wherever it stands");
            }
            List<String> found = there(files, folder + "/" + name);
            if (!found.isEmpty() && isProgram(files, found.get(found.size() - 1))) {
                passed.removeAll(found);
                passed.addAll(found);
                return passed;
            }
            passed.addAll(there(files, folder));
        }
        throw new CannotTell("the image has no program " + name + " along " + path);
    }

    private static List<String> there(FileTree files, String path) {
        try {
            return files.way(path);
        } catch (CannotTell e) {
            return List.of(); // a shell and an engine look on in the next folder then
        }
    }

    private static boolean isProgram(FileTree files, String path) {
        return files.entry(path)
                .filter(entry -> entry.kind() == FileTree.Kind.FILE && (entry.mode() & EXECUTE) != 0)
                .isPresent();
    }
}
