/**
 * The program that the live ring runs inside a container ({@code guard/probe}): what it shall try, the table that says so to
 * it, and what it answered. Starts no process.
 */
package io.sentinel.verify.probe;
