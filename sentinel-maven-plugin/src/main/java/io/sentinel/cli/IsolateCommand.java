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
import io.sentinel.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
                    + " stands before a variable, both before the spec, and that before the default. What isolates less than"
                    + " the spec is told on standard error, and stands in target/sentinel/outcome.json.%n"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "*:the program's own; 126 and 127 also where it cannot be executed, or is not there",
            "64:wrong usage or spec",
            "69:no engine, or it failed",
            "74:a file could not be read or written",
            "75:the sidecar failed",
            "77:refused: less would be isolated than was promised",
            "78:refused by the sandbox's entrypoint",
            "124:its time was over",
            "137:killed, or out of memory; target/sentinel/outcome.json says which"
        })
public final class IsolateCommand implements Callable<Integer> {

    static final int USAGE = 64;
    static final int NO_ENGINE = 69;
    static final int SIDECAR = 75;
    static final int REFUSED = 77;
    private static final int IO = 74;
    private static final int INTERRUPTED = 130;

    private static final String JSON = "--json";

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
            names = JSON,
            order = 3,
            description = "Say on standard error what there is to say as JSON, an object a line, the outcome last; with"
                    + " --explain, print the settings as one object. The program writes to the same standard error.")
    private boolean json;

    @Option(
            names = "--completion",
            order = 4,
            description = "Print a completion for bash and zsh: source <(sentinel-isolate --completion)")
    private boolean completion;

    @Option(names = "--man", order = 5, description = "Print the manual page: sentinel-isolate --man | man -l -")
    private boolean man;

    @Spec
    private CommandSpec command;

    @Mixin
    private Flags flags = new Flags();

    @Parameters(paramLabel = "program", description = "The program and its arguments.", hidden = true)
    private List<String> words = List.of();

    private final Voice voice;

    IsolateCommand(Voice voice) {
        this.voice = voice;
    }

    /** Ends the JVM with the command's exit code. */
    public static void main(String[] arguments) {
        // Told before anything is parsed, as what is wrong with a command line is to be said in the same way.
        boolean asJson =
                Arrays.stream(arguments).takeWhile(word -> !word.equals("--")).anyMatch(JSON::equals);
        Voice voice = Voice.of(asJson, System.err);
        int code = new CommandLine(new IsolateCommand(voice))
                .setStopAtPositional(true)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(voice, e))
                .setParameterExceptionHandler((e, given) -> {
                    voice.failed(e.getMessage() + "; see sentinel-isolate --help", USAGE);
                    return USAGE;
                })
                .execute(arguments);
        voice.end();
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        if (completion) {
            System.out.print(AutoComplete.bash(command.name(), command.commandLine()));
            return 0;
        }
        if (man) {
            System.out.print(ManPage.of(command));
            return 0;
        }
        Map<String, String> variables = System.getenv();
        Choices choices = Choices.of(flags.said(), variables);
        Path project = Path.of("").toAbsolutePath();
        Path work = project.resolve("target/sentinel");
        Layout layout = new Layout(project, project.resolve(flags.spec()), work.resolve("bundle"), work);
        ProcessStarter starter = new ProcessStarter(new HostEnvironment(variables), EngineLog.SILENT);
        Docker docker = new Docker(starter);
        UnixSystem system = new UnixSystem();
        Invoker invoker = new Invoker(system.getUid(), system.getGid(), variables);
        HostOrigins origins = new HostOrigins(List.of(), new HostTools(starter, variables), project);
        Isolation isolation = new Isolation(layout, Version.text(), invoker, origins, docker, voice);
        if (explain) {
            voice.explain(isolation.explain(choices), System.out);
            return 0;
        }
        if (words.isEmpty()) {
            voice.failed(
                    "there is no program to run; write it after --, as in sentinel-isolate -- python agent.py", USAGE);
            return USAGE;
        }
        Console console = System.console() == null ? Console.PIPED : Console.TERMINAL;
        AgentRun.Terminal terminal = new AgentRun.Terminal(console, new Streams.Inherited(), voice.progress());
        try (Signals signals = Signals.toContainer(docker, voice)) {
            return isolation
                    .run(choices, words, build, terminal, signals::started)
                    .exitCode()
                    .orElse(REFUSED);
        }
    }

    private static int failed(Voice voice, Exception e) {
        int code = code(e);
        voice.failed(
                e instanceof InterruptedException
                        ? "interrupted; what had been started was removed"
                        : String.valueOf(e.getMessage()),
                code);
        return code;
    }

    private static int code(Exception e) {
        if (e instanceof InterruptedException) {
            return INTERRUPTED;
        }
        if (e instanceof RefusedException) {
            return REFUSED;
        }
        if (e instanceof EngineException known) {
            return known.fault() instanceof EngineFault.SidecarFailed ? SIDECAR : NO_ENGINE;
        }
        return e instanceof SandboxException ? USAGE : e instanceof IOException ? IO : 1;
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
