package io.sentinel.mojo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goal as it is called in a folder without a POM. */
class AuditMojoTest {

    @TempDir
    private Path folder;

    private Path trail;
    private final List<String> logged = new ArrayList<>();

    @BeforeEach
    void trail() throws Exception {
        Path trails = Files.createDirectories(folder.resolve("target/sentinel/audit"));
        Files.writeString(trails.resolve("20260102T030405Z-1.jsonl"), "of an earlier run\n");
        trail = trails.resolve("20260102T030406Z-1.jsonl");
        String start = line(1, "start", "/opt/x", "0".repeat(64));
        String exec = line(2, "exec", "/bin/e\\u001b[2Jvil", hash(start));
        Files.writeString(trail, start + exec + line(3, "end", "0", hash(exec)));
    }

    @Test
    void executeShowsTheNewestTrail() throws Exception {
        mojo().execute();
        assertThat(logged)
                .contains("Audit trail target/sentinel/audit/20260102T030406Z-1.jsonl")
                .contains("The chain holds, from the first record to the end")
                .anyMatch(line -> line.endsWith("/bin/e\\u001B[2Jvil"))
                .allMatch(line -> line.chars().allMatch(c -> c >= ' '));
    }

    @Test
    void executeWhenTheChainIsBrokenShowsAllAndFails() throws Exception {
        Files.writeString(trail, Files.readString(trail).replace("/bin/e", "/bin/f"));
        assertThatThrownBy(mojo()::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageStartingWith(
                        "the audit trail does not hold:"
                                + " target/sentinel/audit/20260102T030406Z-1.jsonl, line 2: changed record: expected the hash ");
        assertThat(logged)
                .anyMatch(line -> line.endsWith("/bin/f\\u001B[2Jvil"))
                .contains("The chain does not hold: 1 fault");
    }

    @Test
    void executeWhenTheTrailIsCutFailsInAnyFormat() throws Exception {
        Files.writeString(trail, Files.readString(trail).lines().findFirst().orElseThrow() + "\n");
        AuditMojo mojo = mojo();
        set(AuditMojo.class, mojo, "format", "jsonl");
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThatThrownBy(mojo::execute)
                    .isInstanceOf(MojoFailureException.class)
                    .hasMessageContaining(
                            "line 1: cut end: expected a last record of action end, found seq 1, action start");
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Files.readString(trail));
        assertThat(logged).isEmpty();
    }

    @Test
    void executeWhenItIsAnotherTrailThanTheOneThatWasKeptFails() throws Exception {
        AuditMojo mojo = mojo();
        set(AuditMojo.class, mojo, "hash", "a".repeat(64));
        assertThatThrownBy(mojo::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("rewritten after it was read");
    }

    private void noted(String file, String hash) throws Exception {
        Files.writeString(
                folder.resolve("target/sentinel/outcome.json"),
                """
                {"schemaVersion": 1, "audit": {"file": "target/sentinel/audit/%s", "lastHash": "%s", "records": 3, "denied": 0,
                "complete": true}}
                """
                        .formatted(file, hash));
    }

    @Test
    void executeComparesWithWhatTheRunNoted() throws Exception {
        List<String> lines = Files.readAllLines(trail);
        noted("20260102T030406Z-1.jsonl", hash(lines.get(2) + "\n"));
        mojo().execute();
        assertThat(logged).contains("It ends with the hash that the run noted in outcome.json.");
        noted("20260102T030406Z-1.jsonl", "b".repeat(64));
        AuditMojo told = mojo();
        set(AuditMojo.class, told, "hash", hash(lines.get(2) + "\n"));
        logged.clear();
        told.execute();
        assertThat(logged)
                .contains("It ends with the hash that sentinel.audit.hash has.")
                .noneMatch(line -> line.contains("outcome.json"));
        assertThatThrownBy(mojo()::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("expected a last record with the hash " + "b".repeat(64));
        logged.clear();
        noted("20260102T030405Z-1.jsonl", "b".repeat(64));
        mojo().execute();
        assertThat(logged).noneMatch(line -> line.contains("outcome.json"));
    }

    @Test
    void executeWhenAPropertyIsNoneFails() throws Exception {
        AuditMojo mojo = mojo();
        set(AuditMojo.class, mojo, "decision", "deny");
        assertThatThrownBy(mojo::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("sentinel.audit.decision has \"deny\"");
        mojo = mojo();
        set(AuditMojo.class, mojo, "file", new File("nowhere.jsonl"));
        assertThatThrownBy(mojo::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessage("sentinel.audit.file names " + folder.resolve("nowhere.jsonl") + ", which is not there");
    }

    @SuppressWarnings("deprecation") // of a session without a container, which is for Maven's own tests
    private AuditMojo mojo() throws ReflectiveOperationException {
        DefaultMavenExecutionRequest request = new DefaultMavenExecutionRequest();
        request.setBaseDirectory(folder.toFile());
        request.setInteractiveMode(false);
        AuditMojo mojo = new AuditMojo();
        set(
                SentinelMojo.class,
                mojo,
                "session",
                new MavenSession(null, null, request, new DefaultMavenExecutionResult()));
        set(SentinelMojo.class, mojo, "spec", new File("sandbox.yaml"));
        set(AuditMojo.class, mojo, "format", "table");
        set(AuditMojo.class, mojo, "top", 20);
        mojo.setLog(new SystemStreamLog() {
            @Override
            public void info(CharSequence line) {
                logged.add(line.toString());
            }
        });
        return mojo;
    }

    private static void set(Class<?> owner, AuditMojo mojo, String parameter, Object value)
            throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(parameter);
        field.setAccessible(true);
        field.set(mojo, value);
    }

    private static String line(int seq, String action, String target, String prev) throws Exception {
        String hashed =
                "{\"seq\":" + seq + ",\"ts\":\"2026-01-02T03:04:0" + seq + ".000000Z\",\"pid\":1,\"exe\":\"/x\","
                        + "\"source\":\"guard\",\"action\":\"" + action + "\",\"target\":\"" + target
                        + "\",\"decision\":\"observed\",\"key\":\"\",\"reason\":\"\",\"prev\":\"" + prev + "\"";
        byte[] bytes = MessageDigest.getInstance("SHA-256").digest(hashed.getBytes(StandardCharsets.UTF_8));
        return hashed + ",\"hash\":\"" + HexFormat.of().formatHex(bytes) + "\"}\n";
    }

    private static String hash(String line) {
        return line.substring(line.length() - 67, line.length() - 3);
    }
}
