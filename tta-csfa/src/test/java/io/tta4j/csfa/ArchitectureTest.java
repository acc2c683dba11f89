package io.tta4j.csfa;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.tta4j.csfa", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.(**)").should().beFreeOfCycles();

    /** No engine, and nothing of the runtime around a method. */
    @ArchTest
    static final ArchRule CSFA_KNOWS_METHODS_AND_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.csfa")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.tta4j.model",
                    "io.tta4j.method",
                    "io.tta4j.sar..",
                    "io.tta4j.csfa",
                    "io.tta4j.csfa.prototype");

    /** Prototypes are arithmetic on features, and a file. */
    @ArchTest
    static final ArchRule PROTOTYPES_KNOW_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.csfa.prototype")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.fasterxml.jackson..",
                    "io.tta4j.model",
                    "io.tta4j.file",
                    "io.tta4j.csfa.prototype");
}
