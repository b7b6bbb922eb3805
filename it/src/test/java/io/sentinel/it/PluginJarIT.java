package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What a build gets that uses the plugin: one jar, and a POM that leads to no other. */
class PluginJarIT {

    /** Where each library's classes are; the same ones below {@code META-INF/versions} for newer JVMs. */
    private static final Map<String, String> FOLDERS = new TreeMap<>(Map.of(
            "com/fasterxml/jackson/core/", "jackson-core",
            "com/github/difflib/", "java-diff-utils",
            "com/google/", "guava",
            "freemarker/", "freemarker",
            "org/apache/commons/codec/", "commons-codec",
            "org/apache/commons/compress/", "commons-compress",
            "org/apache/commons/io/", "commons-io",
            "org/apache/commons/lang3/", "commons-lang3",
            "org/yaml/snakeyaml/", "snakeyaml",
            "picocli/", "picocli"));

    private static final String OWN = "io/sentinel/";

    @Test
    void itsPomNamesNoParentAndNoLibrary() throws IOException {
        assertThat(Files.readString(installed("pom")))
                .contains("<packaging>maven-plugin</packaging>")
                .doesNotContain("<parent>", "<dependency>");
    }

    @Test
    void itsBillOfMaterialsNamesEachLibraryThatIsInside() throws IOException {
        Set<String> inside = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        try (JarFile jar = new JarFile(installed("jar").toFile())) {
            jar.stream()
                    .map(entry -> entry.getName().replaceFirst("^META-INF/versions/\\d+/", ""))
                    .filter(name -> name.endsWith(".class") && !name.startsWith(OWN))
                    .forEach(name -> inside.add(library(name)));
            JarEntry bill = jar.getJarEntry("META-INF/sbom/sentinel.cdx.json");
            assertThat(bill)
                    .as("the bill of materials, which a build of the plugin that is offline leaves out")
                    .isNotNull();
            try (InputStream in = jar.getInputStream(bill)) {
                for (JsonNode component : new ObjectMapper().readTree(in).get("components")) {
                    named.add(component.get("name").asText());
                    ofThatVersion(jar, component);
                }
            }
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
        }
        assertThat(inside).isEqualTo(named).isEqualTo(new TreeSet<>(FOLDERS.values()));
    }

    /** Those that Gradle built say nothing of themselves. */
    private static void ofThatVersion(JarFile jar, JsonNode component) throws IOException {
        String path = "META-INF/maven/" + component.get("group").asText() + "/"
                + component.get("name").asText() + "/pom.properties";
        JarEntry entry = jar.getJarEntry(path);
        if (entry != null) {
            Properties properties = new Properties();
            try (InputStream in = jar.getInputStream(entry)) {
                properties.load(in);
            }
            assertThat(component.get("version").asText()).as(path).isEqualTo(properties.getProperty("version"));
        }
    }

    private static String library(String name) {
        return FOLDERS.entrySet().stream()
                .filter(library -> name.startsWith(library.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(name);
    }

    private static Path installed(String extension) {
        String version = System.getProperty("sentinel.it.version");
        return Path.of(System.getProperty("sentinel.it.localRepository"))
                .resolve("io/sentinel/sentinel-maven-plugin/" + version)
                .resolve("sentinel-maven-plugin-" + version + "." + extension);
    }
}
