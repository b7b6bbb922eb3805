package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StagedModelTest {

    @Test
    void ofWhenAnythingHasANameOfItsOwnTakesItAway() throws IOException {
        assertThat(
                        staged(
                                """
                        {"name": "shop",
                         "services": {"web": {"container_name": "web", "image": "a:1", "labels": {"traefik.enable": "true"}}},
                         "networks": {"default": {"name": "shop_default", "ipam": {}}},
                         "volumes": {"data": {"name": "shop_data"}}}"""))
                .isEqualTo(
                        Json.parse(
                                """
                        {"services": {"web": {"image": "a:1", "pull_policy": "never",
                                       "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}},
                         "networks": {"default": {"ipam": {}, "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}},
                         "volumes": {"data": {"labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}}}"""));
    }

    @Test
    void ofWhenSomethingIsExternalLeavesItAlone() throws IOException {
        String model =
                """
                {"services": {}, "networks": {"other": {"name": "theirs", "external": true}, "none": null},
                 "volumes": {"data": {"external": true, "name": "precious"}}}""";
        assertThat(staged(model)).isEqualTo(Json.parse(model));
    }

    /** What would build, fetch or run something of theirs, take an address that is theirs, or write to their disk. */
    @Test
    void ofWhenSomethingReachesOutsideCutsIt() throws IOException {
        assertThat(
                        staged(
                                """
                        {"name": "shop",
                         "services": {"web": {"build": {"context": "/x"}, "pull_policy": "always",
                           "post_start": [{"command": ["x"]}], "pre_stop": [{"command": ["x"]}],
                           "networks": {"default": {"ipv4_address": "198.51.100.2", "aliases": ["db"], "priority": 1}},
                           "volumes": [{"type": "bind", "source": "/s", "target": "/t", "bind": {"create_host_path": true}},
                                       {"type": "volume", "source": "v", "target": "/v", "volume": {"nocopy": false}}]}}}"""))
                .isEqualTo(
                        Json.parse(
                                """
                        {"services": {"web": {
                           "networks": {"default": {"priority": 1}},
                           "volumes": [{"type": "bind", "source": "/s", "target": "/t", "bind": {"create_host_path": false}},
                                       {"type": "volume", "source": "v", "target": "/v", "volume": {"nocopy": true}}],
                           "image": "shop-web", "pull_policy": "never",
                           "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}}}"""));
    }

    /** Compose would pull them with a program of this machine. */
    @Test
    void ofWhenThereAreModelsTakesThemAway() throws IOException {
        assertThat(
                        staged(
                                """
                        {"models": {"llm": {"model": "ai/x"}}, "services": {"web": {"image": "a:1", "models": {"llm": null}}}}"""))
                .isEqualTo(
                        Json.parse(
                                """
                        {"services": {"web": {"image": "a:1", "pull_policy": "never",
                                       "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}}}"""));
    }

    @Test
    void ofWhenAServiceHasAProviderRefusesItByItsName() {
        String model =
                """
                {"services": {"web": {"image": "a:1"}, "db": {"provider": {"type": "awesomecloud", "options": {"size": 1}}}}}""";
        assertThatExceptionOfType(CannotTell.class)
                .isThrownBy(() -> staged(model))
                .withMessageContainingAll("service db has a provider (awesomecloud)", "give db an image");
    }

    @Test
    void ofWhenANumberIsANumberKeepsIt() throws IOException {
        String model = "{\"services\": {\"web\": {\"pids_limit\": 64, \"cpus\": 0.5, \"read_only\": true}}}";
        assertThat(StagedModel.of(model, Json.parse(model)))
                .contains("\"pids_limit\":64", "\"cpus\":0.5", "\"read_only\":true");
    }

    private static Json staged(String model) throws IOException {
        return Json.parse(StagedModel.of(model, Json.parse(model)));
    }
}
