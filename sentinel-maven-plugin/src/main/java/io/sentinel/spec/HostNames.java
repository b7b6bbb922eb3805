package io.sentinel.spec;

import java.net.IDN;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names as a spec writes them, brought into the one form that squid and the guard compare. Resolves nothing. */
final class HostNames {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    /** A last label that makes every reader of addresses take the whole for IPv4 (WHATWG URL, "ends in a number"). */
    private static final Pattern NUMBER_LABEL = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
    /** The longest name (RFC 1035, 2.3.4, in its text form). */
    private static final int MAX = 253;
    /** The longest text that is looked at: a name of the longest form in letters of another script. */
    private static final int MAX_WRITTEN = 1024;
    /** Letters that IDNA 2003 and IDNA 2008 turn into different names (Unicode Technical Standard 46, 7). */
    private static final String AMBIGUOUS = "\u00DF\u03C2\u200C\u200D";

    private HostNames() {}

    /** The name in lower case, IDNA-encoded, without one trailing dot; a problem where it is none. */
    static Optional<String> read(Value value, String written, boolean singleLabel) {
        String expected = "a host name such as api.example.com";
        String host = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        Optional<String> slip = slip(written);
        if (slip.isPresent()) {
            return value.refuse(expected, slip.get());
        }
        Optional<String> ascii = ascii(host);
        String[] labels = ascii.orElse("").split("\\.", -1);
        String last = labels[labels.length - 1];
        if (ascii.isPresent() && NUMBER_LABEL.matcher(last).matches()) {
            return value.refuse(expected, "write a name: IP addresses are not accepted here");
        }
        if (ascii.isEmpty() || !isMadeOfLabels(ascii.get(), labels)) {
            return value.refuse(expected, "correct the name");
        }
        return labels.length > 1 || singleLabel
                ? ascii
                : value.refuse(expected, "write the full name: one word alone, or a top-level domain, is not accepted");
    }

    /** Whether a text is a full name in the form that {@link #read} gives. */
    static boolean isFullName(String host) {
        String[] labels = host.split("\\.", -1);
        return labels.length > 1
                && !NUMBER_LABEL.matcher(labels[labels.length - 1]).matches()
                && isMadeOfLabels(host, labels);
    }

    private static boolean isMadeOfLabels(String host, String[] labels) {
        return host.length() <= MAX
                && Arrays.stream(labels).allMatch(label -> LABEL.matcher(label).matches());
    }

    /** What was probably meant, for what people often write in place of a name. */
    private static Optional<String> slip(String written) {
        if (written.length() > MAX_WRITTEN) {
            return Optional.of("correct the name");
        }
        if (written.contains("://") || written.contains("/")) {
            return Optional.of("write the host name only: no scheme, no path");
        }
        if (written.startsWith("[") || written.indexOf(':') != written.lastIndexOf(':')) {
            return Optional.of("write a name: IP addresses are not accepted here");
        }
        if (written.contains(":")) {
            return Optional.of("write the host name only: no port");
        }
        if (written.contains("*")) {
            return Optional.of(
                    "a wildcard is written with a leading dot in profiles.proxied.allow, as in .example.com");
        }
        if (written.chars().anyMatch(c -> AMBIGUOUS.indexOf(c) >= 0)) {
            return Optional.of("write its xn-- form: programs do not agree on which name this is");
        }
        return Optional.empty();
    }

    private static Optional<String> ascii(String host) {
        if (host.chars().allMatch(c -> c < 0x80)) {
            return Optional.of(host.toLowerCase(Locale.ROOT));
        }
        try {
            return Optional.of(IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
