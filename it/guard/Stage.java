import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The stage, its file's lines of "name=value", and the register of attempts. */
class Stage {

    final Map<String, String> stage = new HashMap<>();
    final Map<String, Work> tried = new LinkedHashMap<>();
    String id = "";
    static String home = "/";

    interface Work {
        Object get() throws Exception;
    }

    interface Act {
        void run() throws Exception;
    }

    String at(String name) {
        return stage.get(name);
    }

    Path path(String name) {
        return Path.of(at(name));
    }

    Path own() {
        return Path.of(at("work"), id + ".own");
    }

    Path victim() {
        return Path.of(at("outside"), id, "kept");
    }

    Path beside() {
        return victim().resolveSibling("new");
    }

    String forged() {
        return "FORGED " + id;
    }

    byte[] word() {
        return ("reach " + id + ".").getBytes(StandardCharsets.US_ASCII);
    }

    int port() {
        return Integer.parseInt(at("port"));
    }

    long supervisor() {
        return ProcessHandle.current().parent().orElseThrow().pid();
    }

    Path mine() throws Exception {
        return Files.writeString(own(), forged() + "\n");
    }

    void add(String name, Work work) {
        tried.put(name, work);
    }

    void act(String name, Act act) {
        tried.put(name, () -> {
            act.run();
            return "done";
        });
    }

    static String said(List<String> words, Map<String, String> variables) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("HOME", home);
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        process.waitFor(5, TimeUnit.SECONDS);
        return answer;
    }

    static String said(String... words) throws Exception {
        return said(List.of(words), Map.of());
    }
}
