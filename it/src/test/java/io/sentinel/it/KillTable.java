package io.sentinel.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What became of each mutant, for people and for programs. */
final class KillTable {

    private final List<Judged> mutants;
    private final List<Judged> harmless;

    KillTable(List<Judged> mutants, List<Judged> harmless) {
        this.mutants = mutants;
        this.harmless = harmless;
    }

    /** Writes {@code kill-table.md} and {@code kill-table.json}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("kill-table.md"), markdown());
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("schemaVersion", 1);
        root.put("mutants", mutants.size());
        root.put("killed", killed());
        root.put("harmless", harmless.size());
        root.put("falseAlarms", alarms());
        ArrayNode rows = root.putArray("rows");
        mutants.forEach(one -> rows.add(row(mapper, one, one.isKilled() ? "killed" : "survived")));
        harmless.forEach(one -> rows.add(row(mapper, one, one.isQuiet() ? "quiet" : "false alarm")));
        Files.writeString(
                folder.resolve("kill-table.json"),
                mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    }

    private static ObjectNode row(ObjectMapper mapper, Judged one, String came) {
        ObjectNode row = mapper.createObjectNode();
        row.put("title", one.mutation().title());
        row.put("file", one.mutation().file());
        row.put("came", came);
        ArrayNode expected = row.putArray("expected");
        one.mutation().by().forEach(catcher -> expected.add(catcher.toString()));
        ArrayNode unknown = row.putArray("expectedNotHeld");
        one.mutation().unknown().forEach(catcher -> unknown.add(catcher.toString()));
        row.put("expectedRefusal", one.mutation().refused());
        ArrayNode broken = row.putArray("broken");
        one.broken().forEach(broken::add);
        row.put("survives", one.mutation().survives());
        return row;
    }

    private long killed() {
        return mutants.stream().filter(Judged::isKilled).count();
    }

    private long alarms() {
        return harmless.stream().filter(one -> !one.isQuiet()).count();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# The mutants of the static ring\n\n");
        text.append(killed()).append(" of ").append(mutants.size()).append(" mutants are killed; ");
        text.append(alarms()).append(" of ").append(harmless.size()).append(" harmless changes raise an alarm.\n\n");
        text.append("A mutant is killed where every rule that is named for it is broken. ")
                .append(Mutation.DRIFT);
        text.append(" is broken by every change of a rendered file, and is named only where drift is the point.\n");
        text.append("\n| mutant | must be broken | also broken | came |\n|---|---|---|---|\n");
        mutants.forEach(one -> line(
                text,
                one,
                one.isKilled() ? "killed" : "**survived** " + one.mutation().survives()));
        text.append(
                "\n## Changes that harm nothing\n\n| change | must be broken | broken | came |\n|---|---|---|---|\n");
        harmless.forEach(one -> line(
                text,
                one,
                one.isQuiet() ? "quiet" : "**alarm** " + one.mutation().survives()));
        text.append("\n## By rule\n\n| rule | mutants that name it | of these killed | mutants that break it |\n");
        text.append("|---|---|---|---|\n");
        for (String rule : staticRules()) {
            text.append("| ").append(rule);
            text.append(" | ").append(count(one -> one.names(rule)));
            text.append(" | ").append(count(one -> one.names(rule) && one.isKilled()));
            text.append(" | ").append(count(one -> one.rulesThatBroke().contains(rule)));
            text.append(" |\n");
        }
        return text.toString();
    }

    private long count(Predicate<Judged> which) {
        return mutants.stream().filter(which).count();
    }

    private static void line(StringBuilder text, Judged one, String came) {
        TreeSet<String> also = new TreeSet<>(one.rulesThatBroke());
        one.mutation().by().forEach(catcher -> also.remove(catcher.rule()));
        String named = one.mutation().by().stream().map(Object::toString).collect(Collectors.joining(", "));
        String unknown = one.mutation().unknown().stream()
                .map(catcher -> "not held: " + catcher)
                .collect(Collectors.joining(", "));
        String refused = one.mutation().refused().isEmpty()
                ? ""
                : "refused: " + one.mutation().refused();
        text.append("| ").append(one.mutation().title().replace("|", "\\|")).append(" | ");
        text.append(String.join(
                "; ",
                Stream.of(named, unknown, refused)
                        .filter(word -> !word.isEmpty())
                        .toList()));
        text.append(" | ")
                .append(String.join(", ", also))
                .append(" | ")
                .append(came)
                .append(" |\n");
    }

    /** The rules with a static check, in the catalogue's order. */
    static List<String> staticRules() {
        return Catalogue.rules().stream()
                .filter(rule -> rule.rings().contains(Ring.STATIC))
                .map(Rule::id)
                .toList();
    }
}
