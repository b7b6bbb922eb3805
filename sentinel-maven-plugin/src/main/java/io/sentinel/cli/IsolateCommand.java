package io.sentinel.cli;

import io.sentinel.engine.Console;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.HostTools;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.engine.Streams;
import io.sentinel.engine.Terminals;
import io.sentinel.isolate.Choices;
import io.sentinel.isolate.Isolation;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.HostOrigins;
import io.sentinel.run.Invoker;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Spec;
import io.sentinel.text.FileFault;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command line says, as one call of the use case; its outcome as an exit code. */
public final class IsolateCommand {

    private static final String NAME = "sentinel-isolate";

    static final int USAGE = 64;
    static final int NO_ENGINE = 69;
    static final int SIDECAR = 75;
    static final int REFUSED = 77;
    private static final int IO = 74;
    private static final int INTERRUPTED = 130;

    private static final String JSON = "--json";

    private final CommandSpec command = CommandSpec.create().name(NAME);
    private final OptionSpec help = option("Show this help message and exit.", "-h", "--help")
            .usageHelp(true)
            .build();
    private final OptionSpec version = option("Print version information and exit.", "-V", "--version")
            .versionHelp(true)
            .build();
    private final OptionSpec build = option(
                    "Build the sandbox's image where it is missing or stale; without it, that is an error.",
                    "--build-if-missing")
            .build();
    private final OptionSpec explain = option(
                    "Print each setting with where it comes from and what it weakens, and run nothing.", "--explain")
            .build();
    private final OptionSpec json = option(
                    "Say on standard error what there is to say as JSON, an object a line, the outcome last; with"
                            + " --explain, print the settings as one object. The program writes to the same standard error.",
                    JSON)
            .build();
    private final OptionSpec completion = option(
                    "Print a completion for bash and zsh: source <(sentinel-isolate --completion)", "--completion")
            .build();
    private final OptionSpec man = option("Print the manual page: sentinel-isolate --man | man -l -", "--man")
            .build();

    private final Flags flags;
    private final Voice voice;

    IsolateCommand(Voice voice) {
        this.voice = voice;
        List.of(help, version, build, explain, json, completion, man).forEach(command::addOption);
        this.flags = new Flags(command);
        command.addPositional(PositionalParamSpec.builder()
                .paramLabel("program")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .hidden(true)
                .build());
        command.versionProvider(() -> new String[] {NAME + " " + versionText()});
        command.parser().stopAtPositional(true);
        command.usageMessage()
                .sortOptions(false)
                .header("Runs one command in the project's sandbox.")
                .synopsisHeading("%nUsage: ")
                .customSynopsis("sentinel-isolate [flags] -- program [argument...]")
                .description(
                        "%nThe sandbox is what src/main/sentinel/sandbox.yaml describes, or the default one where there is"
                                + " none. A flag stands before a variable, both before the spec, and that before the"
                                + " default. What isolates less than the spec is told on standard error, and stands in"
                                + " target/sentinel/outcome.json.%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
    }

    private static OptionSpec.Builder option(String description, String name, String... names) {
        return OptionSpec.builder(name, names).description(description);
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("*", "the program's own; 126 and 127 also where it cannot be executed, or is not there");
        codes.put(
                "64", "wrong usage or spec, no image and no --build-if-missing, or an audit trail that does not hold");
        codes.put("69", "no engine, or it failed");
        codes.put("74", "a file could not be read or written");
        codes.put("75", "the sidecar failed");
        codes.put("77", "refused: less would be isolated than was promised");
        codes.put(
                "78",
                "the entrypoint or the guard refused the start, or the guard ended the agent; a line above says why");
        codes.put("124", "its time was over");
        codes.put("129, 130, 143", "ended by a hang-up, an interrupt or a termination before the program ran");
        codes.put("137", "killed, or out of memory; target/sentinel/outcome.json says which");
        return codes;
    }

    /** Ends the JVM with the command's exit code. */
    public static void main(String[] arguments) {
        // Told before anything is parsed, as what is wrong with a command line is to be said in the same way.
        boolean asJson =
                Arrays.stream(arguments).takeWhile(word -> !word.equals("--")).anyMatch(JSON::equals);
        Voice voice = Voice.of(asJson, System.err);
        ProcessStarter starter = new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT);
        Docker docker = new Docker(starter);
        int code;
        try (Ahead ahead = new Ahead(docker, layout(Spec.DEFAULT_PATH))) {
            // Such a line is about to run something, and to read it takes as long as an engine to answer.
            if (Arrays.asList(arguments).contains("--")) {
                ahead.begin();
            }
            code = new IsolateCommand(voice).code(arguments, new Engine(starter, docker, ahead));
        }
        voice.end();
        System.exit(code);
    }

