package io.sentinel.verify.evidence;

/** What every ring has: whom it is about, and what was meant. */
public interface View {

    Subject subject();

    Expected expected();
}
