/**
 * The spec ({@code sandbox.yaml}) and the lock beside it ({@code sandbox.lock}) as records, and the readers that turn
 * bytes into them or into a complete list of problems. Pure: no files, no processes, no clock.
 */
package io.sentinel.spec;
