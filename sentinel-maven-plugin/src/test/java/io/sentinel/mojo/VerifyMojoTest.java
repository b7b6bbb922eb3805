package io.sentinel.mojo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.verify.report.Reports;
import java.io.File;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.model.Build;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyMojoTest {

    @TempDir
    private Path folder;

    /** Whoever collects reports would take it for what this verification came to. */
    @Test
    void executeWhenItFailsBeforeItHasLookedLeavesNoReportOfAnEarlierTime() throws Exception {
        Path reports = Files.createDirectories(folder.resolve("target/sentinel/verify"));
        for (String name : List.of(Reports.PAGE, Reports.JSON, Reports.SARIF, Reports.JUNIT, "notes.txt")) {
            Files.writeString(reports.resolve(name), "of an earlier time");
        }
        assertThatThrownBy(mojo("rings", List.of("orbital"))::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("\"orbital\"");
        try (Stream<Path> left = Files.list(reports)) {
            assertThat(left).containsExactly(reports.resolve("notes.txt"));
        }
    }

    /** As Maven makes it, which sets private fields too. */
    private VerifyMojo mojo(String parameter, Object value) throws ReflectiveOperationException {
        Build build = new Build();
        build.setDirectory(folder.resolve("target").toString());
        MavenProject project = new MavenProject();
        project.setFile(folder.resolve("pom.xml").toFile());
        project.setBuild(build);
        project.setRemoteArtifactRepositories(List.of());
        project.setPluginArtifactRepositories(List.of());
        PluginDescriptor plugin = new PluginDescriptor();
        plugin.setVersion("0.0.0");
        VerifyMojo mojo = new VerifyMojo();
        set(SentinelMojo.class, mojo, "project", project);
        set(SentinelMojo.class, mojo, "plugin", plugin);
        set(SentinelMojo.class, mojo, "spec", new File("sandbox.yaml"));
        set(VerifyMojo.class, mojo, parameter, value);
        return mojo;
    }

    private static void set(Class<?> owner, VerifyMojo mojo, String parameter, Object value)
            throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(parameter);
        field.setAccessible(true);
        field.set(mojo, value);
    }
}
