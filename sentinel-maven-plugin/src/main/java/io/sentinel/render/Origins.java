package io.sentinel.render;

import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import java.util.List;

/** What the names in an allow list come to, by the configuration of this host. */
@FunctionalInterface
public interface Origins {

    /**
     * Where the host fetches from.
     *
     * @return at least one, sorted, each once
     * @throws SandboxException when the configuration cannot be read, or names nothing that a proxy reaches
     * @throws InterruptedException after what had been asked was ended
     */
    List<Origin> of(NamedList list) throws SandboxException, InterruptedException;
}
