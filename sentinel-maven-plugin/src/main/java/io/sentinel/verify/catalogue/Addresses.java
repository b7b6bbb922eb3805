package io.sentinel.verify.catalogue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/** Ranges of IP addresses (IANA's special-purpose registries). Resolves nothing. */
final class Addresses {

    /** Where a cloud answers with credentials at an address that looks public (Azure). */
    private static final String METADATA = "168.63.129.16";

    /** Where a name from outside must never lead: loopback, link-local with clouds' metadata, private and shared ranges. */
    static final List<String> RESERVED = List.of(
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fe80::/10",
            "::1/128",
            METADATA,
            // Alibaba, AWS and Google: of a private range, and still nothing that a private host may lead to.
            "100.100.100.200",
            "fd00:ec2::254",
            "fd20:ce::254");

    static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");

    private static final Pattern RANGE =
            Pattern.compile("[0-9.]+(/[0-9]{1,3})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/[0-9]{1,3})?");

    private Addresses() {}

    /** Whether a text is an address, or a range of them. */
    static boolean isRange(String text) {
        return RANGE.matcher(text).matches();
    }

    /** Whether an address is link-local, private or a cloud's own. Loopback is none: it is the container's. Nor is a name. */
    static boolean leadsToOthers(String address) {
        return isRange(address)
                && (contains("169.254.0.0/16", address)
                        || contains("fe80::/10", address)
                        || PRIVATE.stream().anyMatch(range -> contains(range, address))
                        || address.equals(METADATA));
    }

    /** Whether all of a range, or an address, lies in another range. Nothing lies in what is no range. */
    static boolean contains(String outer, String inner) {
        if (!isRange(outer) || !isRange(inner)) {
            return false;
        }
        byte[] from = bytes(outer);
        byte[] to = bytes(inner);
        int bits = bits(outer, from);
        if (from.length != to.length || bits > bits(inner, to)) {
            return false;
        }
        int shift = from.length * 8 - bits;
        return new BigInteger(1, from).shiftRight(shift).equals(new BigInteger(1, to).shiftRight(shift));
    }

    private static byte[] bytes(String range) {
        try {
            // Digits, dots and colons alone: taken as they are, without any look-up.
            return InetAddress.getByName(range.contains("/") ? range.substring(0, range.indexOf('/')) : range)
                    .getAddress();
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    private static int bits(String range, byte[] address) {
        int slash = range.indexOf('/');
        return slash < 0
                ? address.length * 8
                : Math.min(Integer.parseInt(range.substring(slash + 1)), address.length * 8);
    }
}
