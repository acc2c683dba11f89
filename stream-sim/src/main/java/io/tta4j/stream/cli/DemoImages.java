package io.tta4j.stream.cli;

import io.tta4j.stream.corruption.Corruption;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.demo.TexturedShapes;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Held-out textured shapes under one corruption, drawn when they are read.
 *
 * @param clean the images without corruption, HWC
 * @param corruption what is done to them
 * @param severity 1..5
 */
record DemoImages(List<byte[]> clean, Corruption corruption, int severity) implements Images {

    private static final int SIZE = TexturedShapes.SIZE;
    private static final long SEED = TexturedShapes.HELD_OUT_SEED;

    /** The first {@code count} held-out images, without corruption. */
    static List<byte[]> clean(int count) {
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(index -> TexturedShapes.image(SEED, index))
                .toList();
    }

    /** The labels of these images. */
    static int[] labels(int count) {
        return IntStream.range(0, count)
                .map(index -> TexturedShapes.label(SEED, index))
                .toArray();
    }

    @Override
    public String name() {
        return corruption.name();
    }

    @Override
    public int count() {
        return clean.size();
    }

    @Override
    public ImageShape shape() {
        return new ImageShape(SIZE, SIZE, 3);
    }

    @Override
    public void read(int index, byte[] target) {
        long seed = TexturedShapes.corruptionSeed(SEED, index);
        byte[] corrupted = corruption.apply(clean.get(index), SIZE, SIZE, severity, seed);
        System.arraycopy(corrupted, 0, target, 0, corrupted.length);
    }
}
