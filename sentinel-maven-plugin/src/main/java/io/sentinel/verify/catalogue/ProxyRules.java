package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.spec.AllowedHost;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.SquidConf;
import io.sentinel.verify.evidence.SquidConf.Directive;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The proxy's own rules: squid.conf and the list of hosts, as they are mounted. */
final class ProxyRules {

    private static final String CONF = "/etc/sentinel-proxy/squid.conf";
    private static final String HOSTS = "/etc/sentinel-proxy/allowed-domains.txt";

    private static final String NAMES = "/etc/sentinel-proxy/hosts";

    /** Programs that decide in squid's place, and ways to take in more rules. */
    private static final String HELPERS =
            "include|url_rewrite_program|store_id_program|external_acl_type|redirect_program|auth_param|icap_.*|ecap_.*|"
                    + "adaptation_access|cache_peer_domain|loadable_modules|logfile_daemon|unlinkd_program|sslcrtd_program";

    private ProxyRules() {}

    static List<Rule> rules() {
        return List.of(deniesTheRest(), ports(), inner(), hosts(), noOtherWay(), logged());
    }

    private static Rule rule(String id, Severity severity, String claim) {
        return Rule.of(id, severity, claim)
                .about(Role.SIDECAR)
                .remedy("run mvn sentinel:generate; what may be reached stands in the spec's profiles.proxied.allow");
    }

    private static Function<StaticView, Verdict> read(BiFunction<StaticView, SquidConf, Verdict> check) {
        return view -> check.apply(view, conf(view));
    }

    private static SquidConf conf(StaticView view) {
        return SquidConf.parse(
                view.mounted(CONF).orElseThrow(() -> new CannotTell("no mount of the sidecar shows " + CONF)));
    }

    private static Rule deniesTheRest() {
        return rule("PX-1", CRITICAL, "What no rule allows is denied, and every rule that allows names hosts")
                .because("one rule that allows too much, before the one that denies, opens the proxy")
                .files(read((view, conf) -> {
                    Faults faults = Faults.unless("named hosts in each allow, deny all at the end");
                    List<Directive> access = conf.all("http_access");
                    for (Directive rule : access) {
                        boolean named = rule.acls().stream()
                                .anyMatch(acl -> conf.type(acl).matches("dstdomain"));
                        faults.addIf(rule.allows() && !named, rule.toString(), conf.place(rule));
                    }
                    boolean closed = !access.isEmpty()
                            && !access.get(access.size() - 1).allows()
                            && access.get(access.size() - 1).acls().stream()
                                    .allMatch(acl ->
                                            acl.equals("all") || conf.type(acl).equals("annotate_transaction"));
                    faults.addIf(
                            !closed,
                            access.isEmpty() ? "no http_access" : "the last rule is " + access.get(access.size() - 1),
                            access.isEmpty() ? conf.file().line(1) : conf.place(access.get(access.size() - 1)));
                    return faults.or(access.size() + " rules, the last denies all");
                }))
                .probed();
    }

    private static Rule ports() {
        return rule("PX-2", CRITICAL, "Only the ports of the spec are reached, and tunnels go to ports of TLS alone")
                .because("a tunnel to port 22 or 25 is any protocol")
                .files(read((view, conf) -> {
                    Set<String> meant = new TreeSet<>(Set.of("80", "443"));
                    entries(view).forEach(host -> host.ports().forEach(port -> meant.add(port.toString())));
                    Faults faults =
                            Faults.unless("ports " + String.join(", ", meant) + ", checked before anything is allowed");
                    for (Directive acl : conf.all("acl")) {
                        if (acl.words().size() > 2 && acl.words().get(1).equals("port")) {
                            acl.words().stream()
                                    .skip(2)
                                    .filter(port -> !meant.contains(port))
                                    .forEach(port -> faults.add("port " + port, conf.place(acl)));
                        }
                    }
                    boolean tunnels = false;
                    boolean plain = false;
                    for (Directive rule : conf.all("http_access")) {
                        List<String> acls = rule.acls();
                        List<String> ports = acls.stream()
                                .filter(acl -> acl.startsWith("!")
                                        && conf.type(acl.substring(1)).equals("port"))
                                .toList();
                        boolean refusesPorts = !rule.allows() && !ports.isEmpty();
                        if (refusesPorts && acls.contains("CONNECT")) {
                            ports.stream()
                                    .filter(acl ->
                                            conf.acl(acl.substring(1), "port").contains("80"))
                                    .forEach(acl -> faults.add("tunnels to port 80 by " + rule, conf.place(rule)));
                        }
                        tunnels |= refusesPorts && (acls.contains("CONNECT") || !acls.contains("!CONNECT"));
                        plain |= refusesPorts && (acls.contains("!CONNECT") || !acls.contains("CONNECT"));
                        if (rule.allows() && !fromInside(conf, rule) && !(tunnels && plain)) {
                            faults.add(rule + " stands before the ports are checked", conf.place(rule));
                        }
                    }
                    return faults.or("ports " + String.join(", ", meant));
                }))
                .probed();
    }

