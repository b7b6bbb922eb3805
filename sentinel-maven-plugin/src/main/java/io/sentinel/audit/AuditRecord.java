package io.sentinel.audit;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One record of an audit trail. The supervisor inside the container writes it; the texts are names that an agent chose, so
 * they may hold anything.
 *
 * @param seq its number, from 1 without gaps
 * @param ts when it was written, by the clock of the sandbox's host
 * @param pid the process that it is about, as the container numbers it
 * @param exe that process's program
 * @param source who says so
 * @param action what was done: of the guard a lower-case word, of the Python hook any text
 * @param target what it was done to
 * @param decision what became of it
 * @param key the policy's key that decided; empty where none did
 * @param reason in words; may be empty
 * @param prev the hash of the record before, of the first one {@link #NO_PREV}
 * @param hash of this record
 */
public record AuditRecord(
        long seq,
        Instant ts,
        long pid,
        String exe,
        Source source,
        String action,
        String target,
        Decision decision,
        String key,
        String reason,
        String prev,
        String hash) {

    /** The {@code prev} of a first record. */
    public static final String NO_PREV = "0".repeat(64);

    /** The action of a last record, whose target is the exit code. */
    static final String END = "end";

    private static final String ASK = "ask";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /** @throws IllegalArgumentException if a member is out of its bounds; the message says which, what was found and expected */
    public AuditRecord {
        require(seq >= 1, "seq", seq, "from 1");
        require(pid >= 0, "pid", pid, "from 0");
        require(HASH.matcher(prev).matches(), "prev", prev, "64 lower-case hex digits");
        require(HASH.matcher(hash).matches(), "hash", hash, "64 lower-case hex digits");
        // What the hook hands on is the agent's, who shall not be able to spoil a trail by an odd word.
        require(
                source == Source.PYTHON || WORD.matcher(action).matches(),
                "action",
                action,
                "at most 32 lower-case letters, digits and hyphens");
        Stream.of(ts, exe, target, decision, key, reason).forEach(Objects::requireNonNull);
    }

    /** Who says so. */
    public enum Source {
        /** The supervisor, which the agent cannot stop or talk over. */
        GUARD,
        /** The hook in the agent's own interpreter, or whoever in the container pretends to be it: it proves nothing. */
        PYTHON;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Source> of(String word) {
            return Stream.of(values())
                    .filter(source -> source.word().equals(word))
                    .findFirst();
        }
    }

    /** What became of an action; in the order in which reports show them. */
    public enum Decision {
        DENIED,
        /** Noted, and decided by nobody here. */
        OBSERVED,
        ALLOWED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Decision> of(String word) {
            return Stream.of(values())
                    .filter(decision -> decision.word().equals(word))
                    .findFirst();
        }

        static String words() {
            return Stream.of(values()).map(Decision::word).collect(Collectors.joining(", "));
        }
    }

    /** Whether it is a question of the guard to whoever started the run. */
    public boolean isQuestion() {
        return source == Source.GUARD && action.equals(ASK) && decision == Decision.OBSERVED;
    }

    /** Whether it is what came of such a question. */
    public boolean isAnswer() {
        return source == Source.GUARD && action.equals(ASK) && decision != Decision.OBSERVED;
    }

    /** Whether it is the last of a trail: nobody but the guard can say so. */
    public boolean isEnd() {
        return source == Source.GUARD && action.equals(END);
    }

    private static void require(boolean holds, String member, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(member + " " + found + ", which is not " + expected);
        }
    }
}
