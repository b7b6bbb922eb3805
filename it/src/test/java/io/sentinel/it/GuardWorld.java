package io.sentinel.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The servers of the stage ({@code it/guard/world.py}), in a container of their own that shares a sandbox's network: all
 * addresses are on its loopback, and nothing leaves it. They write down whatever comes.
 */
final class GuardWorld {

    private static final Pattern NAMED = Pattern.compile("\\b(?:py|jv|js|sh)-[a-z0-9-]+");

    private final String container;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Something that came where nothing may come. */
    record Arrival(String how, String where, String data) {

        /** Whose it is, by the names in it: of the known ones, as it may run into the letters of what follows. */
        List<String> of(Set<String> known) {
            List<String> found = new ArrayList<>();
            for (Matcher matcher = NAMED.matcher(data); matcher.find(); ) {
                String text = matcher.group();
                while (!text.isEmpty() && !known.contains(text)) {
                    text = text.substring(0, text.length() - 1);
                }
                if (!text.isEmpty()) {
                    found.add(text);
                }
            }
            return found;
        }

        @Override
        public String toString() {
            return "arrived " + how + " " + where;
        }
    }

    private GuardWorld(String container, Process process) {
        this.container = container;
        this.process = process;
    }

    /**
     * Starts them, and comes back when they are there.
     *
     * @param sandbox a container that runs
     */
    static GuardWorld beside(String sandbox, Path workspace, GuardScene scene) throws Exception {
        String container = sandbox + "-world";
        List<String> words = new ArrayList<>(List.of("docker", "run", "--rm", "--name=" + container, "--user=0:0"));
        words.add("--network=container:" + sandbox);
        // Those with which an own /proc is mounted and a network set up, in that of the sandbox alone.
        words.addAll(List.of("--cap-add=NET_ADMIN", "--cap-add=SYS_ADMIN"));
        words.addAll(List.of("--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined"));
        words.addAll(List.of("--volume=" + workspace + ":/workspace", "--entrypoint=/opt/attempts/world.sh"));
        words.add(GuardLanguage.image());
        String refused = String.join(
                ",",
                GuardScene.BLOCKED,
                GuardScene.OTHER,
                GuardScene.PRIVATE,
                "2001:db8::66",
                "127.0.0.1",
                "127.9.8.7",
                "::1",
                "169.254.10.10");
        words.addAll(List.of(
                "forbidden=" + refused,
                "allowed=" + GuardScene.LISTED + ":8080,203.0.113.20:8081,2001:db8::10:8080",
                "dns=203.0.113.53,127.0.0.11",
                "sockets=" + scene.places.get("sockets"),
                "near=" + scene.places.get("near_socket"),
                "abstract=sentinel-test",
                "passes=" + scene.places.get("secret"),
                "broadcast=203.0.113.255",
                "multicast=203.0.113.1",
                "watch=" + GuardScene.BLOCKED + ",2001:db8::66",
                "database=" + scene.places.get("database") + ":" + scene.tokens.get("database")));
        // Attached, since what is followed in a log comes late.
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        GuardWorld world = new GuardWorld(container, process);
        Thread reader = new Thread(world::read, "guard-world");
        reader.setDaemon(true);
        reader.start();
        String first = world.lines.poll(3, TimeUnit.MINUTES);
        if (!"ready".equals(first)) {
            world.close();
            throw new AssertionError("the servers did not start: " + first + " " + world.lines);
        }
        return world;
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            lines.add("the servers' output ended: " + ended);
        }
    }

    /** What came since the last time, where nothing may come. */
    List<Arrival> arrivals() {
        List<String> all = new ArrayList<>();
        lines.drainTo(all);
        List<Arrival> found = new ArrayList<>();
        for (String line : all) {
            String[] cells = line.split("\t", -1);
            if (cells.length != 4) {
                throw new AssertionError("not a line of the servers: " + line);
            }
            if (cells[0].equals("forbidden")) {
                found.add(new Arrival(cells[1], cells[2], cells[3]));
            }
        }
        return found;
    }

    void close() throws IOException, InterruptedException {
        Command.docker(Path.of("."), "rm", "--force", container).ended();
        process.waitFor();
    }
}
