package io.sentinel.isolate;

import io.sentinel.render.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to one of the program.
 *
 * @param address of the host on which it is open, IPv6 in brackets
 * @param hostPort 1 to 65535
 * @param port of the program, 1 to 65535
 * @param protocol tcp or udp
 */
record Publish(String address, int hostPort, int port, String protocol) {

    private static final Pattern FORM =
            Pattern.compile("(?:(\\[[0-9a-fA-F:]{2,39}]|[0-9.]{7,15}):)?([0-9]{1,5}):([0-9]{1,5})(?:/(tcp|udp))?");
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    private static final String LOOPBACK = "127.0.0.1";
    private static final List<String> ANY = List.of("0.0.0.0", "[::]");
    private static final int HIGHEST = 65535;

    /**
     * Reads all.
     *
     * @param label what the person knows them by
     * @throws SandboxException where one is malformed, or two are for the same port of the host
     */
    static List<Publish> all(String label, List<String> texts) throws SandboxException {
        List<Publish> all = new ArrayList<>();
        for (String text : texts) {
            Publish one = of(label, text);
            if (all.stream().anyMatch(one::collides)) {
                throw new SandboxException(label + ": the host's port " + one.hostPort + "/" + one.protocol
                        + " is named twice; a port leads to one place");
            }
            all.add(one);
        }
        return all;
    }

    private static Publish of(String label, String text) throws SandboxException {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || form.group(1) != null && !isAddress(form.group(1))) {
            throw new SandboxException(label + ": expected [IP:]HOST_PORT:PORT[/udp], such as 8080:80, or"
                    + " 0.0.0.0:8080:80 for every address of this host, found \"" + text + "\"");
        }
        int hostPort = Integer.parseInt(form.group(2));
        int port = Integer.parseInt(form.group(3));
        if (Math.min(hostPort, port) < 1 || Math.max(hostPort, port) > HIGHEST) {
            throw new SandboxException(
                    label + ": expected ports from 1 to " + HIGHEST + ", found \"" + text + "\"; correct it");
        }
        return new Publish(
                form.group(1) == null ? LOOPBACK : form.group(1),
                hostPort,
                port,
                form.group(4) == null ? "tcp" : form.group(4));
    }

    /** Eight groups, or fewer around one gap; the engine has the last word on the rest. */
    private static boolean isAddress(String text) {
        if (!text.startsWith("[")) {
            return IPV4.matcher(text).matches();
        }
        String inner = text.substring(1, text.length() - 1);
        int gaps = inner.split("::", -1).length - 1;
        long groups = List.of(inner.split(":")).stream()
                .filter(group -> !group.isEmpty())
                .count();
        boolean whole = inner.matches("[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,8}");
        return whole && (gaps == 1 && groups < 8 || gaps == 0 && groups == 8 && !inner.matches(":.*|.*:"));
    }

    private boolean collides(Publish other) {
        return hostPort == other.hostPort
                && protocol.equals(other.protocol)
                && (address.equals(other.address) || ANY.contains(address) || ANY.contains(other.address));
    }

    /** As the engine reads it. */
    @Override
    public String toString() {
        return address + ":" + hostPort + ":" + port + "/" + protocol;
    }

    /** What it opens, in a sentence. */
    String opening() {
        String whoever = address.equals(LOOPBACK) || address.equals("[::1]")
                ? "programs of this host"
                : "whatever reaches " + (ANY.contains(address) ? "any address of this host" : address);
        return whoever + " can talk to the agent's port " + port + "/" + protocol + " by this host's " + hostPort;
    }
}
