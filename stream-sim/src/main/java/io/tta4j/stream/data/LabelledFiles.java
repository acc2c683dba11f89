package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Image files of a folder and the class of each, in a fixed order. */
final class LabelledFiles {

    /** What torchvision's folders take for images; some are refused when they are read. */
    private static final List<String> SUFFIXES =
            List.of(".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp");

    private static final String ANNOTATIONS = "val_annotations.txt";

    private final List<String> paths;
    private final int[] labels;

    private LabelledFiles(List<String> paths, int[] labels) {
        this.paths = paths;
        this.labels = labels;
    }

    static boolean isAnnotated(Path folder) {
        return Files.exists(folder.resolve(ANNOTATIONS));
    }

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(name::endsWith);
    }

    /**
     * Lists the image files of a folder: by its class folders, or by Tiny-ImageNet's {@code val_annotations.txt}.
     *
     * @param classes the names of the classes in the order of their labels; empty for all there are, by name
     */
    static LabelledFiles of(Path folder, List<String> classes) throws IOException {
        SortedMap<String, String> classOf = isAnnotated(folder) ? annotated(folder) : inClassFolders(folder);
        if (classOf.isEmpty()) {
            throw new DataException(folder.getFileName() + " must hold class folders of images, but held none");
        }
        List<String> order = classes.isEmpty()
                ? classOf.values().stream().distinct().sorted().toList()
                : classes;
        Map<String, Integer> labelOf = new HashMap<>();
        order.forEach(name -> labelOf.put(name, labelOf.size()));
        List<String> paths = new ArrayList<>(classOf.keySet());
        int[] labels = new int[paths.size()];
        for (int i = 0; i < labels.length; i++) {
            String name = classOf.getOrDefault(paths.get(i), "");
            Integer label = labelOf.get(name);
            if (label == null) {
                throw new DataException("%s must have classes of the given list of %d, but had '%s'"
                        .formatted(folder.getFileName(), order.size(), name));
            }
            labels[i] = label;
        }
        return new LabelledFiles(paths, labels);
    }

    /** The class of each file, by its path within the folder. */
    private static SortedMap<String, String> inClassFolders(Path folder) throws IOException {
        SortedMap<String, String> classOf = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            files.filter(LabelledFiles::isImage).forEach(file -> {
                Path inner = folder.relativize(file);
                if (inner.getNameCount() > 1) {
                    classOf.put(
                            inner.toString().replace('\\', '/'),
                            inner.getName(0).toString());
                }
            });
        }
        return classOf;
    }

    private static SortedMap<String, String> annotated(Path folder) throws IOException {
        SortedMap<String, String> classOf = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve(ANNOTATIONS))) {
            String[] fields = line.split("\t", -1);
            if (fields.length < 2) {
                throw new DataException(
                        "%s must have a file and its class in each line, but had '%s'".formatted(ANNOTATIONS, line));
            }
            classOf.put("images/" + fields[0], fields[1]);
        }
        return classOf;
    }

    /** Within the folder, in order. */
    List<String> paths() {
        return paths;
    }

    /** The class of each file. */
    int[] labels() {
        return labels.clone();
    }
}
