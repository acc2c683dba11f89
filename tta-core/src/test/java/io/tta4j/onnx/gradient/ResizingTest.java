package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static io.tta4j.onnx.graph.TestGraph.integers;
import static io.tta4j.onnx.graph.TestGraph.real;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.tta4j.model.ModelException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResizingTest {

    static Stream<RuleCase> coordinates() {
        return Stream.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
                .flatMap(coordinates -> Stream.of("nearest", "linear", "cubic")
                        .flatMap(mode -> Stream.of(
                                to(coordinates + ", " + mode + ", up", 13, 8, 9, how(coordinates, mode)),
                                to(coordinates + ", " + mode + ", down", 13, 3, 2, how(coordinates, mode)),
                                by(coordinates + ", " + mode + ", scaled", 13, 2, 1.5f, how(coordinates, mode)))));
    }

    static Stream<RuleCase> ways() {
        AttributeProto linear = attribute("mode", "linear");
        AttributeProto cubic = attribute("mode", "cubic");
        return Stream.of(
                to("nearest by default", 18, 8, 10),
                by(
                        "nearest, twice as large",
                        18,
                        2,
                        2,
                        how("asymmetric", "nearest", attribute("nearest_mode", "floor"))),
                by(
                        "nearest, rounded up",
                        18,
                        1.7f,
                        2.3f,
                        how("half_pixel", "nearest", attribute("nearest_mode", "ceil"))),
                by("a scale that does not fit", 18, 1.3f, 0.7f, linear),
                to("one row", 18, 1, 9, linear),
                to("one axis", 18, 8, 5, linear),
                to("cubic, PyTorch's", 18, 7, 9, cubic, real("cubic_coeff_a", -0.75f)),
                to("cubic, nothing outside", 18, 7, 9, cubic, attribute("exclude_outside", 1)),
                to("antialiased", 18, 2, 3, linear, attribute("antialias", 1)),
                to("antialiased, cubic", 18, 2, 3, cubic, attribute("antialias", 1)),
                RuleCase.of(
                        "given axes",
                        18,
                        g -> g.node(
                                "Resize",
                                List.of(g.x(2, 4, 5), "", "", g.longs(8, 7)),
                                linear,
                                integers("axes", 2, 3))),
                RuleCase.of(
                        "three axes",
                        18,
                        g -> g.node(
                                "Resize",
                                List.of(g.x(2, 3, 4, 5), "", g.graph().constant(new float[] {1, 1, 2, 2, 2}, 5)),
                                how("asymmetric", "nearest"))),
                RuleCase.of("a size of the batch at hand", 18, g -> {
                    String x = g.x(2, 4, 5);
                    String front = g.node("Slice", List.of(g.node("Shape", List.of(x)), g.longs(0), g.longs(2)));
                    String size = g.node("Concat", List.of(front, g.longs(8, 10)), attribute("axis", 0));
                    return g.node("Resize", List.of(x, "", "", size), linear);
                }));
    }

    private static AttributeProto[] how(String coordinates, String mode, AttributeProto... more) {
        return Stream.concat(
                        Stream.of(attribute("coordinate_transformation_mode", coordinates), attribute("mode", mode)),
                        Stream.of(more))
                .toArray(AttributeProto[]::new);
    }

    /** [N, 2, 4, 5] to another size. */
    private static RuleCase to(String name, long opset, long height, long width, AttributeProto... how) {
        return RuleCase.of(name, opset, g -> {
            String x = g.x(2, 4, 5);
            String front = g.node("Slice", List.of(g.node("Shape", List.of(x)), g.longs(0), g.longs(2)));
            String size = g.node("Concat", List.of(front, g.longs(height, width)), attribute("axis", 0));
            return g.node("Resize", List.of(x, "", "", size), how);
        });
    }

    private static RuleCase by(String name, long opset, float height, float width, AttributeProto... how) {
        return RuleCase.of(
                name,
                opset,
                g -> g.node(
                        "Resize",
                        List.of(g.x(2, 4, 5), "", g.graph().constant(new float[] {1, 1, height, width}, 4)),
                        how));
    }

    @ParameterizedTest
    @MethodSource({"coordinates", "ways"})
    void adjoint(RuleCase resize) {
        resize.verifyAdjoint();
    }

    static Stream<RuleCase> refused() {
        return Stream.of(
                RuleCase.of(
                        "coordinates must not be tf_crop_and_resize",
                        18,
                        g -> g.node(
                                "Resize",
                                List.of(
                                        g.x(2, 4, 5),
                                        g.graph().constant(new float[] {0, 0, 0, 0, 1, 1, 0.5f, 1}, 8),
                                        g.graph().constant(new float[] {1, 1, 2, 2}, 4)),
                                how("tf_crop_and_resize", "linear"))),
                RuleCase.of(
                        "the aspect ratio must not be kept",
                        18,
                        g -> g.node(
                                "Resize",
                                List.of(g.x(2, 4, 5), "", "", g.longs(8, 7)),
                                integers("axes", 2, 3),
                                attribute("keep_aspect_ratio_policy", "not_larger"))),
                RuleCase.of("the scales are no constant", 18, g -> {
                    String x = g.x(2, 4, 4);
                    String shape = g.node("Shape", List.of(x));
                    String same = g.node("Div", List.of(shape, shape));
                    String scales = g.node("Cast", List.of(same), attribute("to", 1));
                    return g.node("Resize", List.of(x, "", scales));
                }));
    }

    @ParameterizedTest
    @MethodSource
    void refused(RuleCase resize) {
        assertThatThrownBy(resize::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Resize node")
                .hasMessageContaining(resize.name());
    }
}
