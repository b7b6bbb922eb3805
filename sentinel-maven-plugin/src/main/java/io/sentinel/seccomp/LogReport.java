package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a run in mode log shows: the calls that mode enforce would deny, and how a spec allows them. */
public final class LogReport {

    /** A program names its threads, and each name is one more. */
    private static final int SHOWN_PROGRAMS = 3;
    /** An agent can call any number; a person reads no more. */
    private static final int SHOWN_CALLS = 50;

    private final SystemCalls calls;
    private final Set<String> conditional;
    private final Set<String> sensitive;
    private final SeccompChoice choice;
    private final Adjustments present;

    /**
     * @param choice what the spec says now
     * @throws SeccompDataException when the data cannot be read
     */
    public LogReport(SeccompSource source, SeccompChoice choice) {
        Presets presets = Presets.read(source);
        this.calls = presets.calls();
        this.conditional = presets.conditional(choice.preset());
        this.sensitive = presets.sensitive();
        this.choice = choice;
        this.present = choice.adjustments();
    }

    /**
     * The report, line by line.
     *
     * @param logged in any order
     * @param complete whether no record was lost
     */
    public List<String> lines(List<LoggedCall> logged, boolean complete) {
        Map<String, Total> totals = new HashMap<>();
        for (LoggedCall call : logged) {
            Optional<String> name = name(call);
            totals.computeIfAbsent(name.orElseGet(() -> number(call)), shown -> new Total(shown, name))
                    .add(call);
        }
        List<Total> sorted = new ArrayList<>(totals.values());
        sorted.sort(Comparator.comparingLong((Total total) -> -total.count).thenComparing(total -> total.shown));
        List<String> lines = new ArrayList<>();
        if (!sorted.isEmpty()) {
            lines.addAll(table(sorted));
        } else if (complete) {
            lines.add("Seccomp mode log: enforce would have denied nothing of what this run did.");
        }
        if (!complete) {
            lines.add("Records were lost: " + (sorted.isEmpty() ? "" : "counts are too low, and ")
                    + "calls that enforce would deny may be missing here.");
        }
        lines.add("What mode log denies as well is not in the kernel's log, and not here.");
        lines.addAll(spec(sorted));
        return lines;
    }

    private List<String> table(List<Total> sorted) {
        int width =
                sorted.stream().mapToInt(total -> total.shown.length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add("Seccomp mode log: enforce would have denied these calls of this run (count, call, programs):");
        for (Total total : sorted.subList(0, Math.min(sorted.size(), SHOWN_CALLS))) {
            lines.add(
                    String.format(Locale.ROOT, "%9d  %-" + width + "s  %s", total.count, total.shown, total.programs())
                            + remark(total));
        }
        if (sorted.size() > SHOWN_CALLS) {
            lines.add("          and " + (sorted.size() - SHOWN_CALLS) + " more calls");
        }
        long uncertain = sorted.stream().mapToLong(total -> total.uncertain).sum();
        if (uncertain > 0) {
            lines.add(
                    uncertain + " of them are uncertain: their processes had ended before it could be seen whether they"
                            + " ran in this container, and ran as the same user.");
        }
        return lines;
    }

    private String remark(Total total) {
        if (total.name.filter(present.deny()::contains).isPresent()) {
            return " (the spec denies it)";
        }
        String remark = total.isUncertain() ? " (uncertain)" : "";
        return total.name.filter(conditional::contains).isPresent()
                ? remark + " (with these arguments; allowed on conditions)"
                : remark;
    }

    /**
     * Not a number that the table lacks, which no name allows, nor what a spec denies on purpose, nor what may be another's
     * alone.
     */
    private List<String> spec(List<Total> sorted) {
        Set<String> wanted = new TreeSet<>();
        sorted.stream().filter(total -> !total.isUncertain()).forEach(total -> total.name.ifPresent(wanted::add));
        wanted.removeAll(present.deny());
        if (wanted.isEmpty()) {
            return List.of();
        }
        if (choice.preset() == SeccompChoice.Preset.CUSTOM) {
            return List.of(choice.file().orElseThrow() + " allows them with these names in a rule of its own: "
                    + String.join(", ", wanted));
        }
        boolean explain = present.because().isEmpty() && wanted.stream().anyMatch(sensitive::contains);
        wanted.addAll(present.allow());
        StringBuilder line = new StringBuilder("  seccomp: {preset: ")
                .append(choice.preset().word())
                .append(", allow: ")
                .append(wanted);
        if (!present.deny().isEmpty()) {
            line.append(", deny: ").append(present.deny());
        }
        if (explain) {
            line.append(", because: \"...\"");
        }
        present.because().ifPresent(reason -> line.append(", because: ").append(quoted(reason)));
        return List.of(
                "The spec allows them with this" + (explain ? ", and a reason in place of the dots:" : ":"),
                line.append('}').toString());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private Optional<String> name(LoggedCall call) {
        return Architecture.ofAudit(call.architecture())
                .filter(architecture -> call.number() == (int) call.number())
                .flatMap(architecture -> calls.name(architecture, (int) call.number()));
    }

    private static String number(LoggedCall call) {
        String table = Architecture.ofAudit(call.architecture())
                .map(Architecture::kernelName)
                .orElseGet(() -> "architecture " + Integer.toHexString(call.architecture()));
        return "number " + call.number() + " of " + table;
    }

    /** One call over all programs. */
    private static final class Total {
        private final String shown;
        private final Optional<String> name;
        private final Map<String, Long> programs = new TreeMap<>();
        private long count;
        private long uncertain;

        Total(String shown, Optional<String> name) {
            this.shown = shown;
            this.name = name;
        }

        void add(LoggedCall call) {
            count += call.count();
            uncertain += call.certain() ? 0 : call.count();
            programs.merge(call.program(), call.count(), Long::sum);
        }

        boolean isUncertain() {
            return uncertain == count;
        }

        String programs() {
            List<String> sorted = programs.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .map(Map.Entry::getKey)
                    .toList();
            int more = sorted.size() - SHOWN_PROGRAMS;
            return String.join(", ", sorted.subList(0, Math.min(sorted.size(), SHOWN_PROGRAMS)))
                    + (more > 0 ? " and " + more + " more" : "");
        }
    }
}
