package io.sentinel.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Docker's own default profile lets through, to compare with ({@code seccomp/docker-default.yaml}).
 *
 * @param engine the version that it was read from
 * @param allowed calls that go through whatever their arguments
 * @param onConditions calls that go through with some arguments
 */
public record DockerDefault(String engine, Set<String> allowed, Set<String> onConditions) {

    private static final String FILE = "docker-default.yaml";

    /** @throws SeccompDataException when the file is missing or not as expected */
    public static DockerDefault read(SeccompSource source) {
        Map<String, DataNode> fields = DataNode.parse(FILE, source.read(FILE))
                .fields(List.of("engine", "allowed", "on-conditions"), List.of());
        return new DockerDefault(
                fields.get("engine").text(), names(fields.get("allowed")), names(fields.get("on-conditions")));
    }

    private static Set<String> names(DataNode list) {
        Set<String> names = new TreeSet<>();
        list.list().forEach(name -> names.add(name.text()));
        return names;
    }

    /** Whether a call goes through with some arguments at least. */
    boolean letsThrough(String call) {
        return allowed.contains(call) || onConditions.contains(call);
    }

    /** Its size, as one line. */
    String summary() {
        return "Docker's own default, without capabilities (engine " + engine + "): "
                + (allowed.size() + onConditions.size()) + ", " + onConditions.size() + " of them on conditions.";
    }

    /** What it makes of one call, as one line. */
    String verdict(String call) {
        return "Docker's own default (engine " + engine + "): "
                + (allowed.contains(call)
                        ? "allowed"
                        : onConditions.contains(call) ? "allowed on conditions" : "not allowed");
    }

    /** What it lets through and another filter does not, in lines. */
    List<String> beyond(Set<String> others) {
        Set<String> more = new TreeSet<>(allowed);
        more.addAll(onConditions);
        more.removeAll(others);
        List<String> lines = new ArrayList<>();
        lines.add("Docker's default lets through " + more.size() + " that are not allowed here:");
        lines.addAll(PresetExplanation.wrapped(more));
        return lines;
    }
}
