package io.sentinel.it;

import static io.sentinel.it.ProductionProject.BUNDLE;
import static io.sentinel.it.ProductionProject.COMMAND;
import static io.sentinel.it.ProductionProject.KEY;
import static io.sentinel.it.ProductionProject.PINNED;
import static io.sentinel.it.ProductionProject.SPEC;
import static io.sentinel.it.ProductionProject.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.run.Pinning;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Production as a person meets it: each way not to be ready is refused and nothing is made, and the ready one runs. */
@Timeout(300)
class ProductionIT {

    /** A project that is pinned, rendered and built; each test has a copy of it. */
    @TempDir
    private static Path ready;

    @TempDir
    private Path temporary;

    private ProductionProject project;

    @BeforeAll
    static void aProject() throws Exception {
        make(ready);
    }

    /** Makes a project ready, but for the variables. */
    static void make(Path ready) throws Exception {
        Box box = Box.of(ready, TEXT);
        new Pinning(box.layout, Box.docker(), Box.NO_ORIGINS).pin(null);
        // By the command, whose version stands in the files that its image is of.
        Command.start(ready, Map.of(), List.of(COMMAND.toString(), "--build-if-missing", "--", "true"))
                .output(0);
    }

    @BeforeEach
    void aCopyThatIsReady() throws Exception {
        project = ProductionProject.copy(ready, temporary.toRealPath().resolve("project"));
    }

    @ParameterizedTest
    @MethodSource("io.sentinel.it.ProductionLacks#rows")
    void whatIsNotReadyIsRefusedAndNothingIsMade(ProductionLacks.Row row) throws Exception {
        row.change().make(project);
        String before = project.everyFile();
        Instant start = Instant.now();
        ProductionProject.Ran ran = project.isolate(row.words());
        assertThat(ran.err()).contains(row.told()).doesNotContain(KEY);
        assertThat(ran.code()).isEqualTo(77);
        // It lacks nothing else: a flag of a filter that logs is two in one, and so is a policy that is not the pinned
        // one.
        assertThat(ran.err().split("\n  - ")).hasSizeLessThanOrEqualTo(3);
        assertThat(project.everyFile()).isEqualTo(before);
        assertThat(project.made(start)).isEmpty();
        assertThat(Files.readString(project.folder.resolve("target/sentinel/outcome.json")))
                .contains("\"reason\" : \"refused\"");
    }

    @Test
    void thereAreManyWays() {
        assertThat(ProductionLacks.rows().count()).isGreaterThan(20);
    }

    @Test
    void theReadyOneRuns() throws Exception {
        Instant start = Instant.now();
        ProductionProject.Ran ran = project.isolate();
        assertThat(ran.code()).as(ran.err()).isZero();
        // The control of the rows above: that a container is made shows.
        assertThat(project.made(start)).isNotEmpty();
        assertThat(ran.err()).contains("guard: enforces policy ");
        assertThat(project.run(
                                "sh",
                                "-c",
                                "grep Seccomp: /proc/self/status; ls /sys/class/net; ls -ln /workspace/sentinel.yaml")
                        .out())
                .startsWith("Seccomp:\t2\nlo\n-rw-r--r--")
                .containsPattern(" 0 +0 +[0-9]+ .*sentinel.yaml");
        project.variables.put(
                "SENTINEL_POLICY_SHA256",
                project.variables.get("SENTINEL_POLICY_SHA256").toUpperCase(java.util.Locale.ROOT));
        assertThat(project.isolate().code()).isZero();
    }

    @Test
    void theGoalRunsItTooAndABundleThatIsNotThereIsRendered() throws Exception {
        Files.writeString(
                project.folder.resolve(SPEC),
                Files.readString(project.folder.resolve(SPEC)) + "command: [echo, it runs]\n");
        ProductionProject.sh("rm -r \"$0\"", project.folder.resolve("target").toString());
        assertThat(Command.goal(project.folder, project.variables, "run").output(0))
                .contains("it runs");
        project.variables.remove("SENTINEL_POLICY_IMMUTABLE");
        assertThat(Command.goal(project.folder, project.variables, "run").output(1))
                .contains("not ready for it", "SENTINEL_POLICY_IMMUTABLE is not true; set it");
    }

