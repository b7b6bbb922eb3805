package io.sentinel.isolate;

/**
 * A value that somebody chose.
 *
 * @param setting what it is of
 * @param value as it was written
 * @param label where: {@code --memory}, {@code SENTINEL_SECCOMP_MODE}
 */
record Choice(Setting setting, String value, String label) {}
