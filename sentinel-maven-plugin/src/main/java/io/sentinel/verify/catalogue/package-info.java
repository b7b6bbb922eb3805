/**
 * The rules, by family. Each reads as a sentence with its evidence: what holds, what somebody gains where it does not, how
 * each ring tells, and what to do. Numbers of CIS are those of its Docker Benchmark 1.6.
 */
package io.sentinel.verify.catalogue;
