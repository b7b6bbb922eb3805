package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.Rendered;
import io.sentinel.run.PolicyPlace.Kind;
import io.sentinel.run.PolicyPlace.Step;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Waiver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each lack has its row and its message, and a run that lacks nothing passes. */
class ProductionTest {

    private static final String HASH = "ab".repeat(32);
    private static final String OTHER = "cd".repeat(32);
    private static final LocalDate TODAY = LocalDate.of(2030, 1, 31);

    /** A run that is ready, before a row takes something away. */
    private static final class Run {
        private final Map<String, String> variables = new TreeMap<>(Map.of(
                "SENTINEL_PRODUCTION", "true", "SENTINEL_POLICY_IMMUTABLE", "true", "SENTINEL_POLICY_SHA256", HASH));
        private String origin = Production.VARIABLE;
        private Profile profile = Profile.STRICT;
        private SeccompChoice.Mode mode = SeccompChoice.Mode.ENFORCE;
        private GuardMode guard = GuardMode.ENFORCE;
        private boolean asks;
        private boolean signed;
        private Optional<String> badSignature = Optional.empty();
        private Rendered.Base base = locked();
        private Rendered.Base sidecar = locked();
        private Optional<String> lockedPolicy = Optional.of("sha256:" + HASH);
        private List<String> drift = List.of();
        private List<Waiver> waivers = List.of();
        private List<String> weakenings = List.of();
        private Step file = new Step("/etc/sentinel/policy.yaml", Kind.FILE, 0, 0644);
        private Step folder = new Step("/etc/sentinel", Kind.FOLDER, 0, 0755);
        private boolean inWorkspace;
        private Optional<PolicyPlace> key = Optional.empty();
        private boolean hostNetwork;

        private static Rendered.Base locked() {
            LockedImage image = new LockedImage("base:1", Optional.empty(), "sha256:" + OTHER, List.of(), List.of());
            return new Rendered.Base("base:1", Optional.of(image));
        }

        private Production asked() {
            Rendered bundle = new Rendered(
                    "sha256:0123",
                    "box",
                    "box:0123",
                    "box-proxy:0123",
                    base,
                    sidecar,
                    List.of("true"),
                    Duration.ofMinutes(1),
                    new TreeMap<>(),
                    false,
                    Path.of("workspace"),
                    Optional.empty(),
                    List.of("a weakening of the spec's own, which is the spec's to decide"),
                    SeccompChoice.of(SeccompChoice.Preset.STRICT, mode),
                    new Rendered.Mounted(Path.of(file.path()), "sha256:" + HASH),
                    false,
                    guard,
                    asks,
                    ContainerRuntime.RUNC,
                    List.of(),
                    List.of());
            Step root = new Step("/", Kind.FOLDER, 0, 0755);
            return new Production(
                    origin,
                    new Invoker(0, 0, variables),
                    profile,
                    hostNetwork,
                    bundle,
                    signed,
                    badSignature,
                    key,
                    new PolicyPlace(PolicyPlace.POLICY, List.of(root, folder, file), inWorkspace),
                    lockedPolicy,
                    drift,
                    waivers,
                    TODAY,
                    weakenings);
        }
    }

    private record Row(String title, Consumer<Run> change, String lack) {
        @Override
        public String toString() {
            return title;
        }
    }

    private static Waiver waiver(int days) {
        return new Waiver("NET-7", Optional.empty(), "a reason", TODAY.plusDays(days));
    }

