package io.sentinel.verify.probe;

import io.sentinel.verify.evidence.LiveView.Attempt;
import java.util.List;
import java.util.Optional;

/**
 * Something to try inside a container.
 *
 * @param rule that it is for
 * @param what in words, such as {@code unshare(CLONE_NEWUSER)}
 * @param row as the probe is told it, with the numbers of one architecture
 * @param expected the answers that are right, such as {@code EPERM}
 * @param tells what the kernel answers where the control is missing; empty where it refuses a process without
 *     capabilities all the same, so that the answer does not show by what it was refused
 */
public record Trial(String rule, String what, Row row, List<String> expected, Optional<String> tells) {

    public Trial {
        expected = List.copyOf(expected);
    }

    /** Whether an answer shows that the control is there. */
    public boolean telling() {
        return tells.isPresent();
    }

    /** It, with what the probe said. */
    Attempt answered(Answer answer) {
        boolean unsaid = answer instanceof Answer.Untried
                || answer instanceof Answer.Killed killed && killed.isTimeout()
                || answer instanceof Answer.Text;
        if (unsaid) {
            String why = answer instanceof Answer.Untried ? answer.word() : "it came to no end";
            return new Attempt(what, expected, Optional.empty(), why);
        }
        return new Attempt(what, expected, Optional.of(word(answer)), "");
    }

    private String word(Answer answer) {
        boolean counts = List.of("read", "list").contains(row.words().get(0));
        return counts && answer instanceof Answer.Value count && !count.isError()
                ? count.value() == 0 ? "empty" : "content"
                : answer.word();
    }
}
