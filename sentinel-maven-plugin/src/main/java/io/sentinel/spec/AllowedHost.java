package io.sentinel.spec;

import java.util.Locale;
import java.util.Optional;

/**
 * One entry of the proxied profile's allow list.
 *
 * @param host a host name in lower case, IDNA-encoded, without a leading or trailing dot
 * @param subdomains whether names below it are allowed too; the spec writes such an entry with a leading dot
 */
public record AllowedHost(String host, boolean subdomains) implements Comparable<AllowedHost> {

    /** The entry that allows just this host; empty where no list may name it. */
    public static Optional<AllowedHost> only(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return HostNames.isFullName(name) ? Optional.of(new AllowedHost(name, false)) : Optional.empty();
    }

    /** Whether this entry lets that one through too. */
    public boolean covers(AllowedHost other) {
        return equals(other) || subdomains && ("." + other.host).endsWith("." + host);
    }

    /** The entry as it stands in YAML, in quotes where it could be taken for a number. */
    public String yaml() {
        return PlainScalars.otherThanText(toString()).isPresent() ? '"' + toString() + '"' : toString();
    }

    /** The entry as the spec and squid's {@code dstdomain} write it. */
    @Override
    public String toString() {
        return subdomains ? "." + host : host;
    }

    @Override
    public int compareTo(AllowedHost other) {
        return toString().compareTo(other.toString());
    }
}
