package io.sentinel.verify.evidence;

/**
 * A folder or file of the host that a service mounts.
 *
 * @param index of the entry among the service's {@code volumes}
 * @param source as Compose resolved it: absolute
 * @param real where the source leads, symbolic links followed as far as it exists
 * @param target in the container
 * @param readOnly whether it is mounted so
 * @param propagation as written; empty for the engine's default, which is {@code rprivate}
 */
public record Bind(int index, String source, String real, String target, boolean readOnly, String propagation) {}
