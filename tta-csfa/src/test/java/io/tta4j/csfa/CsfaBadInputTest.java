package io.tta4j.csfa;

import static io.tta4j.csfa.Clouds.CAT;
import static io.tta4j.csfa.Clouds.COW;
import static io.tta4j.csfa.Clouds.FOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tta4j.AdaptiveModel;
import io.tta4j.csfa.prototype.SourceFeatures;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.State;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users get wrong: named, and nothing changed. */
class CsfaBadInputTest {

    private final FeatureModel model = Clouds.model();
    private final AdaptiveModel adaptive = AdaptiveModel.of(
            model,
            Csfa.of(CsfaConfig.custom()
                    .prototypes(Clouds.prototypes())
                    .maxClasses(2)
                    .build()));

    @BeforeEach
    void aFoxIsKnown() {
        adaptive.register("fox", Clouds.batch(1, FOX, FOX));
        adaptive.predict(Clouds.batch(2, Clouds.base(8)));
    }

    private void assertRefused(ThrowingCallable call, String problem) {
        State before = adaptive.state();
        List<String> classes = adaptive.classes();

        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(problem);

        assertThat(adaptive.state()).isSameAs(before);
        assertThat(adaptive.classes()).isEqualTo(classes);
    }

    private static Stream<Arguments> unfit() {
        return Stream.of(
                Arguments.of(
                        FeatureModel.batch(new float[] {1, 2, 3}),
                        "input 'x' must be FLOAT32[N, 4], but was FLOAT32[1, 3]"),
                Arguments.of(
                        Batch.of("x", Tensor.of(new float[8], 1, 2, 4)),
                        "input 'x' must be FLOAT32[N, 4], but was FLOAT32[1, 2, 4]"),
                Arguments.of(
                        Batch.of("x", Tensor.of(new long[4], 1, 4)),
                        "input 'x' must be FLOAT32[N, 4], but was INT64[1, 4]"),
                Arguments.of(Batch.of("y", Tensor.of(new float[4], 1, 4)), "inputs must be [x]"),
                Arguments.of(
                        FeatureModel.batch(new float[] {1, 2, 3, 4}, new float[] {1, Float.NaN, 3, 4}),
                        "supports must lead to finite features, but some value was not"),
                Arguments.of(
                        FeatureModel.batch(new float[] {1, 2, Float.NEGATIVE_INFINITY, 4}),
                        "supports must lead to finite features, but some value was not"));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void supportsThatDoNotFit(Batch supports, String problem) {
        assertRefused(() -> adaptive.register("cow", supports), problem);
        assertRefused(() -> adaptive.addSupports("fox", supports), problem);
    }

    /** There is no batch without rows to register with. */
    @Test
    void noSupports() {
        assertRefused(
                () -> adaptive.register("cow", Batch.of("x", Tensor.of(new float[0], 0, 4))),
                "every extent at least 1, but was [0, 4]");
        assertRefused(
                () -> adaptive.register("cow", Clouds.batch(1, COW).select()),
                "every extent at least 1, but was [0, 4]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fox", "cat", "dog"})
    void aNameGivenTwice(String name) {
        assertRefused(() -> adaptive.register(name, Clouds.batch(3, COW)), "class '" + name + "' must be a new name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "fox\tx", "fox\u0000", "\n"})
    void aNameThatIsNone(String name) {
        assertRefused(
                () -> adaptive.register(name, Clouds.batch(3, COW)),
                "the name of a class must have letters and no control characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cow", "cat", "", "Fox"})
    void aClassThatIsNotRegistered(String name) {
        String problem = "class must be one of the registered [fox], but was '" + name + "'";

        assertRefused(() -> adaptive.remove(name), problem);
        assertRefused(() -> adaptive.addSupports(name, Clouds.batch(3, COW)), problem);
    }

    @Test
    void moreClassesThanTheBound() {
        adaptive.register("cow", Clouds.batch(3, COW));

        assertRefused(
                () -> adaptive.register("hen", Clouds.batch(3, CAT)),
                "registered classes must be at most csfa.maxClasses = 2, but 'hen' would be one more");

        adaptive.remove("fox");
        adaptive.register("hen", Clouds.batch(3, CAT));
        assertThat(adaptive.classes()).containsExactly("cat", "dog", "cow", "hen");
    }

    /** As after a start from a state that was saved under a larger bound. */
    @Test
    void moreClassesThanABoundThatWasLowered() {
        adaptive.register("cow", Clouds.batch(3, COW));
        Csfa lowered = Csfa.of(CsfaConfig.custom()
                .prototypes(Clouds.prototypes())
                .maxClasses(1)
                .build());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> lowered.register(model, adaptive.state(), "hen", Clouds.batch(3, CAT)))
                .withMessageContaining("csfa.maxClasses = 1");
    }

    private static SourcePrototypes prototypes(int classes, int width) {
        List<String> names = new ArrayList<>();
        int[] labels = new int[classes];
        for (int c = 0; c < classes; c++) {
            names.add("class" + c);
            labels[c] = c;
        }
        SourceFeatures features = new SourceFeatures(names, width);
        features.add(Matrix.of(classes, width, new float[classes * width]), labels);
        return features.prototypes();
    }

    private void assertDoesNotBegin(FeatureModel unfit, CsfaConfig.Builder config, String problem) {
        Csfa csfa = Csfa.of(config.build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaptiveModel.of(unfit, csfa))
                .withMessageContaining(problem);
    }

    @Test
    void aModelAndPrototypesThatDoNotGoTogether() {
        String features = "the model must be loaded with features for csfa, but was loaded without";
        assertDoesNotBegin(model.withoutFeatures(), CsfaConfig.custom(), features);
        assertDoesNotBegin(model.withoutFeatures(), CsfaConfig.custom().prototypes(Clouds.prototypes()), features);
        assertDoesNotBegin(
                model.withoutWeights(),
                CsfaConfig.custom(),
                "csfa.prototypes must be given for a model whose classifier is no plain product of its features");
        assertDoesNotBegin(
                model,
                CsfaConfig.custom().prototypes(prototypes(2, 5)),
                "csfa.prototypes must be of the model's features, 4 wide, but are 5 wide");
        assertDoesNotBegin(
                model,
                CsfaConfig.custom().prototypes(prototypes(3, 4)),
                "csfa.prototypes must be of the model's 2 classes, but are of 3");
    }

    @Test
    void prototypesAreEnoughWhereTheClassifierIsNoProduct() {
        AdaptiveModel other = AdaptiveModel.of(
                model.withoutWeights(),
                Csfa.of(CsfaConfig.custom().prototypes(Clouds.prototypes()).build()));

        assertThat(other.classes()).containsExactly("cat", "dog");
    }

    @Test
    void aSurveyOfAnotherModel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrototypeSurvey().begin(model.withoutFeatures(), List.of("cat", "dog")))
                .withMessage("the model must be loaded with features for prototypes, but was loaded without");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrototypeSurvey().begin(model, List.of("cat")))
                .withMessage("there must be a name for each of the model's 2 classes, but there were 1");
    }
}
