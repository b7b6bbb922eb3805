package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.GuardMode;
import org.junit.jupiter.api.Test;

class RecordedModelTest {

    /** Without Compose: the file that the recorded models were made from is still what the good sandbox renders. */
    @Test
    void theModelsWereRecordedFromTheComposeFileThatIsRenderedToday() throws Exception {
        assertThat(Bundles.withoutDigests(Bundles.expected().files().get("docker-compose.yml")))
                .as(
                        "record the models anew, where docker's client is:"
                                + " mvn verify -pl sentinel-maven-plugin -Dit.test=RecordedModelIT -Dsentinel.golden.accept=true")
                .isEqualTo(Bundles.read("docker-compose.yml"));
        assertThat(Bundles.withoutDigests(Bundles.expected(Bundles.with(GuardMode.ENFORCE))
                        .files()
                        .get("docker-compose.yml")))
                .as("with a guard")
                .isEqualTo(Bundles.read("guarded/docker-compose.yml"));
    }
}
