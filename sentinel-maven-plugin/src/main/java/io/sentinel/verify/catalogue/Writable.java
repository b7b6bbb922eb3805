package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.StaticView;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Where a container's program may write: what a loader takes from there, the agent chose. */
final class Writable {

    /** Folders that are an agent's in most containers, and whatever is named from where the program stands. */
    private static final Pattern USUAL = Pattern.compile(
            "(^|.*[:=@\\s])(\\.{1,2}(/|:|$)|/(workspace|tmp|run|var/tmp|dev/shm|home)(/.*|$|[:\\s].*)).*");

    private static final Pattern PATH = Pattern.compile("(?<![\\w.-])/[^:=,;@\\s\"']*");

    /** Whether it can be written, by where something is mounted. */
    private final SortedMap<String, Boolean> mounts = new TreeMap<>();

    private Writable() {}

    static Writable of(StaticView view) {
        Writable writable = new Writable();
        for (Json volume : view.at("volumes").elements()) {
            boolean image = volume.at("type").text().filter("image"::equals).isPresent();
            writable.add(volume.at("target"), !image && !volume.at("read_only").isTrue());
        }
        view.at("tmpfs").texts().forEach(entry -> writable.mounts.put(entry.replaceFirst(":.*", ""), true));
        return writable;
    }

    static Writable of(InspectView view) {
        Writable writable = new Writable();
        view.at("Mounts")
                .elements()
                .forEach(mount ->
                        writable.add(mount.at("Destination"), mount.at("RW").isTrue()));
        view.host("Tmpfs").names().forEach(path -> writable.mounts.put(path, true));
        return writable;
    }

    static Writable of(LiveView view) {
        Writable writable = new Writable();
        // The root is the image's, of which RO-1 tells.
        for (ProcessFacts.Mount mount : view.process().mounts()) {
            if (!mount.target().equals("/")) {
                writable.mounts.put(mount.target(), !mount.has("ro"));
            }
        }
        return writable;
    }

    private void add(Json path, boolean can) {
        path.text().ifPresent(text -> mounts.put(text, can));
    }

    /** Whether a variable's value names something there. */
    boolean isIn(String value) {
        return USUAL.matcher(value).matches()
                || PATH.matcher(value)
                        .results()
                        .anyMatch(found -> isMounted(Path.of(found.group()).normalize()));
    }

    /** The innermost mount tells. */
    private boolean isMounted(Path path) {
        for (Path at = path; at != null; at = at.getParent()) {
            Path place = at;
            boolean known = mounts.keySet().stream()
                    .anyMatch(mount -> Path.of(mount).normalize().equals(place));
            if (known) {
                return mounts.entrySet().stream()
                        .anyMatch(mount -> mount.getValue()
                                && Path.of(mount.getKey()).normalize().equals(place));
            }
        }
        return false;
    }
}
