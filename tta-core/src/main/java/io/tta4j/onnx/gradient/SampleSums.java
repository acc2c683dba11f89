package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.BatchAxis;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Sums the gradients of a norm layer's parameters over everything but the samples. */
final class SampleSums {

    private final Tape tape;
    private final Optional<BatchAxis> samples;

    /** @param input what goes into the norm layer: its axes say where the samples are */
    SampleSums(Tape tape, String input) {
        this.tape = tape;
        this.samples = tape.facts.batchAxis(input);
    }

    /**
     * Sums both gradients over all axes before {@code firstFeature} but the one of the samples.
     *
     * @param unsummed the shape of both gradients
     */
    NormGradient.Parameters of(String weight, String bias, Shape unsummed, int firstFeature) {
        Optional<BatchAxis> before = samples.filter(axis -> axis.axis() < firstFeature);
        return new NormGradient.Parameters(
                bySample(weight, unsummed, firstFeature, before),
                bySample(bias, unsummed, firstFeature, before),
                before.isPresent());
    }

    private String bySample(String gradient, Shape unsummed, int firstFeature, Optional<BatchAxis> samples) {
        long width =
                unsummed.elements(IntStream.range(firstFeature, unsummed.rank()).toArray());
        List<Long> summed = new ArrayList<>();
        if (samples.isEmpty()) {
            LongStream.range(0, firstFeature).forEach(summed::add);
            return tape.builder.reshape(tape.builder.sum(gradient, false, array(summed)), 1, width);
        }
        BatchAxis axis = samples.get();
        String unfolded = gradient;
        int rank = firstFeature;
        int sampleAxis = axis.axis();
        if (axis.repeats() > 1) {
            // The axis holds several entries of each sample: split it in two.
            List<Long> split = new ArrayList<>();
            for (int i = 0; i < unsummed.rank(); i++) {
                if (i != axis.axis()) {
                    split.add(unsummed.extent(i).isFixed() ? unsummed.extent(i).fixed() : 0L);
                } else if (axis.samplesOuter()) {
                    split.add(-1L);
                    split.add((long) axis.repeats());
                } else {
                    split.add((long) axis.repeats());
                    split.add(-1L);
                }
            }
            unfolded = tape.builder.reshape(gradient, array(split));
            rank++;
            sampleAxis += axis.samplesOuter() ? 0 : 1;
        }
        for (int i = 0; i < rank; i++) {
            if (i != sampleAxis) {
                summed.add((long) i);
            }
        }
        return tape.builder.reshape(tape.builder.sum(unfolded, false, array(summed)), -1, width);
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
