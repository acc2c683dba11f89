package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.util.List;

/** A data set of arrays in which all samples are under one corruption, or none. */
final class SingleSet implements DataSet {

    private final Samples samples;
    private final int[] labels;

    SingleSet(Samples samples, int... labels) {
        this.samples = samples;
        this.labels = labels;
    }

    @Override
    public List<String> corruptions() {
        return List.of(samples.name());
    }

    @Override
    public List<Integer> severities() {
        return List.of(Domain.MOST_SEVERE);
    }

    @Override
    public int[] labels() {
        return labels.clone();
    }

    @Override
    public int count() {
        return samples.count();
    }

    @Override
    public Samples samples(Domain domain, Geometry geometry) {
        require(domain);
        return samples instanceof Images images ? ResizedImages.of(images, geometry) : samples;
    }

    @Override
    public void close() throws IOException {
        samples.close();
    }
}
