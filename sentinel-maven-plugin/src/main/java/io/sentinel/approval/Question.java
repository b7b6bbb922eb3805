package io.sentinel.approval;

import io.sentinel.audit.AuditRecord;
import io.sentinel.text.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a guard asks: whether a name, or an address and port, that the policy does not list may be reached for the rest of the
 * run. The texts are an agent's words.
 *
 * @param number of the record that asks
 * @param hash of that record, which an answer repeats
 * @param target the name, or the address and port
 * @param key the policy's key that does not list it
 * @param reason why it is asked about
 * @param program the asking one's file
 * @param pid its process in the container; 0 where that is not known
 */
public record Question(long number, String hash, String target, String key, String reason, String program, long pid) {

    /**
     * How long a person has, from when the question is heard of. The guard waits for a second more, since the record comes by a
     * file that is looked at now and then, and an answer goes the same way: what was answered in time is not told too late.
     */
    static final Duration PATIENCE = Duration.ofSeconds(28);

    private static final int LONGEST = 300;

    public Question {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(target, "target");
    }

    /** The question of a record that asks one; none of a record that is no guard's, whoever pretends to be it. */
    static Optional<Question> of(AuditRecord record) {
        return record.isQuestion()
                ? Optional.of(new Question(
                        record.seq(),
                        record.hash(),
                        record.target(),
                        record.key(),
                        record.reason(),
                        record.exe(),
                        record.pid()))
                : Optional.empty();
    }

    /** The line of the answers' file. */
    String answer(boolean allowed) {
        return number + " " + hash + " " + (allowed ? "allow" : "deny") + "\n";
    }

    /**
     * As it is shown, each on a line of its own: nothing in it can make another line, or drive a terminal.
     *
     * @param left the time for an answer
     */
    List<String> lines(Duration left) {
        return List.of(
                "The guard asks. A program in the sandbox wants to reach what the policy does not list:",
                "  target   " + shown(target),
                "  why      " + shown(reason) + " (" + shown(key) + ")",
                "  program  " + (program.isEmpty() ? "not known" : shown(program) + ", process " + pid),
                "A yes holds for the rest of this run; no answer in " + left.toSeconds() + " s is a no.");
    }

    private static String shown(String text) {
        return SafeText.line(text, LONGEST);
    }
}
