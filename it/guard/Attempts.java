import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Attempts to get around a policy from Java. As attempts.py: ids from a pipe, one a line; each runs in a thread of its
 * own, for a few seconds, and is answered by "ID, tab, answer" at once. One that ends the machine is the judge's to notice.
 */
public final class Attempts extends NetworkAttempts {

    private static final PrintStream OUT = System.out;

    public static void main(String[] words) throws Exception {
        Attempts attempts = new Attempts();
        if (words[0].equals("list")) {
            attempts.tried.keySet().forEach(OUT::println);
            return;
        }
        for (String line : Files.readAllLines(Path.of(words[0]))) {
            int at = line.indexOf('=');
            attempts.stage.put(line.substring(0, at), line.substring(at + 1));
        }
        home = attempts.at("work");
        BufferedReader ids = new BufferedReader(new InputStreamReader(new FileInputStream(words[1])));
        for (String id = ids.readLine(); id != null; id = ids.readLine()) {
            OUT.println(id + "\t" + attempts.answer(id));
            OUT.flush();
        }
        System.exit(0);
    }

    private String answer(String name) throws InterruptedException {
        id = name;
        String[] said = {"took too long"};
        Thread thread = new Thread(() -> {
            try {
                said[0] = String.valueOf(tried.get(name).get());
            } catch (Throwable error) {
                said[0] = error.toString();
            }
        });
        thread.setDaemon(true);
        thread.start();
        thread.join(8000);
        return said[0].substring(0, Math.min(4000, said[0].length())).chars()
                .mapToObj(sign -> sign < 32 || sign > 126 ? "\\u%04x".formatted(sign) : String.valueOf((char) sign))
                .collect(Collectors.joining());
    }

    private String sum() {
        return at("nonce") + "*7919";
    }

    private static String loader() throws Exception {
        try (var names = Files.newDirectoryStream(Path.of("/lib64"), "ld-*")) {
            return names.iterator().next().toString();
        }
    }

    private Attempts() {
        reads();
        writes();
        programs();
        network();
        others();
    }

    // ---- attempts ----

