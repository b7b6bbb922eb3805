package io.sentinel.mojo;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;

/** Tells whether standard input and output are a terminal. */
final class Terminals {

    private Terminals() {}

    static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since Java 22 there may be a console without a terminal, and a method that tells them apart.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
