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

    /** Two on one network would take it from each other, and no two networks of an engine share a range. */
    @Test
    void ofWhenAddressesAreTakenLetsTheEngineChoose() throws IOException {
        assertThat(
                        staged(
                                """
                        {"services": {"web": {"image": "a:1", "mac_address": "02:42:ac:11:00:01",
                           "networks": {"default": {"ipv6_address": "2001:db8::2", "link_local_ips": ["169.254.8.8"],
                                                    "mac_address": "02:42:ac:11:00:02", "driver_opts": {"a": "b"}}}}},
                         "networks": {"default": {"driver": "bridge", "enable_ipv6": false, "internal": true,
                           "ipam": {"driver": "default", "config": [{"subnet": "198.51.100.0/24"}]}}}}"""))
                .isEqualTo(
                        Json.parse(
                                """
                        {"services": {"web": {"image": "a:1", "networks": {"default": {"driver_opts": {"a": "b"}}},
                           "pull_policy": "never", "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}},
                         "networks": {"default": {"driver": "bridge", "enable_ipv6": false, "internal": true,
                           "ipam": {"driver": "default"}, "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}}}"""));
    }

    /** What confines a service, and what it is given, is what is verified. */
    @Test
    void ofWhenNothingReachesOutsideKeepsAllOfIt() throws IOException {
        assertThat(
                        staged(
                                """
                        {"services": {"web": {"image": "a:1", "cap_drop": ["ALL"], "user": "1:1", "privileged": true,
                           "environment": {"A": "1", "TOKEN": null}, "network_mode": "host",
                           "healthcheck": {"test": ["CMD", "x"]}, "secrets": [{"source": "s", "target": "/s"}]}},
                         "volumes": {"data": {"driver": "local", "driver_opts": {"o": "bind", "device": "/"}}},
                         "secrets": {"s": {"name": "shop_s", "file": "/s"}}, "x-own": {"labels": {"a": "b"}}}"""))
                .isEqualTo(
                        Json.parse(
                                """
                        {"services": {"web": {"image": "a:1", "cap_drop": ["ALL"], "user": "1:1", "privileged": true,
                           "environment": {"A": "1", "TOKEN": null}, "network_mode": "host",
                           "healthcheck": {"test": ["CMD", "x"]}, "secrets": [{"source": "s", "target": "/s"}],
                           "pull_policy": "never", "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}},
                         "volumes": {"data": {"driver": "local", "driver_opts": {"o": "bind", "device": "/"},
                                              "labels": {"io.sentinel.owner": "${SENTINEL_OWNER:-}"}}},
                         "secrets": {"s": {"name": "shop_s", "file": "/s"}}, "x-own": {"labels": {"a": "b"}}}"""));
    }

    @Test
    void ofWhenAnImageIsBuiltTakesItByTheNameThatComposeGivesIt() throws IOException {
        assertThat(staged("{\"services\": {\"web\": {\"build\": {}, \"image\": \"own:1\"}, \"db\": {\"build\": {}}}}")
                        .at("services"))
                .satisfies(services -> {
                    assertThat(services.at("web", "image").text()).contains("own:1");
                    assertThat(services.at("db", "image").text()).contains("project-db");
                });
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
