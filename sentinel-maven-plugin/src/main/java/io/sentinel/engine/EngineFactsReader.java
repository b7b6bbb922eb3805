package io.sentinel.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks client, engine and Compose for their versions, and refuses those that are missing or too old. */
final class EngineFactsReader {

    private static final String STANDALONE = "docker-compose";

    private final DockerClient client;
    private final Optional<ComposeTools> tools;

    /** @param tools where Compose's version is remembered; empty to ask each time */
    EngineFactsReader(DockerClient client, Optional<ComposeTools> tools) {
        this.client = client;
        this.tools = tools;
    }

    EngineFacts read() throws EngineException, InterruptedException {
        // Neither question waits for the other, and what is wrong with the engine comes first.
        try (Beside<Version> compose = Beside.start(this::compose)) {
            Json versions = client.serverOrThrow();
            Json server = versions.at("Server");
            String serverText = text(server, "Version");
            Version serverVersion = version(serverText);
            if (!serverVersion.atLeast(EngineFacts.OLDEST_ENGINE)) {
                throw new EngineException(new EngineFault.EngineTooOld(serverText));
            }
            String os = text(server, "Os");
            if (!os.equals("linux")) {
                throw new EngineException(new EngineFault.EngineNotLinux(os));
            }
            return new EngineFacts(
                    version(text(versions.at("Client"), "Version")),
                    serverVersion,
                    serverText,
                    text(server, "ApiVersion"),
                    os,
                    text(server, "Arch"),
                    server.at("KernelVersion").text().orElse(""),
                    compose.join());
        }
    }

    private Version compose() throws EngineException, InterruptedException {
        HostEnvironment environment = client.starter().environment();
        Optional<Version> known =
                tools.flatMap(remembered -> remembered.recall(environment)).flatMap(Version::parse);
        if (known.isPresent() && known.get().atLeast(EngineFacts.OLDEST_COMPOSE)) {
            return known.get();
        }
        DockerCommand.ComposeVersion command = new DockerCommand.ComposeVersion();
        Captured captured = client.run(command);
        if (captured.ending() instanceof Ending.TimedOut timedOut) {
            throw client.failure(command.words(), timedOut.limit(), timedOut, captured.stderr());
        }
        if (!captured.ending().succeeded()) {
            throw new EngineException(withoutPlugin());
        }
        String text = client.read(command, captured);
        Version version = Version.parse(text)
                .orElseThrow(() -> DockerClient.unreadable(command.words(), "a version", text, Optional.empty()));
        if (!version.atLeast(EngineFacts.OLDEST_COMPOSE)) {
            throw new EngineException(new EngineFault.ComposeTooOld(text));
        }
        tools.ifPresent(remembered -> remembered.remember(environment, text));
        return version;
    }

    private EngineFault withoutPlugin() throws EngineException, InterruptedException {
        Optional<Path> standalone = client.starter().environment().find(STANDALONE);
        if (standalone.isEmpty()) {
            return new EngineFault.ComposeMissing();
        }
        Captured captured = client.starter()
                .capture(Invocation.of(STANDALONE, List.of("version", "--short"), Duration.ofSeconds(10)));
        String version = captured.ending().succeeded() ? ErrorOutput.lastLine(captured.stdout()) : "unknown";
        return new EngineFault.ComposeStandalone(standalone.get().toString(), version);
    }

    private static String text(Json json, String member) throws EngineException {
        return json.at(member)
                .text()
                .orElseThrow(() -> unreadable("a member '" + member + "'", "an object without it"));
    }

    private static Version version(String text) throws EngineException {
        return Version.parse(text).orElseThrow(() -> unreadable("a version", text));
    }

    private static EngineException unreadable(String expected, String found) {
        List<String> words = new DockerCommand.ClientAndServer().words();
        return DockerClient.unreadable(words, expected, found, Optional.empty());
    }
}
