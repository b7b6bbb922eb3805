/**
 * Docker and Docker Compose by their command lines: the only place in the product that starts a process. A command is a
 * value (its words, its time limit and the type of its answer together), so that its words are known before anything
 * runs. What the engine can or cannot do is told from structured answers and exit codes, never from the text of an error.
 */
package io.sentinel.engine;
