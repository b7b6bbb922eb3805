package io.sentinel.verify.catalogue;

import io.sentinel.verify.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every rule, family by family. */
public final class Catalogue {

    private static final List<Rule> RULES = all();

    private Catalogue() {}

    /** In the order of reports. */
    public static List<Rule> rules() {
        return RULES;
    }

    public static Optional<Rule> rule(String id) {
        return RULES.stream().filter(rule -> rule.id().equals(id)).findFirst();
    }

    private static List<Rule> all() {
        List<Rule> rules = new ArrayList<>();
        rules.addAll(Capabilities.rules());
        rules.addAll(Filters.rules());
        rules.addAll(SecurityModules.rules());
        rules.addAll(Users.rules());
        rules.addAll(FileSystems.rules());
        rules.addAll(Mounts.rules());
        rules.addAll(Volumes.rules());
        rules.addAll(Namespaces.rules());
        rules.addAll(Networks.rules());
        rules.addAll(Reach.rules());
        rules.addAll(Limits.rules());
        rules.addAll(Services.rules());
        rules.addAll(Environment.rules());
        rules.addAll(Images.rules());
        rules.addAll(Dockerfiles.rules());
        rules.addAll(Entrypoints.rules());
        rules.addAll(Guards.rules());
        rules.addAll(ProxyRules.rules());
        rules.add(ProxyRules.hardened(rules));
        rules.addAll(Projects.rules());
        return List.copyOf(rules);
    }
}
