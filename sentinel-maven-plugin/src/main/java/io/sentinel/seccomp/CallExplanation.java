package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Alternative;
import io.sentinel.seccomp.Group.Entry;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What becomes of one system call under a preset, on which condition, and why, for people. */
public final class CallExplanation {

    private final String call;
    private final SeccompChoice choice;
    private final Presets presets;
    private final DockerDefault docker;
    private final List<String> lines = new ArrayList<>();

    private CallExplanation(String call, SeccompChoice choice, SeccompSource source) {
        this.call = call;
        this.choice = choice;
        this.presets = Presets.read(source);
        this.docker = DockerDefault.read(source);
    }

    /**
     * @param call a name of Linux
     * @param choice of a preset that ships and a mode that filters
     * @throws IllegalArgumentException when Linux has no such call, with the nearest that it has
     */
    public static List<String> of(String call, SeccompChoice choice, SeccompSource source) {
        SystemCalls calls = SystemCalls.read(source);
        String head = head(call, calls);
        if (!calls.serves(call)) {
            return List.of(head + " The presets serve x86_64 and aarch64, each with its own table alone: a process that"
                    + " uses another one is killed.");
        }
        CallExplanation explanation = new CallExplanation(call, choice, source);
        explanation.lines.add(head);
        explanation.explain();
        return List.copyOf(explanation.lines);
    }

    /**
     * What a call is, whatever the filter.
     *
     * @throws IllegalArgumentException when Linux has no such call, with the nearest that it has
     */
    static String head(String call, SystemCalls calls) {
        if (!calls.knows(call)) {
            throw new IllegalArgumentException("Linux has no system call named " + call
                    + calls.nearest(call)
                            .map(near -> "; the nearest is " + near)
                            .orElse("; seccomp/syscalls.csv lists the names"));
        }
        if (!calls.serves(call)) {
            return call + " is a call of other architectures, or of x86's 32-bit table.";
        }
        return call + ": system call "
                + Stream.of(Architecture.values())
                        .map(a -> calls.number(a, call).isPresent()
                                ? calls.number(a, call).getAsInt() + " on " + a.kernelName()
                                : "none on " + a.kernelName())
                        .collect(Collectors.joining(", "));
    }

    private void explain() {
        Presets.Parts parts = presets.parts(choice);
        Optional<Found> found =
                parts.groups().stream().flatMap(group -> find(group).stream()).findFirst();
        Optional<Found> denied = find(parts.alwaysDenied());
        String head =
                "Preset " + choice.preset().word() + ", mode " + choice.mode().word() + ": ";
        if (found.isEmpty() && denied.isPresent() && denied.get().entry().unconditional()) {
            lines.add(head + answer(denied.get().entry().action()) + "; for the host's sake, in every preset and mode");
            lines.add("  because: " + denied.get().reason());
        } else {
            lines.add(head + (isDeniedBySpec() ? "the spec denies it; it " + otherwise() : verdict(found)));
            found.ifPresent(f -> {
                conditions(f.entry());
                lines.add("  because: " + f.reason());
                if (!f.reason().equals(f.group().about())) {
                    lines.add("  group: " + f.group().name() + " (" + f.group().about() + ")");
                } else {
                    lines.add("  group: " + f.group().name());
                }
            });
            denied.ifPresent(f -> {
                lines.add("Denied for the host's sake in every preset, in mode log too, with these arguments: "
                        + answer(f.entry().action()));
                conditions(f.entry());
                lines.add("  because: " + f.reason());
            });
        }
        for (Preset other : Preset.SHIPPED) {
            if (other != choice.preset()) {
                Optional<Found> there = presets.parts(SeccompChoice.of(other, choice.mode())).groups().stream()
                        .flatMap(group -> find(group).stream())
                        .findFirst();
                lines.add("Preset " + other.word() + ": " + (there.equals(found) ? "the same" : verdict(there)));
            }
        }
        lines.add(docker.verdict(call));
        if (isDeniedBySpec()) {
            lines.add("To allow it: remove " + call + " from seccomp.deny in the spec");
        } else if (found.isEmpty() || !(found.get().entry().action() instanceof Action.Allow)) {
            lines.add("To allow it all the same: add " + call + " to seccomp.allow in the spec"
                    + (presets.sensitive().contains(call) ? ", with the reason under because" : ""));
        }
    }

    private boolean isDeniedBySpec() {
        return choice.adjustments().deny().contains(call);
    }

    private record Found(Group group, Entry entry) {
        String reason() {
            return entry.because().orElse(group.about());
        }
    }

    private Optional<Found> find(Group group) {
        return group.entries().stream()
                .filter(entry -> entry.names().contains(call))
                .map(entry -> new Found(group, entry))
                .findFirst();
    }

    private String verdict(Optional<Found> found) {
        if (found.isEmpty()) {
            return "no group allows it; it " + otherwise();
        }
        Entry entry = found.get().entry();
        if (entry.action() instanceof Action.Allow) {
            return entry.unconditional() ? "allowed" : "allowed in these cases; else it " + otherwise();
        }
        return answer(entry.action());
    }

    private String otherwise() {
        return choice.mode() == Mode.ENFORCE ? "fails with EPERM" : "is logged and goes through";
    }

    private static String answer(Action action) {
        return action instanceof Action.Refuse refuse
                ? "fails with " + refuse.errno()
                        + (refuse.errno() == Errno.ENOSYS ? ", on which libraries fall back to another call" : "")
                : action.ociName().toLowerCase(Locale.ROOT);
    }

    private void conditions(Entry entry) {
        for (Alternative alternative : entry.when()) {
            List<List<Comparison>> blocks = alternative.blocks();
            // What "none of" becomes is for machines.
            lines.add("  - " + alternative.sentence() + (blocks.size() == 1 ? ": " + comparisons(blocks.get(0)) : ""));
        }
    }

    private static String comparisons(List<Comparison> block) {
        return block.stream()
                .map(c -> "argument " + c.argument()
                        + (c.mask() == Comparison.INT ? "" : " & 0x%X".formatted(c.mask()))
                        + " = 0x%X".formatted(c.value()))
                .collect(Collectors.joining(" and "));
    }
}
