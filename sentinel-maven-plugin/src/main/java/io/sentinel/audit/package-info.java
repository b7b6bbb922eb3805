/**
 * The audit trail as the host sees it: its records and their chain, following one that grows while a run lives, and what
 * a person asks of one that is over.
 */
package io.sentinel.audit;
