/** What a rule is, what it answers, and what a report is made of. Pure, as the evidence is. */
package io.sentinel.verify.rule;
