/**
 * System call filters: groups of calls and presets, kept as data ({@code seccomp/} at the top of the repository),
 * compiled into OCI seccomp profiles as Docker reads them. Pure: the data's bytes come through {@link
 * io.sentinel.seccomp.SeccompSource}, the profile leaves as bytes.
 */
package io.sentinel.seccomp;
