package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a profile of a person's own lets through, next to Docker's own default, for people. */
public final class CustomExplanation {

    private final String file;
    private final CustomProfile profile;
    private final Mode mode;
    private final SystemCalls calls;
    private final DockerDefault docker;

    /**
     * @param file the profile's name as the person knows it
     * @param mode one that filters
     */
    public CustomExplanation(String file, CustomProfile profile, Mode mode, SeccompSource source) {
        this.file = file;
        this.profile = profile;
        this.mode = mode;
        this.calls = SystemCalls.read(source);
        this.docker = DockerDefault.read(source);
    }

    /** All that it lets through, and what there is to know of it. */
    public List<String> all() {
        Map<String, Boolean> outright = new TreeMap<>();
        for (CustomRule rule : profile.rules()) {
            if (rule.action().passes()) {
                rule.names().stream()
                        .filter(calls::serves)
                        .forEach(name -> outright.merge(name, rule.unconditional(), Boolean::logicalOr));
            }
        }
        long conditions = outright.values().stream().filter(always -> !always).count();
        List<String> lines = new ArrayList<>();
        lines.add(file + ", mode " + mode.word() + ": " + outright.size() + " system calls are allowed, " + conditions
                + " of them on conditions.");
        lines.add(docker.summary());
        profile.warnings(mode).forEach(warning -> lines.add("Warning: " + warning));
        lines.add("");
        lines.add("* on conditions   + not in Docker's default   (-Dsyscall=NAME explains one)");
        lines.addAll(PresetExplanation.wrapped(outright.entrySet().stream()
                .map(call ->
                        call.getKey() + (call.getValue() ? "" : "*") + (docker.letsThrough(call.getKey()) ? "" : "+"))
                .toList()));
        lines.add("");
        lines.addAll(docker.beyond(outright.keySet()));
        return lines;
    }

    /**
     * What becomes of one call.
     *
     * @throws IllegalArgumentException when Linux has no such call, with the nearest that it has
     */
    public List<String> of(String call) {
        String head = CallExplanation.head(call, calls);
        if (!calls.serves(call)) {
            return List.of(head + " "
                    + (profile.otherTables().isEmpty()
                            ? file + " has no other table: a process that uses one is killed."
                            : file + " lets programs use other tables: " + String.join(", ", profile.otherTables())));
        }
        List<String> lines = new ArrayList<>(List.of(head));
        List<CustomRule> about = profile.rules().stream()
                .filter(rule -> rule.names().contains(call))
                .toList();
        for (CustomRule rule : about) {
            lines.add(file + ":" + rule.line() + ": " + rule.answer()
                    + (rule.unconditional() ? "" : ", on the condition that stands there"));
        }
        List<OciRule> added = profile.added(mode).stream()
                .filter(rule -> rule.names().contains(call))
                .toList();
        for (OciRule rule : added) {
            // The further rules of one case have no comment.
            rule.comment()
                    .ifPresent(comment -> lines.add("Refused in mode log for the host's sake"
                            + (rule.args().isEmpty() ? "" : ", with some arguments") + ": " + comment));
        }
        boolean decided = about.stream().anyMatch(CustomRule::unconditional)
                || added.stream().anyMatch(rule -> rule.args().isEmpty());
        if (!decided) {
            String none = about.isEmpty() && added.isEmpty() ? "No rule of " + file + " is about it: " : "Else: ";
            lines.add(none
                    + (mode == Mode.LOG
                            ? "it is logged and goes through"
                            : profile.defaultAction().ociName()));
        }
        lines.add(docker.verdict(call));
        return lines;
    }
}
