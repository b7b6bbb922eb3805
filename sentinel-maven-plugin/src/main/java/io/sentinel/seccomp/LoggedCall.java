package io.sentinel.seccomp;

/**
 * Calls that a filter in mode log let through, alike in all that is said here.
 *
 * @param architecture AUDIT_ARCH_* of linux/audit.h
 * @param number of the call in that architecture's table
 * @param program who made them, printable
 * @param count how many there were
 * @param certain whether it is known that the run's own container made them
 */
public record LoggedCall(int architecture, long number, String program, long count, boolean certain) {}