    @Test
    void aNetworkThatIsAllowedIsThere() throws Exception {
        project.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "true");
        ProductionProject.Ran ran = project.isolate("--network", "bridge");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("standard");
    }

    @Test
    void anHmacTakesThePlaceOfTheHash() throws Exception {
        project.variables.remove("SENTINEL_POLICY_SHA256");
        project.signByHmac(BUNDLE + "sentinel.yaml");
        ProductionProject.Ran ran = project.run("sh", "-c", "echo $SENTINEL_POLICY_SHA256; env | grep -c HMAC");
        assertThat(ran.out()).isEqualTo(project.sha256(BUNDLE + "sentinel.yaml") + "\n0\n");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ProductionProject.sh("grep -rl \"$1\" \"$0\" || [ $? = 1 ]", project.folder.toString(), KEY))
                .isEmpty();
    }

    @Test
    void aSignatureTakesThePlaceOfTheHashRawAndInBase64() throws Exception {
        ProductionLacks.ed25519("true").make(project);
        assertThat(project.isolate().code()).isZero();
        ProductionLacks.does("base64 ../policy.sig >../policy.sig64").make(project);
        project.variables.put("SENTINEL_POLICY_SIGNATURE", "../policy.sig64");
        assertThat(project.isolate().code()).isZero();
    }

    /** Without production, too. */
    @Test
    void aSignatureIsVerifiedWheneverThereIsOne() throws Exception {
        project.variables.clear();
        project.signByHmac(BUNDLE + "sentinel.yaml");
        assertThat(project.run("sh", "-c", "echo $SENTINEL_POLICY_SHA256").out())
                .isEqualTo(project.sha256(BUNDLE + "sentinel.yaml") + "\n");
        project.variables.put("SENTINEL_POLICY_SHA256", "0".repeat(64));
        assertThat(project.isolate().err()).contains("the policy's signature is good, and its SHA-256 is");
        project.variables.remove("SENTINEL_POLICY_SHA256");
        project.signByHmac(SPEC);
        Instant start = Instant.now();
        ProductionProject.Ran ran = project.isolate();
        assertThat(ran.code()).isEqualTo(77);
        assertThat(ran.err()).contains("is not SENTINEL_POLICY_HMAC_SHA256").doesNotContain(KEY);
        assertThat(project.made(start)).isEmpty();
    }

    /** The file is mounted as it is: its bytes, and for production the file itself, whosever the bundle is. */
    @Test
    void aPolicyThatWasNamedIsTheOneThatIsMounted() throws Exception {
        ProductionLacks.policy("echo '# a comment' >>policy.yaml").make(project);
        ProductionProject.Ran ran = project.isolate("--policy", "policy.yaml");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ProductionProject.sh(
                        "cat \"$0\"/target/sentinel/isolate/*/docker-compose.yml", project.folder.toString()))
                .contains("source: \"" + project.folder.resolve("policy.yaml") + "\"")
                .doesNotContain("source: ./sentinel.yaml");
        project.variables.remove("SENTINEL_PRODUCTION");
        assertThat(project.start("--policy", "policy.yaml", "--", "cat", "/workspace/sentinel.yaml")
                        .out())
                .isEqualTo("allowed_commands: [cat, id]\n# a comment\n");
    }

    @Test
    void whoIsNotRootHasNoBundleOfRoots() throws Exception {
        Box box = Box.at(project.folder);
        ProductionProject.sh("rm -r \"$0\"", project.folder.resolve("target").toString());
        assertThatThrownBy(() -> box.run(Profile.STRICT, Box.invoker(1234, 1234, project.variables)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("target/sentinel/bundle is of user 1234, not of root")
                .hasMessageContaining("name one that root owns with sentinel-isolate --policy FILE");
        assertThat(project.folder.resolve(BUNDLE)).doesNotExist();
    }

    @Test
    void whoIsNotRootCanNameAPolicyOfRoots() throws Exception {
        ProductionLacks.policy("").make(project);
        // As that user would have it: all but the policy is theirs, and the engine answers whoever asks.
        ProductionProject.sh(
                "chmod 711 \"$1\"; chown -R nobody:nogroup \"$0\"; mkdir \"$1/roots\"; mv \"$0/policy.yaml\" \"$1/roots\"",
                project.folder.toString(),
                temporary.toRealPath().toString());
        project.variables.put("SENTINEL_POLICY_SHA256", project.sha256("../roots/policy.yaml"));
        ProductionProject.sh(
                "chown 0:0 \"$0\"", temporary.resolve("roots/policy.yaml").toString());
        // A client's plugins may be below a home that is not that user's.
        ProductionProject.sh(
                "cd \"${DOCKER_CONFIG:-$HOME/.docker}\" || exit 0; mkdir -m 755 \"$0\"; cp -RL cli-plugins \"$0\";"
                        + " chmod -R a+rX \"$0\"",
                temporary.resolve("docker").toString());
        project.variables.put("DOCKER_CONFIG", temporary.resolve("docker").toString());
        ProductionProject.Ran ran = project.asNobody(
                "--policy", "../roots/policy.yaml", "--", "sh", "-c", "id -u; cat /workspace/sentinel.yaml");
        assertThat(ran.out()).as(ran.err()).isEqualTo("65534\nallowed_commands: [cat, id]\n");
        assertThat(ran.code()).isZero();
    }

    /** By hand, with Docker alone: the entrypoint looks at what shows from inside. */
    @Test
    void theEntrypointRefusesByHandToo() throws Exception {
        assertThat(project.byHand("strict").output(0)).isEmpty();
        project.variables.put("SENTINEL_POLICY_SHA256", "0".repeat(64));
        assertThat(project.byHand("strict").output(78)).contains("sentinel: refused: the policy's SHA-256 is ");
        project.variables.remove("SENTINEL_POLICY_SHA256");
        assertThat(project.byHand("strict").output(78)).contains("and SENTINEL_POLICY_SHA256 is not");
        project.variables.put("SENTINEL_POLICY_SHA256", project.sha256(BUNDLE + "sentinel.yaml"));
        project.variables.put("SENTINEL_POLICY_IMMUTABLE", "ture");
        assertThat(project.byHand("strict").output(78)).contains("and SENTINEL_POLICY_IMMUTABLE is not true");
        project.variables.put("SENTINEL_POLICY_IMMUTABLE", "on");
        assertThat(project.byHand("standard").output(78)).contains("and there is a network; use the strict profile");
        project.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "enabled");
        assertThat(project.byHand("standard").output(78)).contains("and there is a network; use the strict profile");
        project.variables.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "Yes");
        assertThat(project.byHand("standard").output(0)).doesNotContain("refused");
        ProductionProject.sh(
                "sed -i 's,seccomp:./seccomp/sentinel-seccomp.json,seccomp:unconfined,' \"$0\"",
                project.folder.resolve(BUNDLE + "docker-compose.yml").toString());
        assertThat(project.byHand("strict").output(78)).contains("and no system call filter holds here");
    }

    /** Outside of production nothing of that is asked. */
    @Test
    void theEntrypointAsksNothingOutsideOfProduction() throws Exception {
        project.variables.clear();
        assertThat(project.byHand("standard").output(0)).doesNotContain("refused");
    }

    @Test
    void whatIsProductionIsExplained() throws Exception {
        assertThat(project.isolate("--explain").out()).containsPattern("\nproduction +on +SENTINEL_PRODUCTION\n");
        project.variables.clear();
        assertThat(project.isolate("--explain").out()).containsPattern("\nproduction +off +default\n");
        ProductionLacks.does("echo 'production: true' >>" + SPEC).make(project);
        assertThat(project.isolate("--explain").out()).containsPattern("\nproduction +on +" + SPEC + "\n");
    }

    /** Its hash is what sha256sum says of the rendered file, and what is printed can be pasted into a shell. */
    @Test
    void whatPinPrintsMakesItReady() throws Exception {
        Files.delete(project.folder.resolve(PINNED));
        String said = Command.goal(project.folder, "pin").output(0);
        String block = said.substring(said.indexOf("export "), said.indexOf("\n[INFO]", said.indexOf("export ")));
        project.variables.clear();
        String told = ProductionProject.sh(
                "cd \"$0\"; " + block + "\n\"$1\" -- echo pasted", project.folder.toString(), COMMAND.toString());
        assertThat(told).isEqualTo("pasted\n");
        assertThat(block).contains("SHA256=\"" + project.sha256(BUNDLE + "sentinel.yaml") + "\"");
        assertThat(Files.readString(project.folder.resolve(PINNED)))
                .contains("policy: \"sha256:" + project.sha256(BUNDLE + "sentinel.yaml") + "\"");
    }

    /** As it stands there, but for the program. */
    @Test
    void theReadmesSignedPoliciesWork() throws Exception {
        String page = Files.readString(Path.of("../README.md"));
        String section = page.substring(page.indexOf("## Production"), page.indexOf("## Proving it"));
        String script = "set -e; cd \"$0\"; PATH=\"$1:$PATH\"; cp " + BUNDLE + "sentinel.yaml .\n";
        int end = 0;
        for (int start = section.indexOf("```bash\nopenssl"); start >= 0; start = section.indexOf("```bash\n", end)) {
            end = section.indexOf("```", start + 3);
            script += section.substring(section.indexOf('\n', start), end);
        }
        assertThat(script).contains("pkeyutl", "-hmac", "python your_agent.py");
        script = "echo secret >\"$0\"/hmac.key; " + script.replace("python your_agent.py", "echo it runs");
        script += "sentinel-isolate --policy sentinel.yaml -- echo 'by both'\n";
        script +=
                "echo '# changed' >>sentinel.yaml; sentinel-isolate --policy sentinel.yaml -- echo it runs || echo \"$?\"\n";
        assertThat(ProductionProject.sh(
                        script, project.folder.toString(), COMMAND.getParent().toString()))
                .isEqualTo("it runs\nby both\n77\n");
    }

    /** A sandbox that runs in production only is verified as any other. */
    @Test
    void itIsVerifiedToo() throws Exception {
        Box box = Box.at(project.folder);
        box.rewrite(TEXT + "production: true\nverify: {canaries: [[\"true\"]]}\n");
        box.generate();
        assertThat(box.verify().passed()).isTrue();
    }
}
