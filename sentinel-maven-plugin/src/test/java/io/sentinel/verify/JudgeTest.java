package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Json;
import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 25);
    private static final Waiver WAIVER = new Waiver("CAP-1", Optional.empty(), "a reason", DAY);

    @TempDir
    private Path folder;

    @Test
    void judgeWhenAWaivedRuleIsBrokenExcusesIt() throws IOException {
        Finding finding = judged(new Told(Json.parse("{\"services\": {\"agent\": {\"image\": \"x\"}}}")));
        assertThat(finding.verdict()).isInstanceOf(Verdict.Broken.class);
        assertThat(finding.waiver()).contains(WAIVER);
        assertThat(finding.counts()).isFalse();
    }

    @Test
    void judgeWhenAWaivedRuleCannotBeToldExcusesNothing() {
        Finding finding = judged(new Untold());
        assertThat(finding.verdict()).isEqualTo(new Verdict.Unknown("it is dark"));
        assertThat(finding.waiver()).isEmpty();
        assertThat(finding.counts()).isTrue();
    }

    private Finding judged(ComposeFiles.Model model) {
        ComposeFiles files =
                new ComposeFiles(folder, folder.resolve("compose.yaml"), new ComposeFiles.Models(model, model, model));
        StaticView view =
                new StaticView(Subject.agent("agent", Optional.empty()), Expected.ofOthers(files.folder()), files);
        return new Judge(SourceLines.of(new TextFile("compose.yaml", "")), ".", List.of(WAIVER), DAY)
                .judge(view).stream()
                        .filter(finding -> finding.rule().id().equals("CAP-1"))
                        .findFirst()
                        .orElseThrow();
    }

    private record Told(Json json) implements ComposeFiles.Model {

        @Override
        public String text() {
            return json.toString();
        }
    }

    private record Untold() implements ComposeFiles.Model {

        @Override
        public Json json() {
            throw new CannotTell("it is dark");
        }

        @Override
        public String text() {
            throw new CannotTell("it is dark");
        }
    }
}
