package io.sentinel.cli;

import com.sun.security.auth.module.UnixSystem;
import io.sentinel.engine.Console;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.HostTools;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.engine.Streams;
import io.sentinel.isolate.Choices;
import io.sentinel.isolate.Isolation;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.HostOrigins;
import io.sentinel.run.Invoker;
import io.sentinel.run.Outcome;
import io.sentinel.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a command line says, as one call of the use case; its outcome as an exit code. */
@Command(
        name = "sentinel-isolate",
        mixinStandardHelpOptions = true,
        versionProvider = IsolateCommand.Version.class,
        sortOptions = false,
        separator = " ",
        header = "Runs one command in the project's sandbox.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "sentinel-isolate [flags] -- program [argument...]",
        description = {
            "%nThe sandbox is what src/main/sentinel/sandbox.yaml describes, or the default one where there is none. A flag"
                    + " stands before a variable, both before the spec, and that before the default.%n"
        },
        footer = {
            "%nExit codes: the program's own; 64 wrong usage or spec, 69 no engine, 74 a file could not be read or written, 75 the sidecar failed, 77 refused,"
                    + " 78 refused by the entrypoint, 124 timed out, 125 to 127 as Docker's, 137 killed or out of memory."
        })
public final class IsolateCommand implements Callable<Integer> {

    static final int USAGE = 64;
    static final int NO_ENGINE = 69;
    static final int SIDECAR = 75;
    static final int REFUSED = 77;
    private static final int IO = 74;

    @Option(
            names = "--build-if-missing",
            order = 1,
            description = "Build the sandbox's image where it is missing or stale; without it, that is an error.")
    private boolean build;

    @Option(
            names = "--explain",
            order = 2,
            description = "Print each setting with where it comes from and what it weakens, and run nothing.")
    private boolean explain;

    @Option(
            names = "--completion",
            order = 3,
            description = "Print a completion for bash and zsh: source <(sentinel-isolate --completion)")
    private boolean completion;

    @Spec
    private CommandSpec command;

    @Mixin
    private Flags flags = new Flags();

    @Parameters(paramLabel = "program", description = "The program and its arguments.", hidden = true)
    private List<String> words = List.of();

    /** Ends the JVM with the command's exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new IsolateCommand())
                .setStopAtPositional(true)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e))
                .setParameterExceptionHandler((e, given) -> {
                    say(e.getMessage() + "; see sentinel-isolate --help");
                    return USAGE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (completion) {
            System.out.print(AutoComplete.bash(command.name(), command.commandLine()));
            return 0;
        }
        Map<String, String> variables = System.getenv();
        Choices choices = Choices.of(flags.said(), flags.environment(), variables);
        Path project = Path.of("").toAbsolutePath();
        Path work = project.resolve("target/sentinel");
        Layout layout = new Layout(project, project.resolve(flags.spec()), work.resolve("bundle"), work);
        ProcessStarter starter = new ProcessStarter(new HostEnvironment(variables), EngineLog.SILENT);
        Docker docker = new Docker(starter);
        UnixSystem system = new UnixSystem();
        Invoker invoker = new Invoker(system.getUid(), system.getGid(), variables);
        HostOrigins origins = new HostOrigins(List.of(), new HostTools(starter, variables), project);
        Isolation isolation =
                new Isolation(layout, Version.text(), invoker, origins, docker, new ErrorEvents(System.err));
        if (explain) {
            isolation.explain(choices).forEach(System.out::println);
            return 0;
        }
        if (words.isEmpty()) {
            say("there is no program to run; write it after --, as in sentinel-isolate -- python agent.py");
            return USAGE;
        }
        AgentRun.Terminal terminal = new AgentRun.Terminal(
                Console.PIPED, new Streams.Inherited(), new Streams.Pumped(System.err, System.err));
        if (System.console() != null) {
            terminal = new AgentRun.Terminal(Console.TERMINAL, new Streams.Inherited(), terminal.progress());
        }
        try (Signals signals = Signals.toContainer(docker)) {
            return code(isolation.run(choices, words, build, terminal, signals::started));
        }
    }

    private static int code(Outcome outcome) {
        if (outcome.reason() == Outcome.Reason.TIMEOUT) {
            say("stopped: its time was over");
        } else if (outcome.reason() == Outcome.Reason.OUT_OF_MEMORY) {
            say("it wanted more memory than it may have");
        }
        return outcome.exitCode().orElse(REFUSED);
    }

    private static int failed(Exception e) {
        if (e instanceof InterruptedException) {
            say("interrupted; what had been started was removed");
            return 130;
        }
        say(e.getMessage());
        if (e instanceof RefusedException) {
            return REFUSED;
        }
        if (e instanceof EngineException known) {
            return known.fault() instanceof EngineFault.SidecarFailed ? SIDECAR : NO_ENGINE;
        }
        return e instanceof SandboxException ? USAGE : e instanceof IOException ? IO : 1;
    }

    private static void say(String sentence) {
        System.err.println("sentinel-isolate: " + sentence);
    }

    /** The jar's. */
    static final class Version implements CommandLine.IVersionProvider {

        static String text() {
            String version = IsolateCommand.class.getPackage().getImplementationVersion();
            return version == null ? "unknown" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"sentinel-isolate " + text()};
        }
    }
}
