package io.sentinel.spec;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of IPv4 or IPv6 addresses. Never resolves anything.
 *
 * @param width 32 or 128: the bits of an address
 * @param network the range's first address; bits behind the prefix are zero, whatever was given
 * @param prefix how many bits all addresses of the range share
 */
record IpRange(int width, BigInteger network, int prefix) {

    /** The longest IPv6 address is 45 characters with an IPv4 tail, a prefix four more. */
    private static final int MAX = 49;

    private static final Pattern V4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final int GROUPS = 8;

    /** Ranges whose addresses stand for IPv4 ones: mapped (RFC 4291), of a NAT64 (RFC 6052), of 6to4 (RFC 3056). */
    static final List<IpRange> WRAPPERS = List.of(of("::ffff:0:0/96"), of("64:ff9b::/96"), of("2002::/16"));

    /** What {@code allow_private_network} is about: addresses that belong to this host, its networks or nobody. */
    static final List<IpRange> PRIVATE = List.of(
            of("0.0.0.0/8"),
            of("10.0.0.0/8"),
            of("100.64.0.0/10"),
            of("127.0.0.0/8"),
            of("169.254.0.0/16"),
            of("172.16.0.0/12"),
            of("192.168.0.0/16"),
            of("224.0.0.0/4"),
            of("255.255.255.255/32"),
            of("::/128"),
            of("::1/128"),
            of("fc00::/7"),
            of("fe80::/10"),
            of("ff00::/8"));

    IpRange {
        if (width != 32 && width != 128 || prefix < 0 || prefix > width || network.bitLength() > width) {
            throw new IllegalArgumentException("no range of addresses");
        }
        network = network.shiftRight(width - prefix).shiftLeft(width - prefix);
    }

    /** An address or a CIDR range as a policy writes it. */
    static Optional<String> read(Value value) {
        String expected = "an IP address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32";
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return text;
        }
        Optional<IpRange> range = parse(text.get());
        if (range.isEmpty()) {
            return value.refuse(expected, "correct it");
        }
        Optional<IpRange> plain = range.get().plain();
        return plain.isPresent()
                ? value.refuse(expected, "such addresses are judged as the IPv4 ones in them: write " + plain.get())
                : text;
    }

    /** A range that is known to be one. */
    static IpRange of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no range of addresses: " + text));
    }

    static Optional<IpRange> parse(String text) {
        if (text.length() > MAX) {
            return Optional.empty();
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean four = V4.matcher(address).matches();
        int width = four ? 32 : 128;
        String prefix = slash < 0 ? Integer.toString(width) : text.substring(slash + 1);
        if (!PREFIX.matcher(prefix).matches() || Integer.parseInt(prefix) > width) {
            return Optional.empty();
        }
        Optional<BigInteger> bits = four ? Optional.of(v4(address)) : v6(address);
        return bits.map(network -> new IpRange(width, network, Integer.parseInt(prefix)));
    }

    boolean covers(IpRange other) {
        return width == other.width
                && prefix <= other.prefix
                && network.equals(new IpRange(width, other.network, prefix).network);
    }

    /** The range of {@code allow_private_network} that it lies in. */
    Optional<IpRange> within() {
        return PRIVATE.stream().filter(range -> range.covers(this)).findFirst();
    }

    /** The IPv4 range that its addresses stand for, where they do. */
    private Optional<IpRange> plain() {
        return WRAPPERS.stream()
                .filter(wrapper -> wrapper.covers(this))
                .findFirst()
                .map(wrapper -> {
                    BigInteger bits =
                            network.shiftRight(128 - wrapper.prefix - 32).mod(BigInteger.ONE.shiftLeft(32));
                    return new IpRange(32, bits, Math.min(32, prefix - wrapper.prefix));
                });
    }

    private static BigInteger v4(String address) {
        BigInteger bits = BigInteger.ZERO;
        for (String part : address.split("\\.")) {
            bits = bits.shiftLeft(8).add(new BigInteger(part));
        }
        return bits;
    }

    /** RFC 4291, 2.2: eight groups, one run of zeros as {@code ::}, the last two perhaps as IPv4. */
    private static Optional<BigInteger> v6(String address) {
        int gap = address.indexOf("::");
        Optional<List<Integer>> head = groups(gap < 0 ? address : address.substring(0, gap), gap < 0);
        Optional<List<Integer>> tail = groups(gap < 0 ? "" : address.substring(gap + 2), true);
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int count = head.get().size() + tail.get().size();
        if (gap < 0 ? count != GROUPS : count >= GROUPS) {
            return Optional.empty();
        }
        List<Integer> all = new ArrayList<>(head.get());
        for (int i = count; i < GROUPS; i++) {
            all.add(0);
        }
        all.addAll(tail.get());
        BigInteger bits = BigInteger.ZERO;
        for (int group : all) {
            bits = bits.shiftLeft(16).add(BigInteger.valueOf(group));
        }
        return Optional.of(bits);
    }

    /** The groups of a part of an address; empty where it is no part of one. */
    private static Optional<List<Integer>> groups(String part, boolean last) {
        List<Integer> groups = new ArrayList<>();
        String[] words = part.isEmpty() ? new String[0] : part.split(":", -1);
        for (int i = 0; i < words.length; i++) {
            if (last && i == words.length - 1 && V4.matcher(words[i]).matches()) {
                int bits = v4(words[i]).intValue();
                groups.add(bits >>> 16);
                groups.add(bits & 0xFFFF);
            } else if (GROUP.matcher(words[i]).matches()) {
                groups.add(Integer.parseInt(words[i], 16));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(groups);
    }

    /** The one text that a range has (RFC 5952), with its prefix. */
    @Override
    public String toString() {
        return (width == 32 ? dotted() : coloned()) + "/" + prefix;
    }

    private String dotted() {
        int bits = network.intValue();
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }

    private String coloned() {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = network.shiftRight(16 * (GROUPS - 1 - i)).intValue() & 0xFFFF;
        }
        int start = 0;
        int length = 0;
        for (int i = 0, run = 0; i < GROUPS; i++) {
            run = groups[i] == 0 ? run + 1 : 0;
            if (run > length) {
                length = run;
                start = i + 1 - run;
            }
        }
        // One group of zeros alone is written out (RFC 5952, 4.2.2).
        boolean gap = length > 1;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (gap && i == start) {
                text.append("::");
                i += length - 1;
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(String.format(Locale.ROOT, "%x", groups[i]));
            }
        }
        return text.toString();
    }
}
