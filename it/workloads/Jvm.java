import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A JVM at work. Its argument: how many megabytes to hold at once. */
public class Jvm {

    public static void main(String[] arguments) throws Exception {
        memory(Integer.parseInt(arguments[0]));
        threads();
        processes();
        files();
        sockets();
        System.out.println("passed");
    }

    private static void check(boolean met, String what) {
        if (!met) {
            throw new AssertionError(what);
        }
    }

    private static void memory(int megabytes) {
        List<byte[]> held = new ArrayList<>();
        for (int i = 0; i < 16 * megabytes; i++) {
            held.add(new byte[1 << 16]);
        }
        long garbage = 0;
        for (int i = 0; i < 2_000; i++) {
            garbage += new byte[100_000].length;
        }
        System.gc();
        check(held.size() == 16 * megabytes && garbage == 200_000_000L, "memory");
    }

    private static void threads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(16);
        List<Future<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            futures.add(pool.submit(() -> LongStream.range(0, 10_000).parallel().sum()));
        }
        for (Future<Long> future : futures) {
            check(future.get() == 49_995_000L, "a sum");
        }
        CompletableFuture<String> later = new CompletableFuture<>();
        Executors.newSingleThreadScheduledExecutor(Jvm::daemon)
                .schedule(() -> later.complete("now"), 1, TimeUnit.MILLISECONDS);
        check(later.get(1, TimeUnit.MINUTES).equals("now"), "a timer");
        pool.shutdown();
        check(pool.awaitTermination(1, TimeUnit.MINUTES), "the end of all threads");
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private static void processes() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        process.getOutputStream().write("through".getBytes());
        process.getOutputStream().close();
        check(new String(process.getInputStream().readAllBytes()).equals("through"), "a child's output");
        check(process.waitFor() == 0, "a child's exit code");
        Process sleeping = new ProcessBuilder("sleep", "100").start();
        sleeping.destroy();
        check(sleeping.waitFor() == 143, "a child that was ended");
        check(ProcessHandle.current().info().command().isPresent(), "what is known of this process");
        check(Runtime.getRuntime().availableProcessors() > 0, "processors");
    }

    private static void files() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("."), "files");
        try (WatchService watch = folder.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            Files.createFile(folder.resolve("new"));
            check(watch.poll(1, TimeUnit.MINUTES).pollEvents().size() == 1, "the news of a file");
        }
        Path file = folder.resolve("data");
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rwd")) {
            FileChannel channel = data.getChannel();
            check(channel.tryLock() != null, "a lock");
            var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 20);
            mapped.put(0, (byte) 1);
            mapped.force();
            channel.force(true);
            try (FileChannel copy = FileChannel.open(
                    folder.resolve("copy"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                check(channel.transferTo(0, 1 << 20, copy) == 1 << 20, "a copy");
            }
        }
        try (var channel = AsynchronousFileChannel.open(file, StandardOpenOption.READ)) {
            check(channel.read(ByteBuffer.allocate(10), 0).get() == 10, "an asynchronous read");
        }
        Files.copy(file, folder.resolve("again"));
        Files.createSymbolicLink(folder.resolve("link"), file.getFileName());
        Files.move(folder.resolve("again"), folder.resolve("moved"));
        check(Files.getOwner(file) != null && Files.getFileStore(file).getTotalSpace() > 0, "attributes");
        try (var entries = Files.list(folder)) {
            check(entries.count() == 5, "all files listed");
        }
    }

    private static void sockets() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
            Thread answering = daemon(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[1000]);
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".getBytes());
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            answering.start();
            URI uri = URI.create("http://" + loopback.getHostAddress() + ":" + server.getLocalPort() + "/");
            String said = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            check(said.equals("ok"), "an answer");
            answering.join();
        }
        try (DatagramChannel one = DatagramChannel.open(); DatagramChannel two = DatagramChannel.open()) {
            one.bind(new InetSocketAddress(loopback, 0));
            two.send(ByteBuffer.wrap(new byte[8]), one.getLocalAddress());
            ByteBuffer got = ByteBuffer.allocate(100);
            one.receive(got);
            check(got.position() == 8, "a datagram");
        }
        check(NetworkInterface.networkInterfaces().count() >= 1, "the interfaces");
    }
}
