package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of corrupted images. Row i is the same image under every corruption, at every severity. Three layouts are
 * read:
 *
 * <ul>
 *   <li>{@code <corruption>.npy} for each corruption, uint8 [N, H, W, channels], and {@code labels.npy}, uint8, int32
 *       or int64 [N]: images of one severity, which is taken to be 5
 *   <li>CIFAR-10-C: as before with 5 N rows, severities 1 to 5 one after another, and labels [5 N], which repeat, or
 *       [N]
 *   <li>{@code severity1} to {@code severity5}, or some of these, each as the first layout; {@code labels.npy} in each,
 *       or once beside them
 * </ul>
 *
 * Closing the set closes the images that were opened from it.
 */
final class CorruptedSet implements DataSet {

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
    private static final String SEVERITY = "severity";

    private final SortedMap<Integer, Path> folders;
    private final boolean inBlocks;
    private final List<String> corruptions;
    private final int[] labels;
    private final List<Images> opened = new ArrayList<>();

    private CorruptedSet(SortedMap<Integer, Path> folders, boolean inBlocks, List<String> corruptions, int[] labels) {
        this.folders = folders;
        this.inBlocks = inBlocks;
        this.corruptions = corruptions;
        this.labels = labels;
    }

    /**
     * Reads the labels and lists the corruptions.
     *
     * @throws IOException if the folder or its {@code labels.npy} is missing or cannot be read
     * @throws DataException if the labels are not what they must be, or there is no corruption
     */
    static CorruptedSet open(Path folder) throws IOException {
        Labels.requireFolder(folder);
        SortedMap<Integer, Path> folders = severityFolders(folder);
        if (!folders.isEmpty()) {
            return new CorruptedSet(folders, false, corruptions(folders.values()), labels(folder, folders.values()));
        }
        List<String> corruptions = corruptions(List.of(folder));
        int[] labels = Labels.read(folder.resolve(LABELS + SUFFIX));
        String first = corruptions.get(0);
        try (Images images = NpyImages.open(first, folder.resolve(first + SUFFIX))) {
            if (!SeverityBlocks.in(images, labels)) {
                return new CorruptedSet(new TreeMap<>(Map.of(Domain.MOST_SEVERE, folder)), false, corruptions, labels);
            }
            int[] once = Arrays.copyOf(labels, images.count() / SeverityBlocks.SEVERITIES);
            for (int severity = 1; severity <= SeverityBlocks.SEVERITIES; severity++) {
                folders.put(severity, folder);
            }
            return new CorruptedSet(folders, true, corruptions, once);
        }
    }

    private static SortedMap<Integer, Path> severityFolders(Path folder) {
        SortedMap<Integer, Path> folders = new TreeMap<>();
        for (int severity = 1; severity <= Domain.MOST_SEVERE; severity++) {
            Path inner = folder.resolve(SEVERITY + severity);
            if (Files.isDirectory(inner)) {
                folders.put(severity, inner);
            }
        }
        return folders;
    }

    /** Those that are in every folder. */
    private static List<String> corruptions(Collection<Path> folders) throws IOException {
        Set<String> shared =
                new TreeSet<>(Comparator.comparingInt(CorruptedSet::rank).thenComparing(Comparator.naturalOrder()));
        boolean first = true;
        for (Path folder : folders) {
            List<String> own = arrays(folder);
            if (first) {
                shared.addAll(own);
            }
            shared.retainAll(own);
            first = false;
        }
        if (shared.isEmpty()) {
            throw new DataException("%s must hold a <corruption>.npy, but held none"
                    .formatted(folders.stream()
                            .map(folder -> folder.getFileName().toString())
                            .collect(Collectors.joining(", each of "))));
        }
        return List.copyOf(shared);
    }

    private static List<String> arrays(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .filter(name -> !name.equals(LABELS))
                    .toList();
        }
    }

    private static int[] labels(Path folder, Collection<Path> severities) throws IOException {
        Path shared = folder.resolve(LABELS + SUFFIX);
        if (Files.exists(shared)) {
            return Labels.read(shared);
        }
        Path first = severities.iterator().next();
        int[] labels = Labels.read(first.resolve(LABELS + SUFFIX));
        for (Path severity : severities) {
            if (!Arrays.equals(labels, Labels.read(severity.resolve(LABELS + SUFFIX)))) {
                throw new DataException("%s must have the same labels at each severity, but had others in %s than in %s"
                        .formatted(folder.getFileName(), severity.getFileName(), first.getFileName()));
            }
        }
        return labels;
    }

    /** Where a corruption stands in the field's tables; behind all of them if it does not. */
    static int rank(String corruption) {
        int index = FIELD_ORDER.indexOf(corruption);
        return index < 0 ? FIELD_ORDER.size() : index;
    }

    @Override
    public List<String> corruptions() {
        return corruptions;
    }

    @Override
    public List<Integer> severities() {
        return List.copyOf(folders.keySet());
    }

    @Override
    public int[] labels() {
        return labels.clone();
    }

    /** @throws DataException also if a file has another number of images than there are labels */
    @Override
    public Images samples(Domain domain, Geometry geometry) throws IOException {
        require(domain);
        Path file = Objects.requireNonNull(folders.get(domain.severity())).resolve(domain.corruption() + SUFFIX);
        Images images = NpyImages.open(domain.name(), file);
        opened.add(images);
        Labels.requireOneEach(images, file, labels, inBlocks ? SeverityBlocks.SEVERITIES : 1);
        int first = inBlocks ? (domain.severity() - 1) * labels.length : 0;
        return ResizedImages.of(new DomainImages(domain, images, first, labels.length), geometry);
    }

    @Override
    public void close() throws IOException {
        for (Images images : opened) {
            images.close();
        }
    }
}
