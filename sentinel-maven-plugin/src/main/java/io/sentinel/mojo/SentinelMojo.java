package io.sentinel.mojo;

import io.sentinel.engine.Console;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.HostTools;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.engine.Streams;
import io.sentinel.engine.Terminals;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Bundles;
import io.sentinel.run.HostOrigins;
import io.sentinel.run.Invoker;
import io.sentinel.spec.Spec;
import io.sentinel.text.FileFault;
import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.repository.RemoteRepository;

/** What every goal has: the common parameters, and how a failure is told. */
abstract class SentinelMojo extends AbstractMojo {

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private MavenSession session;

    @Parameter(defaultValue = "${project}", readonly = true)
    private MavenProject project;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
    private PluginDescriptor plugin;

    /** The spec. Relative to the project, or to the current folder where there is no POM. */
    @Parameter(property = "sentinel.spec", defaultValue = Spec.DEFAULT_PATH)
    private File spec;

    /** The folder that the bundle is written to; {@code target/sentinel/bundle} unless named. */
    @Parameter(property = "sentinel.bundle")
    private File bundle;

    /** Skips all goals of Sentinel. */
    @Parameter(property = "sentinel.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip || isSkipped()) {
            getLog().info("Skipped: " + (skip ? "sentinel.skip" : "sentinel." + execution.getGoal() + ".skip")
                    + " is set");
            return;
        }
        try {
            work();
        } catch (SandboxException e) {
            throw new MojoFailureException(e.getMessage(), e);
        } catch (EngineException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException(FileFault.sentence(e), e);
        } catch (InvalidPathException e) {
            throw new MojoExecutionException(FileFault.sentence(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted; what had been started was removed", e);
        }
    }

    /** Whether this goal alone is skipped. */
    abstract boolean isSkipped();

    /** The goal itself. */
    abstract void work()
            throws SandboxException, EngineException, IOException, InterruptedException, MojoFailureException;

    final Layout layout() throws SandboxException {
        Path base = base();
        Path build = hasPom() ? Path.of(project.getBuild().getDirectory()) : base.resolve("target");
        Path work = build.resolve("sentinel");
        Path specPath = base.resolve(spec.toPath());
        Path bundlePath = bundle == null ? work.resolve("bundle") : base.resolve(bundle.toPath());
        if (base.startsWith(bundlePath.toAbsolutePath().normalize())) {
            throw new SandboxException("sentinel.bundle names " + bundlePath
                    + ", which holds the project itself; name a" + " folder of the bundle's own");
        }
        return new Layout(base, specPath, bundlePath, work);
    }

    final String version() {
        return plugin.getVersion();
    }

    final Invoker invoker() {
        return Invoker.current(System.getenv());
    }

    final Docker docker() {
        return new Docker(starter());
    }

    private ProcessStarter starter() {
        return new ProcessStarter(new HostEnvironment(System.getenv()), new DebugLog(getLog()));
    }

    final Bundles bundles() throws SandboxException {
        return new Bundles(layout(), version(), invoker(), origins(layout()), events());
    }

    /** What the build fetches from, and the configuration of other tools: not looked for before somebody asks. */
    final Origins origins(Layout layout) {
        return list -> hostOrigins(layout).of(list);
    }

    private HostOrigins hostOrigins(Layout layout) {
        List<String> repositories = Stream.concat(
                        project.getRemoteProjectRepositories().stream(), project.getRemotePluginRepositories().stream())
                .filter(repository -> !repository.isBlocked())
                .map(RemoteRepository::getUrl)
                .toList();
        return new HostOrigins(repositories, new HostTools(starter(), System.getenv()), layout.project());
    }

    /** Where a build shows itself: on the terminal, or line by line on Maven's own output. */
    final Streams progress() {
        return interactive() ? new Streams.Inherited() : new Streams.Pumped(System.out, System.err);
    }

    /** The program's streams: joined to the terminal where there is one, else passed on without input. */
    final AgentRun.Terminal terminal() {
        return interactive()
                ? new AgentRun.Terminal(Console.TERMINAL, new Streams.Inherited(), progress())
                : new AgentRun.Terminal(Console.OUTPUT_ONLY, new Streams.Pumped(System.out, System.err), progress());
    }

    /** Whether a person sits at a terminal that this build has for itself. */
    final boolean interactive() {
        return session.getRequest().isInteractiveMode()
                && session.getRequest().getDegreeOfConcurrency() == 1
                && Terminals.isTerminal();
    }

    final MavenEvents events() {
        return new MavenEvents(getLog());
    }

    /** What a property was set by, for a log line: people look for a value in the wrong place otherwise. */
    final String origin(String... names) {
        for (String name : names) {
            if (session.getUserProperties().containsKey(name)) {
                return "-D" + name;
            }
            if (project != null && project.getProperties().containsKey(name)) {
                return "the POM's property " + name;
            }
        }
        return "the POM's configuration";
    }

    private Path base() {
        return hasPom() ? project.getBasedir().toPath() : Path.of(session.getExecutionRootDirectory());
    }

    private boolean hasPom() {
        return project != null && project.getFile() != null;
    }
}
