package io.sentinel.run;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.LabelFilter;
import io.sentinel.engine.NetworkFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;

/** Containers and networks that Sentinel made and that are still there. */
final class Leftovers {

    private static final List<LabelFilter> OURS = List.of(LabelFilter.has(Owner.LABEL));

    private final Docker docker;

    Leftovers(Docker docker) {
        this.docker = docker;
    }

    /** Removes what was left by processes that were killed, of any project of this machine. */
    List<String> reap() throws EngineException, InterruptedException {
        return remove(Owner::isDead);
    }

    /** Removes all that belongs to the owner's project, still in use or not. */
    List<String> clear(Owner owner) throws EngineException, InterruptedException {
        return remove(owner::sameProject);
    }

    /** Removes what this very process made for this project. */
    List<String> clearOwn(Owner owner) throws EngineException, InterruptedException {
        return remove(owner::equals);
    }

    /** @return the names of what was removed */
    private List<String> remove(Predicate<Owner> chosen) throws EngineException, InterruptedException {
        List<String> names = new ArrayList<>();
        List<String> containers = new ArrayList<>();
        for (ContainerFacts container : docker.listContainers(OURS)) {
            if (isChosen(container.labels(), chosen)) {
                containers.add(container.id());
                names.add(container.name());
            }
        }
        docker.removeContainers(containers);
        List<String> networks = new ArrayList<>();
        for (NetworkFacts network : docker.listNetworks(OURS)) {
            if (isChosen(network.labels(), chosen)) {
                networks.add(network.id());
                names.add(network.name());
            }
        }
        docker.removeNetworks(networks);
        return names;
    }

    private static boolean isChosen(SortedMap<String, String> labels, Predicate<Owner> chosen) {
        return Owner.parse(labels.getOrDefault(Owner.LABEL, "")).filter(chosen).isPresent();
    }
}
