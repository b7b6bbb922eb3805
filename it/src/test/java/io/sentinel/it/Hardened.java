package io.sentinel.it;

import io.sentinel.seccomp.OciProfile;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A container as hardened as a bundle's, but started by {@code docker run} alone, so that the system call filter is all
 * that differs between two.
 *
 * @param filter docker's options about the filter: none for the engine's own
 * @param mounts docker's options about mounts
 */
record Hardened(String image, List<String> filter, List<String> mounts) {

    /** Docker's options, but for the filter. */
    static final List<String> HARDENING = List.of(
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges:true",
            "--read-only",
            "--tmpfs=/tmp:noexec,nosuid,nodev,mode=1777,size=64m",
            "--tmpfs=/run:noexec,nosuid,nodev,mode=1777,size=16m",
            "--network=none",
            "--user=10001:10001",
            "--pids-limit=256",
            "--memory=1g",
            "--memory-swap=1g",
            "--init");

    /** What a container came to: its exit code (docker's own, from 125, when it did not start) and all that it said. */
    record Result(int exitCode, String output) {}

    static Hardened withEngineDefault(String image) {
        return new Hardened(image, List.of(), List.of());
    }

    static Hardened unconfined(String image) {
        return new Hardened(image, List.of("--security-opt=seccomp=unconfined"), List.of());
    }

    static Hardened withProfile(String image, Path profile) {
        return new Hardened(image, List.of("--security-opt=seccomp=" + profile), List.of());
    }

    /** With the profile that ships for a preset, copied to a folder from where docker reads it. */
    static Hardened withShipped(String image, Preset preset, Path folder) throws IOException {
        String name = OciProfile.fileName(SeccompChoice.of(preset, Mode.ENFORCE));
        return withProfile(
                image,
                Files.write(folder.resolve(name), SeccompSource.classPath().read("profiles/" + name)));
    }

    Hardened mounting(Path source, String target) {
        List<String> more = new ArrayList<>(mounts);
        more.add("--mount=type=bind,source=" + source + ",target=" + target);
        return new Hardened(image, filter, more);
    }

    Result run(String... command) throws IOException, InterruptedException {
        String name = "sentinel-it-" + UUID.randomUUID();
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--pull=never", "--name=" + name));
        words.addAll(HARDENING);
        words.addAll(filter);
        words.addAll(mounts);
        words.add(image);
        words.addAll(List.of(command));
        Path here = Path.of("").toAbsolutePath();
        Command running = Command.docker(here, words.toArray(String[]::new));
        try {
            running.ended();
        } catch (AssertionError e) {
            Command.docker(here, "rm", "--force", name).ended();
            throw e;
        }
        return new Result(running.exitCode(), running.output());
    }
}
