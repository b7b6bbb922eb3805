package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Drift;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One fact through four layers: what is asked of the good sample, with a difference in one of them. */
class DriftsTest {

    private static final String NOTHING = "{}";

    private static Samples samples;

    @BeforeAll
    static void read() throws Exception {
        samples = new Samples();
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict", "standard", "proxied", "other"})
    void amongWhenAllLayersAgreeIsSilent(String on) {
        assertThat(drifts(on, NOTHING, NOTHING, NOTHING)).isEmpty();
    }

    /** Every fact, lost in Compose's model: only what says nothing about the spec is not asked of others' projects. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            memory limit   | {mem_limit: "268435456"}                | 268435456
            memory limit   | {mem_limit: (gone)}                     | none
            processes      | {pids_limit: 512}                       | 512
            processors     | {cpus: 1.5}                             | 1.5
            open files     | {ulimits: {nofile: {hard: 4096}}}       | 4096
            open files     | {ulimits: {nofile: 4096}}               | 4096
            user           | {user: "0:0"}                           | 0:0
            user           | {user: agent}                           | none
            root file system cannot be written | {read_only: (gone)} | no
            no new privileges | {security_opt: ["seccomp:./seccomp/sentinel-seccomp.json"]} | no
            no new privileges | {security_opt: ["seccomp:./seccomp/sentinel-seccomp.json", "no-new-privileges:true", "no-new-privileges:false"]} | no
            all capabilities dropped | {cap_drop: [NET_RAW]}         | no
            all capabilities dropped | {cap_add: [SYS_ADMIN]}        | no
            system call filter | {security_opt: ["no-new-privileges:true", "seccomp:unconfined"]} | no
            an init as process 1 | {init: false}                     | no
            size of /tmp   | {tmpfs: ["/tmp:size=128m", "/run:size=16m"]} | 134217728
            size of /run   | {tmpfs: ["/tmp:size=64m", "/run"]}      | none
            """)
    void amongWhenComposeSaysSomethingElseTellsThatItWasLostThere(String fact, String service, String said) {
        Drift drift = only("strict", "{service: " + service + "}", NOTHING, NOTHING);
        assertThat(drift.fact()).isEqualTo(fact);
        assertThat(drift.lostBy()).isEqualTo("Compose's model");
        assertThat(drift.service()).isEqualTo("sentinel-strict");
        assertThat(drift.model()).contains(said);
        assertThat(drift.spec()).isPresent().isEqualTo(drift.container()).isEqualTo(drift.kernel());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            memory limit   | {Memory: 268435456}                   | 268435456
            memory limit   | {Memory: 0}                           | unlimited
            processes      | {PidsLimit: null}                     | none
            processes      | {PidsLimit: 512}                      | 512
            processors     | {NanoCpus: 0}                         | none
            processors     | {NanoCpus: 1500000000}                | 1.5
            open files     | {Ulimits: [{Name: core, Hard: 0}]}    | none
            open files     | {Ulimits: [{Name: nofile, Hard: 99}]} | 99
            root file system cannot be written | {ReadonlyRootfs: false} | no
            no new privileges | {SecurityOpt: ["seccomp=(seccomp)"]} | no
            all capabilities dropped | {CapAdd: [NET_RAW]}         | no
            all capabilities dropped | {CapDrop: null}             | no
            system call filter | {SecurityOpt: ["no-new-privileges:true"]} | no
            an init as process 1 | {Init: null}                    | no
            size of /tmp   | {Tmpfs: {/tmp: "noexec"}}             | none
            size of /run   | {Tmpfs: {/run: "size=16m,size=32m"}}  | 33554432
            """)
    void amongWhenTheEngineSaysSomethingElseTellsThatItWasLostThere(String fact, String host, String said) {
        Drift drift = only("strict", NOTHING, "{container: {HostConfig: " + host + "}}", NOTHING);
        assertThat(drift.fact()).isEqualTo(fact);
        assertThat(drift.lostBy()).isEqualTo("the engine");
        assertThat(drift.container()).contains(said);
        assertThat(drift.spec()).isPresent().isEqualTo(drift.model()).isEqualTo(drift.kernel());
    }

    @Test
    void amongWhenTheEngineHasAnotherUserTellsThatItWasLostThere() {
        Drift drift = only("strict", NOTHING, "{container: {Config: {User: \"0:0\"}}}", NOTHING);
        assertThat(drift)
                .isEqualTo(new Drift(
                        "sentinel-strict",
                        "user",
                        Optional.of("10001:10001"),
                        Optional.of("10001:10001"),
                        Optional.of("0:0"),
                        Optional.of("10001:10001"),
                        "the engine"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            memory limit   | {files: {cgroup/memory.max: "max\\n"}}          | unlimited
            memory limit   | {files: {cgroup/memory.max: "268435456\\n"}}    | 268435456
            memory limit   | {files: {cgroup/memory.max: (gone), cgroup/memory/memory.limit_in_bytes: "9223372036854771712\\n"}} | unlimited
            processes      | {files: {cgroup/pids.max: "max\\n"}}            | unlimited
            processors     | {files: {cgroup/cpu.max: "max 100000\\n"}}      | unlimited
            processors     | {files: {cgroup/cpu.max: "50000 100000\\n"}}    | 0.5
            processors     | {files: {cgroup/cpu.max: (gone), cgroup/cpu/cpu.cfs_quota_us: "-1\\n", cgroup/cpu/cpu.cfs_period_us: "100000\\n"}} | unlimited
            open files     | {files: {limits: "Max open files            1024                 524288               files\\n"}} | 524288
            user           | {status: {Uid: "10001 0 10001 10001"}}         | 0:10001
            user           | {status: {Gid: "10001 0 10001 10001"}}         | 10001:0
            root file system cannot be written | {mounts: {/: "0:60 / / rw,relatime - overlay overlay rw"}} | no
            no new privileges | {status: {NoNewPrivs: 0}}                   | no
            all capabilities dropped | {status: {CapBnd: "00000000a80425fb"}} | no
            system call filter | {status: {Seccomp: 0}}                     | no
            an init as process 1 | {files: {init: "python\\0agent.py\\0"}}   | no
            size of /tmp   | {mounts: {/tmp: "0:66 / /tmp rw,noexec - tmpfs tmpfs rw"}} | none
            size of /run   | {mounts: {/run: "0:67 / /run rw,noexec - tmpfs tmpfs rw,size=32768k"}} | 33554432
            size of /tmp   | {mounts: {/tmp: (gone)}}                       | none
            """)
    void amongWhenTheKernelSaysSomethingElseTellsThatItWasLostThere(String fact, String seen, String said) {
        Drift drift = only("strict", NOTHING, NOTHING, seen);
        assertThat(drift.fact()).isEqualTo(fact);
        assertThat(drift.lostBy()).isEqualTo("the kernel");
        assertThat(drift.kernel()).contains(said);
        assertThat(drift.spec()).isPresent().isEqualTo(drift.model()).isEqualTo(drift.container());
    }

    /** What the layers below make of it is no fault of theirs. */
    @Test
    void amongWhenALayerLosesItTheOnesBelowAreNotToBlame() {
        assertThat(only(
                        "strict",
                        "{service: {pids_limit: 512}}",
                        "{container: {HostConfig: {PidsLimit: 512}}}",
                        "{files: {cgroup/pids.max: \"512\\n\"}}"))
                .isEqualTo(new Drift(
                        "sentinel-strict",
                        "processes",
                        Optional.of("256"),
                        Optional.of("512"),
                        Optional.of("512"),
                        Optional.of("512"),
                        "Compose's model"));
    }

    @Test
    void amongWhenSeveralFactsAreLostTellsEach() {
        assertThat(drifts(
                        "strict",
                        "{service: {read_only: (gone)}}",
                        "{container: {HostConfig: {Memory: 0}}}",
                        "{status: {Seccomp: 0}}"))
                .extracting(Drift::fact, Drift::lostBy)
                .containsExactly(
                        tuple("memory limit", "the engine"),
                        tuple("root file system cannot be written", "Compose's model"),
                        tuple("system call filter", "the kernel"));
    }

    /** That it could not tell is an unknown verdict of the rules, and no second finding here. */
    @Test
    void amongWhenALayerCouldNotTellItSaysNothing() {
        assertThat(drifts("strict", NOTHING, "{dark: [container]}", "{dark: [process]}"))
                .isEmpty();
        assertThat(drifts("strict", "{dark: [model]}", NOTHING, NOTHING)).isEmpty();
        assertThat(drifts(
                        "strict",
                        NOTHING,
                        NOTHING,
                        "{files: {status: (gone), limits: (gone), mountinfo: (gone), cgroup/memory.max: (gone)}}"))
                .isEmpty();
    }

    @Test
    void amongWhenTheLayerBetweenCouldNotTellComparesWithTheOneAbove() {
        assertThat(only("strict", NOTHING, "{dark: [container]}", "{files: {cgroup/pids.max: \"512\\n\"}}"))
                .isEqualTo(new Drift(
                        "sentinel-strict",
                        "processes",
                        Optional.of("256"),
                        Optional.of("256"),
                        Optional.empty(),
                        Optional.of("512"),
                        "the kernel"));
    }

    @Test
    void amongWhenARingWasNotLookedAtSaysNothingOfIt() {
        StaticView model = files("strict", "{service: {pids_limit: 512}}");
        assertThat(Drifts.among(List.of(model), List.of(), List.of()))
                .containsExactly(new Drift(
                        "sentinel-strict",
                        "processes",
                        Optional.of("256"),
                        Optional.of("512"),
                        Optional.empty(),
                        Optional.empty(),
                        "Compose's model"));
    }

    /** A value of another form than any engine gives. */
    @Test
    void amongWhenAValueIsOfAnotherFormSaysNothingOfIt() {
        assertThat(drifts(
                        "strict", NOTHING, NOTHING, "{status: {Uid: 10001}, files: {cgroup/cpu.max: \"many few\\n\"}}"))
                .isEmpty();
    }

    @Test
    void amongWhenItIsNoAgentSaysNothing() {
        assertThat(drifts("proxy", "{service: {read_only: (gone)}}", NOTHING, NOTHING))
                .isEmpty();
    }

    /** The engine keeps a number for each, and only the last digits are its own to choose. */
    @Test
    void amongWhenAValueIsNotOfTheGrainOfALayerIsSilent() {
        assertThat(drifts(
                        "other",
                        "{service: {cpus: 0.3333333, mem_limit: \"536871000\"}}",
                        "{container: {HostConfig: {NanoCpus: 333333300, Memory: 536871000}}}",
                        "{files: {cgroup/cpu.max: \"33333 100000\\n\", cgroup/memory.max: \"536870912\\n\"}}"))
                .isEmpty();
    }

    /** A limit of memory ends at the last whole page, and a file system at the next one. */
    @Test
    void amongWhenASizeIsNotOfWholePagesIsSilent() {
        assertThat(drifts(
                        "other",
                        "{service: {tmpfs: [\"/tmp:size=1026k,noexec\"]}}",
                        "{container: {HostConfig: {Tmpfs: {/tmp: \"size=1026k,noexec\"}}}}",
                        "{mounts: {/tmp: \"0:66 / /tmp rw,noexec - tmpfs tmpfs rw,size=1028k\"}}"))
                .isEmpty();
    }

    // --- Projects of others, which may well want none.

    @Test
    void amongWhenOthersWantNoLimitIsSilent() {
        assertThat(
                        drifts(
                                "other",
                                "{service: {mem_limit: (gone), memswap_limit: (gone), pids_limit: (gone), cpus: (gone), ulimits: (gone), tmpfs: (gone)}}",
                                "{container: {HostConfig: {Memory: 0, PidsLimit: null, NanoCpus: 0, Ulimits: null, Tmpfs: null}}}",
                                "{files: {cgroup/memory.max: \"max\\n\", cgroup/pids.max: \"max\\n\", cgroup/cpu.max: \"max 100000\\n\"}}"))
                .isEmpty();
    }

    @Test
    void amongWhenOthersSayThatThereIsNoLimitIsSilent() {
        assertThat(
                        drifts(
                                "other",
                                "{service: {mem_limit: \"0\", pids_limit: -1, cpus: 0}}",
                                "{container: {HostConfig: {Memory: 0, PidsLimit: null, NanoCpus: 0}}}",
                                "{files: {cgroup/memory.max: \"max\\n\", cgroup/pids.max: \"max\\n\", cgroup/cpu.max: \"max 100000\\n\"}}"))
                .isEmpty();
        assertThat(drifts(
                        "other",
                        "{service: {pids_limit: 0}}",
                        "{container: {HostConfig: {PidsLimit: -1}}}",
                        "{files: {cgroup/pids.max: \"max\\n\"}}"))
                .isEmpty();
    }

    /** What nobody asked for and holds all the same: an engine with a filter of its own, an image with an init. */
    @Test
    void amongWhenALayerAddsWhatNobodyAskedForIsSilent() {
        assertThat(drifts(
                        "other",
                        "{service: {security_opt: (gone), read_only: false, cap_drop: (gone), init: (gone)}}",
                        "{container: {HostConfig: {SecurityOpt: null, Init: null}}}",
                        NOTHING))
                .isEmpty();
    }

    @Test
    void amongWhenOthersLimitIsLostTellsWhoLostIt() {
        assertThat(only("other", NOTHING, "{container: {HostConfig: {Memory: 0}}}", NOTHING))
                .isEqualTo(new Drift(
                        "agent",
                        "memory limit",
                        Optional.empty(),
                        Optional.of("536870912"),
                        Optional.of("unlimited"),
                        Optional.of("536870912"),
                        "the engine"));
    }

    @Test
    void amongWhenTheRuntimeThatWasAskedForIsGoneTellsWhoLostIt() {
        String gone = "{container: {HostConfig: {Runtime: runc}}}";
        Drift drift = only("other", "{service: {runtime: runsc}}", gone, NOTHING);
        assertThat(drift.fact()).isEqualTo("a runtime with a kernel of its own");
        assertThat(drift.lostBy()).isEqualTo("the engine");
        assertThat(drifts("other", NOTHING, "{container: {HostConfig: {Runtime: kata}}}", NOTHING))
                .isEmpty();
    }

    private static Drift only(String on, String files, String created, String running) {
        List<Drift> drifts = drifts(on, files, created, running);
        assertThat(drifts).hasSize(1);
        return drifts.get(0);
    }

    /** Of the good sample with a difference in each ring, as the rules' cases write it. */
    private static List<Drift> drifts(String on, String files, String created, String running) {
        InspectView container = samples.created(on, map(created));
        LiveView process = samples.running(on, map(running));
        return Drifts.among(List.of(files(on, files)), List.of(container), List.of(process));
    }

    private static StaticView files(String on, String seen) {
        return samples.files(on, map(seen)).get(on);
    }

    private static Map<String, Object> map(String yaml) {
        return Overlay.map(RuleCase.yaml(yaml));
    }
}
