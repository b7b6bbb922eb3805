package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CustomProfileTest {

    private static final List<Preset> PRESETS_THAT_SHIP = Preset.SHIPPED;
    private static final Presets PRESETS = Presets.read(SeccompSource.classPath());
    private static final Path SHIPPED = Path.of("..", "seccomp", "profiles");
    private static final Path DOCKER_LIKE = Path.of("src/test/resources/good-seccomp/docker-like.json");

    /** Enough for a container to start, and for programs of glibc to start threads. */
    private static final String START = "{\"names\": [\"" + String.join("\", \"", new TreeSet<>(PRESETS.vital()))
            + "\"], \"action\": \"SCMP_ACT_ALLOW\"},"
            + "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38}";

    @ParameterizedTest
    @FieldSource("PRESETS_THAT_SHIP")
    void shippedProfilesPassWithoutWarnings(Preset preset) throws Exception {
        byte[] json = Files.readAllBytes(SHIPPED.resolve(OciProfile.fileName(SeccompChoice.of(preset, Mode.ENFORCE))));
        CustomProfile profile = CustomProfile.read("my.json", json, PRESETS);
        assertThat(profile.warnings(Mode.ENFORCE)).isEmpty();
        assertThat(profile.warnings(Mode.LOG)).isEmpty();
        assertThat(profile.json(Mode.ENFORCE)).isEqualTo(json);
    }

    @ParameterizedTest
    @FieldSource("PRESETS_THAT_SHIP")
    void shippedProfileInModeLogDoesWhatTheShippedLogProfileDoes(Preset preset) throws Exception {
        byte[] json = Files.readAllBytes(SHIPPED.resolve(OciProfile.fileName(SeccompChoice.of(preset, Mode.ENFORCE))));
        byte[] log = Files.readAllBytes(SHIPPED.resolve(OciProfile.fileName(SeccompChoice.of(preset, Mode.LOG))));
        JsonNode mine = new ObjectMapper()
                .readTree(CustomProfile.read("my.json", json, PRESETS).json(Mode.LOG));
        assertThat(mine.get("defaultAction").asText()).isEqualTo("SCMP_ACT_LOG");
        assertThat(meaning(mine)).isEqualTo(meaning(new ObjectMapper().readTree(log)));
    }

    @Test
    void aProfileSuchAsDockersIsReadWithWarnings() throws Exception {
        CustomProfile profile = CustomProfile.read("my.json", Files.readAllBytes(DOCKER_LIKE), PRESETS);
        assertThat(profile.warnings(Mode.ENFORCE))
                .containsExactly(
                        "my.json allows what every preset denies: modify_ldt (Ports, descriptor tables and obsolete"
                                + " interfaces of the machine); ptrace (Reads or steers another process, and with it"
                                + " whatever that one may do); socket where \"not AF_UNIX, AF_INET, AF_INET6 or"
                                + " AF_NETLINK\" or \"AF_NETLINK, not NETLINK_ROUTE\" (AF_VSOCK reaches the"
                                + " hypervisor, and most families are seldom tested code that is loaded on demand);"
                                + " ioctl where \"TIOCSTI\" or \"TIOCLINUX\" or \"TIOCCONS\" or \"TIOCSETD\""
                                + " (These type into a terminal that a person outside uses, take its output, or change"
                                + " the code below it)",
                        "my.json allows socket (line 36) by comparing all 64 bits with SCMP_CMP_NE, GE or GT: where the"
                                + " kernel reads an int, a program sets a bit above it and passes; say what is"
                                + " allowed, with SCMP_CMP_EQ or SCMP_CMP_MASKED_EQ",
                        "my.json lets programs use other tables of system calls beside the machine's own"
                                + " (SCMP_ARCH_ARM, SCMP_ARCH_X32, SCMP_ARCH_X86): conditions on socket are walked"
                                + " around there by socketcall, and the calls of these tables are seldom tested;"
                                + " remove them unless a program has 32 bits");
        assertThat(profile.warnings(Mode.LOG)).containsAll(profile.warnings(Mode.ENFORCE));
        assertThat(profile.warnings(Mode.LOG))
                .last()
                .isEqualTo("in mode log my.json lets through what every preset denies of ioctl, modify_ldt, ptrace,"
                        + " socket: its own rules about them leave no room for a refusal");
    }

    @Test
    void modeLogRefusesWhatIsAlwaysDeniedAndNotAllowed() throws Exception {
        JsonNode log = log(rules(""));
        assertThat(answers(log, "mount")).containsExactly("SCMP_ACT_ERRNO 1 []");
        assertThat(answers(log, "io_uring_setup")).containsExactly("SCMP_ACT_ERRNO 38 []");
        assertThat(answers(log, "clone3")).containsExactly("SCMP_ACT_ERRNO 38 []");
        assertThat(answers(log, "ioctl"))
                .containsExactlyInAnyOrder(
                        "SCMP_ACT_ERRNO 1 [1&65535=21522]",
                        "SCMP_ACT_ERRNO 1 [1&65535=21532]",
                        "SCMP_ACT_ERRNO 1 [1&65535=21533]",
                        "SCMP_ACT_ERRNO 1 [1&65535=21539]");
        assertThat(log.get("syscalls")).last().satisfies(rule -> assertThat(
                        rule.get("comment").asText())
                .startsWith("TIOCSETD: These type into a terminal"));
    }

    @Test
    void modeLogDropsTheDefaultErrnoAndRulesThatOnlyLog() throws Exception {
        JsonNode log = new ObjectMapper()
                .readTree(read("{\"comment\": \"mine\", \"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38,"
                                + "\"syscalls\": [{\"names\": [\"sync\"], \"action\": \"SCMP_ACT_LOG\"}, " + START
                                + "]}")
                        .json(Mode.LOG));
        assertThat(log.fieldNames()).toIterable().containsExactly("comment", "defaultAction", "syscalls");
        assertThat(answers(log, "sync")).isEmpty();
        assertThat(answers(log, "readahead")).isEmpty();
        assertThat(answers(log, "execve")).containsExactly("SCMP_ACT_ALLOW 0 []");
    }

    @Test
    void modeLogKeepsOwnRefusalsAndAddsNoneBesideThem() throws Exception {
        String own = ", {\"names\": [\"mount\", \"reboot\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}";
        JsonNode log = log(rules(own));
        assertThat(answers(log, "mount")).containsExactly("SCMP_ACT_KILL_PROCESS 0 []");
        assertThat(answers(log, "reboot")).containsExactly("SCMP_ACT_KILL_PROCESS 0 []");
    }

    @Test
    void modeLogAddsNoRuleThatWouldContradictOwnOnes() throws Exception {
        String own = ", {\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\","
                + " \"args\": [{\"index\": 0, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}]},"
                + " {\"names\": [\"ioctl\"], \"action\": \"SCMP_ACT_ALLOW\","
                + " \"args\": [{\"index\": 1, \"value\": 21523, \"op\": \"SCMP_CMP_EQ\"}]},"
                + " {\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\","
                + " \"args\": [{\"index\": 0, \"value\": 40, \"op\": \"SCMP_CMP_NE\"}]}";
        JsonNode log = log(rules(own));
        assertThat(answers(log, "ptrace")).containsExactly("SCMP_ACT_ALLOW 0 [0?0]");
        assertThat(answers(log, "ioctl")).hasSize(5);
        assertThat(answers(log, "socket")).containsExactly("SCMP_ACT_ALLOW 0 [0?40]");
        assertThat(read(rules(own)).warnings(Mode.LOG))
                .last()
                .isEqualTo("in mode log my.json lets through what every preset denies of ptrace, socket: its own"
                        + " rules about them leave no room for a refusal");
    }

    /** A refusal of one's own is no reason to let through what it does not name. */
    @Test
    void modeLogRefusesNamespacesBesideAnOwnRefusalOfOne() throws Exception {
        String own = ", {\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 13, \"args\":"
                + " [{\"index\": 0, \"value\": 268435456, \"valueTwo\": 268435456, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}";
        CustomProfile profile = read(rules(own));
        for (long flag : new long[] {0x20000000, 0x40000000, 0x20000, 0x04000000}) {
            assertThat(profile.added(Mode.LOG))
                    .filteredOn(rule -> rule.names().contains("clone"))
                    .as(Long.toHexString(flag))
                    .anyMatch(rule -> rule.args().stream().allMatch(c -> Filter.holds(c, flag)));
        }
    }

    @Test
    void ordersOfComparisonsAreOne() {
        String rule = ", {\"names\": [\"ioctl\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": %d, \"args\": [%s]}";
        String zero = "{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}";
        String one = "{\"index\": 1, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}";
        String both = rule.formatted(5, zero + ", " + one) + rule.formatted(6, one + ", " + zero);
        assertThatThrownBy(() -> read(rules(both)))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("which is about the same arguments");
    }

    @Test
    void modeLogIsTheSameBytesEachTimeAndAProfileThatCompilesToo() throws Exception {
        byte[] once = read(rules("")).json(Mode.LOG);
        assertThat(read(rules("")).json(Mode.LOG)).isEqualTo(once);
        String enforcing = new String(once, StandardCharsets.UTF_8).replaceFirst("SCMP_ACT_LOG", "SCMP_ACT_ERRNO");
        assertThat(read(enforcing).warnings(Mode.ENFORCE)).isEmpty();
    }

    @Test
    void refusalsOfWideComparisonsAreWarnedOfInModeLog() throws Exception {
        String own = ", {\"names\": [\"prctl\"], \"action\": \"SCMP_ACT_ERRNO\","
                + " \"args\": [{\"index\": 0, \"value\": 4, \"op\": \"SCMP_CMP_EQ\"}]}";
        assertThat(read(rules(own)).warnings(Mode.ENFORCE)).isEmpty();
        assertThat(read(rules(own)).warnings(Mode.LOG))
                .last()
                .isEqualTo("in mode log the refusals of prctl (line 1) in my.json compare all 64 bits: where the"
                        + " kernel reads an int, a program sets a bit above it and passes; compare with"
                        + " SCMP_CMP_MASKED_EQ");
    }

    @Test
    void aProfileUnderWhichNothingStartsIsWarnedOf() throws Exception {
        assertThat(read("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}")
                        .warnings(Mode.ENFORCE))
                .hasSize(2)
                .first()
                .isEqualTo("my.json may let no container start: the container runtime and the program's start need "
                        + String.join(", ", new TreeSet<>(PRESETS.vital())) + "; allow them");
    }

    @Test
    void flagsAndDefaultErrnosThatSurpriseAreWarnedOf() throws Exception {
        String json = rules("")
                .replaceFirst("\\{", "{\"flags\": [\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"], \"defaultErrnoRet\": 38,");
        assertThat(read(json).warnings(Mode.ENFORCE))
                .containsExactly(
                        "my.json has the flag SECCOMP_FILTER_FLAG_SPEC_ALLOW, which turns off a defence against reading"
                                + " memory by speculative execution; remove it",
                        "my.json has a defaultErrnoRet, which engines before 23.0 skip: there a call that no rule is about"
                                + " fails with EPERM");
    }

    @Test
    void aHugeFileIsRefusedAtOnce() {
        assertThatThrownBy(() -> read(" ".repeat(4 << 20) + "{}"))
                .hasMessage("my.json has 1 problem:\nmy.json:1:1: expected at most 4194304 bytes (4 MiB), found more;"
                        + " is this the right file?");
    }

    @Test
    void aMebibyteOfProblemsIsReportedAsTheFirstOnes() {
        String names = "\"raed\",".repeat(149_000) + "\"raed\"";
        assertThatThrownBy(() ->
                        read("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [" + names + "]}]}"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("my.json has 149002 problems:")
                .hasMessageEndingWith("... and 148952 more, not shown; correct these first");
    }

    private static CustomProfile read(String json) throws InvalidFileException {
        return CustomProfile.read("my.json", json.getBytes(StandardCharsets.UTF_8), PRESETS);
    }

    private static String rules(String more) {
        return "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" + START + more + "]}";
    }

    private static JsonNode log(String json) throws InvalidFileException, IOException {
        return new ObjectMapper().readTree(read(json).json(Mode.LOG));
    }

    /** What a profile's rules say about each call, whatever their order and comments. */
    private static Set<String> meaning(JsonNode profile) {
        Set<String> meaning = new HashSet<>();
        for (JsonNode rule : profile.get("syscalls")) {
            rule.get("names").forEach(name -> meaning.add(name.asText() + " " + answer(rule)));
        }
        return meaning;
    }

    private static List<String> answers(JsonNode profile, String name) {
        return meaning(profile).stream()
                .filter(rule -> rule.startsWith(name + " "))
                .map(rule -> rule.substring(name.length() + 1))
                .toList();
    }

    private static String answer(JsonNode rule) {
        StringBuilder args = new StringBuilder();
        rule.path("args").forEach(arg -> args.append(args.length() == 0 ? "" : " ")
                .append(arg.get("index").asText())
                .append(
                        arg.get("op").asText().equals("SCMP_CMP_MASKED_EQ")
                                ? "&" + arg.get("value").asText() + "="
                                        + arg.path("valueTwo").asText()
                                : "?" + arg.get("value").asText()));
        return rule.get("action").asText() + " " + rule.path("errnoRet").asInt() + " [" + args + "]";
    }
}
