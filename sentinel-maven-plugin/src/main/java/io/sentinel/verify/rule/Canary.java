package io.sentinel.verify.rule;

/**
 * Something that must work in a sandbox, since one in which nothing runs is none.
 *
 * @param service where it was tried
 * @param what as a person would say it
 * @param worked whether it did
 * @param told what came, where it did not
 */
public record Canary(String service, String what, boolean worked, String told) {}