    private record Engine(ProcessStarter starter, Docker docker, Ahead ahead) {}

    private static Layout layout(String spec) {
        Path project = Path.of("").toAbsolutePath();
        Path work = project.resolve("target/sentinel");
        return new Layout(project, project.resolve(spec), work.resolve("bundle"), work);
    }

    /** The command as picocli knows it. */
    CommandSpec command() {
        return command;
    }

    private int code(String[] arguments, Engine engine) {
        // A word that begins with @ is the program's business: no file of this host is read for it.
        CommandLine line = new CommandLine(command).setExpandAtFiles(false);
        try {
            ParseResult parsed = line.parseArgs(arguments);
            // In the help alone: on a command line an equals sign will do as well.
            command.parser().separator(" ");
            return CommandLine.printHelpIfRequested(parsed) ? 0 : run(line, parsed, engine);
        } catch (ParameterException e) {
            List<String> near = e instanceof UnmatchedArgumentException unknown ? unknown.getSuggestions() : List.of();
            voice.failed(
                    e.getMessage() + (near.isEmpty() ? "" : ", the nearest is " + near.get(0))
                            + "; see sentinel-isolate --help",
                    USAGE);
            return USAGE;
        } catch (SandboxException | EngineException | IOException | InterruptedException | RuntimeException e) {
            return failed(e);
        } catch (OutOfMemoryError e) {
            voice.failed("this process has not memory enough for what it was given: " + e.getMessage(), 1);
            return 1;
        }
    }

    private int run(CommandLine line, ParseResult parsed, Engine engine)
            throws SandboxException, EngineException, IOException, InterruptedException {
        if (Flags.isOn(parsed, completion)) {
            System.out.print(AutoComplete.bash(NAME, line));
            return 0;
        }
        if (Flags.isOn(parsed, man)) {
            System.out.print(ManPage.of(command));
            return 0;
        }
        Map<String, String> variables = System.getenv();
        Layout layout = layout(flags.spec(parsed));
        if (!Flags.isOn(parsed, explain)) {
            AgentRun.forgetLast(layout);
        }
        Choices choices = Choices.of(flags.said(parsed), variables);
        Invoker invoker = Invoker.current(variables);
        HostOrigins origins = new HostOrigins(List.of(), new HostTools(engine.starter(), variables), layout.project());
        Isolation isolation = new Isolation(layout, versionText(), invoker, origins, engine.docker(), voice);
        if (Flags.isOn(parsed, explain)) {
            voice.explain(isolation.explain(choices), System.out);
            return 0;
        }
        List<String> words = parsed.matchedPositionalValue(0, List.of());
        if (words.isEmpty()) {
            voice.failed(
                    "there is no program to run; write it after --, as in sentinel-isolate -- python agent.py", USAGE);
            return USAGE;
        }
        Console console = Terminals.isTerminal() ? Console.TERMINAL : Console.PIPED;
        AgentRun.Terminal terminal = new AgentRun.Terminal(console, new Streams.Inherited(), voice.progress());
        try (Signals signals = Signals.toContainer(engine.docker(), voice)) {
            return isolation
                    .run(choices, words, Flags.isOn(parsed, build), terminal, engine.ahead(), signals::started)
                    .exitCode()
                    .orElse(REFUSED);
        }
    }

    private int failed(Exception e) {
        int code = code(e);
        voice.failed(told(e), code);
        return code;
    }

    private static String told(Exception e) {
        if (e instanceof InterruptedException) {
            return "interrupted; what had been started was removed";
        }
        if (e instanceof IOException file) {
            return FileFault.sentence(file);
        }
        return e instanceof InvalidPathException name ? FileFault.sentence(name) : String.valueOf(e.getMessage());
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
    private static String versionText() {
        String version = IsolateCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
