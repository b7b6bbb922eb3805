/**
 * The reports of a verification: one for the terminal, one for people, three for tools. All of them say the same, and none
 * trusts a word that came from an engine, a container or a project.
 */
package io.sentinel.verify.report;
