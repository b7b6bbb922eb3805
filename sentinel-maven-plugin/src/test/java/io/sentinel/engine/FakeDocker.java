package io.sentinel.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A folder of small scripts that answer as docker does; its PATH has nothing else. Each call adds to a file of calls. */
public final class FakeDocker {

    static final String UP = "{\"Client\":{\"Version\":\"20.10.24+dfsg1\",\"Context\":\"default\"},\"Server\":"
            + "{\"Version\":\"20.10.24+dfsg1\",\"ApiVersion\":\"1.41\",\"Os\":\"linux\",\"Arch\":\"amd64\"}}";
    static final String DOWN = "{\"Client\":{\"Version\":\"28.2.2\",\"Context\":\"default\"},\"Server\":null}";

    private final Path folder;
    private final StringBuilder cases = new StringBuilder();

    public FakeDocker(Path folder) {
        this.folder = folder;
    }

    /** What {@code docker} says, and its exit code, for arguments that match a shell pattern; the first match counts. */
    public FakeDocker on(String pattern, String stdout, String stderr, int code) {
        cases.append(pattern.replace(" ", "\\ "))
                .append(") ")
                .append("printf '%s\\n' '" + stdout + "'; printf '%s' '" + stderr + "' >&2; exit " + code + ";;\n");
        return this;
    }

    public FakeDocker up() {
        return on("version*", UP, "", 0);
    }

    FakeDocker down() {
        return on("version*", DOWN, "Cannot connect, says this client", 1);
    }

    /** A second program beside docker. */
    FakeDocker beside(String name, String stdout) throws IOException {
        write(name, "printf '%s\\n' '" + stdout + "'\n");
        return this;
    }

    public Docker docker(Map<String, String> environment) throws IOException {
        write("docker", "echo \"$*\" >> " + calls() + "\ncase \"$*\" in\n" + cases + "*) exit 99;;\nesac\n");
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PATH", folder.toString());
        return new Docker(new ProcessStarter(new HostEnvironment(all), EngineLog.SILENT));
    }

    /** The arguments of each call so far. */
    public List<String> called() throws IOException {
        return Files.exists(calls()) ? Files.readAllLines(calls()) : new ArrayList<>();
    }

    private Path calls() {
        return folder.resolve("calls");
    }

    private void write(String name, String body) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}
