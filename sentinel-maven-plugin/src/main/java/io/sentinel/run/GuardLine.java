package io.sentinel.run;

import io.sentinel.audit.AuditRecord;
import io.sentinel.text.SafeText;
import java.util.function.Consumer;

/**
 * What a guard enforces here, in one line, as soon as its trail has said so. The records are those that the host follows
 * anyway: nothing waits for them.
 */
final class GuardLine implements Consumer<AuditRecord> {

    private static final int SHOWN_HASH = 12;
    private static final int LONGEST = 200;

    private final Consumer<String> told;
    private String policy = "";
    private String mode = "";
    private String kernel = "";
    private boolean said;

    /** @param told gets the line, once; on the thread that records come on */
    GuardLine(Consumer<String> told) {
        this.told = told;
    }

    @Override
    public void accept(AuditRecord record) {
        if (said || record.source() != AuditRecord.Source.GUARD) {
            return;
        }
        switch (record.action()) {
            case "policy" -> {
                // A name of the policy that the guard leaves out has its record under the same word.
                if (record.decision() == AuditRecord.Decision.OBSERVED) {
                    policy = record.target();
                    mode = record.reason();
                }
            }
            case "kernel" -> kernel = record.target();
            case "start" -> {
                said = true;
                told.accept(line(record.reason()));
            }
            default -> {} // of what it left out of the policy
        }
    }

    private String line(String profile) {
        String hash = policy.length() > SHOWN_HASH ? policy.substring(0, SHOWN_HASH) : policy;
        String does = mode.equals("audit") ? "guard: only RECORDS against policy " : "guard: enforces policy ";
        return SafeText.line(does + hash + " in " + profile + ", by " + kernel, LONGEST);
    }
}
