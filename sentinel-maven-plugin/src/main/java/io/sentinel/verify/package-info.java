/** {@code sentinel:verify}: gathers what is seen of a project, has the catalogue judge it, and reports. */
package io.sentinel.verify;
