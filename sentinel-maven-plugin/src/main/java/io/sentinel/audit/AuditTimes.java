package io.sentinel.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How times are written, always in UTC. */
final class AuditTimes {

    private static final DateTimeFormatter MICROS = form("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    private static final DateTimeFormatter SHOWN = form("uuuu-MM-dd HH:mm:ss.SSS");
    private static final DateTimeFormatter BASIC = form("uuuuMMdd'T'HHmmss'Z'");

    private AuditTimes() {}

    /** As in a record. */
    static String micros(Instant time) {
        return MICROS.format(time);
    }

    /** For a person. */
    static String shown(Instant time) {
        return SHOWN.format(time);
    }

    /** As in a file's name: the order of names is that of times. */
    static String basic(Instant time) {
        return BASIC.format(time);
    }

    static String seconds(Duration length) {
        return String.format(Locale.ROOT, "%d.%03d s", length.toSeconds(), length.toMillisPart());
    }

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
