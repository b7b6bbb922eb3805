package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.run.PolicyPlace.Kind;
import io.sentinel.run.PolicyPlace.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyPlaceTest {

    @TempDir
    private Path temporary;

    private Path folder;
    private Path workspace;
    private long me;

    @BeforeEach
    void aFolder() throws Exception {
        folder = temporary.toRealPath();
        workspace = Files.createDirectory(folder.resolve("workspace"));
        me = ((Number) Files.getAttribute(folder, "unix:uid")).longValue();
    }

    private PolicyPlace of(Path file) throws Exception {
        return PolicyPlace.of(PolicyPlace.POLICY, file, workspace, new Invoker(1234, 1234, Map.of()));
    }

    private static Step last(PolicyPlace place) {
        return place.steps().get(place.steps().size() - 1);
    }

    @Test
    void everyFolderAboveIsSeen() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        PolicyPlace place = of(file);
        assertThat(place.steps()).extracting(Step::path).startsWith("/").endsWith(folder.toString(), file.toString());
        assertThat(place.steps()).hasSize(file.getNameCount() + 1);
        assertThat(last(place)).isEqualTo(new Step(file.toString(), Kind.FILE, me, 0664));
        assertThat(place.inWorkspace()).isFalse();
    }

    @Test
    void aLinkIsSeenAtItsEndAndFollowedAbove() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(real.resolve("policy.yaml"), "");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        PolicyPlace place = of(link.resolve("policy.yaml"));
        assertThat(last(place).path()).isEqualTo(real.resolve("policy.yaml").toString());
        // Both ways are looked at: the link's own folder, and where it leads.
        assertThat(place.steps()).extracting(Step::path).contains(link.toString(), real.toString());
        assertThat(place.steps()).extracting(Step::kind).contains(Kind.LINK);
        Path file = Files.createSymbolicLink(folder.resolve("policy.yaml"), real.resolve("policy.yaml"));
        assertThat(last(of(file)).kind()).isEqualTo(Kind.LINK);
    }

    @Test
    void whatIsInTheWorkspaceIsSeenByWhateverWay() throws Exception {
        Path file = Files.writeString(workspace.resolve("policy.yaml"), "");
        assertThat(of(file).inWorkspace()).isTrue();
        Path link = Files.createSymbolicLink(folder.resolve("link"), workspace);
        assertThat(of(link.resolve("policy.yaml")).inWorkspace()).isTrue();
        workspace = link;
        assertThat(of(file).inWorkspace()).isTrue();
    }

    /** It is about to be written by the invoker. */
    @Test
    void whatIsNotThereYetWillBeTheInvokers() throws Exception {
        PolicyPlace place = of(folder.resolve("target/bundle/policy.yaml"));
        assertThat(place.steps())
                .endsWith(
                        new Step(folder.resolve("target").toString(), Kind.FOLDER, 1234, 0),
                        new Step(folder.resolve("target/bundle").toString(), Kind.FOLDER, 1234, 0),
                        new Step(folder.resolve("target/bundle/policy.yaml").toString(), Kind.FILE, 1234, 0));
    }
}
