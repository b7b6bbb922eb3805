package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live ring sees a guard that was weakened by what lives, whatever the files say: each weakening is seen by its rule. */
@Tag("full")
class GuardFactsIT {

    @TempDir
    private Path folder;

    private Box box;

    /** What the live ring says of the guard, of a bundle that somebody has changed. */
    private List<String> lived(String spec, Change change) throws Exception {
        box = Box.of(folder, "name: guarded\ncommand: [ls]\n" + spec);
        box.build();
        change.apply(box.layout.bundle());
        Report report = box.verify(Ring.LIVE);
        return report.findings().stream()
                .filter(finding -> finding.rule().family().equals("GRD"))
                .map(finding -> finding.rule().id() + " " + finding.subject().service() + " " + finding.verdict())
                .toList();
    }

    private interface Change {
        void apply(Path bundle) throws Exception;
    }

    private static void replace(Path file, String text, String with) throws Exception {
        String before = Files.readString(file);
        assertThat(before).contains(text);
        Files.writeString(file, before.replace(text, with));
    }

    @Test
    void anAgentThatStartsWithoutTheGuardIsSeen() throws Exception {
        List<String> lived = lived(
                "",
                bundle -> replace(
                        bundle.resolve("docker-compose.yml"),
                        "  working_dir: /workspace\n",
                        "  working_dir: /workspace\n  entrypoint: [/bin/sh, -c, 'exec \"$$@\"', sh]\n"));
        for (String service : List.of("strict", "standard", "proxied")) {
            assertThat(lived)
                    .anyMatch(line -> line.matches("GRD-1 sentinel-" + service + " Broken.*its parent is .*"
                            + "1 system call filters, and 1 without the guard.*the trail has no start.*"))
                    .anyMatch(line -> line.startsWith("GRD-2 sentinel-" + service + " Broken")
                            && line.contains("the trail names no policy"))
                    .anyMatch(line -> line.startsWith("GRD-4 sentinel-" + service + " Broken")
                            && line.contains("the guard left no trail")
                            && line.contains("opening /opt/sentinel/audit answers ok"));
        }
        assertThat(lived).noneMatch(line -> line.contains(" Held"));
    }

    @Test
    void anotherPolicyIsSeenThatTheGuardTakesForItsOwn() throws Exception {
        List<String> lived = lived("", bundle -> {
            String yaml = Files.readString(bundle.resolve("sentinel.yaml")) + "# another\n";
            Path policy = bundle.resolve("guard/policy");
            String source = Files.readAllLines(policy).get(1);
            Files.writeString(bundle.resolve("sentinel.yaml"), yaml);
            replace(policy, source, "source " + digest(yaml));
        });
        assertThat(lived)
                .filteredOn(line -> line.startsWith("GRD-2 "))
                .hasSize(3)
                .allMatch(line -> line.contains("Broken") && line.contains("the trail names "));
        assertThat(lived).filteredOn(line -> line.startsWith("GRD-3 ")).allMatch(line -> line.contains(" Held"));
    }

    private static String digest(String text) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void aGuardThatCannotKeepATrailDoesNotStartAndNothingHolds() throws Exception {
        List<String> lived = lived(
                "",
                bundle -> replace(
                        bundle.resolve("docker-compose.yml"),
                        "      target: /opt/sentinel/audit\n",
                        "      target: /opt/sentinel/audit\n      read_only: true\n"));
        assertThat(lived)
                .hasSize(3 * 6)
                .allMatch(line -> line.contains(" Unknown") && line.contains("the audit trail cannot be written"));
    }

    @Test
    void aStandardGuardThatTakesItselfForTheStrictOneIsSeen() throws Exception {
        List<String> lived = lived(
                "",
                bundle -> replace(
                        bundle.resolve("docker-compose.yml"),
                        "SENTINEL_PROFILE: standard",
                        "SENTINEL_PROFILE: strict"));
        assertThat(lived)
                .anyMatch(line -> line.startsWith("GRD-5 sentinel-standard Broken"))
                .anyMatch(line -> line.startsWith("GRD-3 sentinel-standard Broken")
                        && line.contains("connecting to 127.0.0.11:9 answers ECONNREFUSED"));
    }

    @Test
    void ofAGuardThatAuditsNothingIsSaidToFailOrToBeOutOfReach() throws Exception {
        List<String> lived = lived("guard: audit\n", bundle -> {});
        assertThat(lived).hasSize(3 * 4).allMatch(line -> line.contains(" Held"));
        assertThat(lived).noneMatch(line -> line.matches("GRD-[34] .*"));
    }

    @Test
    void withoutAGuardNothingIsSaidOfOne() throws Exception {
        assertThat(lived("guard: off\n", bundle -> {})).isEmpty();
    }
}
