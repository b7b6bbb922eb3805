package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.spec.User;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Dockerfile.Instruction;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Who runs in the container. */
final class Users {

    private static final String NUMBER = "[0-9]{1,10}";
    private static final String ZERO = "0+";

    private Users() {}

    static List<Rule> rules() {
        return List.of(user(), group(), noFurtherGroups(), running(), dockerfile(), nameSpace());
    }

    private static Rule user() {
        return Rule.of("USR-1", CRITICAL, "The user is a number, and not 0")
                .because(
                        "root in a container is root outside, unless the engine maps users; and a name is what the image makes of it")
                .cis("4.1")
                .remedy("write user: \"10001:10001\", or another number that is not 0")
                .files(view -> user(view.at("user"), view.place("user"), Optional::empty))
                .created(view -> user(view.at("Config", "User"), Place.NOWHERE, () -> Optional.of(view.files())))
                .running(view -> notZero(view.process().status("Uid"), "uid"));
    }

    private static Verdict user(Json user, Place place, Supplier<Optional<FileTree>> files) {
        String name = user.text().orElse("").strip().split(":", -1)[0];
        if (name.isEmpty()) {
            return Verdict.broken("a number that is not 0", "not set, so whoever the image says", place);
        }
        if (!name.matches(NUMBER)) {
            // What a name means stands in the image; from outside it is any number, 0 among them.
            String means = files.get()
                    .map(tree -> "the name " + name + ", which the image's passwd makes " + uidOf(tree, name))
                    .orElse("the name " + name);
            return Verdict.broken("a number that is not 0", means, place);
        }
        return name.matches(ZERO) ? Verdict.broken("a number that is not 0", name, place) : Verdict.held("uid " + name);
    }