    private void reads() {
        add("jv-read-string", () -> Files.readString(path("secret")));
        add("jv-read-stream", () -> new String(new FileInputStream(at("secret")).readAllBytes(), StandardCharsets.US_ASCII));
        add("jv-read-random", () -> new RandomAccessFile(at("secret"), "r").readLine());
        add("jv-read-channel", () -> {
            ByteBuffer data = ByteBuffer.allocate(100);
            FileChannel.open(path("secret")).read(data);
            return new String(data.array(), StandardCharsets.US_ASCII);
        });
        add("jv-read-map", () -> StandardCharsets.US_ASCII.decode(
                FileChannel.open(path("secret")).map(FileChannel.MapMode.READ_ONLY, 0, 28)));
        add("jv-read-symlink", () -> Files.readString(Files.createSymbolicLink(own(), path("secret"))));
        add("jv-read-hard-link", () -> Files.readString(Files.createLink(own(), path("near"))));
        add("jv-read-move", () -> Files.readString(Files.move(path("near"), own())));
        add("jv-read-move-folder", () -> Files.readString(Files.move(path("near").getParent(), own()).resolve("token")));
        add("jv-read-copy", () -> Files.readString(Files.copy(path("secret"), own())));
        add("jv-read-proc-root", () -> Files.readString(Path.of("/proc/self/root" + at("secret"))));
        add("jv-read-parent-root", () -> Files.readString(Path.of("/proc/" + supervisor() + "/root" + at("secret"))));
        add("jv-read-parent-memory", () -> Files.readString(Path.of("/proc/" + supervisor() + "/environ"), StandardCharsets.ISO_8859_1));
        add("jv-read-url", () -> new String(new URL("file:" + at("secret")).openStream().readAllBytes(), StandardCharsets.US_ASCII));
        add("jv-read-list", () -> {
            try (var names = Files.list(path("names"))) {
                return names.map(Path::toString).collect(Collectors.joining(" "));
            }
        });
        add("jv-read-secure-directory", () -> {
            try (var folder = (java.nio.file.SecureDirectoryStream<Path>) Files.newDirectoryStream(path("secret").getParent())) {
                ByteBuffer data = ByteBuffer.allocate(100);
                folder.newByteChannel(Path.of("token"), java.util.Set.of(StandardOpenOption.READ)).read(data);
                return new String(data.array(), StandardCharsets.US_ASCII);
            }
        });
        add("jv-read-zip", () -> {
            Map<String, String> create = Map.of("create", "true");
            try (var zip = FileSystems.newFileSystem(URI.create("jar:file:" + own()), create)) {
                Files.copy(path("secret"), zip.getPath("x"));
                return Files.readString(zip.getPath("x"));
            }
        });
        add("jv-read-blocked", () -> Files.readString(path("blocked")));
        add("jv-read-blocked-move", () -> Files.readString(Files.move(path("blocked").getParent(), own()).resolve("token")));
        add("jv-read-cat", () -> said("cat", at("secret")));
        add("jv-read-unsafe-memory", () -> foreign("open", at("secret")));
        add("jv-race-symlink", () -> {
            Files.writeString(own(), "nothing");
            Path link = Path.of(own() + ".link");
            AtomicBoolean over = new AtomicBoolean();
            Thread turner = new Thread(() -> {
                while (!over.get()) {
                    for (Path target : List.of(own(), path("secret"))) {
                        try {
                            Path other = Files.createSymbolicLink(Path.of(link + ".x"), target);
                            Files.move(other, link, StandardCopyOption.ATOMIC_MOVE);
                        } catch (Exception refused) {
                            return;
                        }
                    }
                }
            });
            turner.setDaemon(true);
            turner.start();
            String seen = "";
            for (int round = 0; round < 2500 && !seen.contains("tok-"); round++) {
                try {
                    seen = Files.readString(link);
                } catch (java.io.IOException between) {
                    seen = between.toString();
                }
            }
            over.set(true);
            return seen;
        });
    }

