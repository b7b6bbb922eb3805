package io.sentinel.verify.report;

import io.sentinel.render.FreshFile;
import io.sentinel.verify.rule.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what a verification came to: for tools as JSON, SARIF and JUnit XML, for people as a page. */
public final class Reports {

    /** The page, which a person is told to open. */
    public static final String PAGE = "report.html";

    /** What design and schema describe. */
    public static final String JSON = "report.json";

    /** For code scanning. */
    public static final String SARIF = "report.sarif";

    /** For CI servers, by a name that they look for. */
    public static final String JUNIT = "TEST-sentinel-verify.xml";

    private Reports() {}

    /** Removes those of an earlier verification. */
    public static void forget(Path folder) throws IOException {
        for (String name : List.of(PAGE, JSON, SARIF, JUNIT)) {
            FreshFile.remove(folder.resolve(name));
        }
    }

    /**
     * Writes all of them, each in one step; the same report gives the same bytes. They are rendered before the first is
     * written.
     *
     * @param folder that they are written to; made where it lacks
     * @param source the file that a person changes to mend a finding without a place of its own: the spec, or the compose
     *     file of a project that is not ours; relative to the project, with forward slashes
     * @return the files
     */
    public static List<Path> write(Path folder, Report report, String source) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(PAGE, HtmlPage.of(report));
        files.put(JSON, ReportJson.of(report));
        files.put(SARIF, Sarif.of(report, source));
        files.put(JUNIT, JUnitXml.of(report));
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            FreshFile.write(path, file.getValue());
            written.add(path);
        }
        return written;
    }
}
