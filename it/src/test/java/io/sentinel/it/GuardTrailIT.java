package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the audit trail cannot be written, or is full, the agent does not start, or ends, unless the policy says that it goes on
 * without. Whoever started it reads what is amiss, where, and what to do.
 */
class GuardTrailIT {

    private static final String SPEC =
            """
            name: trail
            command: [echo, started]
            policy: {allowed_commands: ["true"]%s}
            """;

    @TempDir
    private static Path folder;

    private static Guarded guarded;
    private static Guarded continuing;

    @BeforeAll
    static void build() throws Exception {
        guarded = Guarded.build(folder, SPEC.formatted(""));
        continuing = guarded.with("continuing", SPEC.formatted(", audit: {on_failure: continue}"));
    }

    @AfterAll
    static void remove() throws Exception {
        guarded.remove();
    }

    private static void refused(Command command, String words) throws Exception {
        assertThat(command.output(78))
                .contains("sentinel: refused: ")
                .contains(words)
                .doesNotContain("started");
    }

    @Test
    void trailFolderThatCannotBeWritten() throws Exception {
        Path trail = Files.createDirectory(folder.resolve("read-only-trail"));
        Files.setPosixFilePermissions(trail, PosixFilePermissions.fromString("r-xr-xr-x"));
        Map<String, String> environment = Map.of("SENTINEL_AUDIT", trail.toString());
        refused(
                guarded.start("strict", environment, List.of()),
                "the audit trail cannot be written in /opt/sentinel/audit; mount a folder there");
        assertThat(continuing.start("strict", environment, List.of()).output(0)).isEqualTo("started\n");
    }

    @Test
    void logForPeopleThatCannotBeWritten() throws Exception {
        Guarded other = guarded.with("people", SPEC.formatted(""));
        Files.createDirectories(other.workspace().resolve("audit.log"));
        refused(other.strict(), "/workspace/audit.log is no file that can be written; remove what stands there");
    }

    @Test
    void trailThatIsFullBeforeTheStart() throws Exception {
        Small trail = Small.of("full");
        try {
            trail.fill();
            refused(
                    guarded.start("strict", Map.of(), trail.mount(), trail.volume()),
                    "the audit trail cannot be written in /opt/sentinel/audit; make room, or set audit.on_failure");
            assertThat(continuing
                            .start("strict", Map.of(), trail.mount(), trail.volume())
                            .output(0))
                    .isEqualTo("started\n");
        } finally {
            trail.remove();
        }
    }

    /** Each program that starts is a record, and there is room for about twenty. */
    @Test
    void trailThatGetsFull() throws Exception {
        String agent = "command: [sh, -c, \"echo up; n=0; while [ $$n != 99 ]; do n=$$((n+1)); /usr/bin/true; done; "
                + "echo through\"]";
        Small trail = Small.of("small");
        try {
            List<String> changes =
                    Stream.concat(trail.mount().stream(), Stream.of(agent)).toList();
            assertThat(guarded.start("strict", Map.of(), changes, trail.volume())
                            .output(78))
                    .startsWith("up\n")
                    .contains("sentinel: the agent is ended: /opt/sentinel/audit: the audit trail cannot be written; "
                            + "make room, or set audit.on_failure: continue in the policy")
                    .doesNotContain("through");
            assertThat(continuing
                            .start("strict", Map.of(), changes, trail.volume())
                            .output(0))
                    .isEqualTo("up\nthrough\n");
        } finally {
            trail.remove();
        }
    }

    /** A folder in memory with room for 8 kB, for trails. */
    private record Small(String name) {

        static Small of(String name) throws Exception {
            Small small = new Small(
                    "sentinel-trail-" + name + "-" + ProcessHandle.current().pid());
            Command.docker(
                            folder,
                            "volume",
                            "create",
                            "--driver=local",
                            "--opt=type=tmpfs",
                            "--opt=device=tmpfs",
                            "--opt=o=mode=1777,size=8k",
                            small.name)
                    .output(0);
            return small;
        }

        List<String> mount() {
            return List.of("volumes: [{type: volume, source: trail, target: /opt/sentinel/audit}]");
        }

        String volume() {
            return "volumes: {trail: {external: true, name: " + name + "}}";
        }

        /** It is there as long as a container has it. */
        void fill() throws Exception {
            Command.docker(
                            folder,
                            "run",
                            "--rm",
                            "--name=" + name,
                            "--network=none",
                            "--volume=" + name + ":/trail",
                            Box.BASE,
                            "sh",
                            "-c",
                            "dd if=/dev/zero of=/trail/fill bs=1k count=99; echo full; exec sleep 300")
                    .saying("full\n");
        }

        void remove() throws Exception {
            Command.docker(folder, "rm", "--force", name).ended();
            Command.docker(folder, "volume", "rm", name).output(0);
        }
    }
}