    /** The health check's own request, which no agent can make. */
    private static boolean fromInside(SquidConf conf, Directive rule) {
        return rule.acls().stream().anyMatch(acl -> conf.acl(acl, "src").equals(List.of("127.0.0.1")));
    }

    private static List<AllowedHost> entries(StaticView view) {
        return view.expected().spec().map(spec -> spec.allow().hosts()).orElse(List.of()).stream()
                .toList();
    }

    private static Rule inner() {
        return rule(
                        "PX-3",
                        CRITICAL,
                        "Loopback, link-local, metadata and private addresses are denied before anything is allowed")
                .because("a listed name can be made to lead inside: to the host, its network, or a cloud's credentials")
                .files(read((view, conf) -> {
                    Faults faults = Faults.unless("those ranges denied before each allow");
                    List<String> denied = new ArrayList<>();
                    Set<String> inwards = new HashSet<>();
                    entries(view).stream().filter(AllowedHost::toPrivate).forEach(host -> inwards.add(host.pattern()));
                    for (Directive rule : conf.all("http_access")) {
                        List<String> acls = rule.acls().stream()
                                .filter(acl -> !conf.type(acl).equals("annotate_transaction"))
                                .toList();
                        if (!rule.allows()) {
                            if (acls.size() == 1) {
                                denied.addAll(conf.acl(acls.get(0), "dst"));
                            }
                            continue;
                        }
                        if (fromInside(conf, rule)) {
                            continue;
                        }
                        List<String> covered = new ArrayList<>(denied);
                        acls.stream()
                                .filter(acl -> acl.startsWith("!"))
                                .forEach(acl -> covered.addAll(conf.acl(acl.substring(1), "dst")));
                        boolean inward = acls.stream()
                                .flatMap(acl -> conf.acl(acl, "dstdomain").stream())
                                .anyMatch(inwards::contains);
                        List<String> wanted = new ArrayList<>(Addresses.RESERVED);
                        wanted.addAll(inward ? List.of() : Addresses.PRIVATE);
                        wanted.stream()
                                .filter(range -> covered.stream().noneMatch(one -> Addresses.contains(one, range)))
                                .forEach(range -> faults.add(rule + " may lead to " + range, conf.place(rule)));
                    }
                    return faults.or("denied before each allow");
                }))
                .probed();
    }

    private static Rule hosts() {
        return rule(
                        "PX-4",
                        CRITICAL,
                        "The list of hosts is the spec's: names below a suffix that one owner has, and no address")
                .because("a top-level domain, or one below which anybody gets a name, is a way out for everything")
                .files(view -> {
                    TextFile list = view.mounted(HOSTS)
                            .orElseThrow(() -> new CannotTell("no mount of the sidecar shows " + HOSTS));
                    Faults faults = Faults.unless("the spec's hosts, each below a suffix of one owner");
                    List<String> lines = list.lines();
                    for (int i = 0; i < lines.size(); i++) {
                        String entry = lines.get(i).strip();
                        if (entry.isEmpty() || entry.startsWith("#")) {
                            continue;
                        }
                        faults.addIf(isTooWide(entry), entry, list.line(i + 1));
                    }
                    inline(view, faults);
                    String rendered = view.expected().files().get("proxy/allowed-domains.txt");
                    faults.addIf(
                            rendered != null && !entries(rendered).equals(entries(list.text())),
                            "the list is not what the spec renders",
                            list.line(1));
                    return faults.or(entries(list.text()).size() + " hosts, the spec's");
                })
                .probed();
    }

    /** Names that stand in squid.conf itself, or in a further file, in the ACLs by which something is allowed. */
    private static void inline(StaticView view, Faults faults) {
        SquidConf conf = conf(view);
        Set<String> known = new HashSet<>();
        entries(view).forEach(host -> known.add(host.pattern()));
        for (Directive rule : conf.all("http_access")) {
            boolean ours = view.expected().isOwn() && !fromInside(conf, rule);
            for (String acl : rule.allows() ? rule.acls() : List.<String>of()) {
                conf.acl(acl, "dstdomain").stream()
                        .filter(entry -> entry.startsWith("\"")
                                ? !entry.equals('"' + HOSTS + '"')
                                : isTooWide(entry) || ours && !known.contains(entry))
                        .forEach(entry -> faults.add(entry + " by " + rule, conf.place(rule)));
            }
        }
    }

    private static boolean isTooWide(String entry) {
        String host = entry.startsWith(".") ? entry.substring(1) : entry;
        return !host.contains(".") || Addresses.isRange(host) || Suffixes.isOpen(host, entry.startsWith("."));
    }

    private static Set<String> entries(String text) {
        Set<String> entries = new TreeSet<>();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(entries::add);
        return entries;
    }

