package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against real small programs; a shell only serves as one. */
@Timeout(60)
class ProcessStarterTest {

    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private final ProcessStarter starter = starter(Map.of());

    @Test
    void captureKeepsStreamsApartAndTellsTheExitCode() throws Exception {
        Captured captured = starter.capture(sh("echo out; echo err >&2; exit 7", LONG));

        assertThat(captured).isEqualTo(new Captured(new Ending.Exited(7), "out\n", "err\n", false));
        assertThat(captured.ending().succeeded()).isFalse();
    }

    @Test
    void captureWhenBothStreamsAreLargeBlocksNeither() throws Exception {
        String both =
                "i=0; while [ $i -lt 20000 ]; do echo 0123456789abcdef; echo 0123456789abcdef >&2; i=$((i+1)); done";
        Captured captured = starter.capture(sh(both, LONG));

        assertThat(captured.ending()).isEqualTo(new Ending.Exited(0));
        assertThat(captured.stdout()).hasSize(20_000 * 17);
        assertThat(captured.stderr()).hasSize(ProcessStarter.STDERR_LIMIT).endsWith("abcdef\n");
        assertThat(captured.truncated()).isFalse();
    }

    @Test
    void captureWhenTheAnswerIsLongerThanItsLimitDrainsAndSaysSo() throws Exception {
        Captured captured =
                starter.capture(sh("head -c 1000000 /dev/zero; exit 3", LONG).keeping(1000));

        assertThat(captured.ending()).isEqualTo(new Ending.Exited(3));
        assertThat(captured.stdout()).hasSize(1000);
        assertThat(captured.truncated()).isTrue();
    }

    @Test
    void captureHasEmptyInput() throws Exception {
        assertThat(starter.capture(sh("cat; echo end", LONG)).stdout()).isEqualTo("end\n");
    }

    @Test
    void captureHandsWordsOverAsTheyAre() throws Exception {
        List<String> words = List.of("-c", "printf '<%s>' \"$@\"", "sh", "a b", "$HOME", "*", "", "\"'", "-x");
        assertThat(starter.capture(Invocation.of("sh", words, LONG)).stdout()).isEqualTo("<a b><$HOME><*><><\"'><-x>");
    }

    @Test
    void captureWhenASignalEndsItTells128AndItsNumber() throws Exception {
        assertThat(starter.capture(sh("kill -KILL $$", LONG)).ending()).isEqualTo(new Ending.Exited(137));
        assertThat(starter.capture(sh("kill -TERM $$", LONG)).ending()).isEqualTo(new Ending.Exited(143));
    }

    @Test
    void captureAtTheLimitDestroysGrandchildrenAndKeepsWhatWasSaid() throws Exception {
        Path pid = folder.resolve("pid");
        String script = "trap '' TERM; echo before; (trap '' TERM; sleep 300 & echo $! > " + pid + "; wait) & wait";
        long start = System.nanoTime();
        Captured captured = starter.capture(sh(script, SHORT));

        assertThat(captured.ending()).isEqualTo(new Ending.TimedOut(SHORT));
        assertThat(captured.stdout()).isEqualTo("before\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, Duration.ofSeconds(12));
        assertGone(pid);
    }

    @Test
    void captureWhenAStrangerHoldsTheStreamsReturnsAtTheLimitWithTheExitCode() throws Exception {
        Path pid = folder.resolve("pid");
        Captured captured = starter.capture(sh("sleep 300 & echo $! > " + pid + "; echo said; exit 4", SHORT));

        assertThat(captured.ending()).isEqualTo(new Ending.Exited(4));
        assertThat(captured.stdout()).isEqualTo("said\n");
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void captureWhenInterruptedDestroysTheProcessFirst() throws Exception {
        Path pid = folder.resolve("pid");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                starter.capture(sh("trap '' TERM; echo $$ > " + pid + "; while :; do sleep 1; done", LONG));
            } catch (EngineException | InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        awaitContent(pid);
        thread.interrupt();
        thread.join(10_000);

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertGone(pid);
    }

    @Test
    void destroyAllEndsWhatAnotherThreadWaitsFor() throws Exception {
        Path pid = folder.resolve("pid");
        AtomicReference<Ending> ending = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                ending.set(starter.capture(sh("echo $$ > " + pid + "; exec sleep 300", LONG))
                        .ending());
            } catch (EngineException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        awaitContent(pid);
        starter.destroyAll();
        thread.join(10_000);

        assertThat(ending.get()).isEqualTo(new Ending.Exited(143));
    }

    @Test
    void captureWhenTheProgramIsNotOnPathSaysWhatToDo() {
        assertThatThrownBy(() -> starter.capture(Invocation.of("no-such-program", List.of(), LONG)))
                .asInstanceOf(type(EngineException.class))
                .satisfies(e -> assertThat(e.fault()).isInstanceOf(EngineFault.ProgramMissing.class))
                .satisfies(e ->
                        assertThat(e).hasMessageContaining("'no-such-program'").hasMessageContaining("PATH"));
    }

    @Test
    void captureWhenTheFolderIsMissingSaysThatItCouldNotStart() {
        assertThatThrownBy(() -> starter.capture(sh("true", LONG).in(folder.resolve("gone"))))
                .asInstanceOf(type(EngineException.class))
                .satisfies(e -> assertThat(e.fault()).isInstanceOf(EngineFault.NotStarted.class))
                .satisfies(e -> assertThat(e).hasCauseInstanceOf(IOException.class));
    }

    @Test
    void captureHasOnlyTheAllowedEnvironment() throws Exception {
        ProcessStarter withStray = starter(Map.of("COMPOSE_FILE", "stray", "SECRET", "s", "HOME", "/home/x"));
        String seen = withStray
                .capture(Invocation.of("env", List.of(), LONG).with(Map.of("SENTINEL_A", "1")))
                .stdout();

        assertThat(seen.lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/bin:/bin", "HOME=/home/x", "SENTINEL_A=1", "COMPOSE_IGNORE_ORPHANS=true");
    }

    @Test
    void attachPassesBytesOnAsTheyCome() throws Exception {
        Path gate = folder.resolve("gate");
        CountDownLatch seen = new CountDownLatch(1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                all.write(b);
                seen.countDown();
            }
        };
        // The program goes on only once its first byte, no whole line, has arrived here.
        String script = "printf '\\377'; while [ ! -e " + gate + " ]; do sleep 0.05; done; printf done";
        Thread opener = new Thread(() -> openWhen(seen, gate));
        opener.start();
        Ending ending =
                starter.attach(sh(script, Duration.ofSeconds(20)), new Streams.Pumped(out, all), AtLimit.DESTROY);

        assertThat(ending).isEqualTo(new Ending.Exited(0));
        assertThat(all.toByteArray()).isEqualTo(new byte[] {(byte) 0xff, 'd', 'o', 'n', 'e'});
    }

    @Test
    void attachWhenTheTargetFailsLetsTheProcessEnd() throws Exception {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("closed");
            }
        };
        Ending ending = starter.attach(
                sh("head -c 1000000 /dev/zero; exit 5", LONG), new Streams.Pumped(broken, broken), AtLimit.DESTROY);
        assertThat(ending).isEqualTo(new Ending.Exited(5));
    }

