package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real program and sockets of this machine. */
class EgressRowsTest {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    @BeforeEach
    void here() {
        assertThat(ProbeRun.machine().isPresent())
                .as("the probe is built for x86_64 and aarch64")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:7f00:1"})
    void connectTellsWhetherSomebodyListens(String ip) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            assertThat(answer(Row.connect("a", ip, server.getLocalPort(), WAIT)))
                    .isEqualTo(new Answer.Value(0));
        }
    }

    @Test
    void connectWhenNobodyListensIsRefused() throws Exception {
        assertThat(answer(Row.connect("a", "127.0.0.1", freePort(), WAIT)).word())
                .isEqualTo("ECONNREFUSED");
    }

    @Test
    void talkHandsBackTheHeadOfTheAnswer() throws Exception {
        String request = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n";
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> {
                try (Socket peer = server.accept()) {
                    asked.complete(
                            new String(peer.getInputStream().readNBytes(request.length()), StandardCharsets.US_ASCII));
                    peer.getOutputStream().write("HTTP/1.1 403 Forbidden\r\nVia: x\r\n\r\n".getBytes());
                    // The answer ends at its empty line: the connection need not.
                    peer.getInputStream().read();
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            assertThat(answer(Row.talk("a", "127.0.0.1", server.getLocalPort(), WAIT, request)))
                    .isEqualTo(new Answer.Text("HTTP/1.1 403 Forbidden\r\nVia: x\r\n\r\n"));
            serving.join();
        }
        assertThat(asked.join()).isEqualTo(request);
    }

    @Test
    void talkWhenNothingIsSaidTimesOut() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(answer(Row.talk("a", "127.0.0.1", server.getLocalPort(), SHORT, "x"))
                            .word())
                    .isEqualTo("ETIMEDOUT");
        }
    }

    @Test
    void talkWhenTheConnectionIsClosedHasWhatCameBefore() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture.runAsync(() -> {
                try (Socket peer = server.accept()) {
                    peer.getInputStream().read();
                    peer.getOutputStream().write("half".getBytes());
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            assertThat(answer(Row.talk("a", "127.0.0.1", server.getLocalPort(), WAIT, "x")))
                    .isEqualTo(new Answer.Text("half"));
        }
    }

    @Test
    void aWaitIsBounded() {
        assertThatThrownBy(() -> Row.connect("a", "127.0.0.1", 1, Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Port 53 needs root: the questions go to a name server of the test's own where it may have one. */
    @Test
    void resolveAsksANameServerAndReadsItsAnswer() throws Exception {
        try (DatagramSocket server = bound()) {
            assertThat(server != null)
                    .as("port 53 of 127.0.0.77 is not to be had")
                    .isTrue();
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> {
                try {
                    reply(server, 0, true);
                    reply(server, 3, false);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            assertThat(answer(Row.resolve("a", "files.example.org", "127.0.0.77", WAIT)))
                    .isEqualTo(new Answer.Text("rcode 0 192.0.2.7"));
            assertThat(answer(Row.resolve("a", "files.example.org", "127.0.0.77", WAIT)))
                    .isEqualTo(new Answer.Text("rcode 3"));
            serving.join();
            assertThat(answer(Row.resolve("a", "files.example.org", "127.0.0.77", SHORT))
                            .word())
                    .isEqualTo("ETIMEDOUT");
        }
        assertThat(answer(Row.resolve("a", "files.example.org", "127.0.0.77", SHORT))
                        .word())
                .isEqualTo("ECONNREFUSED");
    }

    private static DatagramSocket bound() {
        try {
            return new DatagramSocket(new InetSocketAddress("127.0.0.77", 53));
        } catch (IOException e) {
            return null;
        }
    }

    private static void reply(DatagramSocket server, int rcode, boolean address) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        server.receive(packet);
        byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
        assertThat(new String(question, 12, question.length - 12, StandardCharsets.ISO_8859_1))
                .isEqualTo("\005files\007example\003org\0\0\001\0\001");
        // An alias first, then the address; both name the question by a pointer.
        byte[] records = {
            (byte) 0xc0,
            12,
            0,
            5,
            0,
            1,
            0,
            0,
            0,
            9,
            0,
            2,
            (byte) 0xc0,
            12,
            (byte) 0xc0,
            12,
            0,
            1,
            0,
            1,
            0,
            0,
            0,
            9,
            0,
            4,
            (byte) 192,
            0,
            2,
            7
        };
        byte[] reply = Arrays.copyOf(question, question.length + (address ? records.length : 0));
        reply[2] |= (byte) 0x80;
        reply[3] = (byte) rcode;
        reply[7] = (byte) (address ? 2 : 0);
        if (address) {
            System.arraycopy(records, 0, reply, question.length, records.length);
        }
        server.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
    }

    @Test
    void serveAnswersEveryConnection() throws Exception {
        int port = freePort();
        List<String> words = new ArrayList<>(ProbeProgram.serve(port, 60));
        words.set(
                0,
                new ProbeRun(folder, List.of())
                        .words(
                                ProbeRun.machine().orElseThrow(),
                                new ProbeTable(List.of(new Row("a", List.of("read", "/")))))
                        .get(0));
        Process process = new ProcessBuilder(words).start();
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).startsWith("sentinel-probe 1 ");
            assertThat(output.readLine()).isEqualTo("listening value 0");
            for (String host : List.of("127.0.0.1", "[::1]", "127.0.0.1")) {
                HttpResponse<String> response = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/x"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("sentinel-target");
            }
            ProbeRun.start(List.of("kill", Long.toString(process.pid())));
            assertThat(output.readLine()).isEqualTo("end");
        } finally {
            process.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private Answer answer(Row row) throws Exception {
        return new ProbeRun(folder, List.of())
                .answers(new ProbeTable(List.of(row)))
                .of(row.id());
    }
}
