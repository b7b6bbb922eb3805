package io.sentinel.render;

import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.SpecPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is wrong with what a spec names in the project, collected so that all of it is told at once. */
final class Refusals {

    private final SortedMap<String, String> sentences = new TreeMap<>();

    /**
     * @param path of the value in the spec: {@code image.copy[0].from}
     * @param sentence what is wrong, and what to do
     */
    void add(String path, String sentence) {
        sentences.putIfAbsent(path, sentence);
    }

    /** @throws SandboxException where there is any, with the place of each in the spec */
    void throwIfAny(Layout layout) throws SandboxException, IOException {
        if (sentences.isEmpty()) {
            return;
        }
        byte[] spec = Files.isRegularFile(layout.spec()) ? SpecFiles.bytes(layout.spec()) : new byte[0];
        SpecPlaces places = new SpecPlaces(layout.shown(layout.spec()), spec);
        sentences.forEach(places::report);
        try {
            places.throwIfAny();
        } catch (InvalidFileException e) {
            throw new SandboxException(e.getMessage(), e);
        }
    }
}
