package io.tta4j.stream.corruption;

import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.image.RgbImage;
import java.io.IOException;

/**
 * Images that are corrupted when they are read: the same pixels, each time and in any order, as {@code tta corrupt}
 * writes with the same seed. Closing it closes the clean images.
 *
 * <p>Safe for use by many threads where the clean images are.
 *
 * @param clean the images without corruption, RGB
 * @param corruption what is done to them
 * @param severity 1 to 5
 * @param seed of the run; {@link ImageSeed} makes each image's of it
 */
public record CorruptedImages(Images clean, Corruption corruption, int severity, long seed) implements Images {

    /**
     * Checks the severity and the channels.
     *
     * @throws IllegalArgumentException if the severity is not in 1..5 or the images are not RGB
     */
    public CorruptedImages {
        if (severity < Corruption.MIN_SEVERITY || severity > Corruption.MAX_SEVERITY) {
            throw new IllegalArgumentException("severity must be in 1..5, but was " + severity);
        }
        if (clean.shape().channels() != RgbImage.CHANNELS) {
            throw new IllegalArgumentException(
                    "images to corrupt must be RGB, with 3 channels, but were " + clean.shape());
        }
    }

    @Override
    public String name() {
        return domain().name();
    }

    @Override
    public Domain domain() {
        return new Domain(corruption.name(), severity);
    }

    @Override
    public int count() {
        return clean.count();
    }

    @Override
    public ImageShape shape() {
        return clean.shape();
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        ImageShape shape = shape();
        byte[] pixels = new byte[shape.values()];
        clean.read(index, pixels);
        long imageSeed = ImageSeed.of(seed, corruption, severity, index);
        byte[] corrupted = corruption.apply(pixels, shape.height(), shape.width(), severity, imageSeed);
        System.arraycopy(corrupted, 0, target, 0, corrupted.length);
    }

    @Override
    public void close() throws IOException {
        clean.close();
    }
}
