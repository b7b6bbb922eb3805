/**
 * What was seen of a sandbox, ring by ring, in the shape that rules ask. Pure: no file, no process and no clock is touched
 * here. What could not be seen is told by {@link io.sentinel.verify.evidence.CannotTell}, never by an empty answer.
 */
package io.sentinel.verify.evidence;