    @Test
    void attachAtTheLimitLetsAStoppedProcessSayItsLastWords() throws Exception {
        Path gate = folder.resolve("gate");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String script = "while [ ! -e " + gate + " ]; do sleep 0.05; done; echo last words";
        Ending ending = starter.attach(sh(script, SHORT), new Streams.Pumped(out, out), () -> {
            openWhen(new CountDownLatch(0), gate);
            return true;
        });

        assertThat(ending).isEqualTo(new Ending.TimedOut(SHORT));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("last words\n");
    }

    @Test
    void attachInheritedHasTheStreamsOfTheJvm() throws Exception {
        assertThat(starter.attach(sh("exit 6", LONG), new Streams.Inherited(), AtLimit.DESTROY))
                .isEqualTo(new Ending.Exited(6));
    }

    @Test
    void logTellsWordsAndNoEnvironmentValues() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        EngineLog log = new EngineLog() {
            @Override
            public void starting(List<String> words) {
                told.add("starting " + words);
            }

            @Override
            public void ended(List<String> words, Ending ending, Duration took) {
                told.add("ended " + words + " " + ending);
            }
        };
        ProcessStarter telling = new ProcessStarter(new HostEnvironment(Map.of("PATH", "/usr/bin:/bin")), log);
        telling.capture(Invocation.of("true", List.of("word"), LONG).with(Map.of("SENTINEL_A", "hidden")));

        assertThat(told).hasSize(2);
        assertThat(told.get(0)).startsWith("starting [/").endsWith("/true, word]");
        assertThat(told.get(1)).startsWith("ended [/").endsWith("Exited[code=0]");
        assertThat(told.toString()).doesNotContain("hidden");
    }

    private static ProcessStarter starter(Map<String, String> more) {
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("PATH", "/usr/bin:/bin");
        return new ProcessStarter(new HostEnvironment(environment), EngineLog.SILENT);
    }

    private static Invocation sh(String script, Duration limit) {
        return Invocation.of("sh", List.of("-c", script), limit);
    }

    private static void openWhen(CountDownLatch seen, Path gate) {
        try {
            seen.await(20, TimeUnit.SECONDS);
            Files.createFile(gate);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitContent(Path file) throws Exception {
        while (!Files.exists(file) || Files.size(file) == 0) {
            Thread.sleep(10);
        }
    }

    private static void assertGone(Path pidFile) throws Exception {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        Path status = Path.of("/proc", Long.toString(pid), "status");
        for (int i = 0; i < 100 && Files.exists(status); i++) {
            // Where nobody reaps it, a killed process stays as a zombie.
            if (Files.readString(status).contains("State:\tZ")) {
                return;
            }
            Thread.sleep(20);
        }
        assertThat(status).doesNotExist();
    }
}
