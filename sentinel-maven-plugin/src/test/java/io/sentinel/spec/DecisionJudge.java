package io.sentinel.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Answers the questions of {@code guard/decisions.yaml} from a compiled policy, as its head says: so that the table is
 * held to its own words before a launcher or a hook is held to the table.
 */
final class DecisionJudge {

    private static final String FAILSAFE = "network_failsafe.";

    private final Map<String, List<String>> facts = new HashMap<>();
    private final World world;

    DecisionJudge(String compiled, World world) {
        this.world = world;
        compiled.lines().forEach(line -> {
            int space = line.indexOf(' ');
            facts.computeIfAbsent(line.substring(0, space), k -> new ArrayList<>())
                    .add(line.substring(space + 1));
        });
    }

    /** What is allowed or denied, and by which key. */
    record Decision(boolean allowed, String key) {}

    /**
     * What a policy is asked about.
     *
     * @param files each program's file by its path: two paths of one file lead to the same text
     */
    record World(
            List<String> path,
            Map<String, String> files,
            Map<String, String> links,
            List<String> interpreters,
            List<String> internal,
            List<String> wrapped) {

        /** The file that a name or path leads to. */
        private Optional<String> file(String word) {
            Stream<String> places =
                    word.startsWith("/") ? Stream.of(word) : path.stream().map(folder -> folder + "/" + word);
            return places.map(this::real).filter(files::containsKey).findFirst().map(files::get);
        }

        private String real(String place) {
            return links.getOrDefault(place, place);
        }

        private boolean is(String name, String program) {
            String base = real(program).substring(real(program).lastIndexOf('/') + 1);
            boolean named = !name.startsWith("/")
                    && base.startsWith(name)
                    && base.substring(name.length()).matches("[0-9.]*");
            return named || leads(name, program);
        }

        private boolean leads(String word, String program) {
            return file(word).isPresent() && file(word).equals(file(program));
        }
    }

    Decision write(String path) {
        if (has("block", entry -> within(path, entry))) {
            return denied("blocked_paths");
        }
        return has("write", entry -> within(path, entry))
                ? allowed("allowed_paths")
                : within(path, "/tmp") || within(path, "/run") ? allowed("-") : denied("allowed_paths");
    }

    Decision read(String path) {
        Decision written = write(path);
        if (written.allowed() || written.key().equals("blocked_paths")) {
            return written;
        }
        return new Decision(has("read", entry -> within(path, entry)), "readable_paths");
    }

    Decision exec(String program) {
        if (has("block-command", entry -> world.is(entry, program))) {
            return denied("blocked_command_bases");
        }
        boolean interpreter = world.interpreters().stream().anyMatch(name -> world.is(name, program));
        if (interpreter || has("interpreter", entry -> world.leads(entry, program))) {
            return new Decision(has("interpreter", entry -> world.leads(entry, program)), "allowed_interpreters");
        }
        return new Decision(has("command", entry -> world.leads(entry, program)), "allowed_commands");
    }

    Decision resolve(String written) {
        if (is("failsafe", "off")) {
            return allowed(FAILSAFE + "socket_connect");
        }
        String name = name(written);
        if (has("block-host", entry -> below(name, entry))) {
            return denied(FAILSAFE + "blocked_hosts");
        }
        return new Decision(has("host", entry -> isFor(entry, name)), "allowed_hosts");
    }

    Decision connect(String address, int port, Optional<String> learned) {
        if (is("failsafe", "off")) {
            return allowed(FAILSAFE + "socket_connect");
        }
        IpRange target = unwrapped(IpRange.of(address));
        if (has("block-ip", entry -> IpRange.of(entry).covers(target))) {
            return denied(FAILSAFE + "blocked_ips");
        }
        boolean listed = has("allow-ip", entry -> IpRange.of(entry).covers(target));
        if (facts.containsKey("allow-ip") && !listed) {
            return denied(FAILSAFE + "allowed_ips");
        }
        if (is("private-network", "off")
                && world.internal().stream().anyMatch(range -> IpRange.of(range).covers(target))) {
            return denied(FAILSAFE + "allow_private_network");
        }
        if (listed) {
            return allowed(FAILSAFE + "allowed_ips");
        }
        return new Decision(
                learned.filter(name -> resolve(name).allowed())
                        .filter(name -> has("host", entry -> isFor(entry, name(name)) && isFor(entry, port)))
                        .isPresent(),
                "allowed_hosts");
    }

    private IpRange unwrapped(IpRange address) {
        return world.wrapped().stream()
                .map(IpRange::of)
                .filter(range -> range.covers(address))
                .findFirst()
                .map(range -> new IpRange(
                        32,
                        address.network().shiftRight(96 - range.prefix()).mod(java.math.BigInteger.ONE.shiftLeft(32)),
                        32))
                .orElse(address);
    }

    private boolean has(String keyword, Predicate<String> entry) {
        return facts.getOrDefault(keyword, List.of()).stream().anyMatch(entry);
    }

    private boolean is(String keyword, String value) {
        return facts.get(keyword).equals(List.of(value));
    }

    private static boolean isFor(String entry, String name) {
        String[] words = entry.split(" ");
        return words[0].equals("subdomain") ? below(name, words[3]) : name.equals(words[3]);
    }

    private static boolean isFor(String entry, int port) {
        String ports = entry.split(" ")[1];
        return ports.equals("*") || List.of(ports.split(",")).contains(Integer.toString(port));
    }

    private static String name(String written) {
        String name = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean below(String name, String top) {
        return name.equals(top) || name.endsWith("." + top);
    }

    private static boolean within(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.equals("/") ? "/" : folder + "/");
    }

    private static Decision allowed(String key) {
        return new Decision(true, key);
    }

    private static Decision denied(String key) {
        return new Decision(false, key);
    }
}
