package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.spec.SandboxLock.LockedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SandboxLockTest {

    private static final String HEAD =
            """
            # What was resolved for the sandbox.yaml beside this file: the exact base image that it is built from, the SHA-256
            # of its policy as it is rendered, and what the names in its allow list came to.
            # Commit this file, so that every machine builds the same sandbox. Do not edit it by hand:
            # `mvn sentinel:pin` refreshes it.
            schemaVersion: 1
            """;

    private static final String ID = "sha256:" + "0".repeat(64);
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @Test
    void writeWhenNothingWasResolvedWritesTheHeadOnly() {
        assertThat(written(SandboxLock.EMPTY)).isEqualTo(HEAD);
    }

    @Test
    void writeWhenAnImageWasResolvedQuotesEveryText() {
        LockedImage image = new LockedImage(
                "python:3.12-slim",
                Optional.of(DIGEST),
                ID,
                List.of(),
                List.of("sh", "-c", "echo \"\\ \u00E9\n\uD83D\uDE00"));

        assertThat(written(lock(image)))
                .isEqualTo(HEAD
                        + """
                        image:
                          reference: "python:3.12-slim"
                          digest: "%s"
                          id: "%s"
                          entrypoint: []
                          command: ["sh", "-c", "echo \\"\\\\ \\u00e9\\u000a\\U0001f600"]
                        """
                                .formatted(DIGEST, ID));
    }

    @Test
    void writeWhenATextIsNoneRefuses() {
        LockedImage image = new LockedImage("a:1", Optional.empty(), ID, List.of("a\0b"), List.of());

        assertThatThrownBy(() -> SandboxLockWriter.write(lock(image)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a lock cannot hold U+0000");
    }

    @Test
    void readWhenThereIsNoImageGivesTheEmptyLock() throws Exception {
        assertThat(read("schemaVersion: 1")).isEqualTo(SandboxLock.EMPTY);
    }

    @Test
    void readWhenAnImageWasNeverInARegistryHasNoDigest() throws Exception {
        assertThat(read("schemaVersion: 1\nimage: {reference: 'a:1', id: '" + ID + "'}"))
                .isEqualTo(lock(new LockedImage("a:1", Optional.empty(), ID, List.of(), List.of())));
    }

    @Test
    void originsAreSortedAndReadBack() throws Exception {
        SortedMap<NamedList, List<Origin>> origins = new TreeMap<>();
        origins.put(NamedList.PIP, List.of(origin("http://b.example.com.")));
        origins.put(NamedList.MAVEN, List.of(origin("https://z.example.com"), origin("http://a.example.com:8081/x")));
        SandboxLock lock = new SandboxLock(Optional.empty(), Optional.empty(), Optional.of(ID), origins);

        String text = written(lock);
        assertThat(text)
                .isEqualTo(HEAD
                        + """
                        policy: "%s"
                        origins:
                          maven: ["http://a.example.com:8081", "https://z.example.com"]
                          pip: ["http://b.example.com"]
                        """
                                .formatted(ID));
        assertThat(read(text)).isEqualTo(lock);
    }

    @Test
    void readWhenAnOriginIsMoreThanOneRefuses() {
        assertThatThrownBy(() -> read(
                        "schemaVersion: 1\norigins: {npm: [\"https://me:x@a.example.com/b\"], gem: [], pip: []}\n"))
                .hasMessage(
                        """
                        sandbox.lock has 3 problems:
                        sandbox.lock:2:17: origins.npm[0]: expected a scheme, a host and no more, as in https://repo.example.com, found "https://***@a.example.com/b"; run mvn sentinel:pin to write the file anew
                        sandbox.lock:2:50: origins.gem: unknown key; known keys here: apt, git, maven, npm, pip; correct or remove it
                        sandbox.lock:2:64: origins.pip: expected at least one origin, found an empty list; run mvn sentinel:pin to write the file anew""");
    }

    private static Origin origin(String address) {
        return Origin.of(address).orElseThrow();
    }

    private static SandboxLock lock(LockedImage image) {
        return new SandboxLock(Optional.of(image), Optional.empty(), Optional.empty(), new TreeMap<>());
    }

    @Test
    void readWhenTheLockIsBrokenSaysEverythingAtOnce() {
        assertThatThrownBy(
                        () -> read(
                                """
                        schemaVersion: 2
                        images: {}
                        image:
                          digest: sha256:ABC
                          id: 7
                          entrypoint: sh
                          command: [sh, 7]
                        """))
                .hasMessage(
                        """
                        sandbox.lock has 7 problems:
                        sandbox.lock:1:16: schemaVersion: expected a whole number from 1 to 1 (the only one that this version can read), found the number 2; correct the number
                        sandbox.lock:2:1: images: unknown key; the nearest known key is image; correct or remove it
                        sandbox.lock:4:3: image.reference: expected this key, found none; run mvn sentinel:pin to write the file anew
                        sandbox.lock:4:11: image.digest: expected sha256: and 64 hexadecimal digits in lower case, found "sha256:ABC"; run mvn sentinel:pin to write the file anew
                        sandbox.lock:5:7: image.id: expected text, found the number 7; put it in quotes: "7"
                        sandbox.lock:6:15: image.entrypoint: expected a list, found "sh"; write it as [ ... ] or as lines that start with a hyphen
                        sandbox.lock:7:17: image.command[1]: expected text, found the number 7; put it in quotes: "7\"""");
    }

    @Test
    void readWhenThereAreMergeMarksRefuses() {
        assertThatThrownBy(() -> read("<<<<<<< ours\nschemaVersion: 1\n"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageStartingWith(
                        "sandbox.lock has 1 problem:\nsandbox.lock:2:14: a colon that makes no key here");
    }

    private static SandboxLock read(String yaml) throws InvalidFileException {
        return SandboxLockReader.read("sandbox.lock", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static String written(SandboxLock lock) {
        return new String(SandboxLockWriter.write(lock), StandardCharsets.UTF_8);
    }
}
