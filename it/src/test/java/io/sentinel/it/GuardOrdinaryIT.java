package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.GuardSession.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary work under a policy that is for it, in the standard profile: every bit of it works. Each use is a test. */
class GuardOrdinaryIT {

    private static final int SECONDS = 150;

    @TempDir
    private static Path folder;

    @TestFactory
    Stream<DynamicNode> ordinaryUseOfPythonWorks() throws Exception {
        return Stream.of(uses(GuardLanguage.PYTHON));
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicNode> ordinaryUseOfTheOthersWorks() throws Exception {
        List<DynamicNode> languages = new ArrayList<>();
        for (GuardLanguage language : GuardLanguage.values()) {
            if (language != GuardLanguage.PYTHON) {
                languages.add(uses(language));
            }
        }
        return languages.stream();
    }

    private static DynamicNode uses(GuardLanguage language) throws Exception {
        List<String> ids = GuardLanguage.ids(language.ordinary());
        assertThat(ids).hasSizeGreaterThanOrEqualTo(language == GuardLanguage.PYTHON ? 40 : 10);
        GuardSession[] session = new GuardSession[1];
        List<DynamicNode> tests = new ArrayList<>();
        tests.add(DynamicTest.dynamicTest("starts", () -> {
            Path own = Files.createDirectory(folder.resolve(language.name()));
            session[0] = new GuardSession(own, Plan.ordinary(language));
            if (language == GuardLanguage.SHELL) {
                Workload.seedRepository(session[0].workspace().resolve("repository"));
            }
        }));
        for (String id : ids) {
            tests.add(DynamicTest.dynamicTest(id, () -> assertThat(session[0].ask(id, SECONDS))
                    .as(id + ": " + session[0].said())
                    .contains("ok")));
        }
        tests.add(DynamicTest.dynamicTest("ends", () -> {
            try {
                assertThat(session[0].end().exitCode()).hasValue(0);
            } finally {
                session[0].close();
            }
        }));
        return DynamicContainer.dynamicContainer(language.name(), tests);
    }
}
