package io.sentinel.render;

import freemarker.cache.ClassTemplateLoader;
import freemarker.core.TemplateClassResolver;
import freemarker.log.Logger;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.Version;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The templates at the top of the repository, as the jar carries them. */
public final class Templates {

    static {
        // Before anything of FreeMarker's is used.
        quiet();
    }

    /** Those of a bundle, in the order in which a renderer asks for them. */
    private static final List<String> NAMES = List.of(
            "Dockerfile",
            "dockerignore",
            "entrypoint.sh",
            "squid.conf",
            "allowed-domains.txt",
            "sentinel.yaml",
            "docker-compose.yml");

    private final Map<String, CompletableFuture<Template>> parsed = new HashMap<>();

    /** Those of a bundle. */
    Templates() {
        this(NAMES);
    }

    /**
     * Begins to read and to parse, beside the caller: FreeMarker takes as long to come up as much else that is done
     * meanwhile, and the first template can be rendered while the last is parsed.
     *
     * @param names file names without {@code .ftl}, in the order in which they are wanted
     */
    public Templates(List<String> names) {
        CompletableFuture<Configuration> configured = CompletableFuture.supplyAsync(Templates::configuration);
        CompletableFuture<?> before = configured;
        for (String name : names) {
            CompletableFuture<Template> next = before.thenApplyAsync(done -> template(configured.join(), name));
            parsed.put(name, next);
            before = next;
        }
    }

    private static Configuration configuration() {
        Version version = Configuration.VERSION_2_3_34;
        Configuration configuration = new Configuration(version);
        configuration.setTemplateLoader(new ClassTemplateLoader(Templates.class.getClassLoader(), "templates"));
        configuration.setRegisteredCustomOutputFormats(List.of(
                QuotingFormat.COMPOSE,
                QuotingFormat.YAML,
                QuotingFormat.DOCKERFILE,
                QuotingFormat.SHELL,
                QuotingFormat.SQUID));
        configuration.setAutoEscapingPolicy(Configuration.FORCE_AUTO_ESCAPING_POLICY);
        // [=value], since ${value} belongs to Compose and to the shell in most of these files.
        configuration.setInterpolationSyntax(Configuration.SQUARE_BRACKET_INTERPOLATION_SYNTAX);
        configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
        configuration.setLocale(Locale.ROOT);
        configuration.setNumberFormat("c");
        configuration.setBooleanFormat("c");
        configuration.setLocalizedLookup(false);
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setLogTemplateExceptions(false);
        configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        configuration.setObjectWrapper(new Members.Wrapper(version));
        return configuration;
    }

    /**
     * @param name of one of its templates
     * @param model the values that it may print
     */
    public String render(String name, Map<String, Object> model) {
        try {
            Template template = parsed.get(name).join();
            Map<String, Object> values = new HashMap<>(model);
            if (template.getOutputFormat() instanceof QuotingFormat format) {
                values.put("plain", new PlainFunction(format));
            }
            StringWriter out = new StringWriter();
            template.process(values, out);
            return out.toString();
        } catch (TemplateException e) {
            throw new IllegalStateException("the template " + name + " cannot be rendered: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static Template template(Configuration configuration, String name) {
        try {
            return configuration.getTemplate(name + ".ftl");
        } catch (IOException e) {
            throw new UncheckedIOException("the template " + name + " cannot be read", e);
        }
    }

    /** FreeMarker would look for a logging library, in every build, to log what is thrown as an exception anyway. */
    @SuppressWarnings("deprecation") // The only way that concerns no other user of FreeMarker in this JVM.
    private static void quiet() {
        try {
            Logger.selectLoggerLibrary(Logger.LIBRARY_NONE);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("no library is needed for none", e);
        }
    }
}
