package io.sentinel.engine;

/**
 * Which Docker this is.
 *
 * @param client version of the {@code docker} client
 * @param server version of the engine; {@link #OLDEST_ENGINE} or newer
 * @param serverVersion the same as the engine writes it, with its distributor's suffix
 * @param api version of the engine's API, such as 1.41
 * @param os the operating system of its containers, which is linux
 * @param architecture the engine's processor in Go's words: amd64, arm64
 * @param kernel the engine's kernel release; may be empty
 * @param compose version of the compose plugin; {@link #OLDEST_COMPOSE} or newer
 */
public record EngineFacts(
        Version client,
        Version server,
        String serverVersion,
        String api,
        String os,
        String architecture,
        String kernel,
        Version compose) {

    /** The first engine with a private cgroup namespace and seccomp's {@code defaultErrnoRet} (CHANGELOG of 20.10). */
    public static final Version OLDEST_ENGINE = new Version(20, 10, 0);

    /** The oldest Compose that the bundle's keys were tried on. */
    public static final Version OLDEST_COMPOSE = new Version(2, 26, 0);
}
