package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceWordsTest {

    private static final Path FOLDER = Path.of("/b");
    private static final RunRequest REQUEST =
            RunRequest.of("box", "box-1", Map.of("owner", "me"), Duration.ofMinutes(1));

    /** Instead of the service's own, of which no word is left; what confines it otherwise stays. */
    @Test
    void anotherNetworkAndPortsAreTheRequests() throws Exception {
        Json model = Json.parse(
                "{\"services\": {\"box\": {\"image\": \"a:1\", \"network_mode\": \"none\", \"read_only\": true}}}");
        RunRequest other = REQUEST.reachedBy(List.of("127.0.0.1:80:8080/tcp"), java.util.Optional.of("host"));
        List<String> words = ServiceWords.of(model, FOLDER, other, List.of());
        assertThat(words.subList(6, words.size()))
                .containsExactly(
                        "--read-only", "--label=owner=me", "--network=host", "--publish=127.0.0.1:80:8080/tcp", "a:1");
    }

    @Test
    void aServiceWithoutAnythingRunsItsImage() throws Exception {
        assertThat(words("{'image': 'a:1', 'command': ['x', 'y z']}"))
                .containsExactly(
                        "container",
                        "run",
                        "--pull",
                        "never",
                        "--name",
                        "box-1",
                        "--label=owner=me",
                        "a:1",
                        "x",
                        "y z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'cap_drop': ['ALL']                                    | --cap-drop=ALL
                    'cgroup': 'private'                                    | --cgroupns=private
                    'cpus': 1.5                                            | --cpus=1.5
                    'dns': ['127.0.0.1']                                   | --dns=127.0.0.1
                    'environment': {'A': 'b=c', 'GONE': null}              | --env=A=b=c --env=GONE
                    'init': true                                           | --init
                    'logging': {'driver': 'd', 'options': {'a': 'b'}}      | --log-driver=d --log-opt=a=b
                    'mem_limit': '5', 'memswap_limit': '5'                 | --memory=5 --memory-swap=5
                    'networks': {'inner': null}                            | --network=p_inner
                    'read_only': true                                      | --read-only
                    'runtime': 'runsc'                                     | --runtime=runsc
                    'secrets': [{'source': 't', 'target': '/run/secrets/u'}] | --mount=type=bind,source=/m/t,target=/run/secrets/u,readonly
                    'secrets': [{'source': 't', 'target': 'u'}, {'source': 't'}] | --mount=type=bind,source=/m/t,target=/run/secrets/u,readonly --mount=type=bind,source=/m/t,target=/run/secrets/t,readonly
                    'security_opt': ['no-new-privileges:true']             | --security-opt=no-new-privileges:true
                    'security_opt': ['seccomp:./s/f.json']                 | --security-opt=seccomp=/b/s/f.json
                    'security_opt': ['seccomp:/f.json']                    | --security-opt=seccomp=/f.json
                    'security_opt': ['seccomp:unconfined']                 | --security-opt=seccomp:unconfined
                    'stop_grace_period': '5s'                              | --stop-timeout=5
                    'tmpfs': ['/tmp:size=1m', '/run']                      | --tmpfs=/tmp:size=1m --tmpfs=/run
                    'ulimits': {'core': {}, 'n': 5}                        | --ulimit=core=0:0 --ulimit=n=5:5
                    'ulimits': {'n': {'soft': 1, 'hard': 2}}               | --ulimit=n=1:2
                    'volumes': [{'type': 'bind', 'source': '/a', 'target': '/b', 'read_only': true, 'bind': {'propagation': 'rprivate'}}] | --mount=type=bind,source=/a,target=/b,bind-propagation=rprivate,readonly
                    'volumes': [{'type': 'bind', 'source': '/a,b', 'target': '/b'}] | --mount=type=bind,"source=/a,b",target=/b
                    """)
    void aKeyIsSaidInOptions(String keys, String options) throws Exception {
        List<String> words = words("{'image': 'a:1', " + keys + "}");
        assertThat(String.join(" ", words.subList(6, words.size()))).isEqualTo(options + " --label=owner=me a:1");
    }

    /** Each of them would confine less, or be lost. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'privileged': true",
                "'devices': []",
                "'read_only': false",
                "'init': 'yes'",
                "'entrypoint': ['x']",
                "'networks': {'inner': {'aliases': ['a']}}",
                "'networks': {'inner': null, 'outer': null}",
                "'stop_grace_period': '1m30s'",
                "'volumes': [{'type': 'volume', 'source': 'a', 'target': '/b'}]",
                "'volumes': [{'type': 'bind', 'source': '/a', 'target': '/b', 'consistency': 'x'}]",
                "'volumes': [{'type': 'bind', 'source': '/a', 'target': '/b', 'bind': {'recursive': 'x'}}]",
                "'secrets': [{'source': 't', 'mode': '0444'}]",
                "'secrets': [{'source': 'gone'}]",
                "'secrets': [{'source': 'variable'}]",
                "'mem_limit': null"
            })
    void whatItCannotSayStopsTheRun(String keys) {
        assertThatIllegalStateException().isThrownBy(() -> words("{'image': 'a:1', " + keys + "}"));
    }

    @Test
    void whatTheRequestSaysComesLast() throws Exception {
        RunRequest request =
                REQUEST.on(Console.TERMINAL).as("1:2").entering("/e").running(List.of("--help"));
        assertThat(ServiceWords.of(
                        model("{'image': 'a:1', 'user': '5:5', 'command': ['x']}"), FOLDER, request, List.of("TOKEN")))
                .endsWith(
                        "--user=5:5",
                        "--env=TOKEN",
                        "--label=owner=me",
                        "--user=1:2",
                        "--entrypoint=/e",
                        "a:1",
                        "--help")
                .contains("--interactive", "--tty");
        assertThat(ServiceWords.of(model("{'image': 'a:1'}"), FOLDER, REQUEST.on(Console.PIPED), List.of()))
                .contains("--interactive")
                .doesNotContain("--tty");
    }

    @Test
    void aServiceThatTheModelLacksStopsTheRun() {
        assertThatIllegalStateException()
                .isThrownBy(() -> ServiceWords.of(Json.parse("{\"services\": {}}"), FOLDER, REQUEST, List.of()));
    }

    private static List<String> words(String service) throws Exception {
        return ServiceWords.of(model(service), FOLDER, REQUEST, List.of());
    }

    private static Json model(String service) throws Exception {
        return Json.parse(("{'services': {'box': " + service
                        + "}, 'secrets': {'t': {'name': 'p_t', 'file': '/m/t'}, 'variable': {'name': 'p_v', 'environment': 'V'}}, 'networks': {'inner': {'name': 'p_inner'}, 'outer': {'name': 'p_outer'}}}")
                .replace('\'', '"'));
    }
}
