package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds inside the strict sandbox, asked of the kernel by a program that runs in it. */
class StrictSandboxIT {

    @TempDir
    private Path folder;

    @Test
    void kernelSaysNoCapabilityNoNewPrivilegesAndAFilter() throws Exception {
        Box.Result result = sh("grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status");
        assertThat(result.out().lines().map(line -> line.replaceAll("\\s+", " ").trim()))
                .containsExactly(
                        "Uid: 10001 10001 10001 10001",
                        "Gid: 10001 10001 10001 10001",
                        "Groups: 10001",
                        "CapInh: 0000000000000000",
                        "CapPrm: 0000000000000000",
                        "CapEff: 0000000000000000",
                        "CapBnd: 0000000000000000",
                        "CapAmb: 0000000000000000",
                        "NoNewPrivs: 1",
                        "Seccomp: 2");
    }

    @Test
    void loopbackIsTheOnlyInterfaceAndNoRouteLeadsOut() throws Exception {
        Box.Result result = sh("ls /sys/class/net; cat /proc/net/route | tail -n +2; echo end");
        assertThat(result.out()).isEqualTo("lo\nend\n");
    }

    @Test
    void onlyWorkspaceTmpAndRunTakeWrites() throws Exception {
        Box.Result result = sh(
                "for d in / /etc /usr/bin /opt/sentinel/bin /var/tmp /root /home /dev/shm /workspace /workspace/workspace"
                        + " /tmp /run; do if (echo x >$d/probe) 2>/dev/null; then echo $d; fi; done;"
                        + " (echo x >>/workspace/sentinel.yaml) 2>/dev/null && echo policy; true");
        // /dev/shm is memory too, bounded by shm_size.
        assertThat(result.out().lines())
                .containsExactly("/dev/shm", "/workspace", "/workspace/workspace", "/tmp", "/run");
    }

    @Test
    void nothingInTmpOrRunIsExecuted() throws Exception {
        Box.Result result = sh("for d in /tmp /run /dev/shm; do cp /bin/true $d/t && chmod +x $d/t;"
                + " if $d/t 2>/dev/null; then echo $d ran; else echo $d $?; fi; done");
        assertThat(result.out()).isEqualTo("/tmp 126\n/run 126\n/dev/shm 126\n");
    }

    @Test
    void namespacesAreItsOwn() throws Exception {
        Box.Result result = sh("for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done");
        List<String> mine = new ArrayList<>();
        for (String name : List.of("cgroup", "ipc", "mnt", "net", "pid", "uts")) {
            mine.add(Files.readSymbolicLink(Path.of("/proc/self/ns", name)).toString());
        }
        assertThat(result.out().lines()).hasSize(6).doesNotContainAnyElementsOf(mine);
    }

    @Test
    void theFirstProcessIsAnInit() throws Exception {
        assertThat(sh("cat /proc/1/comm").out()).isEqualTo("docker-init\n");
    }

    @Test
    void thePolicyIsAReadOnlyMountAndTheWorkspaceIsShared() throws Exception {
        Box.Result result = sh("while read -r id parent dev root at options rest; do case $at in /workspace*)"
                + " echo $at ${options%%,*};; esac; done </proc/self/mountinfo");
        assertThat(result.out().lines()).containsExactly("/workspace rw", "/workspace/sentinel.yaml ro");
    }

    @Test
    void noSetuidProgramIsLeftInTheImage() throws Exception {
        assertThat(sh("find / -xdev -perm /6000 -type f 2>/dev/null; echo end").out())
                .isEqualTo("end\n");
    }

    @Test
    void processesAreLimitedInNumber() throws Exception {
        Box box = Box.withPython(
                folder,
                """
                name: box
                guard: off
                resources: {pids: 24}
                command:
                  - python3
                  - -c
                  - |
                    import os, time
                    children = []
                    try:
                        for i in range(200):
                            pid = os.fork()
                            if pid == 0:
                                time.sleep(60)
                                os._exit(0)
                            children.append(pid)
                    except BlockingIOError:
                        print("EAGAIN", 15 <= len(children) <= 24)
                    for pid in children:
                        os.kill(pid, 9)
                """);
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("EAGAIN True\n");
    }

