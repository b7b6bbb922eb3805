package io.sentinel.audit;

import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.render.SandboxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which records a person wants to see. What is empty asks for nothing.
 *
 * @param decisions of which a record has one
 * @param actions of which a record has one
 * @param target a pattern that a record's target matches as a whole
 * @param since the earliest time
 * @param until before this time
 */
public record AuditQuery(
        Set<Decision> decisions,
        Set<String> actions,
        Optional<String> target,
        Optional<Instant> since,
        Optional<Instant> until) {

    /** All records. */
    public static final AuditQuery ALL =
            new AuditQuery(Set.of(), Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public AuditQuery {
        decisions = Set.copyOf(decisions);
        actions = Set.copyOf(actions);
    }

    /**
     * Reads what a person wrote, each of it as the value of a property or empty.
     *
     * @param decision some of allowed, denied, observed, with commas between
     * @param action words, with commas between
     * @param target with {@code *} for any text and {@code ?} for one character
     * @param since a time such as {@code 2026-01-02T03:04:05Z}, or a day, which begins at midnight UTC
     * @param until the same; a day is meant to its end
     * @throws SandboxException if one of them is none of that
     */
    public static AuditQuery of(
            Optional<String> decision,
            Optional<String> action,
            Optional<String> target,
            Optional<String> since,
            Optional<String> until)
            throws SandboxException {
        Set<Decision> decisions = new TreeSet<>();
        for (String word : words(decision)) {
            decisions.add(Decision.of(word)
                    .orElseThrow(() -> new SandboxException("sentinel.audit.decision has \"" + word + "\"; it takes "
                            + Decision.words() + ", one or several with commas between")));
        }
        AuditQuery query = new AuditQuery(
                decisions,
                Set.copyOf(words(action)),
                target.map(String::strip).filter(text -> !text.isEmpty()),
                time("sentinel.audit.since", since, 0),
                time("sentinel.audit.until", until, 1));
        if (query.since.isPresent()
                && query.until.isPresent()
                && !query.since.get().isBefore(query.until.get())) {
            throw new SandboxException("sentinel.audit.since is " + query.since.get() + ", which is not before "
                    + query.until.get() + ", to which sentinel.audit.until leads; swap them");
        }
        return query;
    }

    boolean matches(AuditRecord record) {
        return (decisions.isEmpty() || decisions.contains(record.decision()))
                && (actions.isEmpty() || actions.contains(record.action()))
                && target.map(pattern -> new Glob(pattern).matches(record.target()))
                        .orElse(true)
                && since.map(time -> !record.ts().isBefore(time)).orElse(true)
                && until.map(record.ts()::isBefore).orElse(true);
    }

    /** What it asks for, in words; empty where it asks for all. */
    String told() {
        List<String> told = new ArrayList<>();
        if (!decisions.isEmpty()) {
            told.add("decision "
                    + String.join(
                            " or ",
                            decisions.stream().sorted().map(Decision::word).toList()));
        }
        if (!actions.isEmpty()) {
            told.add("action " + String.join(" or ", new TreeSet<>(actions)));
        }
        target.ifPresent(pattern -> told.add("target " + pattern));
        since.ifPresent(time -> told.add("since " + time));
        until.ifPresent(time -> told.add("before " + time));
        return String.join(", ", told);
    }

    private static Optional<Instant> time(String property, Optional<String> text, int daysMore)
            throws SandboxException {
        Optional<String> said = text.map(String::strip).filter(word -> !word.isEmpty());
        if (said.isEmpty()) {
            return Optional.empty();
        }
        String word = said.get();
        try {
            return Optional.of(
                    word.indexOf('T') < 0
                            ? LocalDate.parse(word)
                                    .plusDays(daysMore)
                                    .atStartOfDay(ZoneOffset.UTC)
                                    .toInstant()
                            : OffsetDateTime.parse(word).toInstant());
        } catch (DateTimeException e) {
            throw new SandboxException(
                    property + " is \"" + word + "\"; it takes a time with its zone such as 2026-01-02T03:04:05Z, or a"
                            + " day such as 2026-01-02",
                    e);
        }
    }

    private static List<String> words(Optional<String> list) {
        return list.stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
