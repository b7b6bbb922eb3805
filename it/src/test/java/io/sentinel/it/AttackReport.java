package io.sentinel.it;

import io.sentinel.it.AttackRun.Judged;
import io.sentinel.it.AttackRun.Judgement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the attacks came to, as tables. */
record AttackReport(List<AttackRun> runs) {

    private static final int SUMMARISED = 4;

    /** The first filters by family: how many of the variants reach the kernel. */
    String summary() {
        List<AttackRun> shown = runs.subList(0, SUMMARISED);
        StringBuilder out = new StringBuilder(row("reach the kernel", "variants", shown, AttackRun::name));
        out.append("|---|").append("---:|".repeat(shown.size() + 1)).append('\n');
        Map<String, List<Judged>> families = shown.get(0).attacks().stream()
                .collect(Collectors.groupingBy(
                        variant -> variant.attempt().family(), LinkedHashMap::new, Collectors.toList()));
        families.forEach((family, variants) -> out.append(row(
                family,
                String.valueOf(variants.size()),
                shown,
                run -> count(
                        run,
                        variant -> is(variant, Judgement.REACHED)
                                && variant.attempt().family().equals(family)))));
        out.append(row(
                "all",
                String.valueOf(shown.get(0).attacks().size()),
                shown,
                run -> count(run, variant -> is(variant, Judgement.REACHED))));
        out.append(row(
                "let through, but not there on the test machine",
                "",
                shown,
                run -> count(run, variant -> is(variant, Judgement.ABSENT))));
        out.append(row("instructions of the filter", "", shown, AttackReport::instructions));
        return out.toString();
    }

    /** Every variant under every filter. */
    String markdown() {
        StringBuilder out = new StringBuilder("# System calls under four filters, and two that log\n\n");
        out.append(summary()).append('\n');
        out.append("Dangerous variants that a filter does not stop:\n\n");
        for (AttackRun run : runs.subList(1, runs.size())) {
            out.append("- ").append(run.name()).append(": ");
            out.append(run.letThrough().size()).append(" (");
            out.append(String.join("; ", run.letThrough())).append(")\n");
        }
        out.append('\n').append(row("variant", "what it gives", runs, AttackRun::name));
        out.append("|---|---|").append("---|".repeat(runs.size())).append('\n');
        for (Judged variant : runs.get(0).variants().values()) {
            String id = variant.attempt().id();
            out.append(row(
                    id,
                    variant.attempt().gives(),
                    runs,
                    run -> cell(run.variants().get(id))));
        }
        return out.toString();
    }

    private static String cell(Judged variant) {
        String word = variant.judgement().name().toLowerCase(java.util.Locale.ROOT);
        return word + ", " + variant.attempt().outcome();
    }

    private static String instructions(AttackRun run) {
        return run.filters().isEmpty()
                ? "-"
                : run.filters().stream()
                        .map(filter -> String.valueOf(filter.program().size()))
                        .collect(Collectors.joining(" + "));
    }

    private static boolean is(Judged variant, Judgement judgement) {
        return variant.judgement() == judgement;
    }

    private static String count(AttackRun run, Predicate<Judged> which) {
        return String.valueOf(run.attacks().stream().filter(which).count());
    }

    private static String row(
            String first, String second, List<AttackRun> runs, java.util.function.Function<AttackRun, String> cell) {
        List<String> cells = new ArrayList<>(List.of(first, second));
        runs.forEach(run -> cells.add(cell.apply(run)));
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
