package io.tta4j.stream.corruption;

import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Clean images under corruptions, at all severities, each corrupted when it is read. They are resized and cropped
 * first, as ImageNet-C's were. Closing it closes the clean images.
 */
public final class CorruptedDataSet implements DataSet {

    private final DataSet clean;
    private final List<String> corruptions;
    private final long seed;

    private CorruptedDataSet(DataSet clean, List<String> corruptions, long seed) {
        this.clean = clean;
        this.corruptions = corruptions;
        this.seed = seed;
    }

    /**
     * Clean images under some corruptions.
     *
     * @param clean images without corruption, a single set
     * @param corruptions their names
     * @param seed of all that chance does, as {@link CorruptedImages} has it
     * @throws IllegalArgumentException if there is no corruption of a name
     */
    public static CorruptedDataSet of(DataSet clean, List<String> corruptions, long seed) {
        corruptions.forEach(Corruptions::named);
        return new CorruptedDataSet(clean, List.copyOf(corruptions), seed);
    }

    @Override
    public List<String> corruptions() {
        return corruptions;
    }

    @Override
    public List<Integer> severities() {
        return IntStream.rangeClosed(Corruption.MIN_SEVERITY, Corruption.MAX_SEVERITY)
                .boxed()
                .toList();
    }

    @Override
    public int[] labels() {
        return clean.labels();
    }

    @Override
    public boolean isOfFiles() {
        return clean.isOfFiles();
    }

    @Override
    public boolean isInOrderOfNames() {
        return clean.isInOrderOfNames();
    }

    /** @throws IllegalArgumentException also if the clean samples are no RGB images */
    @Override
    public Samples samples(Domain domain, Geometry geometry) throws IOException {
        require(domain);
        if (clean.samples(clean.first(), geometry) instanceof Images images) {
            return new CorruptedImages(images, Corruptions.named(domain.corruption()), domain.severity(), seed);
        }
        throw new IllegalArgumentException("samples to corrupt must be images, but were rows of arrays");
    }

    @Override
    public void close() throws IOException {
        clean.close();
    }
}
