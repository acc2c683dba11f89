package io.tta4j.stream.corrupted;

import io.tta4j.stream.corruption.Corruption;
import io.tta4j.stream.corruption.ImageEncoder;
import io.tta4j.stream.corruption.ImageSeed;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.image.ImageDecoder;
import io.tta4j.stream.image.RgbImage;
import io.tta4j.stream.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * From a tree of PNG and JPEG files to ImageNet-C's layout: the same tree under {@code <corruption>/<severity>/}. PNG
 * stays PNG, JPEG becomes JPEG of quality 85, as ImageNet-C's. An image's seed derives from its path within the tree.
 */
final class TreeSetWriter implements CorruptedSetWriter {

    /** ImageNet-C's. */
    private static final int JPEG_QUALITY = 85;

    private final Path in;
    private final List<String> files;
    private final CorruptionPlan plan;
    private final Path out;
    private final int threads;

    private TreeSetWriter(Path in, List<String> files, CorruptionPlan plan, Path out, int threads) {
        this.in = in;
        this.files = files;
        this.plan = plan;
        this.out = out;
        this.threads = threads;
    }

    static TreeSetWriter open(Path in, Path out, CorruptionPlan plan, int threads) throws IOException {
        List<String> files;
        try (Stream<Path> found = Files.walk(in, FileVisitOption.FOLLOW_LINKS)) {
            files = found.filter(Files::isRegularFile)
                    .map(file -> in.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> isPng(name) || isJpeg(name))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new DataException(
                    "%s must hold images.npy and labels.npy, CIFAR's .bin files, or folders of PNG or JPEG files, but held none of these"
                            .formatted(in));
        }
        return new TreeSetWriter(in, files, plan, out, threads);
    }

    private static boolean isPng(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".png");
    }

    private static boolean isJpeg(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".jpg") || lower.endsWith(".jpeg");
    }

    @Override
    public int images() {
        return files.size();
    }

    @Override
    public String description() {
        return files.size() + " image files, parameters " + plan.parametersName();
    }

    @Override
    public long write(CorruptionListener listener) throws IOException {
        Manifest.of(plan, InputHash.ofNamesAndSizes(in, files)).claim(out);
        AtomicLong found = new AtomicLong();
        try (Workers workers = new Workers(threads)) {
            workers.each(files.size(), index -> found.addAndGet(write(files.get(index), listener)));
        }
        return found.get();
    }

    private record Output(Corruption corruption, int severity, Path file) {}

    /** Writes what is missing of one image; returns how many files of it were there already. */
    private int write(String name, CorruptionListener listener) throws IOException {
        List<Output> missing = new ArrayList<>();
        int found = 0;
        for (String corruption : plan.corruptions()) {
            for (int severity : plan.severities()) {
                Path file = out.resolve(corruption)
                        .resolve(Integer.toString(severity))
                        .resolve(name);
                if (Files.exists(file)) {
                    listener.done(corruption, 1);
                    found++;
                } else {
                    missing.add(new Output(plan.corruption(corruption), severity, file));
                }
            }
        }
        if (missing.isEmpty()) {
            return found;
        }
        RgbImage clean = read(name);
        for (Output output : missing) {
            Files.createDirectories(output.file.resolveSibling(""));
            PartialFile.write(output.file, corrupted(clean, name, output));
            listener.done(output.corruption.name(), 1);
        }
        return found;
    }

    private RgbImage read(String name) throws IOException {
        Path file = in.resolve(name);
        try {
            return ImageDecoder.decode(Files.readAllBytes(file));
        } catch (UnreadableImageException e) {
            throw new DataException(
                    "%s must be a PNG or JPEG file, but could not be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private byte[] corrupted(RgbImage clean, String name, Output output) {
        int height = clean.height();
        int width = clean.width();
        long seed = ImageSeed.of(plan.seed(), output.corruption, output.severity, name);
        byte[] pixels = output.corruption.apply(clean.pixels(), height, width, output.severity, seed);
        RgbImage image = new RgbImage(height, width, pixels);
        return isPng(name) ? ImageEncoder.png(image) : ImageEncoder.jpeg(image, JPEG_QUALITY);
    }

    @Override
    public void close() {}
}
