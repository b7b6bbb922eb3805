/**
 * What a guard asks and a person answers, while a run lives: questions are records of the audit trail, answers are lines of a
 * file beside it, and a terminal shows the one and takes the other.
 */
package io.sentinel.approval;
