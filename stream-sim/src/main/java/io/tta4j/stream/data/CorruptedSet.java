package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder laid out as CIFAR-10-C is: {@code <corruption>.npy} for each corruption, uint8 [N, H, W, channels], and
 * {@code labels.npy}, uint8, int32 or int64 [N]. Row i is the same image in every file. Closing the set closes the
 * images that were opened from it.
 */
public final class CorruptedSet implements Closeable {

    /** The order of the field's tables: the 15 corruptions that are reported, then the four held out for tuning. */
    private static final List<String> FIELD_ORDER = List.of(
            "gaussian_noise",
            "shot_noise",
            "impulse_noise",
            "defocus_blur",
            "glass_blur",
            "motion_blur",
            "zoom_blur",
            "snow",
            "frost",
            "fog",
            "brightness",
            "contrast",
            "elastic_transform",
            "pixelate",
            "jpeg_compression",
            "speckle_noise",
            "gaussian_blur",
            "spatter",
            "saturate");

    private static final String LABELS = "labels";
    private static final String SUFFIX = ".npy";

    private final Path folder;
    private final List<String> corruptions;
    private final int[] labels;
    private final List<Images> opened = new ArrayList<>();

    private CorruptedSet(Path folder, List<String> corruptions, int[] labels) {
        this.folder = folder;
        this.corruptions = corruptions;
        this.labels = labels;
    }

    /**
     * Reads the labels and lists the corruptions.
     *
     * @throws IOException if the folder or its {@code labels.npy} is missing or cannot be read
     * @throws DataException if the labels are not what they must be, or there is no corruption
     */
    public static CorruptedSet open(Path folder) throws IOException {
        Labels.requireFolder(folder);
        List<String> corruptions;
        try (Stream<Path> files = Files.list(folder)) {
            corruptions = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .filter(name -> !name.equals(LABELS))
                    .sorted(Comparator.comparingInt(CorruptedSet::rank).thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
        if (corruptions.isEmpty()) {
            throw new DataException("%s must hold a <corruption>.npy, but held none".formatted(folder.getFileName()));
        }
        return new CorruptedSet(folder, corruptions, Labels.read(folder.resolve(LABELS + SUFFIX)));
    }

    /** Where a corruption stands in the field's tables; behind all of them if it does not. */
    static int rank(String corruption) {
        int index = FIELD_ORDER.indexOf(corruption);
        return index < 0 ? FIELD_ORDER.size() : index;
    }

    /** The corruptions there are: those of the field in its order, then others alphabetically. */
    public List<String> corruptions() {
        return corruptions;
    }

    /** The class of each image. */
    public int[] labels() {
        return labels.clone();
    }

    /**
     * Opens the images of one corruption.
     *
     * @throws IllegalArgumentException if it is not one of {@link #corruptions}; the message lists them
     * @throws DataException if the file is not what it must be, or has another number of images than there are labels
     */
    public Images images(String corruption) throws IOException {
        if (!corruptions.contains(corruption)) {
            throw new IllegalArgumentException(
                    "corruption must be one of %s, but was '%s'".formatted(corruptions, corruption));
        }
        Path file = folder.resolve(corruption + SUFFIX);
        NpyImages images = NpyImages.open(corruption, file);
        opened.add(images);
        Labels.requireOneEach(images, file, labels);
        return images;
    }

    @Override
    public void close() throws IOException {
        for (Images images : opened) {
            images.close();
        }
    }
}