    @Test
    void memoryBeyondTheLimitEndsTheAgent() throws Exception {
        Box box = Box.withPython(
                folder,
                """
                name: box
                guard: off
                resources: {memory: 64m, tmp: 8m, run: 1m}
                command: [python3, -c, "b = bytearray(200 << 20); print(len(b))"]
                """);
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.outcome().reason()).isEqualTo(Outcome.Reason.OUT_OF_MEMORY);
        assertThat(result.outcome().exitCode()).hasValue(137);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void openFilesAndCoreDumpsAreLimited() throws Exception {
        Box box = Box.withPython(
                folder,
                """
                name: box
                guard: off
                resources: {nofile: 64}
                command:
                  - python3
                  - -c
                  - |
                    import os, resource
                    print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE))
                    held = []
                    try:
                        while len(held) < 1000:
                            held.append(os.open("/dev/null", os.O_RDONLY))
                    except OSError as e:
                        print(e.errno, len(held) < 64)
                """);
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("(64, 64) (0, 0)\n24 True\n");
    }

    @Test
    void theTmpFileSystemIsLimited() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: box
                guard: off
                resources: {tmp: 2m}
                command: [sh, -c, "head -c 10m /dev/zero >/tmp/big; stat -c %s /tmp/big"]
                """);
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("2097152\n");
    }

    @Test
    void variablesAreTheSpecsAndTheGuardsAndNoOthers() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: box
                guard: off
                environment: {COLOUR: "blue $HOME"}
                command: [env]
                """);
        Box.Result result = box.run(
                Profile.STRICT,
                Box.invoker(0, 0, Map.of("AWS_SECRET_ACCESS_KEY", "s3cret", "SENTINEL_DNS_CACHE_TTL_SECONDS", "7")));
        assertThat(result.out()
                        .lines()
                        .filter(line -> !line.matches("HOSTNAME=.*|(?i)(all|ftp|https?|no)_proxy="))
                        .sorted())
                .containsExactly(
                        "COLOUR=blue $HOME",
                        "HOME=/workspace",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "PWD=/workspace",
                        "SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=",
                        "SENTINEL_DNS_CACHE_TTL_SECONDS=7",
                        "SENTINEL_DNS_RESOLVE_TIMEOUT_MS=1000",
                        "SENTINEL_ENFORCE_PROXY=",
                        "SENTINEL_NO_PROXY=",
                        "SENTINEL_POLICY_IMMUTABLE=",
                        "SENTINEL_POLICY_SHA256=",
                        "SENTINEL_PRODUCTION=",
                        "SENTINEL_PROXY=",
                        "SENTINEL_SECCOMP_MODE=",
                        "SENTINEL_SECCOMP_PROFILE=",
                        "SENTINEL_TAMPER_CHECK_INTERVAL_MS=250",
                        "SENTINEL_TAMPER_CHECK_SAMPLE_RATE=0.0");
    }

    /** The docker client puts the proxies of its own configuration into what it starts, credentials included. */
    @Test
    void proxiesOfTheDockerClientStayOutside() throws Exception {
        Path config = Files.createDirectory(folder.resolve("docker-config"));
        Files.writeString(
                config.resolve("config.json"),
                "{\"proxies\": {\"default\": {\"httpProxy\": \"http://user:s3cret@proxy.invalid:1\","
                        + " \"httpsProxy\": \"http://user:s3cret@proxy.invalid:1\", \"noProxy\": \"s3cret.invalid\"}}}");
        String plugins = System.getenv("DOCKER_CONFIG");
        if (plugins != null) {
            Files.createSymbolicLink(config.resolve("cli-plugins"), Path.of(plugins, "cli-plugins"));
        }
        Box.of(folder, "name: box\nguard: off\ncommand: [env]\n");
        assertThat(Command.goal(folder, Map.of("DOCKER_CONFIG", config.toString()), "run")
                        .output(0))
                .contains("HTTP_PROXY=\n")
                .doesNotContain("s3cret");
    }

    private Box.Result sh(String script) throws Exception {
        Box box = Box.of(folder, "name: box\nguard: off\ncommand:\n  - sh\n  - -c\n  - |\n    " + script + "\n");
        return box.run(Profile.STRICT);
    }
}
