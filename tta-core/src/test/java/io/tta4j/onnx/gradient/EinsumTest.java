package io.tta4j.onnx.gradient;

import static io.tta4j.onnx.graph.GraphBuilder.attribute;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.model.ModelException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EinsumTest {

    static Stream<RuleCase> sums() {
        return Stream.of(
                of("nij,njk->nik", g -> List.of(g.x(3, 4), g.x(4, 5))),
                of("bhid, bhjd -> bhij", g -> List.of(g.x(2, 3, 4), g.x(2, 5, 4))),
                of("nij,jk->nki", g -> List.of(g.x(3, 4), g.leaf(4, 5))),
                of("nij->nji", g -> List.of(g.x(3, 4))),
                of("nij->n", g -> List.of(g.x(3, 4))),
                of("nij,nik->n", g -> List.of(g.x(3, 4), g.x(3, 5))),
                of("ni,nj->nij", g -> List.of(g.x(3), g.x(4))),
                of("nhwc,hkc->nhwk", g -> List.of(g.x(3, 4, 2), g.leaf(3, 5, 2))),
                of("ni,ij,jk->nk", g -> List.of(g.x(3), g.leaf(3, 4), g.leaf(4, 5))),
                of("nij,njk", g -> List.of(g.x(3, 4), g.x(4, 5))),
                of("nj,ij", g -> List.of(g.x(3), g.leaf(4, 3))),
                of("...ij,...jk->...ik", g -> List.of(g.x(2, 3, 4), g.x(2, 4, 5))),
                of("...ij,jk->...ik", g -> List.of(g.x(2, 3, 4), g.leaf(4, 5))),
                of("...ij,...jk", g -> List.of(g.x(2, 3, 4), g.x(2, 4, 5))));
    }

    private static RuleCase of(String equation, Function<RuleGraph, List<String>> operands) {
        return RuleCase.of(equation, g -> {
            String sum = g.node("Einsum", operands.apply(g), attribute("equation", equation));
            // Without an arrow, the letters of this one come out as "in".
            return equation.equals("nj,ij") ? g.node("Transpose", List.of(sum)) : sum;
        });
    }

    @ParameterizedTest
    @MethodSource
    void sums(RuleCase sum) {
        sum.verifyAdjoint();
    }

    static Stream<RuleCase> refused() {
        return Stream.of(
                RuleCase.of(
                        "no term may name an axis twice, but 'nii' does",
                        g -> g.node("Einsum", List.of(g.x(3, 3)), attribute("equation", "nii->ni"))),
                RuleCase.of(
                        "axes of one name must be of one extent",
                        g -> g.node("Einsum", List.of(g.x(3, 1), g.x(3, 4)), attribute("equation", "nij,nij->nij"))));
    }

    @ParameterizedTest
    @MethodSource
    void refused(RuleCase sum) {
        assertThatThrownBy(sum::verifyAdjoint)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Einsum node")
                .hasMessageContaining(sum.name());
    }
}
