package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.EngineFault.NetworkOpen;
import io.sentinel.engine.EngineFault.NetworkOpen.Why;
import io.sentinel.engine.RunRequest;
import io.sentinel.engine.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the network of a proxied run is closed, seen from inside before the agent is there: an engine may accept an
 * option and ignore it. A container of the bundle's {@code sentinel-probe}, on that network and in nothing but its program
 * unlike the sidecar, runs {@code proxy/network-probe} against the network's own addresses and a listener on this machine.
 * On an engine elsewhere nothing can come to that listener; that somebody answers for an address shows there too.
 */
final class NetworkProbe {

    private static final String SERVICE = "sentinel-probe";

    /** What the bundle gives to the agent and to the probe: nobody listens there. */
    private static final List<String> NAMESERVERS = List.of("127.0.0.1");

    /** The probe itself takes some seconds at most. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Docker docker;
    private final Compose compose;
    private final Sidecar sidecar;
    private final Events events;

    /** @param compose the project of the run, whose sidecar this starts */
    NetworkProbe(Docker docker, Compose compose, Sidecar sidecar, Events events) {
        this.docker = docker;
        this.compose = compose;
        this.sidecar = sidecar;
        this.events = events;
    }

    /**
     * Starts the sidecar and looks. The probe's container has ended then, and goes with the project.
     *
     * @param container a name for it
     * @throws EngineException {@link NetworkOpen} when the network is open or that could not be seen;
     *     {@link EngineFault.SidecarFailed} when that is why
     */
    void require(String container) throws EngineException, InterruptedException {
        Optional<NetworkOpen> open;
        try (HostListener listener = HostListener.open()) {
            open = look(container, listener);
        } catch (IOException e) {
            throw new EngineException(new NetworkOpen(Why.UNSEEN, "no port of this machine can be had: " + e), e);
        }
        if (open.isPresent()) {
            if (open.get().why() == Why.UNSEEN) {
                sidecar.conclude(false, events);
            }
            throw new EngineException(open.get());
        }
    }

    private Optional<NetworkOpen> look(String container, HostListener listener)
            throws EngineException, InterruptedException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        RunRequest request = RunRequest.of(SERVICE, container, Map.of(), LIMIT)
                .running(List.of(listener.word(), Integer.toString(listener.port())));
        Ending ending = compose.run(request, new Streams.Pumped(out, err));
        // What an open network leads to outweighs how the probe itself came to its end.
        Optional<InetAddress> heard = listener.heardAt();
        if (heard.isPresent()) {
            return Optional.of(new NetworkOpen(Why.HOST, heard.get().getHostAddress() + ", the host itself"));
        }
        if (ending instanceof Ending.TimedOut) {
            return Optional.of(new NetworkOpen(Why.UNSEEN, "no answer within " + LIMIT.toSeconds() + " s"));
        }
        Optional<ContainerFacts> probe = docker.inspectContainer(container);
        if (probe.isPresent() && !probe.get().nameservers().equals(NAMESERVERS)) {
            return Optional.of(
                    new NetworkOpen(Why.DNS, "set to " + probe.get().nameservers() + ", not " + NAMESERVERS));
        }
        Optional<NetworkOpen> found = found(text(out), text(err));
        return found.isEmpty() && probe.isEmpty()
                ? Optional.of(new NetworkOpen(Why.UNSEEN, "the probe's container is gone"))
                : found;
    }

    /**
     * What the probe's line says.
     *
     * @param errors what was said beside it, where it says nothing that is known
     */
    static Optional<NetworkOpen> found(String line, String errors) {
        if (line.equals("closed")) {
            return Optional.empty();
        }
        String[] words = line.split(" ", 2);
        String detail = words.length == 2 ? words[1] : "";
        return Optional.of(
                switch (words[0]) {
                    case "host" -> new NetworkOpen(Why.HOST, detail);
                    case "ipv6" -> new NetworkOpen(Why.IPV6, detail);
                    case "dns" -> new NetworkOpen(Why.DNS, detail);
                    case "unknown" -> new NetworkOpen(Why.UNSEEN, detail);
                    default ->
                        new NetworkOpen(
                                Why.UNSEEN, "the probe said '" + line + "'" + (errors.isEmpty() ? "" : "; " + errors));
                });
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }
}
