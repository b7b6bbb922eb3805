package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.LabelFilter;
import io.sentinel.engine.NetworkFacts;
import io.sentinel.engine.VolumeFacts;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three rings on a real engine: a good bundle is clean, a weakened one breaks in each ring, and nothing is left. */
class VerifyIT {

    private static final List<LabelFilter> OURS = List.of(LabelFilter.has("io.sentinel.owner"));

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (Files.exists(folder.resolve("theirs"))) {
            run(folder, "docker", "image", "rm", "localhost/sentinel/theirs:1");
        }
        assertThat(Box.docker().listContainers(OURS))
                .extracting(ContainerFacts::name)
                .noneMatch(VerifyIT::isOfATest);
        assertThat(Box.docker().listNetworks(OURS))
                .extracting(NetworkFacts::name)
                .noneMatch(VerifyIT::isOfATest);
        assertThat(Box.docker().listVolumes(OURS)).extracting(VolumeFacts::name).noneMatch(VerifyIT::isOfATest);
        try (Stream<Path> left = Files.walk(folder)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("stage-")))
                    .isEmpty();
        }
    }

    private static boolean isOfATest(String name) {
        return name.matches("sentinel-(verified|weakened|unfiltered|open|altered|lame|waived|killed|verify)-.*");
    }

    @Test
    void aGoodBundleHoldsInEveryRing() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: verified
                policy: {allowed_commands: [id, ls]}
                user: {uid: 10001, gid: 10001}
                verify: {canaries: ["test $(id -u) = 10001", [ls, /workspace]]}
                """);
        Report report = box.verify();
        // The base is a local image that nobody pinned here.
        assertThat(against(report)).containsExactlyInAnyOrder("DF-10 static", "DF-10 static");
        for (Ring ring : Ring.values()) {
            assertThat(report.findings())
                    .filteredOn(finding -> finding.ring() == ring)
                    .hasSizeGreaterThan(200);
        }
        assertThat(report.canaries()).hasSize(3 * 4 + 2 + 2).allMatch(Canary::worked);
        assertThat(report.drifts()).isEmpty();
        assertThat(report.passed()).isTrue();
    }

    /** Each control is taken out of what all containers share, and so every ring has to see it. */
    @Test
    void aControlThatIsTakenOutIsMissedInEveryRing() throws Exception {
        Box box = Box.of(folder, "name: weakened\nuser: {uid: 10001, gid: 10001}\n");
        box.generate();
        edit(box, "  read_only: true\n  #", "  #");
        edit(box, "  cap_drop: [ALL]\n", "");
        edit(box, "  init: true\n", "");
        edit(box, "    - no-new-privileges:true\n", "");
        edit(box, "  pids_limit: 256\n", "");
        edit(box, "  cpus: 1.0\n", "");
        Report report = box.verify();
        for (String rule : List.of("RO-1", "CAP-1", "RES-11", "NNP-1", "RES-3", "RES-4")) {
            assertThat(against(report, "sentinel-strict"))
                    .contains(rule + " static", rule + " inspect", rule + " live");
        }
        assertThat(against(report, "-")).contains("YML-5 static");
        assertThat(families(report, "sentinel-strict")).containsExactlyInAnyOrder("RO", "CAP", "RES", "NNP", "DF");
        assertThat(report.passed()).isFalse();
        assertThat(report.drifts())
                .extracting(drift -> drift.fact() + ", lost by " + drift.lostBy())
                .contains("processes, lost by Compose's model");
    }

    @Test
    void aFilterThatLetsTooMuchThroughIsSeenByTheKernelsAnswers() throws Exception {
        Box box = Box.of(folder, "name: unfiltered\nuser: {uid: 10001, gid: 10001}\n");
        box.generate();
        edit(box, "    - \"seccomp:./seccomp/sentinel-seccomp.json\"\n", "    - seccomp:unconfined\n");
        Report report = box.verify(Ring.LIVE);
        assertThat(against(report, "sentinel-strict"))
                .contains("SEC-2 live", "SEC-5 live", "SEC-6 live", "SEC-8 live", "SEC-10 live");
        assertThat(against(report, "sentinel-proxy")).isEmpty();
    }

    /** The rules of the sidecar are the bundle's, and its list is the verifier's: what they let through shows. */
    @Test
    @Tag("full")
    void aProxyThatAllowsAllIsSeenByWhatItLetsThrough() throws Exception {
        Box box = Box.of(folder, "name: open\nuser: {uid: 10001, gid: 10001}\n");
        box.generate();
        Path rules = box.layout.bundle().resolve("proxy/squid.conf");
        replace(rules, "http_access deny !listed why_domain\n", "");
        replace(rules, "http_access allow listed !CONNECT port_http\n", "http_access allow !CONNECT port_http\n");
        Report report = box.verify(Ring.LIVE);
        assertThat(against(report, "sentinel-proxy")).contains("PX-1 live", "PX-4 live");
        assertThat(against(report, "sentinel-strict")).isEmpty();
    }

    /** An image is named by what it is built from: of a bundle that somebody changed, none may be built under that name. */
    @Test
    void whatTheSpecDoesNotRenderIsNeverBuilt() throws Exception {
        Box box = Box.of(folder, "name: altered\nuser: {uid: 10001, gid: 10001}\n");
        box.generate();
        Path dockerfile = box.layout.bundle().resolve("Dockerfile");
        replace(dockerfile, "HEALTHCHECK NONE\n", "RUN echo altered\nHEALTHCHECK NONE\n");
        Matcher image = Pattern.compile("localhost/sentinel/altered:[0-9a-f]+")
                .matcher(Files.readString(box.layout.composeFile()));
        assertThat(image.find()).isTrue();
        assertThat(Box.docker().inspectImage(image.group())).isEmpty();
        Report report = box.verify(Ring.STATIC, Ring.INSPECT);
        assertThat(against(report, "-")).contains("YML-5 static");
        assertThat(Box.docker().imageHistory(image.group()))
                .isNotEmpty()
                .noneMatch(step -> step.contains("echo altered"));
        run(folder, "docker", "image", "rm", image.group());
    }

    @Test
    void aCanaryThatDoesNotWorkFails() throws Exception {
        Box box = Box.of(
                folder, "name: lame\nuser: {uid: 10001, gid: 10001}\nverify: {canaries: [\"echo why; exit 3\"]}\n");
        Report report = box.verify(Ring.LIVE);
        assertThat(against(report)).isEmpty();
        assertThat(report.passed()).isFalse();
        assertThat(report.canaries())
                .filteredOn(canary -> !canary.worked())
                .extracting(Canary::told)
                .containsExactly("exit code 3: why");
    }

    @Test
    void aWaiverExcusesUntilItsLastDay() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: waived
                verify:
                  waivers:
                    - {rule: DF-10, reason: "made here", until: 2999-12-31}
                    - {rule: NET-7, reason: "long ago", until: 2020-01-01}
                """);
        Report report = box.verify(Ring.STATIC);
        assertThat(against(report)).isEmpty();
        assertThat(report.waivers()).hasSize(2);
    }

    @Test
    @Tag("full")
    void whatAKilledVerificationLeftTheNextOneClears() throws Exception {
        Box.of(folder, "name: killed\nuser: {uid: 10001, gid: 10001}\n");
        Command.goal(folder, "build").output(0);
        Command killed = Command.goal(folder, "verify", "-Dsentinel.verify.rings=live");
        while (ofTests().isEmpty()) {
            assertThat(killed.isAlive()).as(killed.output()).isTrue();
        }
        List<ProcessHandle> orphans = killed.descendants();
        killed.signal("KILL").ended();
        orphans.forEach(ProcessHandle::destroyForcibly);
        assertThat(ofTests()).isNotEmpty();
        assertThat(Command.goal(folder, "verify", "-Dsentinel.verify.rings=live")
                        .output(0))
                .contains("; passed at threshold high");
    }

    private static List<String> ofTests() throws Exception {
        return Box.docker().listContainers(OURS).stream()
                .map(ContainerFacts::name)
                .filter(VerifyIT::isOfATest)
                .toList();
    }

    /** Of an image without a shell, in a project of others: all of it is judged, and none of it by our entrypoint. */
    @Test
    void aProjectOfOthersIsJudgedInEveryRing() throws Exception {
        others();
        String said = Command.goal(folder, "verify", "-Dsentinel.project=theirs", "-Dsentinel.service=job")
                .output(1);
        assertThat(said)
                .contains("CAP-2 (critical)", "job (static, inspect)", "theirs/compose.yaml:8", "CAP-3", "job (live)")
                .contains(", 0 could not be told;")
                .doesNotContain("ENT-");
    }

    /** The build sees neither folders nor processes of the engine's machine, and the engine none of the build's. */
    @Test
    void anEngineOnAnotherMachineIsAskedAllTheSame() throws Exception {
        others();
        Path here = Files.createDirectory(folder.resolve("here"));
        String script = "mount -t tmpfs none \"$0\" && cp -r theirs \"$0\" && cd \"$0\" && exec \"$@\"";
        List<String> words = new ArrayList<>(
                List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, here.toString()));
        words.addAll(Command.goalWords("verify", "-Dsentinel.project=theirs"));
        String said = Command.start(folder, Map.of(), words).output(1);
        assertThat(said)
                .contains("CAP-2 (critical)", "job (static, inspect)", "CAP-3", "job (live)")
                .contains(", 0 could not be told;");
    }

    private void others() throws Exception {
        Path project = Files.createDirectory(folder.resolve("theirs"));
        Path program = Files.writeString(project.resolve("program.c"), "int main(void) { return 0; }\n");
        run(project, "gcc", "-static", "-o", "program", program.toString());
        Files.writeString(project.resolve("Dockerfile"), "FROM scratch\nCOPY program /program\nCMD [\"/program\"]\n");
        Files.writeString(
                project.resolve("compose.yaml"),
                """
                services:
                  job:
                    build: .
                    image: localhost/sentinel/theirs:1
                    container_name: precious
                    labels: {traefik.enable: "true"}
                    user: "1000:1000"
                    cap_add: [NET_RAW]
                    volumes: [data:/data]
                volumes:
                  data: {name: precious-data}
                """);
        run(project, "docker", "compose", "build", "--quiet");
    }

    private static Set<String> families(Report report, String service) {
        return against(report, service).stream()
                .map(finding -> finding.substring(0, finding.indexOf('-')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> against(Report report, String service) {
        return report.findings().stream()
                .filter(Finding::counts)
                .filter(finding -> finding.subject().service().equals(service))
                .filter(finding -> finding.rule().severity().compareTo(report.threshold()) >= 0
                        || finding.verdict() instanceof Verdict.Broken)
                .map(VerifyIT::shown)
                .toList();
    }

    private static List<String> against(Report report) {
        return report.findings().stream()
                .filter(Finding::counts)
                .map(VerifyIT::shown)
                .toList();
    }

    private static String shown(Finding finding) {
        return finding.rule().id() + " " + finding.ring().word()
                + (finding.verdict() instanceof Verdict.Unknown unknown ? ": " + unknown.why() : "");
    }

    private static void edit(Box box, String old, String changed) throws IOException {
        replace(box.layout.composeFile(), old, changed);
    }

    private static void replace(Path file, String old, String changed) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(old);
        Files.writeString(file, text.replace(old, changed));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void run(Path where, String... words) throws Exception {
        Process process = new ProcessBuilder(words)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
