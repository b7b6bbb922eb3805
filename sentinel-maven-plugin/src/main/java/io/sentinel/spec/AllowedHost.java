package io.sentinel.spec;

/**
 * One entry of the proxied profile's allow list.
 *
 * @param host a host name in lower case, IDNA-encoded, without a leading or trailing dot
 * @param subdomains whether names below it are allowed too; the spec writes such an entry with a leading dot
 */
public record AllowedHost(String host, boolean subdomains) implements Comparable<AllowedHost> {

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
