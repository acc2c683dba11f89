package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of {@code <corruption>.npz} files, each with the same labels. */
final class NpzFolder implements DataSet {

    private static final String SUFFIX = ".npz";
    private static final String IMAGES = "images";
    private static final String LABELS = "labels";

    private final Path folder;
    private final List<String> corruptions;
    private final int[] labels;
    private final List<Samples> opened = new ArrayList<>();

    private NpzFolder(Path folder, List<String> corruptions, int... labels) {
        this.folder = folder;
        this.corruptions = corruptions;
        this.labels = labels;
    }

    static NpzFolder open(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> corruptions = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(DataSets::stem)
                    .sorted(Comparator.comparingInt(CorruptedSet::rank).thenComparing(Comparator.naturalOrder()))
                    .toList();
            return new NpzFolder(folder, corruptions, labels(folder.resolve(corruptions.get(0) + SUFFIX)));
        }
    }

    static NpzFolder openFile(Path file) throws IOException {
        String name = DataSets.stem(file.getFileName().toString());
        return new NpzFolder(file.resolveSibling(""), List.of(name), labels(file));
    }

    private static int[] labels(Path file) throws IOException {
        try (NpzFile arrays = NpzFile.open(file)) {
            return Labels.of(arrays.array(LABELS));
        }
    }

    @Override
    public List<String> corruptions() {
        return corruptions;
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
    public Samples samples(Domain domain, Geometry geometry) throws IOException {
        require(domain);
        Path file = folder.resolve(domain.corruption() + SUFFIX);
        if (!Arrays.equals(labels(file), labels)) {
            throw new DataException("every .npz must have the same labels, but %s has others than %s.npz"
                    .formatted(file.getFileName(), corruptions.get(0)));
        }
        Samples samples = open(domain.corruption(), file);
        opened.add(samples);
        if (samples.count() != labels.length) {
            throw new DataException("%s must have a label for each of its %d samples, but had %d"
                    .formatted(file.getFileName(), samples.count(), labels.length));
        }
        return samples instanceof Images images ? ResizedImages.of(images, geometry) : samples;
    }

    private static Samples open(String corruption, Path file) throws IOException {
        try (NpzFile arrays = NpzFile.open(file)) {
            List<String> names = arrays.names();
            if (names.contains(IMAGES)) {
                return NpyImages.of(corruption, arrays.extract(IMAGES));
            }
            List<String> columns =
                    names.stream().filter(name -> !name.equals(LABELS)).toList();
            if (columns.isEmpty()) {
                throw new DataException("%s must hold images, or an array for each of a model's inputs, but held %s"
                        .formatted(file.getFileName(), names));
            }
            return NpzRows.open(corruption, arrays, columns);
        }
    }

    @Override
    public void close() throws IOException {
        for (Samples samples : opened) {
            samples.close();
        }
    }
}
