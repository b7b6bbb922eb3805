package io.sentinel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Packages depend one way only, downwards; processes, files and clocks are touched where they belong. */
@AnalyzeClasses(packages = "io.sentinel", importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    @ArchTest
    static final ArchRule packagesDependDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("mojo")
            .definedBy("io.sentinel.mojo")
            .layer("cli")
            .definedBy("io.sentinel.cli")
            .layer("isolate")
            .definedBy("io.sentinel.isolate")
            .layer("verify")
            .definedBy("io.sentinel.verify..")
            .layer("run")
            .definedBy("io.sentinel.run")
            .layer("audit")
            .definedBy("io.sentinel.audit")
            .layer("approval")
            .definedBy("io.sentinel.approval")
            .layer("render")
            .definedBy("io.sentinel.render")
            .layer("engine")
            .definedBy("io.sentinel.engine")
            .layer("seccomp")
            .definedBy("io.sentinel.seccomp")
            .layer("spec")
            .definedBy("io.sentinel.spec")
            .layer("text")
            .definedBy("io.sentinel.text")
            .whereLayer("mojo")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("isolate")
            .mayOnlyBeAccessedByLayers("mojo", "cli")
            .whereLayer("verify")
            .mayOnlyBeAccessedByLayers("mojo")
            // What is verified is built and started as a run builds and starts it.
            .whereLayer("run")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify")
            // A run follows its own trail; reading one needs nothing of a run.
            .whereLayer("audit")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify", "run", "approval")
            .whereLayer("approval")
            .mayOnlyBeAccessedByLayers("run")
            .whereLayer("render")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify", "run", "audit")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify", "run")
            .whereLayer("seccomp")
            .mayOnlyBeAccessedByLayers("mojo", "isolate", "verify", "run", "render")
            .whereLayer("spec")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify", "run", "render", "seccomp")
            .whereLayer("text")
            .mayOnlyBeAccessedByLayers("mojo", "cli", "isolate", "verify", "run", "audit", "approval");

    @ArchTest
    static final ArchRule onlyEngineStartsProcesses = noClasses()
            .that()
            .resideOutsideOfPackage("io.sentinel.engine")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder")
            .orShould()
            .callMethod(Runtime.class, "exec", String[].class);

    @ArchTest
    static final ArchRule specSeccompRulesAndReportsTouchNothing = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.sentinel.spec",
                    "io.sentinel.seccomp",
                    "io.sentinel.verify.evidence",
                    "io.sentinel.verify.rule",
                    "io.sentinel.verify.catalogue",
                    // Its bytes are written by render's FreshFile.
                    "io.sentinel.verify.report",
                    "io.sentinel.text")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "getenv");

    @ArchTest
    static final ArchRule environmentIsReadAtTheDoors = noClasses()
            .that()
            .resideOutsideOfPackages("io.sentinel.mojo", "io.sentinel.cli")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule everyClassHasARoom = classes()
            .should()
            .resideInAnyPackage(
                    "io.sentinel.mojo",
                    "io.sentinel.cli",
                    "io.sentinel.isolate",
                    "io.sentinel.verify..",
                    "io.sentinel.run",
                    "io.sentinel.audit",
                    "io.sentinel.approval",
                    "io.sentinel.render",
                    "io.sentinel.engine",
                    "io.sentinel.seccomp",
                    "io.sentinel.spec",
                    "io.sentinel.text");
}
