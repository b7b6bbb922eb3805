package io.sentinel.spec;

/**
 * A number of bytes, written as Compose writes it: a whole number and {@code k}, {@code m} or {@code g}, in powers of
 * 1024.
 *
 * @param bytes more than zero
 */
public record Size(long bytes) implements Comparable<Size> {

    public Size {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a size is more than zero: " + bytes);
        }
    }

    public static Size mebibytes(long count) {
        return new Size(Math.multiplyExact(count, 1L << 20));
    }

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The shortest exact form that Compose and the engine read back as the same number of bytes. */
    @Override
    public String toString() {
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "g";
        }
        if (bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "m";
        }
        if (bytes % (1L << 10) == 0) {
            return (bytes >> 10) + "k";
        }
        return bytes + "b";
    }
}
