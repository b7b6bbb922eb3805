package io.sentinel.mojo;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import java.io.IOException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Runs the agent in the sandbox. Its output passes through; on a terminal it is interactive. The build fails when the
 * agent's exit code is not 0; the code is in the message and in {@code target/sentinel/outcome.json}.
 */
@Mojo(name = "run", requiresProject = false, threadSafe = true)
public final class RunMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.run.skip", defaultValue = "false")
    private boolean skipRun;

    /** How the network is cut: strict, standard or proxied. {@code -Dprofile} works too; strict without either. */
    @Parameter(property = "sentinel.profile", defaultValue = "${profile}")
    private String profile;

    @Override
    boolean isSkipped() {
        return skipRun;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException, MojoFailureException {
        Layout layout = layout();
        AgentRun.forgetLast(layout);
        Profile chosen = chosen();
        Docker docker = docker();
        Outcome outcome;
        try (Ahead ahead = new Ahead(docker, layout)) {
            outcome = new AgentRun(layout, bundles(), invoker(), docker, events())
                    .run(AgentRun.Order.of(chosen), terminal(), ahead);
        }
        String seconds = String.format(
                java.util.Locale.ROOT, "%.1f s", outcome.duration().toMillis() / 1000.0);
        if (!outcome.succeeded()) {
            throw new MojoFailureException(sentence(outcome) + " (after " + seconds + "; see "
                    + layout.shown(layout.work().resolve("outcome.json")) + ")");
        }
        getLog().info("The agent ended with exit code 0 after " + seconds);
    }

    private Profile chosen() throws SandboxException {
        if (profile == null || profile.isEmpty()) {
            getLog().info("Profile strict, the default");
            return Profile.STRICT;
        }
        String origin = origin("sentinel.profile", "profile");
        Profile chosen = Profile.of(profile)
                .orElseThrow(() -> new SandboxException("the profile \"" + profile + "\" does not exist; it is one of "
                        + Profile.words() + " (it comes from " + origin + ")"));
        getLog().info("Profile " + chosen.word() + ", from " + origin
                + (origin.equals("-Dprofile") ? " (which also activates a Maven profile keyed on it)" : ""));
        return chosen;
    }

    static String sentence(Outcome outcome) {
        int code = outcome.exitCode().orElse(-1);
        return switch (outcome.reason()) {
            case TIMEOUT -> "The agent was stopped: its time (resources.timeout) was over";
            case OUT_OF_MEMORY ->
                "The agent ended with exit code " + code + ": it wanted more memory than resources.memory gives";
            case SIGNAL -> "The agent was ended by a signal, exit code " + code;
            default -> "The agent ended with exit code " + code + hint(code);
        };
    }

    /** What a code means that is the sandbox's or the shell's own, unless the agent chose the same. */
    private static String hint(int code) {
        return switch (code) {
            case 78 -> ": where the line above begins with \"sentinel: refused\", the sandbox refused to start it";
            case 126 -> ": the program of command is there and cannot be executed";
            case 127 -> ": the program of command was not found in the image";
            default -> "";
        };
    }
}
