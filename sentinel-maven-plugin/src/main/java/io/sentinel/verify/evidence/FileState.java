package io.sentinel.verify.evidence;

/**
 * A file of a bundle, as far as it takes to tell whether it is the same.
 *
 * @param mode {@code 0644} or {@code 0755}; {@code link} and {@code special} for what is no regular file
 * @param digest of its content; of a link, of where it leads
 */
public record FileState(String mode, String digest) {}
