package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Entry;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a preset lets through, group by group, next to Docker's own default, for people. */
public final class PresetExplanation {

    private static final int WIDTH = 100;
    private static final String INDENT = "    ";

    private final SeccompChoice choice;
    private final Presets.Parts parts;
    private final DockerDefault docker;
    private final Map<String, Entry> allowed = new TreeMap<>();
    private final List<String> groups = new ArrayList<>();

    private PresetExplanation(SeccompChoice choice, Presets.Parts parts, DockerDefault docker) {
        this.choice = choice;
        this.parts = parts;
        this.docker = docker;
    }

    /**
     * Lines of at most {@value #WIDTH} characters, but for long reasons.
     *
     * @param choice of a preset that ships and a mode that filters
     */
    public static List<String> of(SeccompChoice choice, SeccompSource source) {
        Presets.Parts parts = Presets.read(source).parts(choice);
        return new PresetExplanation(choice, parts, DockerDefault.read(source)).lines();
    }

    private List<String> lines() {
        parts.groups().forEach(this::add);
        List<String> lines = new ArrayList<>();
        long conditions = allowed.values().stream()
                .filter(entry -> !entry.unconditional())
                .count();
        lines.add("Preset " + choice.preset().word() + ", mode " + choice.mode().word() + ": " + allowed.size()
                + " system calls are allowed, " + conditions + " of them on conditions.");
        lines.add(docker.summary());
        lines.add(parts.about());
        lines.add("");
        lines.add("* on conditions   + not in Docker's default   (-Dsyscall=NAME explains one)");
        lines.addAll(groups);
        lines.add("");
        lines.add(
                choice.mode() == Mode.ENFORCE
                        ? "Any other call fails with EPERM, but these with ENOSYS, on which libraries fall back:"
                        : "Any other call is logged and goes through, but these, which fail in this mode too:");
        lines.addAll(wrapped(answered()));
        lines.addAll(docker.beyond(allowed.keySet()));
        return lines;
    }

    /** A call that stands in two groups counts in the first. */
    private void add(Group group) {
        List<String> marked = new ArrayList<>();
        int known = 0;
        for (Entry entry : group.entries()) {
            if (!(entry.action() instanceof Action.Allow)) {
                continue;
            }
            for (String name : entry.names()) {
                if (allowed.putIfAbsent(name, entry) == null) {
                    boolean dockers = docker.letsThrough(name);
                    known += dockers ? 1 : 0;
                    marked.add(name + (entry.unconditional() ? "" : "*") + (dockers ? "" : "+"));
                }
            }
        }
        if (group.entries().stream().noneMatch(entry -> entry.action() instanceof Action.Allow)) {
            return;
        }
        groups.add("");
        groups.add(group.name() + ": " + group.about() + " "
                + (marked.isEmpty()
                        ? "(all in the groups above)"
                        : "(" + marked.size() + "; Docker's default has " + known + ")"));
        groups.addAll(wrapped(marked));
    }

    private Collection<String> answered() {
        List<Group> answering = new ArrayList<>(parts.groups());
        answering.add(parts.alwaysDenied());
        TreeSet<String> names = new TreeSet<>();
        for (Group group : answering) {
            for (Entry entry : group.entries()) {
                boolean shown = choice.mode() == Mode.LOG || entry.action().equals(new Action.Refuse(Errno.ENOSYS));
                if (shown && entry.action() instanceof Action.Refuse) {
                    entry.names().forEach(name -> names.add(name + (entry.unconditional() ? "" : "*")));
                }
            }
        }
        return names;
    }

    /** Words in indented lines. */
    static List<String> wrapped(Collection<String> words) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(INDENT);
        for (String word : words) {
            if (line.length() + word.length() > WIDTH) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(INDENT);
            }
            line.append(word).append(' ');
        }
        if (!line.toString().isBlank()) {
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
