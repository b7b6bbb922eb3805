package io.sentinel.mojo;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.isolate.Choices;
import io.sentinel.isolate.Isolation;
import io.sentinel.isolate.Said;
import io.sentinel.isolate.Setting;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Step;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Runs one arbitrary command in the sandbox, without a network unless one is named: the same as {@code sentinel-isolate}, whose variables hold
 * here too. The build fails when its exit code is not 0.
 */
@Mojo(name = "isolate", requiresProject = false, threadSafe = true)
public final class IsolateMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.isolate.skip", defaultValue = "false")
    private boolean skipIsolate;

    /** The command, as a line for the sandbox's shell. */
    @Parameter(property = "sentinel.command")
    private String command;

    /** The network: none (the default), proxied or bridge. */
    @Parameter(property = "sentinel.network")
    private String network;

    @Override
    boolean isSkipped() {
        return skipIsolate;
    }

    @Override
    void work() throws SandboxException, EngineException, IOException, InterruptedException, MojoFailureException {
        if (command == null || command.isBlank()) {
            throw new SandboxException(
                    "there is no command to run; name it with -Dsentinel.command=\"python agent.py\"");
        }
        Layout layout = layout();
        AgentRun.forgetLast(layout);
        Map<Setting, String> said = network == null || network.isBlank() ? Map.of() : Map.of(Setting.NETWORK, network);
        Choices choices = Choices.of(
                new Said(said, List.of(), List.of(), false, "-Dsentinel."),
                invoker().environment());
        Docker docker = docker();
        Isolation isolation = new Isolation(layout, version(), invoker(), origins(layout), docker, events());
        Outcome outcome;
        try (Ahead ahead = new Ahead(docker, layout)) {
            outcome = isolation.run(choices, new Step.Line(command).words(), true, terminal(), ahead, container -> {});
        }
        if (!outcome.succeeded()) {
            throw new MojoFailureException(RunMojo.sentence(outcome));
        }
    }
}
