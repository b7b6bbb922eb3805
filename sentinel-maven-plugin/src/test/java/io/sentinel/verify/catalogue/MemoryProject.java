package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.FileState;
import io.sentinel.verify.evidence.ProjectFiles;
import io.sentinel.verify.evidence.TextFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A compose project that is nowhere on disk.
 *
 * @param folder its absolute path
 * @param resolved the model, and the same as written and as a bare command loads it
 * @param texts of its files, by their paths from the folder, or absolute
 * @param links where paths lead, for those that are symbolic links
 * @param odd what is odd below a folder
 * @param dark what cannot be seen: {@code model}, {@code written}, {@code bare}, a file's name, a folder
 */
record MemoryProject(
        String folder,
        String composeFile,
        Json resolved,
        Json asWritten,
        Json loadedBare,
        Map<String, String> texts,
        Map<String, String> links,
        Map<String, List<String>> odd,
        Set<String> dark)
        implements ProjectFiles {

    @Override
    public Json model() {
        see("model", "Compose gives no model: the compose file is no YAML");
        return resolved;
    }

    @Override
    public Json written() {
        see("written", "Compose gives no model: the compose file is no YAML");
        return asWritten;
    }

    @Override
    public Json bare() {
        see("bare", "Compose gives no model: the override file is no YAML");
        return loadedBare;
    }

    @Override
    public Optional<TextFile> file(String path) {
        Path full = Path.of(folder).resolve(path).normalize();
        String name = full.startsWith(folder) ? Path.of(folder).relativize(full).toString() : full.toString();
        see(name, name + " cannot be read: permission denied");
        return Optional.ofNullable(texts.get(name)).map(text -> new TextFile(name, text));
    }

    @Override
    public String real(String path) {
        Path full = Path.of(folder).resolve(path).normalize();
        for (Path at = full; at != null; at = at.getParent()) {
            String leads = links.get(at.toString());
            if (leads != null) {
                return Path.of(leads).resolve(at.relativize(full)).normalize().toString();
            }
        }
        return full.toString();
    }

    @Override
    public SortedMap<String, FileState> states() {
        texts.keySet().forEach(name -> see(name, name + " cannot be read: permission denied"));
        return states(texts);
    }

    /** Of files that are nowhere, a text is its own digest; one with an interpreter's line is a program. */
    static SortedMap<String, FileState> states(Map<String, String> texts) {
        SortedMap<String, FileState> states = new TreeMap<>();
        texts.forEach((name, text) -> {
            if (!name.startsWith("/")) {
                states.put(name, new FileState(text.startsWith("#!") ? "0755" : "0644", text));
            }
        });
        return states;
    }

    @Override
    public List<String> oddities(String below) {
        see(below, below + " cannot be looked through: permission denied");
        return odd.getOrDefault(below, List.of());
    }

    private void see(String what, String why) {
        if (dark.contains(what)) {
            throw new CannotTell(why);
        }
    }
}
