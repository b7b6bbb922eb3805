package io.sentinel.run;

import io.sentinel.engine.Beside;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.render.FreshFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Compose made of a bundle, remembered for as long as everything that it was made of stays the same: asking takes as
 * long as a container takes to start.
 *
 * @param file where it is remembered
 */
record ModelMemory(Path file) {

    /**
     * The model.
     *
     * @param made a digest of all that it is made of
     * @param ask Compose, where that is another than the last time
     */
    Json recall(String made, Beside.Step<String> ask) throws EngineException, IOException, InterruptedException {
        String head = made + "\n";
        if (Files.exists(file)) {
            String text = Files.readString(file);
            if (text.startsWith(head)) {
                return Json.parse(text.substring(head.length()));
            }
        }
        String asked = ask.run();
        Json model = Json.parse(asked);
        FreshFile.write(file, (head + asked).getBytes(StandardCharsets.UTF_8));
        return model;
    }
}
