package io.sentinel.spec;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of programs as a policy writes them. What a name stands for in an image is the launcher's to find out. */
final class Programs {

    /**
     * Programs that do whatever their arguments or input say, and those that are many programs in one: a list of commands
     * that has one of them limits nothing. {@code guard/decisions.yaml} has the same list for the launcher.
     */
    static final List<String> INTERPRETERS = List.of(
            "ash",
            "bash",
            "bun",
            "busybox",
            "coreutils",
            "csh",
            "dash",
            "deno",
            "fish",
            "java",
            "jshell",
            "ksh",
            "lua",
            "luajit",
            "mksh",
            "node",
            "nodejs",
            "perl",
            "php",
            "powershell",
            "pwsh",
            "pypy",
            "python",
            "ruby",
            "sh",
            "tclsh",
            "tcsh",
            "toybox",
            "wish",
            "zsh");

    private static final Pattern VERSION = Pattern.compile("[0-9.]*");

    private Programs() {}

    /** A program's name or absolute path, without arguments. */
    static Optional<String> read(Value value) {
        String expected = "a program's name or absolute path";
        return value.text().flatMap(text -> {
            if (text.isBlank() || Texts.utf8Length(text) > Paths.MAX_BYTES || !Texts.printable(text)) {
                return value.refuse(expected, "write it as in git or /usr/bin/git");
            }
            if (text.chars().anyMatch(Character::isWhitespace)) {
                return value.refuse(expected, "write the program only, without its arguments");
            }
            boolean climbs = Paths.parts(text).size()
                            != text.chars().filter(c -> c == '/').count()
                    || Paths.parts(text).contains("..");
            if (text.contains("/") && (!text.startsWith("/") || climbs)) {
                return value.refuse(expected, "write an absolute path without . and .., or the name only");
            }
            // The one program that is named like the beginning of a pattern: test(1).
            if (Paths.isPattern(text) || text.contains("[") && !baseName(text).equals("[")) {
                return value.refuse(expected + ", no pattern", "name each program: nothing is expanded");
            }
            if (text.equals(".") || text.equals("..")) {
                return value.refuse(expected, "write it as in git or /usr/bin/git");
            }
            return Optional.of(text);
        });
    }

    /** The interpreter that a program is by its name, whatever its folder and version. */
    static Optional<String> interpreter(String program) {
        String base = baseName(program);
        return INTERPRETERS.stream().filter(name -> isVersionOf(base, name)).findFirst();
    }

    /** Whether an entry of {@code blocked_command_bases} is for a program. */
    static boolean blocks(String entry, String program) {
        return entry.startsWith("/") ? entry.equals(program) : isVersionOf(baseName(program), entry);
    }

    private static boolean isVersionOf(String base, String name) {
        return base.startsWith(name)
                && VERSION.matcher(base.substring(name.length())).matches();
    }

    private static String baseName(String program) {
        return program.substring(program.lastIndexOf('/') + 1);
    }
}
