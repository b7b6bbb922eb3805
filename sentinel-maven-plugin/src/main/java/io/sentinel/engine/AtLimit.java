package io.sentinel.engine;

/**
 * What is done when an attached process reaches its time limit, before it is destroyed: for instance the removal of the
 * container that it is attached to, so that the process ends by itself and its last output still arrives.
 */
@FunctionalInterface
public interface AtLimit {

    /** Nothing: the process is destroyed at once. */
    AtLimit DESTROY = () -> false;

    /**
     * Acts on what the process waits for.
     *
     * @return whether the process is expected to end by itself now; it gets a few seconds for it
     * @throws EngineException if that failed; thrown on once the process is destroyed
     */
    boolean stop() throws EngineException, InterruptedException;
}
