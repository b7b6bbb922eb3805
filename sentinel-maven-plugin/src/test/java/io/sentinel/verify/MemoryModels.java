package io.sentinel.verify;

import io.sentinel.engine.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** What Compose would say of a project on disk, without Compose. */
final class MemoryModels {

    private MemoryModels() {}

    /** A project of which Compose always says the same. */
    static ComposeFiles files(Path folder, Path composeFile, String model) {
        Answer answer = new Answer(model);
        return new ComposeFiles(folder, composeFile, new ComposeFiles.Models(answer, answer, answer));
    }

    private record Answer(String text) implements ComposeFiles.Model {

        @Override
        public Json json() {
            try {
                return Json.parse(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
