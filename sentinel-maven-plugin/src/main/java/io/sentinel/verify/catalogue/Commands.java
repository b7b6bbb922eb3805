package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.Dockerfile.Instruction;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the commands of a RUN do, as far as a reader can tell without a shell. */
final class Commands {

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    private static final String FETCHES = "(?s).*\\b(curl|wget)\\b.*";

    /** An interpreter at a command's start, whatever stands before it that changes nothing. */
    private static final Pattern INTERPRETER =
            Pattern.compile("(?s)\\s*(?:(?:sudo|root|exec|env|nice|\\w+=\\S*|-\\w+)\\s+)*(?:/\\S*/)?"
                    + "(sh|bash|ash|dash|zsh|ksh|python[0-9.]*|perl|ruby|node|php)\\b(.*)");

    /** Substitutions: what is fetched is run as words of a shell, or as a file. */
    private static final Pattern SUBSTITUTED = Pattern.compile(
            "(?s).*\\b(sh|bash|ash|dash|zsh|eval|source|exec)\\b[^;\\n]*(\\$\\(|<\\(|`)\\s*(curl|wget)\\b.*");

    /** Commands that take away what they name: rm, and a package manager's word for it as its first. */
    private static final String REMOVES = "(?s)\\s*(\\w+=\\S*\\s+)*(/\\S*/)?"
            + "(rm|unlink|[\\w.-]+(\\s+-\\S+)*\\s+(purge|remove|autoremove|erase|del))\\s.*";

    private static final String SET_ID = "0*[2-7][0-7]{3}";

    private static final Pattern RIGHTS = Pattern.compile("(?s).*(\\bsudo\\b"
            + "|\\b(useradd|adduser|usermod)\\b.*(\\s-\\w*o\\w*\\b|--non-unique|\\s-\\w*u\\s*0+\\b|--uid[ =]0+\\b)"
            + "|:0+:.*>>?\\s*/etc/passwd"
            + "|\\bsetcap\\b"
            + "|\\binstall\\s.*(-m\\s*|--mode[= ])" + SET_ID + "\\b"
            + "|\\bchmod\\s+(-\\w+\\s+|--\\S+\\s+)*(" + SET_ID
            + "|0*777|[ugoa]*[+=][rwxX]*s|[ugoa,]*[oa][ugoa]*\\+r?w)).*");

    private Commands() {}

    /** Whether what is fetched is run without anybody's having looked at it. */
    static boolean runsWhatItFetches(Instruction line) {
        String text = plain(line);
        if (SUBSTITUTED.matcher(text).matches()) {
            return true;
        }
        for (String command : text.split("&&|\\|\\||;|\\n")) {
            boolean fetched = false;
            for (String part : command.split("\\|")) {
                Matcher interpreter = INTERPRETER.matcher(part);
                if (fetched && interpreter.matches() && takesItsInput(interpreter.group(1), interpreter.group(2))) {
                    return true;
                }
                fetched |= part.matches(FETCHES);
            }
        }
        return false;
    }

    /** Whether an interpreter runs what it is given, rather than a program among its own words that reads it. */
    private static boolean takesItsInput(String interpreter, String words) {
        String program = interpreter.matches("sh|bash|ash|dash|zsh|ksh")
                ? "\\s+-\\w*c\\b.*"
                : interpreter.startsWith("python") ? "\\s+-\\w*[cm]\\b.*" : "\\s+(-\\w*[enpr]\\w*|--eval|--print)\\b.*";
        return !words.matches("(?s)" + program);
    }

    /** Whether a command gives more rights than were there. */
    static boolean givesRights(Instruction line) {
        return single(line).stream()
                .anyMatch(command -> RIGHTS.matcher(command).matches() && !command.matches(REMOVES));
    }

    /** Whether a command puts in place what a pattern names, rather than taking it away. */
    static boolean brings(Instruction line, String pattern) {
        return single(line).stream().anyMatch(command -> command.matches(pattern) && !command.matches(REMOVES));
    }

    private static List<String> single(Instruction line) {
        return List.of(line.command().split("&&|\\|\\||;|\\n"));
    }

    /** Without what stands in quotes, where signs mean nothing; but with it where it is a command itself. */
    private static String plain(Instruction line) {
        return QUOTED.matcher(line.command()).replaceAll(found -> {
            String inner = found.group().substring(1, found.group().length() - 1);
            boolean command = inner.matches(FETCHES) && inner.contains(" ");
            return Matcher.quoteReplacement(command ? " " + inner + " " : "_");
        });
    }
}
