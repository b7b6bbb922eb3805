package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.ProcessFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFilesTest {

    private static final String ID = "0123456789abcdef";

    @TempDir
    private Path root;

    private ProcFiles files;

    @BeforeEach
    void processSeven() throws IOException {
        files = new ProcFiles(root.resolve("proc"), root.resolve("cgroup"));
        write("proc/7/status", "Uid:\t1000\t1000\t1000\t1000\n");
        write("proc/7/cmdline", "/sbin/docker-init\0--\0x\0");
        write("proc/7/root/etc/hosts", "127.0.0.1 localhost\n");
        link("proc/7/ns/net", "net:[7]");
    }

    @Test
    void ofWhenGroupsAreOfVersionTwoReadsThem() throws IOException {
        write("proc/7/cgroup", "0::/docker/" + ID + "\n");
        write("cgroup/docker/" + ID + "/memory.max", "1048576\n");
        ProcessFacts facts = files.of(7, ID);
        assertThat(facts.cgroup("memory.max")).isEqualTo("1048576");
        assertThat(facts.status("Uid")).containsOnly("1000");
        assertThat(facts.text("init")).startsWith("/sbin/docker-init --");
        assertThat(facts.text("etc/hosts")).contains("localhost");
        assertThat(facts.text("ns/net")).isEqualTo("net:[7]");
        assertThat(facts.find("environ")).isEmpty();
    }

    @Test
    void ofWhenGroupsAreOfVersionOneReadsThemByController() throws IOException {
        write("proc/7/cgroup", "4:cpu,cpuacct:/docker/" + ID + "\n3:pids:/docker/" + ID + "\n");
        write("cgroup/cpu,cpuacct/docker/" + ID + "/cpu.cfs_quota_us", "100000\n");
        write("cgroup/pids/docker/" + ID + "/pids.max", "64\n");
        ProcessFacts facts = files.of(7, ID);
        assertThat(facts.cgroup("cpu/cpu.cfs_quota_us")).isEqualTo("100000");
        assertThat(facts.cgroup("pids.max", "pids/pids.max")).isEqualTo("64");
    }

    @Test
    void ofWhenTheProcessIsAnotherTellsNothing() throws IOException {
        write("proc/7/cgroup", "0::/user.slice\n");
        assertThatExceptionOfType(CannotTell.class).isThrownBy(() -> files.of(7, ID));
        assertThatExceptionOfType(CannotTell.class).isThrownBy(() -> files.of(8, ID));
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String name, String target) throws IOException {
        Path link = root.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }
}
