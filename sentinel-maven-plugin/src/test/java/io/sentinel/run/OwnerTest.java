package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerTest {

    private final Owner own = Owner.current(Path.of("/project"));

    @Test
    void labelReadsBack() {
        assertThat(Owner.parse(own.label())).contains(own);
    }

    @Test
    void thisProcessIsNotDead() {
        assertThat(own.isDead()).isFalse();
    }

    @Test
    void aProcessThatEndedIsDead() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        assertThat(new Owner(own.host(), own.project(), ended.pid(), own.startMillis()).isDead())
                .isTrue();
    }

    @Test
    void anotherProcessWithTheSameNumberIsNotTheOwner() {
        assertThat(new Owner(own.host(), own.project(), own.pid(), own.startMillis() - 60_000).isDead())
                .isTrue();
    }

    @Test
    void aProcessOfAnotherMachineIsNeverJudged() {
        assertThat(new Owner("0123456789ab", own.project(), 999_999_999, 1).isDead())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b.c.d", "a.b.1", "a.b.1.2.3", "a.b.-1.2", "a.b.99999999999999999999.1"})
    void aLabelOfAnotherFormHasNoOwner(String label) {
        assertThat(Owner.parse(label)).isEmpty();
    }

    @Test
    void projectsAreToldApart() {
        assertThat(own.sameProject(Owner.current(Path.of("/project")))).isTrue();
        assertThat(own.sameProject(Owner.current(Path.of("/other")))).isFalse();
    }
}
