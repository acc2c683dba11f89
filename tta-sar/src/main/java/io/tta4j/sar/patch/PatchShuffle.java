package io.tta4j.sar.patch;

import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Cuts images into patches and puts these together in another order, which destroys shapes and keeps textures (DeYO,
 * Lee et al., ICLR 2024, section 3). The order of an image comes from its own pixels and a seed: the same image is
 * shuffled alike in any batch, on any thread.
 *
 * <p>A patch has floor(side / patches) pixels a side; what that leaves over at the right and at the bottom stays where
 * it is (the authors' code resizes such images instead).
 *
 * @param patches how many along each side
 * @param seed of the orders
 */
public record PatchShuffle(int patches, long seed) {

    /** Where there are no more than so many, the last axis holds channels. */
    private static final int MOST_CHANNELS = 4;

    /**
     * The one input that holds images.
     *
     * @throws IllegalArgumentException if the inputs are something else than one of float32 images, or these are too
     *     small; the message says what they are
     */
    public InputSpec images(List<InputSpec> inputs) {
        InputSpec first = inputs.get(0);
        boolean images = inputs.size() == 1
                && first.type() == ElementType.FLOAT32
                && first.shape().size() == 4;
        if (!images) {
            throw new IllegalArgumentException(
                    "inputs must be one of float32 images, with four axes, for patches to be shuffled, but were "
                            + inputs.stream()
                                    .map(input -> input.name() + " " + input)
                                    .toList());
        }
        return first;
    }

    /**
     * The images in patches of another order.
     *
     * @param images float32 [N, channels, height, width], or [N, height, width, channels] with at most four channels
     * @throws IllegalArgumentException if a side has fewer pixels than patches
     */
    public Tensor of(Tensor images) {
        long[] shape = images.shape();
        boolean channelsLast = shape[3] <= MOST_CHANNELS && shape[1] > MOST_CHANNELS;
        int planes = channelsLast ? 1 : (int) shape[1];
        int height = (int) shape[channelsLast ? 1 : 2];
        int width = (int) shape[channelsLast ? 2 : 3];
        int depth = channelsLast ? (int) shape[3] : 1;
        if (Math.min(height, width) < patches) {
            throw new IllegalArgumentException(
                    "images must have at least as many pixels a side as patches, %d, but were %s"
                            .formatted(patches, images));
        }
        int patchHeight = height / patches;
        int patchWidth = width / patches;
        int size = planes * height * width * depth;
        float[] from = new float[size];
        float[] all = new float[images.rows() * size];
        FloatBuffer pixels = images.floats();
        for (int row = 0; row < images.rows(); row++) {
            pixels.get(row * size, from);
            System.arraycopy(from, 0, all, row * size, size);
            int[] order = order(from);
            for (int place = 0; place < order.length; place++) {
                int top = place / patches * patchHeight;
                int left = place % patches * patchWidth;
                int oldTop = order[place] / patches * patchHeight;
                int oldLeft = order[place] % patches * patchWidth;
                for (int line = 0; line < planes * patchHeight; line++) {
                    int start = (line / patchHeight * height + line % patchHeight) * width;
                    int source = (start + oldTop * width + oldLeft) * depth;
                    int target = row * size + (start + top * width + left) * depth;
                    System.arraycopy(from, source, all, target, patchWidth * depth);
                }
            }
        }
        return Tensor.of(all, shape);
    }

    /** Which patch comes where: by random keys, in ascending order. */
    private int[] order(float[] image) {
        long hash = seed;
        for (float pixel : image) {
            hash = 31 * hash + Float.floatToIntBits(pixel);
        }
        long[] keys = new SplittableRandom(hash).longs((long) patches * patches).toArray();
        return IntStream.range(0, keys.length)
                .boxed()
                .sorted(Comparator.comparingLong(patch -> keys[patch]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
