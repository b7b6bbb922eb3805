package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.Profile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxied profile, from inside. Names end in {@code .invalid}, which no resolver knows (RFC 6761). */
class ProxiedSandboxIT {

    @TempDir
    private Path folder;

    @Test
    void theSidecarDeniesWhatIsNotListedAndIsTheOnlyOneThatAnswers() throws Exception {
        Box box = Box.withPython(
                folder,
                """
                name: box
                guard: off
                profiles: {proxied: {allow: [listed.invalid]}}
                command:
                  - python3
                  - -c
                  - |
                    import http.client, os, socket, urllib.request
                    print("proxy", os.environ["HTTPS_PROXY"], os.environ["http_proxy"])
                    def get(url):
                        try:
                            return urllib.request.urlopen(url, timeout=20).status
                        except urllib.error.HTTPError as error:
                            return error.code
                    print("unlisted", get("http://unlisted.invalid/"))
                    print("address", get("http://192.0.2.1/"))
                    print("port", get("http://listed.invalid:8080/"))
                    connection = http.client.HTTPConnection("sentinel-proxy", 3128, timeout=20)
                    connection.set_tunnel("unlisted.invalid", 443)
                    try:
                        connection.connect()
                        print("CONNECT passed")
                    except OSError as error:
                        print("CONNECT", error)
                    try:
                        print("DNS", socket.gethostbyname("listed.invalid"))
                    except OSError:
                        print("DNS no answer")
                """);
        Box.Result result = box.run(Profile.PROXIED);
        assertThat(result.out().lines())
                .containsExactly(
                        "proxy http://sentinel-proxy:3128 http://sentinel-proxy:3128",
                        "unlisted 403",
                        "address 403",
                        "port 403",
                        "CONNECT Tunnel connection failed: 403 Forbidden",
                        "DNS no answer");
        assertThat(result.outcome().succeeded()).isTrue();
    }
}
