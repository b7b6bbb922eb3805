/**
 * The use cases around running a sandbox: building its images, running the agent in it, and clearing away what is left.
 */
package io.sentinel.run;
