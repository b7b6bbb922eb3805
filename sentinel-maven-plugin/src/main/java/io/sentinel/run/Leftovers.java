package io.sentinel.run;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.LabelFilter;
import io.sentinel.engine.NetworkFacts;
import io.sentinel.engine.VolumeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;

/** Containers, networks and volumes that Sentinel made and that are still there. */
final class Leftovers {

    private static final List<LabelFilter> OURS = List.of(LabelFilter.has(Owner.LABEL));

    private final Docker docker;

    Leftovers(Docker docker) {
        this.docker = docker;
    }

    /**
     * Removes what was left by processes that were killed, of any project of this machine.
     *
     * @param networks whether networks and volumes are looked for even where no container was left: a run without one can leave that to
     *     the next that has one
     */
    List<String> reap(boolean networks) throws EngineException, InterruptedException {
        return remove(Owner::isDead, networks);
    }

    /** Removes all that belongs to the owner's project, still in use or not. */
    List<String> clear(Owner owner) throws EngineException, InterruptedException {
        return remove(owner::sameProject, true);
    }

    /** Removes what this very process made for this project. */
    List<String> clearOwn(Owner owner) throws EngineException, InterruptedException {
        return remove(owner::equals, true);
    }

    /** @return the names of what was removed */
    private List<String> remove(Predicate<Owner> chosen, boolean networks)
            throws EngineException, InterruptedException {
        List<String> names = new ArrayList<>();
        List<String> containers = new ArrayList<>();
        for (ContainerFacts container : docker.listContainers(OURS)) {
            if (isChosen(container.labels(), chosen)) {
                containers.add(container.id());
                names.add(container.name());
            }
        }
        docker.removeContainers(containers);
        if (!networks && containers.isEmpty()) {
            return names;
        }
        List<String> left = new ArrayList<>();
        for (NetworkFacts network : docker.listNetworks(OURS)) {
            if (isChosen(network.labels(), chosen)) {
                left.add(network.id());
                names.add(network.name());
            }
        }
        docker.removeNetworks(left);
        List<String> volumes = docker.listVolumes(OURS).stream()
                .filter(volume -> isChosen(volume.labels(), chosen))
                .map(VolumeFacts::name)
                .toList();
        docker.removeVolumes(volumes);
        names.addAll(volumes);
        return names;
    }

    private static boolean isChosen(SortedMap<String, String> labels, Predicate<Owner> chosen) {
        return Owner.parse(labels.getOrDefault(Owner.LABEL, "")).filter(chosen).isPresent();
    }
}
