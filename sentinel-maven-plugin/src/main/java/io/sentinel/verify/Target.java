package io.sentinel.verify;

import io.sentinel.engine.BareProject;
import io.sentinel.engine.Beside;
import io.sentinel.engine.Compose;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.render.SandboxException;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.evidence.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is verified: a project's files with what Compose makes of them, and whom the rules are asked about.
 *
 * @param name of the sandbox, or of the compose project
 * @param files the project
 * @param composeFile its own compose file
 * @param expected what was meant
 * @param subjects whom the rules are asked about
 */
record Target(String name, ComposeFiles files, Path composeFile, Expected expected, List<Subject> subjects) {

    /** Compose's own order (compose-go, cli.DefaultFileNames). */
    private static final List<String> NAMES =
            List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");

    /** A bundle of ours. */
    static Target own(String name, Path composeFile, Expected expected, ComposeFiles files) {
        return new Target(name, files, composeFile, expected, Subjects.own());
    }

    /**
     * The files of a bundle of ours, with what Compose makes of them.
     *
     * @param compose which runs the bundle's file and nothing beside it
     * @param bare the same folder as a person's own command would load it
     */
    static ComposeFiles filesOfOwn(Path composeFile, Compose compose, BareProject bare)
            throws EngineException, InterruptedException {
        ComposeFiles.Models models =
                models(compose::configJson, compose::writtenJson, () -> bare.configJson(Optional.empty(), true));
        return new ComposeFiles(composeFile.getParent(), composeFile, models);
    }

    /**
     * A project that others wrote. What is judged is what a person's own command would run: override files, siblings,
     * {@code .env} and all; that the project's file alone says something else is a finding of its own.
     *
     * @param folder it
     * @param services those that run untrusted code; none means all
     */
    static Target ofOthers(Path folder, List<String> services, Docker docker, Map<String, String> environment)
            throws SandboxException, EngineException, InterruptedException, IOException {
        if (!Files.isDirectory(folder)) {
            throw new SandboxException(
                    "sentinel.project names " + folder + ", which is no folder; name one with a compose file");
        }
        Path composeFile = NAMES.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new SandboxException("there is no compose file in " + folder + " ("
                        + String.join(", ", NAMES) + "); name the folder that has one with -Dsentinel.project"));
        BareProject bare = new BareProject(docker, folder, environment);
        ComposeFiles.Models models = models(
                () -> bare.configJson(Optional.empty(), true),
                () -> bare.configJson(Optional.empty(), false),
                () -> bare.configJson(Optional.of(composeFile), true));
        ComposeFiles files = new ComposeFiles(folder, composeFile, models);
        Json model;
        try {
            model = files.model();
        } catch (CannotTell e) {
            throw new SandboxException("Compose does not take the project in " + folder + ": " + e.getMessage()
                    + "; correct it, so that `docker compose config` there succeeds");
        }
        List<String> known = model.at("services").names();
        for (String service : services) {
            if (!known.contains(service)) {
                throw new SandboxException("sentinel.service names " + service + ", and the project in " + folder
                        + " has " + (known.isEmpty() ? "no service" : String.join(", ", known)) + "; name one of them");
            }
        }
        return new Target(
                model.at("name").text().orElse(folder.getFileName().toString()),
                files,
                composeFile,
                Expected.ofOthers(files.folder()),
                Subjects.ofOthers(model, services.isEmpty() ? known : services));
    }

    /**
     * The lines of its compose file, which findings point at.
     *
     * @throws SandboxException where the file cannot be read, or is longer than a compose file may be
     */
    SourceLines lines() throws SandboxException {
        try {
            return files.file(composeFile.toString())
                    .map(SourceLines::of)
                    .orElseGet(() -> SourceLines.of(
                            new TextFile(composeFile.getFileName().toString(), "")));
        } catch (CannotTell e) {
            throw new SandboxException(
                    "the compose file " + composeFile + " cannot be verified: " + e.getMessage()
                            + "; make it one that can be read: keep data in files that it names, and services in files"
                            + " that it includes",
                    e);
        }
    }

    private static ComposeFiles.Models models(
            Beside.Step<String> resolved, Beside.Step<String> written, Beside.Step<String> bare)
            throws EngineException, InterruptedException {
        try (Beside<String> second = Beside.start(written);
                Beside<String> third = Beside.start(bare)) {
            return new ComposeFiles.Models(model(resolved), model(second::join), model(third::join));
        }
    }

    /** A refusal of Compose's is an answer too: what cannot be resolved can be judged by nobody. */
    private static ComposeFiles.Model model(Beside.Step<String> ask) throws InterruptedException {
        try {
            String text = ask.run();
            return new Answered(text, Json.parse(text));
        } catch (EngineException e) {
            return new Refused("Compose gives no model: " + Masks.ofRefusal(e.getMessage()));
        } catch (IOException e) {
            return new Refused("Compose's model is no JSON: " + Masks.of(e.getMessage()));
        }
    }

    private record Answered(String text, Json json) implements ComposeFiles.Model {}

    private record Refused(String why) implements ComposeFiles.Model {

        @Override
        public Json json() {
            throw new CannotTell(why);
        }

        @Override
        public String text() {
            throw new CannotTell(why);
        }
    }
}
