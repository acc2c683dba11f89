package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A {@link CorruptedSet} as a data set. */
final class ArrayFolder implements DataSet {

    private final CorruptedSet set;

    private ArrayFolder(CorruptedSet set) {
        this.set = set;
    }

    static ArrayFolder open(Path folder) throws IOException {
        return new ArrayFolder(CorruptedSet.open(folder));
    }

    @Override
    public List<String> corruptions() {
        return set.corruptions();
    }

    @Override
    public List<Integer> severities() {
        return List.of(MOST_SEVERE);
    }

    @Override
    public int[] labels() {
        return set.labels();
    }

    @Override
    public Samples samples(String corruption, int severity, Geometry geometry) throws IOException {
        require(corruption, severity);
        return ResizedImages.of(set.images(corruption), geometry);
    }

    @Override
    public void close() throws IOException {
        set.close();
    }
}
