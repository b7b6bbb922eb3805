package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectsTest {

    @Test
    void ofOthersWhenAnImageIsOnlyNamedAsksAboutItToo() throws IOException {
        assertThat(images("{\"web\": {\"build\": {\"context\": \".\"}}, \"db\": {\"image\": \"db:1\"}}", "web", "db"))
                .containsExactly("web", "db");
    }

    @Test
    void ofOthersWhenServicesRunTheSameImageAsksOnce() throws IOException {
        assertThat(images(
                        "{\"a\": {\"image\": \"x:1\"}, \"b\": {\"image\": \"x:1\"}, \"c\": {\"image\": \"x:2\"}}",
                        "a",
                        "b",
                        "c"))
                .containsExactly("a", "c");
    }

    /** The one that builds it has its Dockerfile as well, wherever it stands. */
    @Test
    void ofOthersWhenOneBuildsWhatAnotherRunsAsksAboutTheOneThatBuilds() throws IOException {
        assertThat(images(
                        "{\"a\": {\"image\": \"x:1\"}, \"b\": {\"image\": \"x:1\", \"build\": {\"context\": \".\"}}}",
                        "a",
                        "b"))
                .containsExactly("b");
        assertThat(images(
                        "{\"a\": {\"image\": \"x:1\"}, \"b\": {\"image\": \"x:1\", \"build\": {\"context\": \".\"}}}",
                        "a"))
                .containsExactly("a");
    }

    @Test
    void ofOthersWhenAServiceHasNoImageAsksAboutNone() throws IOException {
        assertThat(images("{\"a\": {\"provider\": {\"type\": \"x\"}}}", "a")).isEmpty();
    }

    private static List<String> images(String services, String... chosen) throws IOException {
        return Subjects.ofOthers(Json.parse("{\"services\": " + services + "}"), List.of(chosen)).stream()
                .filter(subject -> subject.role() == Role.IMAGE)
                .map(Subject::service)
                .toList();
    }
}
