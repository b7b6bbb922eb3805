package io.sentinel.it;

import io.sentinel.it.AttackRun.Judged;
import io.sentinel.it.AttackRun.Judgement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the attacks came to, as tables. */
record AttackReport(List<AttackRun> runs) {

    /** The filters that enforce, by family: how many of the variants they let through. */
    String summary() {
        List<AttackRun> shown = runs.subList(1, 4);
        List<Judged> all = runs.get(0).attacks();
        StringBuilder out = new StringBuilder(row("system calls let through", "variants", shown, AttackRun::name));
        out.append("|---|").append("---:|".repeat(shown.size() + 1)).append('\n');
        Map<String, Long> families = all.stream()
                .collect(Collectors.groupingBy(
                        variant -> variant.attempt().family(), LinkedHashMap::new, Collectors.counting()));
        families.forEach((family, size) -> out.append(row(
                family,
                size.toString(),
                shown,
                run -> count(
                        run,
                        variant -> variant.judgement().letThrough()
                                && variant.attempt().family().equals(family)))));
        out.append(row(
                "all",
                String.valueOf(all.size()),
                shown,
                run -> count(run, variant -> variant.judgement().letThrough())));
        out.append(row("instructions of the filter", "", shown, AttackReport::instructions));
        return out.toString();
    }

    /** Every variant under every filter. */
    String markdown() {
        StringBuilder out = new StringBuilder("# Dangerous system calls under each filter\n\n");
        out.append(summary()).append('\n');
        out.append("Each filter, how many dangerous variants it lets through, how many of these are not there:\n\n");
        for (AttackRun run : runs) {
            out.append("- %s (instructions: %s): %d, not there %s"
                    .formatted(
                            run.name(),
                            instructions(run),
                            run.letThrough().size(),
                            count(run, variant -> variant.judgement() == Judgement.ABSENT)));
            // Without a filter it is all of them.
            out.append(run.filters().isEmpty() ? "\n" : ": " + String.join("; ", run.letThrough()) + "\n");
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
        String word = variant.judgement().name().toLowerCase(Locale.ROOT);
        return word + ", " + (variant.made() ? variant.attempt().outcome() : "never made");
    }

    private static String instructions(AttackRun run) {
        return run.filters().isEmpty()
                ? "-"
                : run.filters().stream()
                        .map(filter -> String.valueOf(filter.program().size()))
                        .collect(Collectors.joining(" + "));
    }

    private static String count(AttackRun run, Predicate<Judged> which) {
        return String.valueOf(run.attacks().stream().filter(which).count());
    }

    private static String row(String first, String second, List<AttackRun> runs, Function<AttackRun, String> cell) {
        List<String> cells = new ArrayList<>(List.of(first, second));
        runs.forEach(run -> cells.add(cell.apply(run)));
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
