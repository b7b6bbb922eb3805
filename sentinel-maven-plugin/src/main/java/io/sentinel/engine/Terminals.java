package io.sentinel.engine;

import java.lang.reflect.InvocationTargetException;

/** Tells whether standard input and output are a terminal. */
public final class Terminals {

    private Terminals() {}

    /** Whether a person sits at both ends of this process: what it reads and what it writes. */
    public static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since Java 22 there may be a console without a terminal, and a method that tells them apart.
            return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