    private static Rule noOtherWay() {
        return rule(
                        "PX-5",
                        CRITICAL,
                        "Nothing decides in squid's place: no other peer, no helper, no pattern that allows")
                .because(
                        "a helper or a peer does what it likes with a request, and a pattern matches more than it seems to")
                .files(read((view, conf) -> {
                    Faults faults = Faults.unless("none but the hop on loopback");
                    for (Directive directive : conf.directives()) {
                        boolean peer = directive.name().equals("cache_peer")
                                && !directive.words().stream()
                                        .findFirst()
                                        .orElse("")
                                        .equals("127.0.0.1");
                        faults.addIf(
                                peer || directive.name().matches(HELPERS), directive.toString(), conf.place(directive));
                        boolean pattern = directive.name().matches("http_access|ssl_bump")
                                && directive.words().stream()
                                        .findFirst()
                                        .orElse("")
                                        .matches("allow|splice")
                                && directive.acls().stream()
                                        .anyMatch(acl -> conf.type(acl).matches(".*regex.*"));
                        faults.addIf(pattern, directive + " allows by a pattern", conf.place(directive));
                    }
                    String meant = view.expected().files().get("proxy/hosts");
                    view.mounted(NAMES)
                            .filter(file -> meant != null && !file.text().equals(meant))
                            .ifPresent(file -> faults.add("names beside DNS: " + file.name(), file.line(1)));
                    helloIsRead(conf, faults);
                    return faults.or("none");
                }));
    }

    /** That a tunnel goes through the listener that peeks, and passes only by a name in its ClientHello. */
    private static void helloIsRead(SquidConf conf, Faults faults) {
        faults.addIf(
                conf.all("never_direct").stream()
                        .noneMatch(rule -> rule.allows() && rule.acls().contains("CONNECT")),
                "no never_direct sends tunnels to the hop",
                conf.file().line(1));
        for (Directive bump : conf.all("ssl_bump")) {
            String action = bump.words().isEmpty() ? "" : bump.words().get(0);
            faults.addIf(!action.matches("peek|splice|terminate"), bump.toString(), conf.place(bump));
            faults.addIf(
                    action.equals("splice")
                            && bump.acls().stream()
                                    .noneMatch(acl -> conf.type(acl).equals("ssl::server_name")),
                    bump + " asks for no name",
                    conf.place(bump));
        }
    }

    private static Rule logged() {
        return rule("PX-6", MEDIUM, "Every request is written down")
                .because("what was denied, and what was not, is otherwise never known")
                .files(read((view, conf) -> {
                    List<Directive> logs = conf.all("access_log", "cache_access_log");
                    boolean on = logs.stream()
                            .anyMatch(log ->
                                    !log.words().isEmpty() && log.words().get(0).equals("stdio:/dev/stdout"));
                    // Of old, the second word may be the name of a format; every other one is an ACL.
                    boolean limited = logs.stream().anyMatch(log -> log.words().stream()
                            .skip(1)
                            .filter(word -> !word.matches("squid|common|combined|referrer|useragent"))
                            .anyMatch(word -> !word.contains("=")));
                    return on && !limited
                            ? Verdict.held(logs.get(0).toString())
                            : Verdict.broken(
                                    "access_log of everything",
                                    logs.isEmpty() ? "none" : logs.get(0).toString(),
                                    logs.isEmpty() ? conf.file().line(1) : conf.place(logs.get(0)));
                }));
    }

    /** PX-7 is made of other rules, once more, as one sentence about the sidecar. */
    static Rule hardened(List<Rule> others) {
        List<Rule> parts = others.stream()
                .filter(other -> other.id().matches("CAP-.*|PRV-1|NNP-1|RO-1|MNT-[12356]|RES-[1-4]|SEC-[12]"))
                .toList();
        return rule("PX-7", HIGH, "The sidecar is hardened like the agent")
                .because("it is the one container that reaches the network: who takes it over is out")
                .remedy("see the rules that are named")
                .files(view -> all(parts, part -> part.judge(view)))
                .created(view -> all(parts, part -> part.judge(view)))
                .running(view -> all(parts, part -> part.judge(view)));
    }

    private static Verdict all(List<Rule> parts, Function<Rule, Verdict> judge) {
        Faults faults = Faults.unless("the same rules as the agent's");
        int held = 0;
        for (Rule part : parts) {
            Verdict verdict = judge.apply(part);
            if (verdict instanceof Verdict.Unknown unknown) {
                throw new CannotTell(part.id() + ": " + unknown.why());
            }
            if (verdict instanceof Verdict.Broken broken) {
                faults.add(part.id() + ": " + broken.found(), broken.place());
            }
            held += verdict instanceof Verdict.Held ? 1 : 0;
        }
        if (held == 0 && faults.none()) {
            return Verdict.outside("none of them is looked at here");
        }
        return faults.or(held + " rules hold");
    }
}
