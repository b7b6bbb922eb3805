package io.sentinel.run;

import io.sentinel.render.SandboxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A proxy of somebody else's, of which the programs in the standard profile are told by the variables that they read. Its
 * address may hold a password: so it is handed to Compose by the client's environment, and never shown whole.
 */
public final class AgentProxy {

    /** The guide's variables. */
    public static final String VARIABLE = "SENTINEL_PROXY";

    /** Hosts that are reached without it. */
    public static final String EXCEPT = "SENTINEL_NO_PROXY";

    /** The sandbox's own, which is in the proxied profile alone. */
    public static final String SIDECAR = Sidecar.SERVICE;

    private static final String NO_PROXY = "localhost,127.0.0.1,::1";
    private static final String JVM = "SENTINEL_PROXY_JVM";

    private final URI address;
    private final String except;

    private AgentProxy(URI address, String except) {
        this.address = address;
        this.except = except;
    }

    /**
     * Reads an address.
     *
     * @param label what the person knows it by
     * @param url {@code http://HOST:PORT} or {@code https://HOST:PORT}, with {@code USER:PASSWORD@} where it needs that
     * @param exceptLabel what the person knows the exceptions by
     * @param except host names, addresses and domains, with commas between; the usual ones where it is empty
     * @throws SandboxException where it is something else
     */
    public static AgentProxy of(String label, String url, String exceptLabel, String except) throws SandboxException {
        URI address = address(url)
                .orElseThrow(() -> new SandboxException(label
                        + ": expected http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ percent-encoded before"
                        + " HOST where the proxy wants it, found something else (not shown: it may hold a password)"));
        if (!except.matches("[A-Za-z0-9._:*/\\[\\],-]*")) {
            throw new SandboxException(exceptLabel + ": expected hosts with commas between and no blanks, such as "
                    + NO_PROXY + ", found something else");
        }
        return new AgentProxy(address, except.isEmpty() ? NO_PROXY : except);
    }

    /** The one that the invoker's variables name, if they name one. */
    static Optional<AgentProxy> of(Map<String, String> variables) throws SandboxException {
        String url = variables.getOrDefault(VARIABLE, "").strip();
        return url.isEmpty()
                ? Optional.empty()
                : Optional.of(of(
                        VARIABLE,
                        url,
                        EXCEPT,
                        variables.getOrDefault(EXCEPT, "").strip()));
    }

    // Without a port, one program would take 80, another 1080.
    private static Optional<URI> address(String url) {
        try {
            URI uri = new URI(url);
            boolean scheme = List.of("http", "https").contains(String.valueOf(uri.getScheme()));
            boolean place = uri.getHost() != null && uri.getPort() >= 1 && uri.getPort() <= 65535;
            boolean bare = List.of("", "/").contains(String.valueOf(uri.getRawPath()))
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            return scheme && place && bare && url.equals(uri.toASCIIString()) ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether it is the sandbox's own. */
    public boolean isSidecar() {
        return address.getHost().equalsIgnoreCase(SIDECAR) && address.getRawUserInfo() == null;
    }

    /** What may be shown of it. */
    public String shown() {
        return address.getScheme() + "://" + address.getHost() + ":" + address.getPort();
    }

    /** What it leaves open, in a sentence for every report. */
    public String opening() {
        return "proxy " + shown()
                + ": programs are told of it by HTTP_PROXY and the like, and nothing but their own good"
                + " will makes them use it; in the profile proxied they reach nothing else. A guard lets them reach it where the"
                + " policy lists it";
    }

    /**
     * A compose file to lay over the bundle's, with no value in it but the names of {@link #variables}. By that rather than
     * by the same names in the client's environment: a docker client that is told of a proxy sends through it what is meant
     * for an engine on another machine.
     */
    byte[] overlay() {
        List<String> lines = new ArrayList<>(List.of(
                "# Written by sentinel-maven-plugin for one run. It tells the programs of the standard profile of a proxy.",
                "services:",
                "  sentinel-standard:",
                "    environment:"));
        for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")) {
            lines.add("      " + name + ": \"${" + VARIABLE + "}\"");
        }
        for (String name : List.of("NO_PROXY", "no_proxy")) {
            lines.add("      " + name + ": \"${" + EXCEPT + "}\"");
        }
        if (knownToJvms()) {
            lines.add("      JAVA_TOOL_OPTIONS: \"${" + JVM + "}\"");
        }
        lines.add("      NODE_USE_ENV_PROXY: \"1\"");
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The overlay of another kind of proxy is another one. */
    String overlayName() {
        return "proxy-" + address.getScheme() + ".compose.yml";
    }

    /** A JVM speaks to a proxy without TLS only. */
    private boolean knownToJvms() {
        return address.getScheme().equals("http");
    }

    /**
     * What the overlay's names stand for.
     *
     * @param agents the variables of the spec, whose own options of the JVM stand last, and so win
     */
    SortedMap<String, String> variables(Map<String, String> agents) {
        SortedMap<String, String> variables = new TreeMap<>();
        variables.put(VARIABLE, address.toString());
        variables.put(EXCEPT, except);
        variables.put(JVM, String.join(" ", jvmOptions(agents.getOrDefault("JAVA_TOOL_OPTIONS", ""))));
        return variables;
    }

    /** Those that the bundle's proxied service has, with this proxy. */
    private List<String> jvmOptions(String own) {
        List<String> options = new ArrayList<>(List.of("-Duser.home=/workspace"));
        for (String scheme : List.of("http", "https")) {
            options.add("-D" + scheme + ".proxyHost=" + address.getHost());
            options.add("-D" + scheme + ".proxyPort=" + address.getPort());
        }
        // A domain has an asterisk there, and there is no word for a range of addresses.
        options.add("-Dhttp.nonProxyHosts="
                + Arrays.stream(except.split(","))
                        .filter(host -> !host.isEmpty() && !host.contains("/"))
                        .map(host -> host.startsWith(".") ? "*" + host : host)
                        .collect(Collectors.joining("|")));
        options.add("-Daether.connector.http.useSystemProperties=true");
        if (!own.isEmpty()) {
            options.add(own);
        }
        return options;
    }
}
