package io.sentinel.spec;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where something is fetched from: what of an address an allow list is about (RFC 6454, 4). User, password, path and query
 * never get here.
 *
 * @param secure whether it is fetched by https, else by plain http
 * @param host in lower case; a name, or an address
 * @param port 1 to 65535
 */
public record Origin(boolean secure, String host, int port) implements Comparable<Origin> {

    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    public Origin {
        if (host.isEmpty() || !host.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '/' && c != '@')) {
            throw new IllegalArgumentException("no host: " + host);
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("no port: " + port);
        }
    }

    /** The origin of an http or https address; empty for any other text. */
    public static Optional<Origin> of(String address) {
        try {
            URI uri = new URI(address.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean secure = scheme.equals("https");
            if (!secure && !scheme.equals("http") || uri.getHost() == null) {
                return Optional.empty();
            }
            int port = uri.getPort() == -1 ? standard(secure) : uri.getPort();
            String host = uri.getHost().toLowerCase(Locale.ROOT);
            String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
            return Optional.of(new Origin(secure, name, port));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether its port is that of its scheme. */
    public boolean isAtStandardPort() {
        return port == standard(secure);
    }

    /** The host as an entry of a list would have it; empty for an address, or one word alone, which no list may name. */
    public Optional<AllowedHost> entry() {
        return AllowedHost.only(host);
    }

    /** As a browser writes it: without the port where that is the scheme's own. */
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + host + (isAtStandardPort() ? "" : ":" + port);
    }

    @Override
    public int compareTo(Origin other) {
        return toString().compareTo(other.toString());
    }

    private static int standard(boolean secure) {
        return secure ? HTTPS : HTTP;
    }
}
