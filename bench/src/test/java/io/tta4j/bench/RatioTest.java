package io.tta4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RatioTest {

    private static final List<Double> SHARES = List.of(0.0, 0.5, 1.0);

    private static List<Ratio> against(String file, String name) {
        return Ratio.all(file, SHARES, List.of(name, "tta4j, SAR r=0", "tta4j, SAR r=0.5", "tta4j, SAR r=1")).stream()
                .filter(ratio -> ratio.denominator().equals(name))
                .toList();
    }

    @Test
    void aStepIsHeldAgainstOneForwardAndThreeForTheReliableShare() {
        assertThat(against("any", Names.PLAIN))
                .contains(
                        new Ratio("tta4j, SAR r=0", Names.PLAIN, OptionalDouble.of(1.15)),
                        new Ratio("tta4j, SAR r=0.5", Names.PLAIN, OptionalDouble.of(1.15 * 2.5)),
                        new Ratio("tta4j, SAR r=1", Names.PLAIN, OptionalDouble.of(1.15 * 4)));
    }

    @Test
    void aStepIsHeldAgainstPyTorchsWithTheSameShare() {
        assertThat(against("vit_b16.onnx", "PyTorch contiguous, SAR r=0.5"))
                .containsExactly(
                        new Ratio("tta4j, SAR r=0.5", "PyTorch contiguous, SAR r=0.5", OptionalDouble.of(0.65)));
    }

    @Test
    void noLimitIsSetAgainstAnotherLayoutOrAnotherNetwork() {
        assertThat(against("vit_b16.onnx", "PyTorch channels_last, SAR r=1"))
                .allMatch(ratio -> ratio.limit().isEmpty());
        assertThat(against("resnet50_folded.onnx", "PyTorch contiguous, SAR r=1"))
                .allMatch(ratio -> ratio.limit().isEmpty());
    }

    @Test
    void aStepOnLibtorchIsHeldAgainstPyTorchsOnAnyNetwork() {
        assertThat(against("any.pt", "PyTorch contiguous, SAR r=1"))
                .containsExactly(new Ratio("tta4j, SAR r=1", "PyTorch contiguous, SAR r=1", OptionalDouble.of(1.15)));
    }

    @Test
    void whoDoesNotTakePartIsNotComparedWith() {
        assertThat(against("any.pt", Names.SOURCE))
                .allMatch(ratio -> ratio.numerator().startsWith("tta4j, SAR"));
    }
}
