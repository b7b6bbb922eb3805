package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.engine.Streams;
import io.sentinel.render.Rendered;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.SeccompChoice;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {

    private static final Rendered BUNDLE = new Rendered(
            "sha256:0123",
            "box",
            "box:0123",
            "box-proxy:0123",
            new Rendered.Base("base:1", Optional.empty()),
            new Rendered.Base("base:1", Optional.empty()),
            List.of(),
            Duration.ofMinutes(1),
            new TreeMap<>(),
            false,
            Path.of("workspace"),
            Optional.empty(),
            List.of(),
            SeccompChoice.DEFAULT,
            new Rendered.Mounted(Path.of("sentinel.yaml"), "sha256:0123"),
            false,
            io.sentinel.spec.GuardMode.OFF,
            false,
            ContainerRuntime.RUNC,
            List.of(),
            List.of());

    @TempDir
    private Path folder;

    @Test
    void ensureWhenAnImageIsBuiltNowGivesItsId() throws Exception {
        assertThat(ensure("sha256:other")).isEqualTo(Map.of("box:0123", "sha256:after"));
    }

    /** Its name is all there is to know it by: that is no build. */
    @Test
    void ensureWhenAnImageIsUpToDateGivesNone() throws Exception {
        assertThat(ensure("sha256:0123")).isEmpty();
    }

    /** @param label of the image that is there at first */
    private Map<String, String> ensure(String label) throws Exception {
        Path script = folder.resolve("docker");
        Files.writeString(
                script,
                """
                #!/bin/sh
                case "$*" in
                *\\ build\\ *) : > %1$s/built;;
                *) if [ -e %1$s/built ]
                  then printf '%%s\\n' '%3$s'
                  else printf '%%s\\n' '%2$s'
                  fi;;
                esac
                """
                        .formatted(folder, images("sha256:before", label), images("sha256:after", "sha256:0123")));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Docker docker = new Docker(
                new ProcessStarter(new HostEnvironment(Map.of("PATH", folder.toString())), EngineLog.SILENT));
        ComposeProject project = new ComposeProject(folder.resolve("docker-compose.yml"), folder, "box");
        Events events = (Events)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Events.class}, (a, b, c) -> null);
        return new Images(docker, () -> new Compose(docker, project, Map.of()), events)
                .ensure(
                        BUNDLE,
                        false,
                        new Streams.Pumped(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()));
    }

    private static String images(String id, String label) {
        return """
        [{"Id": "%s", "Config": {"Labels": {"io.sentinel.build": "%s", "io.sentinel.base": "sha256:base"}}}, {"Id": "sha256:base"}]"""
                .formatted(id, label);
    }
}
