package io.sentinel.verify.rule;

/**
 * A line of a file.
 *
 * @param file relative to the project, with forward slashes
 * @param line from 1
 */
public record Location(String file, int line) {}
