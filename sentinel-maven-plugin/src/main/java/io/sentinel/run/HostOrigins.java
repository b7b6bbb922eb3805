package io.sentinel.run;

import io.sentinel.engine.EngineException;
import io.sentinel.engine.HostTools;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where this host fetches from, asked of the tools themselves, so that each reads its own configuration by its own rules.
 * Of each address only scheme, host and port are kept: a user and a password in it never get any further.
 */
public final class HostOrigins implements Origins {

    private static final Pattern ADDRESS = Pattern.compile("(?i)https?://.*");
    /** A line of {@code pip config list} that says where packages come from. */
    private static final Pattern PIP_KEY =
            Pattern.compile("^\\S*[.](index-url|extra-index-url|find-links)=(.*)$", Pattern.MULTILINE);
    /** What pip's own help says of its index. */
    private static final Pattern PIP_DEFAULT =
            Pattern.compile("--index-url\\s.*?\\(default\\s+([^\\s)]+)", Pattern.DOTALL);
    /** A registry in {@code npm config list --json}: the usual one, or that of a scope. */
    private static final Pattern NPM_REGISTRY =
            Pattern.compile("^\\s*\"(?:@[^\"]+:)?registry\":\\s*\"([^\"]*)\"", Pattern.MULTILINE);

    private static final Map<NamedList, String> SOURCES = Map.of(
            NamedList.APT, "apt's sources on this machine",
            NamedList.GIT, "this project's git remotes",
            NamedList.MAVEN, "this build's repositories",
            NamedList.NPM, "npm's registries",
            NamedList.PIP, "pip's indexes");

    private final List<String> repositories;
    private final HostTools tools;
    private final Path project;

    /**
     * @param repositories the addresses of the build's effective repositories, mirrors applied
     * @param project where the tools are asked
     */
    public HostOrigins(List<String> repositories, HostTools tools, Path project) {
        this.repositories = List.copyOf(repositories);
        this.tools = tools;
        this.project = project;
    }

    @Override
    public List<Origin> of(NamedList list) throws SandboxException, InterruptedException {
        List<String> addresses =
                switch (list) {
                    case APT ->
                        ask(list, "apt-get", "indextargets", "--no-release-info", "--format", "$(SITE)")
                                .lines()
                                .toList();
                    case GIT -> words(ask(list, "git", "remote", "--verbose"));
                    case MAVEN -> repositories;
                    case NPM -> groups(NPM_REGISTRY, 1, ask(list, "npm", "config", "list", "--json"));
                    case PIP -> pip();
                };
        SortedSet<Origin> origins = new TreeSet<>();
        for (String address : addresses) {
            if (ADDRESS.matcher(address.strip()).matches()) {
                // Not shown: what makes it unreadable may be a password.
                origins.add(Origin.of(address)
                        .orElseThrow(() ->
                                new SandboxException(list.word() + " in profiles.proxied.allow: " + SOURCES.get(list)
                                        + " name an http or https address that is none by RFC 3986, such as one with an"
                                        + " underscore in the host; correct it, or write the hosts out")));
            }
        }
        if (origins.isEmpty()) {
            throw new SandboxException(list.word() + " in profiles.proxied.allow came to nothing: "
                    + SOURCES.get(list)
                    + " name no http or https address, and nothing else goes through the proxy; write the hosts out");
        }
        return List.copyOf(origins);
    }

    private List<String> pip() throws SandboxException, InterruptedException {
        String program = tools.has("pip3") ? "pip3" : "pip";
        String config = ask(NamedList.PIP, program, "config", "list");
        // Each value as Python writes a text: in quotes of either kind, with a line feed as \\n.
        Stream<String> configured = groups(PIP_KEY, 2, config).stream()
                .map(value -> value.strip().replaceAll("^['\"]|['\"]$", ""))
                .flatMap(value -> Stream.of(value.split("\\\\n|\\s+")));
        boolean replaced = groups(PIP_KEY, 1, config).contains("index-url");
        Stream<String> usual = replaced
                ? Stream.empty()
                : groups(PIP_DEFAULT, 1, ask(NamedList.PIP, program, "download", "--help")).stream();
        return Stream.concat(configured, usual).toList();
    }

    private String ask(NamedList list, String... words) throws SandboxException, InterruptedException {
        String head =
                list.word() + " in profiles.proxied.allow is read from what `" + String.join(" ", words) + "` says, ";
        if (!tools.has(words[0])) {
            throw new SandboxException(
                    head + "and there is no " + words[0] + " on this machine; install it, or write the hosts out");
        }
        try {
            Optional<String> answer = tools.ask(List.of(words), project);
            return answer.orElseThrow(() -> new SandboxException(
                    head + "which failed in " + project + "; run it there to see why, or write the hosts out"));
        } catch (EngineException e) {
            throw new SandboxException(head + "and that could not be had: " + e.getMessage(), e);
        }
    }

    private static List<String> words(String text) {
        return List.of(text.split("\\s+"));
    }

    private static List<String> groups(Pattern pattern, int group, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().map((MatchResult found) -> found.group(group)).toList();
    }
}
