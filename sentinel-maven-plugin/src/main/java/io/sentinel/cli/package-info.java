/** The command {@code sentinel-isolate}: a thin door to the use case. */
package io.sentinel.cli;
