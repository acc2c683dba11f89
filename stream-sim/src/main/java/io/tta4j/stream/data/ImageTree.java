package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Class folders of image files, or {@code <corruption>/<severity>/<class>} as ImageNet-C has them: the same files in
 * the same class folders under each corruption at each severity.
 */
final class ImageTree implements DataSet {

    private static final Pattern SEVERITY = Pattern.compile("[1-5]");

    private final Path root;
    private final Map<String, Path> folders;
    private final List<Integer> severities;
    private final boolean inSeverities;
    private final List<String> classes;
    private final LabelledFiles files;

    private ImageTree(
            Path root,
            Map<String, Path> folders,
            List<Integer> severities,
            boolean inSeverities,
            List<String> classes,
            LabelledFiles files) {
        this.root = root;
        this.folders = folders;
        this.severities = severities;
        this.inSeverities = inSeverities;
        this.classes = classes;
        this.files = files;
    }

    /**
     * Lists the files.
     *
     * @param classes the names of the classes in the order of their labels; empty for all there are, by name
     */
    static ImageTree open(Path root, List<String> classes) throws IOException {
        Map<String, Path> corruptions = corruptions(root);
        if (corruptions.isEmpty()) {
            requireClassFolders(root);
            Map<String, Path> only = Map.of(root.toAbsolutePath().getFileName().toString(), root);
            LabelledFiles files = LabelledFiles.of(root, classes);
            return new ImageTree(root, only, List.of(Domain.MOST_SEVERE), false, classes, files);
        }
        List<Integer> severities = severities(corruptions);
        Path first = corruptions.values().iterator().next().resolve(String.valueOf(severities.get(0)));
        return new ImageTree(root, corruptions, severities, true, classes, LabelledFiles.of(first, classes));
    }

    private static void requireClassFolders(Path root) throws IOException {
        if (!LabelledFiles.isAnnotated(root) && subfolders(root).isEmpty()) {
            throw new DataException(("%s must hold <corruption>.npy and labels.npy, .npz files, CIFAR's .bin files, or"
                            + " class folders of images, but held none of these")
                    .formatted(root.toAbsolutePath().getFileName()));
        }
    }

    /** The corruptions' folders in the order of the field; none if these are class folders. */
    private static Map<String, Path> corruptions(Path root) throws IOException {
        List<Path> all = subfolders(root);
        Map<String, Path> corruptions = new LinkedHashMap<>();
        if (!all.isEmpty() && all.stream().allMatch(ImageTree::isSeverity)) {
            corruptions.put(root.toAbsolutePath().getFileName().toString(), root);
            return corruptions;
        }
        List<Path> graded = new ArrayList<>();
        for (Path folder : all) {
            List<Path> inner = subfolders(folder);
            if (!inner.isEmpty() && inner.stream().allMatch(ImageTree::isSeverity)) {
                graded.add(folder);
            }
        }
        if (graded.size() < all.size()) {
            return Map.of();
        }
        graded.sort(Comparator.comparingInt(
                        (Path folder) -> CorruptedSet.rank(folder.getFileName().toString()))
                .thenComparing(Comparator.naturalOrder()));
        graded.forEach(folder -> corruptions.put(folder.getFileName().toString(), folder));
        return corruptions;
    }

    /** A severity's folder holds class folders, a class of that name images. */
    private static boolean isSeverity(Path folder) {
        try {
            return SEVERITY.matcher(folder.getFileName().toString()).matches()
                    && !subfolders(folder).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> subfolders(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Those that every corruption has. */
    private static List<Integer> severities(Map<String, Path> corruptions) throws IOException {
        TreeSet<Integer> shared = new TreeSet<>(List.of(1, 2, 3, 4, 5));
        for (Path folder : corruptions.values()) {
            shared.retainAll(subfolders(folder).stream()
                    .map(inner -> Integer.valueOf(inner.getFileName().toString()))
                    .toList());
        }
        if (shared.isEmpty()) {
            throw new DataException(
                    "corruptions must have a severity in common, but %s have none".formatted(corruptions.keySet()));
        }
        return List.copyOf(shared);
    }

    @Override
    public List<String> corruptions() {
        return List.copyOf(folders.keySet());
    }

    @Override
    public List<Integer> severities() {
        return severities;
    }

    @Override
    public int[] labels() {
        return files.labels();
    }

    @Override
    public boolean isOfFiles() {
        return true;
    }

    @Override
    public boolean isInOrderOfNames() {
        return classes.isEmpty();
    }

    @Override
    public Samples samples(Domain domain, Geometry geometry) throws IOException {
        require(domain);
        Path outer = folders.getOrDefault(domain.corruption(), root);
        Path folder = inSeverities ? outer.resolve(String.valueOf(domain.severity())) : outer;
        if (inSeverities) {
            requireSameFiles(folder);
        }
        return ImageFiles.open(domain, root, folder, files.paths(), geometry);
    }

    private void requireSameFiles(Path folder) throws IOException {
        List<String> others = LabelledFiles.of(folder, classes).paths();
        for (int i = 0; i < Math.max(others.size(), files.paths().size()); i++) {
            String expected = i < files.paths().size() ? files.paths().get(i) : "no more";
            String found = i < others.size() ? others.get(i) : "no more";
            if (!expected.equals(found)) {
                throw new DataException(
                        "every corruption must hold the same files, but where %s has %s the first one has %s"
                                .formatted(root.relativize(folder), found, expected));
            }
        }
    }

    @Override
    public void close() {}
}
