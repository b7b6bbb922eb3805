package io.sentinel.engine;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a version that decides what a program can do. What distributions append ({@code 20.10.24+dfsg1},
 * {@code 2.26.1-4}) and a leading {@code v} are left out.
 *
 * @param major 0 or more
 * @param minor 0 or more
 * @param patch 0 or more; 0 where the text has none
 */
public record Version(int major, int minor, int patch) implements Comparable<Version> {

    // Nine digits always fit an int.
    private static final Pattern SHAPE = Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?(?![.\\d]).*");

    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    public Version {
        if (major < 0 || minor < 0 || patch < 0) {
            throw new IllegalArgumentException("A version has no negative parts: " + major + "." + minor + "." + patch);
        }
    }

    /** Reads a version; empty if the text does not begin with two or three numbers. */
    public static Optional<Version> parse(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int patch = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return Optional.of(new Version(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), patch));
    }

    /** Whether this is that version or a newer one. */
    public boolean atLeast(Version other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
