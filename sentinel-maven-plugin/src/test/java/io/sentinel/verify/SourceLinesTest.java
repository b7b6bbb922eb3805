package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Location;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceLinesTest {

    private static final String FILE =
            """
            x-base: &base
              cap_drop:
                - ALL
              read_only: true
            x-more: &more
              <<: *base
              read_only: false
              init: true
            services:
              agent:
                <<: *base
                image: x
                volumes:
                  - ./a:/a
                  - type: bind
                    source: /
                deploy: {resources: {limits: {memory: 1g}}}
              "quoted name":
                'user': root
                read_only: true
                <<: *base
              both:
                <<: [*more, *base]
                ports: !reset []
              deep: {<<: *more}
              list: *base
            """;

    @ParameterizedTest
    @CsvSource({
        "services, 9",
        "services/agent, 10",
        "services/agent/image, 12",
        "services/agent/volumes/0, 14",
        "services/agent/volumes/1, 15",
        "services/agent/volumes/1/source, 16",
        "services/agent/deploy/resources/limits/memory, 17",
        "services/quoted name/user, 19",
        "services/both/ports, 24"
    })
    void locateWhenTheKeyIsThereGivesItsLine(String path, int line) {
        assertThat(line(FILE, path)).isEqualTo(line);
    }

    /** That is what a person changes: the line where the value is written. */
    @ParameterizedTest
    @CsvSource({
        "services/agent/read_only, 4",
        "services/agent/cap_drop/0, 3",
        "services/quoted name/read_only, 20",
        "services/quoted name/cap_drop, 2",
        "services/both/read_only, 7",
        "services/both/init, 8",
        "services/both/cap_drop, 2",
        "services/deep/cap_drop/0, 3",
        "services/list/read_only, 4"
    })
    void locateWhenTheKeyIsMergedGivesTheLineOfItsAnchor(String path, int line) {
        assertThat(line(FILE, path)).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource({
        "networks, 1",
        "networks/default/internal, 1",
        "services/gone/user, 9",
        "services/agent/user, 10",
        "services/agent/volumes/2/source, 13",
        "services/agent/volumes/0/source, 14",
        "services/agent/image/tag, 12",
        "services/both/user, 22"
    })
    void locateWhenTheKeyIsMissingGivesItsNearestParent(String path, int line) {
        assertThat(line(FILE, path)).isEqualTo(line);
    }

    @Test
    void locateWhenItIsALineOfAnotherFileGivesThat() {
        assertThat(lines(FILE).locate(new Place.Line("Dockerfile", 7))).contains(new Location("Dockerfile", 7));
    }

    @Test
    void locateWhenItStandsNowhereIsEmpty() {
        assertThat(lines(FILE).locate(Place.NOWHERE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"''", "'services: ['", "'just a word'", "'a: 1\n---\na: 2\n'"})
    void locateWhenTheFileIsNoMappingGivesItsFirstLine(String text) {
        assertThat(line(text, "services/agent")).isEqualTo(1);
    }

    /** More than the reader of YAML lets through by itself. */
    @Test
    void locateWhenThereAreManyAnchorsStillFindsTheLine() {
        StringBuilder text = new StringBuilder("x-base: &base\n  init: true\nservices:\n");
        for (int i = 0; i < 200; i++) {
            text.append("  s").append(i).append(":\n    <<: *base\n");
        }
        assertThat(line(text.toString(), "services/s199")).isEqualTo(402);
        assertThat(line(text.toString(), "services/s199/init")).isEqualTo(2);
    }

    @Test
    void locateWhenMergesTakeInEachOtherEnds() {
        assertThat(line("services: &s\n  <<: *s\n  a: 1\n", "services/b")).isEqualTo(1);
    }

    /** 2^40 ways through it. */
    @Test
    void locateWhenMergesDoubleEachTimeEnds() {
        StringBuilder text = new StringBuilder("x0: &x0 {a: 1}\n");
        for (int i = 1; i <= 40; i++) {
            text.append("x%d: &x%d {<<: [*x%d, *x%d]}%n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(line(text.toString(), "x40/b")).isEqualTo(41);
        assertThat(line(text.toString(), "x40/a")).isEqualTo(1);
    }

    private static int line(String text, String path) {
        Location found =
                lines(text).locate(new Place.Key(List.of(path.split("/")))).orElseThrow();
        assertThat(found.file()).isEqualTo("compose.yaml");
        return found.line();
    }

    private static SourceLines lines(String text) {
        return SourceLines.of(new TextFile("compose.yaml", text));
    }
}
