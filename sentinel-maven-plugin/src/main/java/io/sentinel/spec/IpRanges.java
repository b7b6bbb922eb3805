package io.sentinel.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/** IPv4 and IPv6 addresses and CIDR ranges in their usual spellings. Never resolves anything. */
final class IpRanges {

    /** The longest IPv6 address is 45 characters with an IPv4 tail, a prefix four more. */
    private static final int MAX = 49;

    private static final Pattern V4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

    private IpRanges() {}

    static Optional<String> read(Value value) {
        Optional<String> text = value.text();
        return text.isEmpty() || isRange(text.get())
                ? text
                : value.refuse("an IP address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32", "correct it");
    }

    static boolean isRange(String text) {
        if (text.length() > MAX) {
            return false;
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        int bits = V4.matcher(address).matches() ? 32 : isV6(address) ? 128 : -1;
        String prefix = slash < 0 ? "0" : text.substring(slash + 1);
        return PREFIX.matcher(prefix).matches() && Integer.parseInt(prefix) <= bits;
    }

    /** RFC 4291, 2.2: eight groups, one run of zeros as {@code ::}, the last two perhaps as IPv4. */
    private static boolean isV6(String address) {
        int gap = address.indexOf("::");
        if (gap < 0) {
            return groups(address, true) == 8;
        }
        int before = groups(address.substring(0, gap), false);
        int after = groups(address.substring(gap + 2), true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /** How many groups a part of an address has; far below zero where it is no part of one. */
    private static int groups(String part, boolean last) {
        if (part.isEmpty()) {
            return 0;
        }
        String[] words = part.split(":", -1);
        int count = 0;
        for (int i = 0; i < words.length; i++) {
            boolean tail = last && i == words.length - 1 && V4.matcher(words[i]).matches();
            count += tail ? 2 : GROUP.matcher(words[i]).matches() ? 1 : -100;
        }
        return count;
    }
}
