package io.sentinel.spec;

import java.util.Locale;

/** What the engine starts a container's processes with. */
public enum ContainerRuntime {
    /** The engine's usual one: namespaces and control groups on the host's own kernel. */
    RUNC,
    /** gVisor: a kernel of its own in user space. */
    RUNSC,
    /** Kata Containers: a virtual machine. */
    KATA;

    /** The word that a spec uses, by which an engine knows it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