    static Stream<Row> lacks() {
        String hash = "SENTINEL_POLICY_SHA256";
        return Stream.of(
                new Row(
                        "the standard profile",
                        run -> run.profile = Profile.STANDARD,
                        "the profile standard has a network; use strict (--network none), or set"
                                + " SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=true"),
                new Row(
                        "the proxied profile, and a misspelt yes",
                        run -> {
                            run.profile = Profile.PROXIED;
                            run.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "enabled");
                        },
                        "the profile proxied has a network; use strict (--network none), or set"
                                + " SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=true"),
                new Row(
                        "the host's network, though networks are allowed",
                        run -> {
                            run.hostNetwork = true;
                            run.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "true");
                        },
                        "with --network host nothing keeps the program from this host's own network; leave it out"),
                new Row(
                        "a public key that somebody else may replace",
                        run -> run.key = Optional.of(new PolicyPlace(
                                PolicyPlace.KEY, List.of(new Step("/k.pub", Kind.FILE, 1234, 0644)), false)),
                        "the public key /k.pub is of user 1234, not of root; chown root /k.pub"),
                new Row(
                        "a filter that logs",
                        run -> run.mode = SeccompChoice.Mode.LOG,
                        "the system call filter's mode is log; take seccomp.mode out of the spec, and leave"
                                + " --seccomp-mode and SENTINEL_SECCOMP_MODE out"),
                new Row(
                        "no filter",
                        run -> run.mode = SeccompChoice.Mode.OFF,
                        "the system call filter's mode is off; take seccomp.mode out of the spec, and leave"
                                + " --seccomp-mode and SENTINEL_SECCOMP_MODE out"),
                new Row(
                        "a guard that lets through",
                        run -> run.guard = GuardMode.AUDIT,
                        "the guard is audit; take guard out of the spec, which is to enforce"),
                new Row(
                        "no guard",
                        run -> run.guard = GuardMode.OFF,
                        "the guard is off; take guard out of the spec, which is to enforce"),
                new Row(
                        "a guard that asks",
                        run -> run.asks = true,
                        "the policy's on_block is ask, and production asks nobody; set on_block: deny"),
                new Row(
                        "a policy that may change",
                        run -> run.variables.remove("SENTINEL_POLICY_IMMUTABLE"),
                        "SENTINEL_POLICY_IMMUTABLE is not true; set it"),
                new Row(
                        "a misspelt immutable",
                        run -> run.variables.put("SENTINEL_POLICY_IMMUTABLE", "ture"),
                        "SENTINEL_POLICY_IMMUTABLE is not true; set it"),
                new Row(
                        "no hash",
                        run -> run.variables.remove(hash),
                        "nothing says which policy is meant; set SENTINEL_POLICY_SHA256 to the one that was reviewed (mvn"
                                + " sentinel:pin prints it), or sign it"),
                new Row(
                        "an empty hash",
                        run -> run.variables.put(hash, " "),
                        "nothing says which policy is meant; set SENTINEL_POLICY_SHA256 to the one that was reviewed (mvn"
                                + " sentinel:pin prints it), or sign it"),
                new Row(
                        "a short hash",
                        run -> run.variables.put(hash, HASH.substring(1)),
                        "SENTINEL_POLICY_SHA256 is not 64 hexadecimal digits; set it to what sha256sum prints"),
                new Row(
                        "no hexadecimal hash",
                        run -> run.variables.put(hash, "x" + HASH.substring(1)),
                        "SENTINEL_POLICY_SHA256 is not 64 hexadecimal digits; set it to what sha256sum prints"),
                new Row(
                        "another hash",
                        run -> run.variables.put(hash, OTHER),
                        "the policy's SHA-256 is " + HASH + ", and SENTINEL_POLICY_SHA256 is " + OTHER
                                + "; review the policy, and set its hash"),
                new Row(
                        "another hash beside a signature",
                        run -> {
                            run.signed = true;
                            run.variables.put(hash, OTHER);
                        },
                        "the policy's SHA-256 is " + HASH + ", and SENTINEL_POLICY_SHA256 is " + OTHER
                                + "; review the policy, and set its hash"),
                new Row(
                        "a bad signature in place of a hash",
                        run -> {
                            run.signed = true;
                            run.badSignature = Optional.of("it is bad; sign it");
                            run.variables.remove(hash);
                        },
                        "it is bad; sign it"),
                new Row(
                        "another hash in the lock",
                        run -> run.lockedPolicy = Optional.of("sha256:" + OTHER),
                        "the policy's SHA-256 is " + HASH + ", and sandbox.lock has " + OTHER
                                + "; review the policy, and run mvn sentinel:pin"),
                new Row(
                        "a user's policy",
                        run -> run.file = new Step("/p", Kind.FILE, 1000, 0644),
                        "the policy /p is of user 1000, not of root; name one that root owns with sentinel-isolate"
                                + " --policy FILE, or run this as root"),
                new Row(
                        "a policy that its group may write",
                        run -> run.file = new Step("/p", Kind.FILE, 0, 0664),
                        "the policy /p can be written by others than root (mode 0664); chmod go-w /p"),
                new Row(
                        "a policy that all may write, sticky or not",
                        run -> run.file = new Step("/p", Kind.FILE, 0, 01646),
                        "the policy /p can be written by others than root (mode 1646); chmod go-w /p"),
                new Row(
                        "a link in the policy's place",
                        run -> run.file = new Step("/p", Kind.LINK, 0, 0777),
                        "the policy /p is a symbolic link; name the file itself"),
                new Row(
                        "a pipe in the policy's place",
                        run -> run.file = new Step("/p", Kind.OTHER, 0, 0600),
                        "the policy /p is no plain file; name the file itself"),
                new Row(
                        "a policy in the workspace",
                        run -> run.inWorkspace = true,
                        "the policy /etc/sentinel/policy.yaml is in the workspace, which is the agent's; keep it"
                                + " elsewhere"),
                new Row(
                        "a user's folder",
                        run -> run.folder = new Step("/home/me", Kind.FOLDER, 1000, 0755),
                        "the policy's folder /home/me is of user 1000, not of root; keep the policy where every folder"
                                + " above is root's, such as /etc/sentinel"),
                new Row(
                        "a folder that all may write",
                        run -> run.folder = new Step("/srv", Kind.FOLDER, 0, 0777),
                        "the policy's folder /srv can be written by others than root (mode 0777); chmod go-w /srv"),
                new Row(
                        "a base that is not pinned",
                        run -> run.base = new Rendered.Base("python:3.12-slim", Optional.empty()),
                        "the base image python:3.12-slim is not pinned; run mvn sentinel:pin, and commit sandbox.lock"),
                new Row(
                        "a sidecar that is not pinned",
                        run -> {
                            run.profile = Profile.PROXIED;
                            run.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "true");
                            run.sidecar = new Rendered.Base("squid:6", Optional.empty());
                        },
                        "the sidecar's base image squid:6 is not pinned; run mvn sentinel:pin, and commit sandbox.lock"),
                new Row(
                        "a bundle that was changed",
                        run -> run.drift = List.of("Dockerfile was changed", "x is missing"),
                        "the bundle on disk is not as its sentinel.lock says: Dockerfile was changed, x is missing; find"
                                + " out who changed it, and remove the folder, so that it is rendered anew"),
                new Row(
                        "a bundle that was changed in many places",
                        run -> run.drift = IntStream.rangeClosed(1, 10)
                                .mapToObj(Integer::toString)
                                .toList(),
                        "the bundle on disk is not as its sentinel.lock says: 1, 2, 3, 4, 5, 6, 7, 8 and 2 more; find out"
                                + " who changed it, and remove the folder, so that it is rendered anew"),
                new Row(
                        "a waiver that ended yesterday",
                        run -> run.waivers = List.of(waiver(0), waiver(-1)),
                        "the waiver of NET-7 ended on 2030-01-30; mend what it excused, or renew it under"
                                + " verify.waivers"),
                new Row(
                        "a flag that weakens",
                        run -> run.weakenings = List.of("--memory: memory is 1g, where the spec has 512m"),
                        "--memory: memory is 1g, where the spec has 512m; leave it out, or change the spec"));
    }

    @ParameterizedTest
    @MethodSource("lacks")
    void aLackIsTheOnlyOneAndIsTold(Row row) {
        Run run = new Run();
        row.change().accept(run);
        assertThat(run.asked().lacks()).containsExactly(row.lack());
    }

    static Stream<Row> ready() {
        return Stream.of(
                new Row("as it is", run -> {}, ""),
                new Row(
                        "a hash in capitals",
                        run -> run.variables.put("SENTINEL_POLICY_SHA256", HASH.toUpperCase(java.util.Locale.ROOT)),
                        ""),
                new Row(
                        "a signature in place of a hash",
                        run -> {
                            run.signed = true;
                            run.variables.remove("SENTINEL_POLICY_SHA256");
                        },
                        ""),
                new Row("no hash in the lock", run -> run.lockedPolicy = Optional.empty(), ""),
                new Row(
                        "a base with its digest",
                        run -> run.base = new Rendered.Base("python:3.12-slim@sha256:" + OTHER, Optional.empty()),
                        ""),
                new Row(
                        "a sidecar that is not pinned, and not started",
                        run -> run.sidecar = new Rendered.Base("squid:6", Optional.empty()),
                        ""),
                new Row(
                        "a network that is allowed",
                        run -> {
                            run.profile = Profile.STANDARD;
                            run.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", " ON ");
                        },
                        ""),
                new Row("a waiver on its last day", run -> run.waivers = List.of(waiver(0)), ""),
                new Row(
                        "a folder with the sticky bit",
                        run -> run.folder = new Step("/tmp", Kind.FOLDER, 0, 01777),
                        ""));
    }

    @ParameterizedTest
    @MethodSource("ready")
    void aRunThatLacksNothingPasses(Row row) {
        Run run = new Run();
        row.change().accept(run);
        assertThat(run.asked().lacks()).isEmpty();
        assertThatCode(() -> run.asked().require()).doesNotThrowAnyException();
    }

    @Test
    void allLacksAreToldAtOnce() {
        Run run = new Run();
        List<String> all = new ArrayList<>();
        for (Row row : List.of(lacks().toList().get(0), lacks().toList().get(4))) {
            row.change().accept(run);
            all.add("\n  - " + row.lack());
        }
        assertThatThrownBy(() -> run.asked().require())
                .isInstanceOf(RefusedException.class)
                .hasMessage("SENTINEL_PRODUCTION is set, and this run is not ready for it; nothing was started:"
                        + String.join("", all));
        run.origin = "src/main/sentinel/sandbox.yaml";
        assertThatThrownBy(() -> run.asked().require())
                .hasMessageStartingWith(
                        "src/main/sentinel/sandbox.yaml says production: true, and this run is not ready for it");
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, SENTINEL_PRODUCTION",
        "enabled, false, SENTINEL_PRODUCTION",
        "true, true, SENTINEL_PRODUCTION",
        "false, true, box.yaml",
        "'', true, box.yaml",
        "no, false, ''",
        "'', false, ''",
    })
    void aVariableTurnsItOnAndNeverOff(String variable, boolean spec, String origin) {
        Invoker invoker = new Invoker(0, 0, Map.of("SENTINEL_PRODUCTION", variable));
        assertThat(Production.origin(invoker, spec, "box.yaml").orElse("")).isEqualTo(origin);
    }
}
