package io.sentinel.mojo;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.AuditForm;
import io.sentinel.audit.AuditQuery;
import io.sentinel.audit.AuditReport;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Outcome;
import io.sentinel.run.OutcomeFile;
import io.sentinel.run.Spool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Reads a run's audit trail: verifies its chain, shows the records that are asked for, sums them up by target, and points out
 * gaps. The build fails when the chain is broken or cut, after all that can be read was shown.
 */
@Mojo(name = "audit", requiresProject = false, threadSafe = true)
public final class AuditMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.audit.skip", defaultValue = "false")
    private boolean skipAudit;

    /** The trail; the newest in target/sentinel/audit unless named. */
    @Parameter(property = "sentinel.audit.file")
    private File file;

    /** Only records that were decided so: allowed, denied, observed; several with commas between. */
    @Parameter(property = "sentinel.audit.decision")
    private String decision;

    /** Only records of these actions, such as exec,connect. */
    @Parameter(property = "sentinel.audit.action")
    private String action;

    /** Only records of targets like this; * is any text, ? one character. */
    @Parameter(property = "sentinel.audit.target")
    private String target;

    /** Only records from this time or day on, such as 2026-01-02T03:04:05Z or 2026-01-02. */
    @Parameter(property = "sentinel.audit.since")
    private String since;

    /** Only records before this time, or up to the end of this day. */
    @Parameter(property = "sentinel.audit.until")
    private String until;

    /**
     * The last record's hash as it was kept elsewhere: a trail that was written anew as a whole has another. Of the last run's
     * trail it is what outcome.json has, unless said.
     */
    @Parameter(property = "sentinel.audit.hash")
    private String hash;

    /** table, or jsonl: the records alone, as they are, on standard output (with mvn -q nothing else stands there). */
    @Parameter(property = "sentinel.audit.format", defaultValue = "table")
    private String format;

    /** How many targets the summary shows. */
    @Parameter(property = "sentinel.audit.top", defaultValue = "20")
    private int top;

    @Override
    boolean isSkipped() {
        return skipAudit;
    }

    @Override
    void work() throws SandboxException, IOException, MojoFailureException {
        AuditForm form = AuditForm.of(format, top);
        Layout layout = layout();
        AuditQuery query = AuditQuery.of(said(decision), said(action), said(target), said(since), said(until));
        Path folder = layout.work().resolve(AuditFolder.NAME);
        Spool.takeOver(layout, Set.of(), events()); // it has cleared no container away
        Optional<Path> named =
                Optional.ofNullable(file).map(given -> layout.project().resolve(given.toPath()));
        Path trail = AuditFolder.choose(folder, layout.shown(folder), named);
        AuditReport report =
                AuditReport.read(trail, layout.shown(trail), query, form.json() ? System.out::println : line -> {});
        if (!form.json()) {
            boolean colours = interactive() && invoker().environment().get("NO_COLOR") == null;
            report.lines(form.top(), colours).forEach(getLog()::info);
        }
        Optional<String> noted = OutcomeFile.audit(layout.work().resolve("outcome.json"))
                .filter(audit -> audit.file().equals(layout.shown(trail)))
                .map(Outcome.Audit::lastHash);
        Optional<String> kept = said(hash);
        Optional<String> failure = report.failure(kept.or(() -> noted));
        if (failure.isPresent()) {
            throw new MojoFailureException(failure.get());
        }
        if (form.json()) {
            return;
        }
        if (kept.isPresent()) {
            getLog().info("It ends with the hash that sentinel.audit.hash has.");
        } else if (noted.isPresent()) {
            getLog().info("It ends with the hash that the run noted in outcome.json.");
        }
    }

    private static Optional<String> said(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(word -> !word.isEmpty());
    }
}
