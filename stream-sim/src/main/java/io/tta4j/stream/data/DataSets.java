package io.tta4j.stream.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens data sets by what lies there.
 *
 * <ul>
 *   <li>a folder of {@code <corruption>.npy} and {@code labels.npy} ({@link CorruptedSet}), or one such {@code .npy}
 *       file
 *   <li>a folder of {@code <corruption>.npz}, or one such file: {@code images}, uint8 [N, H, W, channels], or an array
 *       for each of a model's inputs; and {@code labels}
 *   <li>CIFAR-10's or CIFAR-100's binary files, with their fine labels, or one such file
 *   <li>class folders of image files, as ImageNet has them; several of these as
 *       {@code <corruption>/<severity>/<class>}, as ImageNet-C and Tiny-ImageNet-C have them
 *   <li>Tiny-ImageNet
 * </ul>
 *
 * Images are read one at a time, when they are asked for.
 */
public final class DataSets {

    private static final Pattern SEVERITY_FOLDER = Pattern.compile("severity[1-5]");
    private static final String IMAGES = "images.npy";
    private static final String LABELS = "labels.npy";
    private static final String CLASSES = "classes.txt";

    private DataSets() {}

    /**
     * Opens a data set.
     *
     * @param path a folder or a file
     * @param split which part, where it comes in parts
     * @param classes what class folders are called, in the order of their labels; empty for a {@code classes.txt}
     *     beside them, with a name a line, or else by name
     * @throws IOException if a file is missing or cannot be read
     * @throws DataException if nothing that is read here lies there, or files are not what they must be
     */
    public static DataSet open(Path path, Split split, List<String> classes) throws IOException {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (Files.isRegularFile(path)) {
            return openFile(path, name);
        }
        Labels.requireFolder(path);
        if (holds(path, ".npy") || holdsSeverities(path)) {
            return CorruptedSet.open(path);
        }
        if (holds(path, ".npz")) {
            return NpzFolder.open(path);
        }
        if (holds(path, ".bin")) {
            return CifarBinary.openFolder(path, split);
        }
        return openImages(path, split, classes);
    }

    /**
     * Opens samples that are under one corruption, or none; of a folder with {@code images.npy}, these.
     *
     * @throws DataException also if there are several corruptions
     */
    public static DataSet openSingle(Path path, Split split, List<String> classes) throws IOException {
        Path images = path.resolve(IMAGES);
        DataSet set = open(Files.isRegularFile(images) ? images : path, split, classes);
        if (set.corruptions().size() > 1 || set.severities().size() > 1) {
            set.close();
            throw new DataException(
                    "%s must hold one set of samples, but held %s".formatted(path.getFileName(), set.corruptions()));
        }
        return set;
    }

    /** As {@link #openSingle}, but {@code .npy} images need no labels: then there are none. */
    public static DataSet openUnlabelled(Path path, Split split, List<String> classes) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(IMAGES) : path;
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".npy") && Files.isRegularFile(file) && !Files.exists(file.resolveSibling(LABELS))) {
            return new SingleSet(NpyImages.open(stem(name), file));
        }
        return openSingle(path, split, classes);
    }

    private static DataSet openFile(Path file, String name) throws IOException {
        if (name.endsWith(".npz")) {
            return NpzFolder.openFile(file);
        }
        if (name.endsWith(".bin")) {
            return CifarBinary.openFile(file);
        }
        if (!name.endsWith(".npy")) {
            throw new NotDirectoryException(file.toString());
        }
        int[] labels = Labels.read(file.resolveSibling(LABELS));
        Images images = NpyImages.open(stem(name), file);
        try {
            Labels.requireOneEach(images, file, labels);
            return new SingleSet(images, labels);
        } catch (DataException e) {
            images.close();
            throw e;
        }
    }

    private static DataSet openImages(Path root, Split split, List<String> classes) throws IOException {
        Path folder = split.folders().stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(root);
        List<String> order = classes;
        for (Path place : new Path[] {root, folder}) {
            if (order.isEmpty() && Files.exists(place.resolve(CLASSES))) {
                order = Files.readAllLines(place.resolve(CLASSES)).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
            }
        }
        return ImageTree.open(folder, order);
    }

    private static boolean holds(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(suffix) && Files.isRegularFile(file));
        }
    }

    private static boolean holdsSeverities(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file ->
                    SEVERITY_FOLDER.matcher(file.getFileName().toString()).matches() && Files.isDirectory(file));
        }
    }

    /** A file's name without what is behind its last dot. */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 1 ? name : name.substring(0, dot);
    }
}
