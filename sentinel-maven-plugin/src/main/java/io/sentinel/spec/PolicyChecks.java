package io.sentinel.spec;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What in a policy contradicts something else in it, or could never have an effect. Each is a mistake of whoever wrote it,
 * and refused at the entry that they would have to change: otherwise they would count on it.
 */
final class PolicyChecks {

    /** The sandbox's own folder: the guard, its policy and its records. */
    private static final String OWN = "/opt/sentinel";

    /** What the agent may write to under every policy. */
    private static final List<String> ALWAYS_WRITTEN = List.of("/tmp", "/run");

    private PolicyChecks() {}

    /**
     * One entry of a list of the policy.
     *
     * @param name by which a message speaks of it
     * @param at where it stands; empty for one of a default list
     */
    record Entry<T>(T value, String name, Optional<Value> at) {

        static <T> Entry<T> written(T value, Value at) {
            return new Entry<>(value, at.path(), Optional.of(at));
        }

        static <T> Entry<T> standard(T value, String key) {
            return new Entry<>(
                    value, Texts.quoted(value.toString()) + " (the default of " + key + ")", Optional.empty());
        }

        /** The same with its value in the form in which it is compared. */
        private <C> Entry<C> as(Function<T, C> form) {
            return new Entry<>(form.apply(value), name, at);
        }

        void say(String sentence) {
            at.ifPresent(value -> value.say(sentence));
        }
    }

    static void paths(List<Entry<String>> written, List<Entry<String>> barred, List<Entry<String>> read) {
        List<Entry<String>> allowed = all(written, Paths::inSandbox);
        List<Entry<String>> blocked = all(barred, Paths::inSandbox);
        List<Entry<String>> readable = all(read, Paths::inSandbox);
        for (Entry<String> entry : allowed) {
            if (isRelated(entry.value(), OWN)) {
                entry.say("expected a folder that does not hold " + OWN + ", found " + Texts.quoted(entry.value())
                        + "; the guard and its records are there: name the folders that are written to");
            }
        }
        for (Entry<String> entry : readable) {
            if (Paths.isWithin(entry.value(), OWN)) {
                entry.say("expected a path outside of " + OWN + ", found " + Texts.quoted(entry.value())
                        + "; the guard and its records are there: remove it");
            }
            Stream<String> names = allowed.stream()
                    .filter(other -> Paths.isWithin(entry.value(), other.value()))
                    .map(Entry::name);
            Stream<String> always = ALWAYS_WRITTEN.stream().filter(folder -> Paths.isWithin(entry.value(), folder));
            Stream.concat(names, always)
                    .findFirst()
                    .ifPresent(wider -> entry.say("lies in " + wider
                            + ", which is written to as well, and this key takes no writing away; remove it"));
        }
        for (Entry<String> entry : blocked) {
            if (isRelated(entry.value(), OWN)) {
                entry.say("expected a path that does not hold " + OWN + ", found " + Texts.quoted(entry.value())
                        + "; no program starts without what is there, and the agent cannot write to it: block what lies"
                        + " beside it");
            }
            first(
                            Stream.concat(allowed.stream(), readable.stream()),
                            other -> Paths.isWithin(other.value(), entry.value()))
                    .ifPresent(other -> entry.say("covers " + other.name()
                            + ", of which nothing is left; block less, or remove one of them"));
        }
    }

    /** Whether one of two paths lies in the other. */
    private static boolean isRelated(String path, String other) {
        return Paths.isWithin(path, other) || Paths.isWithin(other, path);
    }

    private static <T, C> List<Entry<C>> all(List<Entry<T>> entries, Function<T, C> form) {
        return entries.stream().map(entry -> entry.as(form)).toList();
    }

    static void programs(List<Entry<String>> commands, List<Entry<String>> bases, List<Entry<String>> interpreters) {
        for (Entry<String> command : commands) {
            Programs.interpreter(command.value())
                    .ifPresent(name -> command.say("expected a program that does one thing, found "
                            + Texts.quoted(command.value()) + ", which runs what it is told (" + name
                            + "); name it under allowed_interpreters, or remove it"));
            first(interpreters.stream(), other -> other.value().equals(command.value()))
                    .ifPresent(other -> command.say("stands under allowed_interpreters too; remove one of them"));
        }
        Stream.concat(commands.stream(), interpreters.stream()).forEach(program -> bases.stream()
                .filter(base -> Programs.blocks(base.value(), program.value()))
                .findFirst()
                .ifPresent(base -> blame(program, base, "is blocked by ", "blocks ")));
    }

    /** Reports a contradiction of two entries of which one may be a default. */
    private static void blame(Entry<String> entry, Entry<String> other, String isDone, String does) {
        String remedy = "; remove one of them";
        if (entry.at().isPresent()) {
            entry.say(isDone + other.name() + remedy);
        } else {
            other.say(does + entry.name() + " and is stronger" + remedy);
        }
    }

    static void hosts(List<Entry<HostRule>> allowed, List<Entry<String>> blocked) {
        for (Entry<HostRule> entry : allowed) {
            first(blocked.stream(), other -> HostRule.isAtOrBelow(entry.value().host(), other.value()))
                    .ifPresent(other -> entry.say("is blocked by " + other.name() + "; remove one of them"));
            first(allowed.stream(), other -> other != entry && other.value().covers(entry.value()))
                    .ifPresent(wider -> entry.say("covered by " + wider.name() + "; remove this entry"));
        }
    }

    static void addresses(List<Entry<String>> reached, List<Entry<String>> barred, boolean toPrivate) {
        List<Entry<IpRange>> allowed = all(reached, IpRange::of);
        List<Entry<IpRange>> blocked = all(barred, IpRange::of);
        for (Entry<IpRange> entry : allowed) {
            first(blocked.stream(), other -> other.value().covers(entry.value()))
                    .ifPresent(other -> entry.say("is blocked by " + other.name() + "; remove one of them"));
            entry.value()
                    .within()
                    .filter(range -> !toPrivate)
                    .ifPresent(range -> entry.say("lies in " + range + ", which is not reached while"
                            + " allow_private_network is false; set that to true, or remove this entry"));
        }
    }

    /** For a policy whose sockets are not judged. */
    static void nothingIsJudged(List<List<? extends Entry<?>>> lists) {
        lists.stream()
                .flatMap(list -> list.stream().limit(1))
                .forEach(entry -> entry.say("no name and no socket is judged while socket_connect is false; set that to"
                        + " true, or empty this list"));
    }

    private static <T> Optional<Entry<T>> first(Stream<Entry<T>> entries, Predicate<Entry<T>> which) {
        return entries.filter(which).findFirst();
    }
}
