package io.sentinel.mojo;

import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.verify.Verification;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.report.Reports;
import io.sentinel.verify.report.TerminalReport;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Proves the sandbox on this machine: what the files say, what the engine creates, what the kernel enforces. The build fails
 * when a rule at or above the threshold is broken, or cannot be told.
 */
@Mojo(name = "verify", defaultPhase = LifecyclePhase.VERIFY, requiresProject = false, threadSafe = true)
public final class VerifyMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.verify.skip", defaultValue = "false")
    private boolean skipVerify;

    /** Which rings are looked at: static (needs no engine), inspect, live. */
    @Parameter(property = "sentinel.verify.rings", defaultValue = "static,inspect,live")
    private List<String> rings;

    /** The severity from which on a finding fails the build: low, medium, high or critical. */
    @Parameter(property = "sentinel.verify.threshold", defaultValue = "high")
    private String threshold;

    /** A folder with a compose file that others wrote, to be verified in place of this project's own bundle. */
    @Parameter(property = "sentinel.project")
    private File otherProject;

    /** Of such a project, the services that run untrusted code; all of them unless named. */
    @Parameter(property = "sentinel.service")
    private List<String> services;

    @Override
    boolean isSkipped() {
        return skipVerify;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException, MojoFailureException {
        Layout layout = layout();
        Path folder = layout.work().resolve("verify");
        Reports.forget(folder); // one of an earlier time must not pass for one of a verification that never ended
        Verification verification =
                new Verification(layout, bundles(), invoker(), origins(layout), docker(), version(), Clock.systemUTC());
        Verification.Settings settings =
                new Verification.Settings(chosenRings(), chosenThreshold(), events(), progress());
        Verification.Verified verified = otherProject == null
                ? verification.own(settings)
                : verification.ofOthers(
                        settings,
                        layout.project().resolve(otherProject.toPath()),
                        services == null ? List.of() : named(services),
                        invoker().environment());
        Report report = verified.report();
        Reports.write(folder, report, verified.source());
        boolean colours = interactive() && invoker().environment().get("NO_COLOR") == null;
        String page = layout.shown(folder.resolve(Reports.PAGE));
        TerminalReport.lines(report, colours, page).forEach(getLog()::info);
        if (!report.passed()) {
            throw new MojoFailureException(TerminalReport.verdict(report) + "; see " + page);
        }
    }

    /** Without what Maven makes of a comma at the end. */
    private static List<String> named(List<String> words) {
        return words.stream()
                .filter(word -> word != null && !word.isBlank())
                .map(String::strip)
                .toList();
    }

    private Set<Ring> chosenRings() throws SandboxException {
        Set<Ring> chosen = new TreeSet<>();
        for (String word : named(rings)) {
            chosen.add(Ring.of(word)
                    .orElseThrow(() -> new SandboxException("sentinel.verify.rings has \"" + word + "\"; it takes "
                            + Ring.words() + ", one or several with commas between")));
        }
        if (chosen.isEmpty()) {
            throw new SandboxException("sentinel.verify.rings is empty; it takes " + Ring.words());
        }
        return chosen;
    }

    private Severity chosenThreshold() throws SandboxException {
        return Severity.of(threshold)
                .orElseThrow(() -> new SandboxException(
                        "sentinel.verify.threshold is \"" + threshold + "\"; it is one of " + Severity.words()));
    }
}
