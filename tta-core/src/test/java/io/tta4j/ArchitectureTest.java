package io.tta4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "io.tta4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] OUTSIDE = {"java..", "org.jspecify..", "org.slf4j.."};

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_MODEL_STANDS_ALONE = classes()
            .that()
            .resideInAPackage("io.tta4j.model")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("io.tta4j.model"));

    @ArchTest
    static final ArchRule METHODS_KNOW_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.method")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("io.tta4j.method", "io.tta4j.model"));

    /** Files of source entropies are JSON, those of canary sets safetensors. */
    @ArchTest
    static final ArchRule GUARDS_KNOW_METHODS_AND_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.guard")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with(
                    "io.tta4j.guard", "io.tta4j.file", "io.tta4j.method", "io.tta4j.model", "com.fasterxml.jackson.."));

    @ArchTest
    static final ArchRule THE_TRAIL_KNOWS_METHODS_AND_EVENTS_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.audit")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with(
                    "io.tta4j.audit",
                    "io.tta4j.event",
                    "io.tta4j.method",
                    "io.tta4j.model",
                    "com.fasterxml.jackson.."));

    @ArchTest
    static final ArchRule ENGINES_SHARE_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.engine")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("io.tta4j.engine", "io.tta4j.model"));

    @ArchTest
    static final ArchRule THE_RUNTIME_KNOWS_NO_ENGINE = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.tta4j",
                    "io.tta4j.cache",
                    "io.tta4j.slice",
                    "io.tta4j.guard",
                    "io.tta4j.method",
                    "io.tta4j.model")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tta4j.engine",
                    "io.tta4j.onnx..",
                    "io.tta4j.djl..",
                    "ai.onnxruntime..",
                    "ai.onnx..",
                    "ai.djl..");

    @ArchTest
    static final ArchRule AN_ENGINE_KNOWS_NO_METHOD = noClasses()
            .that()
            .resideInAnyPackage("io.tta4j.onnx..", "io.tta4j.djl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.tta4j", "io.tta4j.method");

    @ArchTest
    static final ArchRule THE_ONNX_ENGINE_NEEDS_NO_DJL = noClasses()
            .that()
            .resideInAPackage("io.tta4j.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.tta4j.djl..", "ai.djl..");

    @ArchTest
    static final ArchRule THE_DJL_ENGINE_NEEDS_NO_ONNX = noClasses()
            .that()
            .resideInAPackage("io.tta4j.djl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.tta4j.onnx..", "ai.onnxruntime..", "ai.onnx..", "com.google.protobuf..");

    /** Which engine runs a model is for its file to say, and for DJL's names. */
    @ArchTest
    static final ArchRule THE_PREDICTOR_NEEDS_NO_LIBRARY_BUT_DJLS = classes()
            .that()
            .resideInAPackage("io.tta4j.predictor")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(with(
                            "io.tta4j",
                            "io.tta4j.predictor",
                            "io.tta4j.method",
                            "io.tta4j.model",
                            "io.tta4j.engine",
                            "io.tta4j.djl",
                            "ai.djl.."))
                    .and(resideOutsideOfPackage("ai.djl.pytorch..")));

    @ArchTest
    static final ArchRule NOTHING_NEEDS_THE_PREDICTOR = noClasses()
            .that()
            .resideOutsideOfPackage("io.tta4j.predictor")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.tta4j.predictor");

    /** A file format of vectors and matrices, and what streams have learned in such files. */
    @ArchTest
    static final ArchRule FILES_KNOW_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.file")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("io.tta4j.file", "io.tta4j.model", "com.fasterxml.jackson.."));

    @ArchTest
    static final ArchRule SNAPSHOTS_KNOW_STATES_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.snapshot")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with(
                    "io.tta4j.snapshot",
                    "io.tta4j.file",
                    "io.tta4j.method",
                    "io.tta4j.model",
                    "com.fasterxml.jackson.."));

    /** Slices are of any model, whatever is done with them. */
    @ArchTest
    static final ArchRule SLICES_KNOW_THE_MODEL_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.slice")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with("io.tta4j.slice", "io.tta4j.model"));

    /** Whose states they are is the runtime's affair. */
    @ArchTest
    static final ArchRule THE_CACHE_KNOWS_STATES_AND_STORES_ONLY = classes()
            .that()
            .resideInAPackage("io.tta4j.cache")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with(
                    "io.tta4j.cache",
                    "io.tta4j.snapshot",
                    "io.tta4j.event",
                    "io.tta4j.method",
                    "io.tta4j.model",
                    "com.github.benmanes.caffeine.."));

    private static String[] with(String... ours) {
        return Stream.of(OUTSIDE, ours).flatMap(Arrays::stream).toArray(String[]::new);
    }
}
