package io.sentinel.audit;

import io.sentinel.render.SandboxException;

/**
 * How a trail is shown.
 *
 * @param json the records alone, a line of JSON each; else a report in columns
 * @param top the most targets of the report's summary, from 1
 */
public record AuditForm(boolean json, int top) {

    /** @throws SandboxException if one of them is nothing that there is */
    public static AuditForm of(String format, int top) throws SandboxException {
        if (!format.equals("table") && !format.equals("jsonl")) {
            throw new SandboxException("sentinel.audit.format is \"" + format + "\"; it is table or jsonl");
        }
        if (top < 1) {
            throw new SandboxException("sentinel.audit.top is " + top + "; the summary shows at least 1 target");
        }
        return new AuditForm(format.equals("jsonl"), top);
    }
}
