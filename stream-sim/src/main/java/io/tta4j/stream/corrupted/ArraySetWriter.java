package io.tta4j.stream.corrupted;

import io.tta4j.stream.corruption.CorruptedImages;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.DataSets;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.NpyAppender;
import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyType;
import io.tta4j.stream.data.Split;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * From {@code images.npy} and {@code labels.npy}, or CIFAR's binary files, to CIFAR-10-C's layout:
 * {@code <corruption>.npy}, uint8 [severities * N, H, W, 3], one severity after the other, and {@code labels.npy}, as
 * often. A killed run loses the severity that it was at.
 */
final class ArraySetWriter implements CorruptedSetWriter {

    static final String IMAGES = "images.npy";

    private static final String LABELS = "labels.npy";
    private static final int CHUNK_BYTES = 1 << 23;

    private final Images clean;
    private final int[] labels;
    private final CorruptionPlan plan;
    private final Manifest manifest;
    private final Path out;
    private final int threads;

    private ArraySetWriter(Images clean, int[] labels, CorruptionPlan plan, Manifest manifest, Path out, int threads) {
        this.clean = clean;
        this.labels = labels;
        this.plan = plan;
        this.manifest = manifest;
        this.out = out;
        this.threads = threads;
    }

    static ArraySetWriter open(Path in, Split split, Path out, CorruptionPlan plan, int threads) throws IOException {
        DataSet set = DataSets.openSingle(in, split, List.of());
        try {
            Images clean = (Images) set.samples(set.first(), Geometry.none());
            ImageShape shape = clean.shape();
            if (shape.channels() != RgbImage.CHANNELS) {
                throw new DataException("images.npy must be RGB, [images, height, width, 3], but had %d channels"
                        .formatted(shape.channels()));
            }
            CorruptionPlan fitting = plan.forSize(shape.height(), shape.width());
            List<Path> files = Files.exists(in.resolve(IMAGES))
                    ? List.of(in.resolve(IMAGES), in.resolve(LABELS))
                    : split.binaryFiles(in);
            Manifest manifest =
                    Manifest.of(fitting, InputHash.ofContents(files)).with("severities", fitting.severities());
            return new ArraySetWriter(clean, set.labels(), fitting, manifest, out, threads);
        } catch (IOException | RuntimeException e) {
            set.close();
            throw e;
        }
    }

    @Override
    public int images() {
        return clean.count();
    }

    @Override
    public String description() {
        return "%d images of %s, %s parameters".formatted(images(), clean.shape(), plan.parametersName());
    }

    @Override
    public long write(CorruptionListener listener) throws IOException {
        manifest.claim(out);
        Path labels = out.resolve(LABELS);
        if (!Files.exists(labels)) {
            PartialFile.write(labels, repeatedLabels());
        }
        long found = 0;
        try (Workers workers = new Workers(threads)) {
            for (String corruption : plan.corruptions()) {
                found += write(corruption, workers, listener);
            }
        }
        return found;
    }

    /** Returns how many images were there already. */
    private long write(String corruption, Workers workers, CorruptionListener listener) throws IOException {
        int total = Math.multiplyExact(images(), plan.severities().size());
        Path target = out.resolve(corruption + ".npy");
        if (Files.exists(target)) {
            listener.done(corruption, total);
            return total;
        }
        PartialFile file = new PartialFile(target);
        ImageShape shape = clean.shape();
        List<Integer> extents = List.of(total, shape.height(), shape.width(), shape.channels());
        long severityValues = (long) images() * shape.values();
        long found;
        try (NpyAppender array = NpyAppender.open(file.path(), NpyType.UINT8, extents, severityValues)) {
            found = array.written() / shape.values();
            listener.done(corruption, (int) found);
            List<Integer> severities = plan.severities();
            for (int severity : severities.subList((int) (found / images()), severities.size())) {
                CorruptedImages corrupted =
                        new CorruptedImages(clean, plan.corruption(corruption), severity, plan.seed());
                append(corrupted, array, workers, listener);
                array.force();
            }
        }
        file.complete();
        return found;
    }

    private static void append(CorruptedImages images, NpyAppender array, Workers workers, CorruptionListener listener)
            throws IOException {
        int values = images.shape().values();
        int most = Math.max(1, CHUNK_BYTES / values);
        for (int first = 0; first < images.count(); first += most) {
            int from = first;
            int count = Math.min(most, images.count() - first);
            byte[] chunk = new byte[count * values];
            workers.each(count, index -> {
                byte[] image = new byte[values];
                images.read(from + index, image);
                System.arraycopy(image, 0, chunk, index * values, values);
                listener.done(images.corruption().name(), 1);
            });
            array.append(ByteBuffer.wrap(chunk));
        }
    }

    private byte[] repeatedLabels() throws IOException {
        int length = labels.length * plan.severities().size();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        if (Arrays.stream(labels).allMatch(label -> label < 256)) {
            byte[] repeated = new byte[length];
            for (int i = 0; i < length; i++) {
                repeated[i] = (byte) labels[i % labels.length];
            }
            NpyArray.of(repeated, length).writeTo(file);
        } else {
            long[] repeated = new long[length];
            Arrays.setAll(repeated, i -> labels[i % labels.length]);
            NpyArray.of(repeated, length).writeTo(file);
        }
        return file.toByteArray();
    }

    @Override
    public void close() throws IOException {
        clean.close();
    }
}