    private static String uidOf(FileTree tree, String name) {
        return tree.contents()
                .getOrDefault("/etc/passwd", "")
                .lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[0].equals(name))
                .map(fields -> "uid " + fields[2])
                .findFirst()
                .orElse("nobody");
    }

    private static Verdict notZero(List<String> ids, String what) {
        if (ids.size() < 4) {
            throw new CannotTell("/proc/PID/status names fewer than four " + what + "s");
        }
        String shown = what + " " + String.join(" ", ids);
        return ids.stream().anyMatch(id -> id.matches(ZERO))
                ? Verdict.broken("no 0 among the four", shown, Place.NOWHERE)
                : Verdict.held(shown);
    }

    private static Rule group() {
        return Rule.of("USR-2", HIGH, "The group is a number, and not 0")
                .because("many images leave files that root's group may write")
                .cis("4.1")
                .remedy("write user: \"10001:10001\", with a group that is not 0")
                .files(view -> group(view.at("user"), view.place("user")))
                .created(view -> group(view.at("Config", "User"), Place.NOWHERE))
                .running(view -> notZero(view.process().status("Gid"), "gid"));
    }

    private static Verdict group(Json user, Place place) {
        String[] parts = user.text().orElse("").strip().split(":", -1);
        String group = parts.length > 1 ? parts[1].strip() : "";
        // Without one, the engine takes the user's group from the image, and root's where the image does not know the
        // user.
        String expected = "a number that is not 0";
        return group.isEmpty()
                ? Verdict.broken(expected, "not set, which is 0 for a user whom the image does not know", place)
                : !group.matches(NUMBER) || group.matches(ZERO)
                        ? Verdict.broken(expected, group, place)
                        : Verdict.held("gid " + group);
    }

    private static Rule noFurtherGroups() {
        return Rule.of("USR-3", HIGH, "No further group is added")
                .because("groups such as docker, disk and kvm are ways to the host")
                .remedy("remove group_add")
                .files(view -> Facts.empty("group_add", view.at("group_add"), view.place("group_add")))
                .created(view -> Facts.empty("GroupAdd", view.host("GroupAdd"), Place.NOWHERE))
                .running(view -> {
                    List<String> own = view.process().status("Gid");
                    Faults faults = Faults.unless("none but the process's own group");
                    view.process().status("Groups").stream()
                            .filter(group -> !own.contains(group))
                            .forEach(group -> faults.add("group " + group));
                    return faults.or("none but its own");
                });
    }

    private static Rule running() {
        return Rule.of("USR-4", CRITICAL, "The running process is the user that was asked for, and nowhere 0")
                .because("an alias of uid 0 in the image's passwd, or an overridden user, shows only here")
                .cis("4.1")
                .remedy("see USR-1")
                .running(view -> {
                    List<String> uids = view.process().status("Uid");
                    Verdict verdict = notZero(uids, "uid");
                    Optional<User> meant = view.subject().role() == Role.AGENT
                            ? view.expected().spec().flatMap(spec -> spec.user())
                            : Optional.empty();
                    boolean other = meant.filter(
                                    user -> uids.stream().anyMatch(uid -> !uid.equals(Integer.toString(user.uid()))))
                            .isPresent();
                    return other && verdict instanceof Verdict.Held
                            ? Verdict.broken("uid " + meant.get().uid(), String.join(" ", uids), Place.NOWHERE)
                            : verdict;
                });
    }

    private static Rule dockerfile() {
        return Rule.of("USR-5", MEDIUM, "The image's own last user is not root")
                .because("it is what holds where the compose file's user is lost")
                .cis("4.1")
                .remedy("end the Dockerfile with USER and a number that is not 0")
                .about(Role.IMAGE)
                .files(Users::lastUser)
                .created(Users::imageUser);
    }

    private static Verdict lastUser(StaticView view) {
        return view.dockerfile()
                .map(dockerfile -> {
                    Optional<Instruction> last = dockerfile.image().stream()
                            .filter(instruction -> instruction.keyword().equals("USER"))
                            .reduce((first, second) -> second);
                    if (last.isEmpty()) {
                        return Verdict.broken(
                                "a USER that is not root",
                                "no USER",
                                dockerfile.file().line(1));
                    }
                    String user = dockerfile.expand(last.get()
                                    .arguments()
                                    .replaceAll("[\"']", "")
                                    .strip())
                            .split(":", -1)[0];
                    if (user.contains("$")) {
                        throw new CannotTell("USER " + user + " is whatever the build is given");
                    }
                    // What a name stands for is seen in the image alone; ours is rendered as a number.
                    boolean named = view.expected().isOwn() && !user.matches(NUMBER);
                    return isRoot(user) || named
                            ? Verdict.broken("a USER that is not root", user, dockerfile.place(last.get()))
                            : Verdict.held("USER " + user);
                })
                .orElseGet(() -> Verdict.outside("nothing is built"));
    }

    private static Verdict imageUser(InspectView view) {
        String user = view.image("Config", "User").text().orElse("").split(":", -1)[0];
        if (user.isEmpty() || isRoot(user)) {
            return Verdict.broken(
                    "a user that is not root", user.isEmpty() ? "none, which is root" : user, Place.NOWHERE);
        }
        boolean alias = !user.matches(NUMBER) && uidOf(view.files(), user).matches("uid 0+");
        return alias
                ? Verdict.broken("a user that is not root", "the name " + user + ", which is uid 0", Place.NOWHERE)
                : Verdict.held("user " + user);
    }

    private static boolean isRoot(String user) {
        return user.matches(ZERO) || user.equals("root");
    }

    private static Rule nameSpace() {
        return Rule.of("UNS-1", HIGH, "The container does not leave the engine's mapping of users")
                .because("userns_mode: host makes its root the host's root again")
                .cis("5.31")
                .remedy("remove userns_mode")
                .files(view -> notHost(view.at("userns_mode"), view.place("userns_mode")))
                .created(view -> notHost(view.host("UsernsMode"), Place.NOWHERE))
                .running(view -> {
                    boolean maps = view.engine("SecurityOptions").texts().stream()
                            .anyMatch(option -> option.matches("name=(userns|rootless).*"));
                    if (!maps) {
                        return Verdict.outside("the engine maps no users");
                    }
                    String map = view.process().text("uid_map").strip();
                    return map.matches("0\\s+0\\s+.*")
                            ? Verdict.broken("a map of its own", map, Place.NOWHERE)
                            : Verdict.held("uid_map " + map);
                });
    }

    private static Verdict notHost(Json mode, Place place) {
        return mode.text().filter("host"::equals).isPresent()
                ? Verdict.broken("not host", "host", place)
                : Verdict.held("as the engine maps them");
    }
}
