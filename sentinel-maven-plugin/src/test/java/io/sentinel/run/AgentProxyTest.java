package io.sentinel.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What programs are told of a proxy; what is refused of one stands in isolate/choices.txt. */
class AgentProxyTest {

    @Test
    void noValueIsInTheOverlayAndEachNameHasOne() throws Exception {
        AgentProxy proxy = AgentProxy.of("--proxy", "http://me:pa%24s@p.example:8080", "--no-proxy", "");
        String overlay = new String(proxy.overlay(), UTF_8);
        assertThat(overlay)
                .doesNotContain("p.example", "pa%24s")
                .contains("HTTPS_PROXY: \"${SENTINEL_PROXY}\"", "JAVA_TOOL_OPTIONS: \"${SENTINEL_PROXY_JVM}\"");
        assertThat(proxy.variables(Map.of()))
                .containsEntry("SENTINEL_PROXY", "http://me:pa%24s@p.example:8080")
                .containsEntry("SENTINEL_NO_PROXY", "localhost,127.0.0.1,::1")
                .containsOnlyKeys("SENTINEL_PROXY", "SENTINEL_NO_PROXY", "SENTINEL_PROXY_JVM");
        assertThat(proxy.opening()).contains("proxy http://p.example:8080:").doesNotContain("pa%24s");
    }

    /** A range of addresses has no word there, and a domain another one. */
    @Test
    void jvmsAreToldInTheirOwnWordsAndTheSpecsStandLast() throws Exception {
        AgentProxy proxy = AgentProxy.of("--proxy", "http://u:p@p.example:8080", "--no-proxy", "a,.b.c,10.0.0.0/8");
        assertThat(proxy.variables(Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g")).get("SENTINEL_PROXY_JVM"))
                .isEqualTo("-Duser.home=/workspace -Dhttp.proxyHost=p.example -Dhttp.proxyPort=8080"
                        + " -Dhttps.proxyHost=p.example -Dhttps.proxyPort=8080 -Dhttp.nonProxyHosts=a|*.b.c"
                        + " -Daether.connector.http.useSystemProperties=true -Xmx1g");
    }

    /** No JVM speaks TLS to a proxy: one that is told of it would send its requests in plain to the wrong door. */
    @Test
    void jvmsAreNotToldOfAProxyByTls() throws Exception {
        AgentProxy proxy = AgentProxy.of("--proxy", "https://p.example:8443", "--no-proxy", "");
        assertThat(new String(proxy.overlay(), UTF_8))
                .doesNotContain("JAVA_TOOL_OPTIONS")
                .contains("HTTP_PROXY");
        assertThat(proxy.overlayName()).isEqualTo("proxy-https.compose.yml");
    }

    @Test
    void theSidecarIsKnownByItsName() throws Exception {
        assertThat(AgentProxy.of("p", "http://sentinel-proxy:3128", "n", "").isSidecar())
                .isTrue();
        assertThat(AgentProxy.of("p", "http://u:p@sentinel-proxy:3128", "n", "").isSidecar())
                .isFalse();
        assertThat(AgentProxy.of("p", "http://sentinel-proxy.example:3128", "n", "")
                        .isSidecar())
                .isFalse();
    }
}
