package io.sentinel.audit;

import static io.sentinel.audit.Trails.rehashed;
import static io.sentinel.audit.Trails.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditFault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditFollowerTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final List<String> GOOD = Trails.good(9);

    @TempDir
    private Path folder;

    private Path source;
    private Path copies;
    private Optional<AuditFollower> follower = Optional.empty();
    private final List<AuditRecord> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void places() {
        source = folder.resolve("trail.jsonl");
        copies = folder.resolve("target/sentinel/audit");
    }

    @AfterEach
    void nothingIsLeftRunning() {
        follower.ifPresent(AuditFollower::finish);
    }

    @Test
    void finishWhenTheTrailIsWholeHasCopiedAndCountedIt() throws Exception {
        Files.write(source, Trails.bytes(GOOD));
        AuditSummary summary = started().finish();
        assertThat(summary.faults()).isEmpty();
        assertThat(summary.complete()).isTrue();
        assertThat(summary.records()).isEqualTo(9);
        assertThat(summary.lastHash()).isEqualTo(Trails.hash(GOOD.get(8)));
        assertThat(summary.copy()).contains(copies.resolve("20260102T030405Z-4711.jsonl"));
        assertThat(summary.copy().orElseThrow()).hasSameBinaryContentAs(source);
        assertThat(summary.denied()).isEqualTo(4);
        assertThat(summary.lines("audit/x.jsonl"))
                .containsExactly(
                        "What the guard denied (count, action, target, key of the policy); each record stands in"
                                + " audit/x.jsonl:",
                        "         1  open      /etc/größe\\u00095  readable_paths  (the Python hook says so)",
                        "         1  open      /etc/größe\\u00098  readable_paths  (the Python hook says so)",
                        "         1  connect   10.0.0.4:22  allowed_hosts",
                        "         1  connect   10.0.0.7:22  allowed_hosts");
    }

    /** What was answered shows in the call that asked. */
    @Test
    void recordsAreHeardAsTheyComeAndAnswersAreNotCountedTwice() throws Exception {
        Trails trail = new Trails().add("guard", "start", "/usr/bin/python3", "allowed", "", "standard");
        trail.add("guard", "ask", "files.example", "observed", "allowed_hosts", "the name is not listed");
        trail.add("guard", "ask", "files.example", "denied", "on_block", "console");
        trail.add("guard", "resolve", "files.example", "denied", "allowed_hosts", "nobody allowed it");
        trail.add("guard", "connect", "203.0.113.1:80", "denied", "allowed_hosts", "no listed name led there");
        trail.add("guard", "exec", "/usr/bin/git", "denied", "allowed_commands", "not listed");
        trail.add("guard", "exec", "/usr/bin/a, evil: [b", "denied", "allowed_commands", "not listed");
        trail.add("guard", "end", "0", "observed", "", "");
        List<String> lines = new ArrayList<>(trail.lines());
        Files.write(source, Trails.bytes(lines));
        AuditSummary summary = started().finish();
        assertThat(summary.denied()).isEqualTo(4);
        assertThat(summary.lines("x")).noneMatch(line -> line.contains("  ask  "));
        assertThat(heard.stream().filter(AuditRecord::isQuestion)).hasSize(1);
        assertThat(heard.stream().filter(AuditRecord::isAnswer)).hasSize(1);
        assertThat(heard).hasSize(8);
    }

    @Test
    void recordThatHasNoPlaceInTheChainIsNotHeard() throws Exception {
        List<String> lines = Trails.with(GOOD, 4, line -> line.replace("10.0.0.4", "10.0.0.5"));
        Files.write(source, Trails.bytes(lines));
        started().finish();
        assertThat(heard).extracting(AuditRecord::seq).doesNotContain(4L).contains(3L, 9L);
    }

    /** Records, parts of records and pauses, as a supervisor writes them that is at work. */
    @Test
    void aTrailIsFollowedWhileItGrows() throws Exception {
        List<String> lines = Trails.good(3_000);
        byte[] bytes = Trails.bytes(lines);
        AtomicBoolean failed = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            try {
                int at = 0;
                for (int piece = 1; at < bytes.length; piece = piece * 7 % 60_013) {
                    int end = Math.min(bytes.length, at + piece);
                    append(Arrays.copyOfRange(bytes, at, end));
                    at = end;
                    if (piece % 5 == 0) {
                        Thread.sleep(2);
                    }
                }
            } catch (IOException | InterruptedException e) {
                failed.set(true);
            }
        });
        AuditFollower following = started();
        writer.start();
        await(() -> Files.isDirectory(copies) && copied() > 1_000);
        assertThat(following.fault()).isEmpty();
        writer.join();
        AuditSummary summary = following.finish();
        assertThat(failed).isFalse();
        assertThat(summary.faults()).isEmpty();
        assertThat(summary.records()).isEqualTo(3_000);
        assertThat(summary.copy().orElseThrow()).hasBinaryContent(bytes);
        assertThat(following.finish()).isEqualTo(summary);
    }

    @Test
    void aRecordThatIsBrokenIsKnownWhileTheRunLives() throws Exception {
        AuditFollower following = started();
        append(Trails.bytes(
                with(GOOD, 4, line -> line.replace("\"denied\"", "\"allowed\"")).subList(0, 5)));
        await(() -> following.fault().isPresent());
        assertThat(following.fault().orElseThrow().kind()).isEqualTo(Kind.CHANGED);
        append(Trails.bytes(GOOD.subList(5, 9)));
        AuditSummary summary = following.finish();
        assertThat(summary.complete()).isFalse();
        assertThat(summary.faults()).hasSize(1);
        assertThat(summary.records()).isEqualTo(9);
        // The evidence is kept as it was found.
        assertThat(summary.copy().orElseThrow()).hasSameBinaryContentAs(source);
        assertThat(summary.lines("x"))
                .anyMatch(
                        line -> line.startsWith("The audit trail is not whole: ") && line.contains("line 4: changed"));
    }

    @Test
    void aChainThatIsMadeAnewAsAWholeIsToldByWhatWasRead() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = followedToTheEnd();
        List<String> anew = rehashed(with(GOOD, 4, line -> line.replace("10.0.0.4", "10.0.0.5")), 4);
        // One write, so that no look comes between.
        Files.write(source, Trails.bytes(anew), StandardOpenOption.WRITE);
        assertRewritten(following, ", line 4: rewritten after it was read: expected the ");
    }

    @Test
    void aByteThatIsChangedLaterIsTold() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = followedToTheEnd();
        byte[] bytes = Files.readAllBytes(source);
        bytes[Trails.bytes(GOOD.subList(0, 6)).length + 40] ^= 1;
        Files.write(source, bytes, StandardOpenOption.WRITE);
        assertRewritten(following, ", line 7: rewritten after it was read: ");
    }

    @Test
    void aFileThatTakesItsPlaceIsTold() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = followedToTheEnd();
        Path other = Files.write(folder.resolve("other"), Trails.bytes(Trails.good(3)));
        Files.move(other, source, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        assertRewritten(following, ", line 3: rewritten after it was read: ");
    }

    @Test
    void aFileThatIsTakenAwayIsTold() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = followedToTheEnd();
        Files.delete(source);
        assertRewritten(following, "expected the file that was read, found none");
    }

    @Test
    void aFileThatIsCutLaterIsTold() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = followedToTheEnd();
        Files.write(source, Trails.bytes(GOOD.subList(0, 8)));
        assertRewritten(following, "rewritten after it was read: expected at least ");
    }

    /** What is cut and has grown again to its length. */
    @Test
    void aFileThatIsWrittenAnewBetweenTwoLooksIsTold() throws Exception {
        append(Trails.bytes(GOOD.subList(0, 6)));
        AuditFollower following = followedToTheEnd();
        append(Trails.bytes(GOOD.subList(6, 9)));
        byte[] bytes = Files.readAllBytes(source);
        bytes[30] ^= 1;
        Files.write(source, bytes);
        AuditSummary summary = following.finish();
        assertThat(summary.fault().orElseThrow().sentence()).contains(", line 1: rewritten");
        assertThat(summary.records()).isEqualTo(9);
    }

    @Test
    void aTrailWithoutItsEndIsNotComplete() throws Exception {
        byte[] bytes = Trails.bytes(GOOD);
        append(Arrays.copyOf(bytes, bytes.length - 30));
        AuditSummary summary = started().finish();
        assertThat(summary.complete()).isFalse();
        assertThat(summary.faults()).extracting(AuditFault::kind).containsExactly(Kind.CUT);
        assertThat(summary.lastHash()).isEqualTo(Trails.hash(GOOD.get(7)));
        assertThat(summary.copy().orElseThrow()).hasSameBinaryContentAs(source);
    }

    @Test
    void aRunWithoutATrailIsTold() {
        AuditSummary summary = started().finish();
        assertThat(summary.fault().orElseThrow().sentence())
                .endsWith("cannot be read: expected the file that the supervisor writes, found none");
        assertThat(summary.records()).isZero();
    }

    @Test
    void aLinkIsNoTrail() throws Exception {
        Path elsewhere = Files.write(folder.resolve("elsewhere"), Trails.bytes(GOOD));
        Files.createSymbolicLink(source, elsewhere);
        assertThat(started().finish().fault().orElseThrow().sentence())
                .endsWith("expected the file that the supervisor writes, found something that is no plain file");
    }

    @Test
    void aCopyThatCannotBeMadeIsToldAndTheTrailIsReadAllTheSame() throws Exception {
        Files.createDirectories(copies.getParent());
        Files.writeString(copies, "in the way");
        append(Trails.bytes(GOOD));
        AuditSummary summary = started().finish();
        assertThat(summary.faults()).extracting(AuditFault::kind).containsExactly(Kind.NOT_COPIED);
        assertThat(summary.copy()).isEmpty();
        assertThat(summary.records()).isEqualTo(9);
    }

    @Test
    void runsOfOneSecondHaveFilesOfTheirOwn() throws Exception {
        append(Trails.bytes(GOOD));
        Path first = started().finish().copy().orElseThrow();
        Path second = started().finish().copy().orElseThrow();
        assertThat(second).hasFileName("20260102T030405Z-4711-2.jsonl").hasSameBinaryContentAs(first);
    }

    @Test
    void finishIsPromptAndKeepsAnInterruption() throws Exception {
        append(Trails.bytes(GOOD));
        AuditFollower following = started();
        Thread.currentThread().interrupt();
        long begin = System.nanoTime();
        AuditSummary summary = following.finish();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(summary.complete()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    /** A supervisor that does not stop writing cannot keep the host from stopping. */
    @Test
    void aFileThatGrowsWithoutEndDoesNotKeepItFromStopping() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            byte[] noise = "x".repeat(50_000).getBytes(UTF_8);
            try {
                while (!stop.get()) {
                    append(noise);
                    Thread.sleep(1);
                }
            } catch (IOException | InterruptedException e) {
                stop.set(true);
            }
        });
        AuditFollower following = started();
        writer.start();
        await(() -> Files.isDirectory(copies) && copied() > 100_000);
        AuditSummary summary = following.finish();
        stop.set(true);
        writer.join();
        assertThat(summary.complete()).isFalse();
        assertThat(summary.fault().orElseThrow().kind()).isEqualTo(Kind.CUT);
    }

    private AuditFollower started() {
        AuditFollower started = AuditFollower.start(source, copies, "4711", START, heard::add);
        follower = Optional.of(started);
        return started;
    }

    private AuditFollower followedToTheEnd() throws Exception {
        AuditFollower following = started();
        long size = Files.size(source);
        await(() -> Files.isDirectory(copies) && copied() == size);
        return following;
    }

    private void assertRewritten(AuditFollower following, String sentence) {
        AuditSummary summary = following.finish();
        assertThat(summary.complete()).isFalse();
        assertThat(summary.faults())
                .filteredOn(fault -> fault.kind() == Kind.REWRITTEN)
                .singleElement()
                .satisfies(fault -> assertThat(fault.sentence()).contains(sentence));
        // What was read is kept, and is the trail as it was.
        assertThat(summary.copy().orElseThrow()).hasBinaryContent(Trails.bytes(GOOD));
    }

    private long copied() {
        try {
            return Files.size(copies.resolve("20260102T030405Z-4711.jsonl"));
        } catch (IOException e) {
            return -1;
        }
    }

    private void append(byte[] bytes) throws IOException {
        Files.write(source, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void await(BooleanSupplier holds) throws InterruptedException {
        while (!holds.getAsBoolean()) {
            Thread.sleep(10);
        }
    }
}