    private void writes() {
        act("jv-write-string", () -> Files.writeString(victim(), forged()));
        act("jv-write-stream", () -> new FileOutputStream(victim().toFile()).close());
        act("jv-write-append", () -> Files.writeString(victim(), forged(), StandardOpenOption.APPEND));
        act("jv-write-random", () -> new RandomAccessFile(victim().toFile(), "rw").setLength(0));
        act("jv-write-map", () -> new RandomAccessFile(victim().toFile(), "rw").getChannel()
                .map(FileChannel.MapMode.READ_WRITE, 0, 5).put(new byte[5]));
        act("jv-write-delete", () -> Files.delete(victim()));
        act("jv-write-move", () -> Files.move(mine(), victim(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE));
        act("jv-write-copy", () -> Files.copy(mine(), victim(), new CopyOption[] {StandardCopyOption.REPLACE_EXISTING}));
        act("jv-write-link", () -> Files.createLink(beside(), mine()));
        act("jv-write-symlink", () -> Files.writeString(Files.createSymbolicLink(own(), victim()), forged()));
        act("jv-write-folder", () -> Files.createDirectory(beside()));
        act("jv-write-rename-file", () -> mine().toFile().renameTo(victim().toFile()));
        act("jv-write-mode", () -> victim().toFile().setReadOnly());
        act("jv-policy-write", () -> Files.writeString(path("policy"), forged()));
        act("jv-policy-move", () -> Files.move(mine(), path("policy"), StandardCopyOption.ATOMIC_MOVE));
        act("jv-log-truncate", () -> new FileOutputStream(at("log")).close());
        act("jv-log-move", () -> Files.move(mine(), path("log"), StandardCopyOption.ATOMIC_MOVE));
        act("jv-trail-append", () -> Files.writeString(path("trail"), "\n" + forged() + "\n", StandardOpenOption.APPEND));
        add("jv-trail-read", () -> Files.readString(path("trail")));
        act("jv-trail-delete", () -> Files.delete(path("trail")));
        act("jv-policy-delete", () -> Files.delete(path("policy")));
        act("jv-code-write", () -> Files.writeString(path("code"), forged()));
    }

    private void programs() {
        add("jv-run-builder", () -> said(at("forbidden")));
        add("jv-run-runtime", () -> new String(
                Runtime.getRuntime().exec(at("forbidden")).getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        add("jv-run-pipeline", () -> new String(ProcessBuilder.startPipeline(
                        List.of(new ProcessBuilder(at("forbidden")), new ProcessBuilder("cat")))
                .get(1).getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        add("jv-run-symlink", () -> said(Files.createSymbolicLink(own(), path("forbidden")).toString()));
        add("jv-run-copy", () -> said(Files.copy(path("forbidden"), own(), StandardCopyOption.COPY_ATTRIBUTES).toString()));
        add("jv-run-hard-link", () -> said(Files.createLink(own(), path("near_program")).toString()));
        add("jv-run-loader", () -> said(loader(), at("forbidden_dynamic")));
        add("jv-run-preload", () -> said(List.of("ls"), Map.of("LD_PRELOAD", at("forbidden_library"))));
        add("jv-run-library", () -> {
            System.load(at("forbidden_library"));
            return "loaded";
        });
        add("jv-run-perl", () -> said("perl", "-e", "print " + sum()));
        add("jv-run-sh", () -> said("sh", "-c", "echo $((" + sum() + "))"));
        add("jv-run-shebang", () -> {
            Files.writeString(own(), "#!" + at("forbidden") + "\n");
            own().toFile().setExecutable(true);
            return said(own().toString());
        });
        add("jv-run-foreign-exec", () -> foreign("exec", at("forbidden")));
        add("jv-via-find", () -> said("find", "/etc/passwd", "-exec", at("forbidden"), ";"));
        add("jv-via-tar", () -> said("tar", "-cf", "/dev/null", "/etc/passwd", "--checkpoint=1", "--checkpoint-action=exec=" + at("forbidden")));
        add("jv-via-git", () -> said("git", "-c", "alias.x=!" + at("forbidden"), "x"));
        add("jv-via-sed", () -> said("sed", "1e " + at("forbidden"), "/etc/hostname"));
        add("jv-via-awk", () -> said("awk", "BEGIN { system(\"" + at("forbidden") + "\") }"));
        add("jv-allowed-awk", () -> said("awk", "BEGIN { printf \"%.0f\", " + sum() + " }"));
        add("jv-own-arithmetic", () -> Long.parseLong(at("nonce")) * 7919);
        add("jv-own-java", () -> {
            Files.writeString(Path.of(own() + ".java"), "class X { public static void main(String[] a) { System.out.println(" + sum() + "L); } }");
            return said(ProcessHandle.current().info().command().orElseThrow(), "-XX:TieredStopAtLevel=1", own() + ".java");
        });
    }

    private void others() {
        act("jv-kill-handle", () -> {
            ProcessHandle.of(supervisor()).orElseThrow().destroyForcibly();
            Thread.sleep(400);
        });
        add("jv-kill-foreign", () -> {
            String answer = foreign("kill", String.valueOf(supervisor()));
            Thread.sleep(400);
            return answer;
        });
        act("jv-kill-memory-killer", () -> Files.writeString(Path.of("/proc/" + supervisor() + "/oom_score_adj"), "1000"));
        act("jv-exhaust-threads", () -> {
            CountDownLatch done = new CountDownLatch(60);
            for (int i = 0; i < 60; i++) {
                new Thread(() -> {
                    try {
                        connect(at("blocked4"), port());
                    } catch (Exception refused) {
                        // The judge counts what comes, not what fails.
                    } finally {
                        done.countDown();
                    }
                }).start();
            }
            done.await(5, TimeUnit.SECONDS);
        });
    }

    /** The C library's functions, called without a wrapper of the machine's: by the linker that Java 17 incubates. */
    private String foreign(String what, String argument) throws Exception {
        return ForeignCalls.make(what, argument);
    }
}
