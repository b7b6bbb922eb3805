import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.security.MessageDigest;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Ordinary work from Java, each in a folder of its own; prints "ID, tab, ok" at its end. As ordinary.py. */
public final class Ordinary {

    private interface Use {
        boolean works(Path folder) throws Exception;
    }

    private static final Map<String, Use> USES = new LinkedHashMap<>();

    static {
        USES.put("jv-threads", folder -> {
            var workers = Executors.newFixedThreadPool(4);
            var answer = workers.submit(() -> 42);
            workers.shutdown();
            return answer.get() == 42 && LongStream.range(0, 1000).parallel().sum() == 499500;
        });
        USES.put("jv-files", folder -> {
            Path file = Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("c"), "x");
            Files.move(folder.resolve("a"), folder.resolve("d"));
            Files.createSymbolicLink(folder.resolve("link"), folder.resolve("d"));
            return Files.notExists(file) && Files.readString(folder.resolve("link/b/c")).equals("x");
        });
        USES.put("jv-temporary", folder -> Files.deleteIfExists(Files.createTempFile("use", "x")));
        USES.put("jv-mapped", folder -> {
            try (var file = FileChannel.open(folder.resolve("x"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    var lock = file.lock()) {
                var view = file.map(FileChannel.MapMode.READ_WRITE, 0, 8192);
                view.put(4096, (byte) 7);
                view.force();
                return lock.isValid() && file.size() == 8192;
            }
        });
        USES.put("jv-zip", folder -> {
            try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("x.zip")))) {
                zip.putNextEntry(new ZipEntry("x"));
                zip.write(new byte[1000]);
            }
            return Files.size(folder.resolve("x.zip")) > 0;
        });
        USES.put("jv-watch", folder -> {
            try (var watcher = folder.getFileSystem().newWatchService()) {
                folder.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
                Files.writeString(folder.resolve("new"), "");
                return watcher.poll(10, TimeUnit.SECONDS) != null;
            }
        });
        USES.put("jv-process", folder -> new String(
                new ProcessBuilder("echo", "word").start().getInputStream().readAllBytes()).equals("word\n"));
        USES.put("jv-own-java", folder -> {
            Files.writeString(folder.resolve("X.java"), "class X { public static void main(String[] a) { System.out.print(6 * 7); } }");
            var words = List.of(ProcessHandle.current().info().command().orElseThrow(), folder.resolve("X.java").toString());
            return new String(new ProcessBuilder(words).start().getInputStream().readAllBytes()).equals("42");
        });
        USES.put("jv-http", folder -> {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 4);
                exchange.getResponseBody().write("word".getBytes());
                exchange.close();
            });
            server.start();
            String body = HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/")).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
            server.stop(0);
            return body.equals("word");
        });
        USES.put("jv-local-socket", folder -> {
            Path place = Files.createTempDirectory("use").resolve("s");
            try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(place));
                try (var one = SocketChannel.open(UnixDomainSocketAddress.of(place)); var two = server.accept()) {
                    one.write(ByteBuffer.wrap(new byte[] {1}));
                    return two.read(ByteBuffer.allocate(1)) == 1;
                }
            }
        });
        USES.put("jv-datagram", folder -> {
            try (var one = new DatagramSocket(0, InetAddress.getByName("127.0.0.1")); var two = new DatagramSocket()) {
                two.send(new DatagramPacket(new byte[3], 3, one.getLocalSocketAddress()));
                var got = new DatagramPacket(new byte[10], 10);
                one.receive(got);
                return got.getLength() == 3;
            }
        });
        USES.put("jv-allowed-name", folder -> {
            try (Socket one = new Socket("allowed.test", 8080)) {
                one.getOutputStream().write("word".getBytes());
                return new String(one.getInputStream().readNBytes(4)).equals("word");
            }
        });
        USES.put("jv-digest", folder -> MessageDigest.getInstance("SHA-256").digest(new byte[1]).length == 32);
        USES.put("jv-zones", folder -> ZoneId.of("Europe/Berlin").getRules() != null);
        USES.put("jv-proc", folder -> Files.readString(Path.of("/proc/self/status")).contains("java"));
    }

    public static void main(String[] words) throws Exception {
        if (words[0].equals("list")) {
            USES.keySet().forEach(System.out::println);
            return;
        }
        BufferedReader names = Files.newBufferedReader(Path.of(words[1]));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            String outcome;
            try {
                outcome = USES.get(name).works(Files.createTempDirectory(Path.of(words[0]), "use")) ? "ok" : "failed";
            } catch (Throwable error) {
                outcome = "failed: " + error;
            }
            System.out.println(name + "\t" + outcome);
        }
        System.exit(0);
    }
}
