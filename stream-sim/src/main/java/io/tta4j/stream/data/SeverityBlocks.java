package io.tta4j.stream.data;

import java.io.IOException;
import java.util.Arrays;

/** Tells files that hold each image once from those that hold it at five severities, one after another. */
final class SeverityBlocks {

    /** Severities 1 to 5. */
    static final int SEVERITIES = Domain.MOST_SEVERE;

    private static final int PROBES = 64;

    /** Of 32 CIFAR-10 images, 29 under fog, the least of all corruptions, are nearer to themselves. */
    private static final double ALIKE = 0.75;

    private SeverityBlocks() {}

    /**
     * Whether the rows are five blocks of the same images. They are if there are five rows a label. With a label for
     * each row the labels must repeat five times, as CIFAR-10-C's do; as those of a set that is sorted or balanced can
     * do so too, the images must bear it out: at the next severity an image is nearer to itself than to another.
     */
    static boolean in(Images images, int[] labels) throws IOException {
        if (images.count() == SEVERITIES * labels.length) {
            return true;
        }
        int block = labels.length / SEVERITIES;
        return images.count() == labels.length && block > 1 && repeat(labels, block) && showTheSame(images, block);
    }

    private static boolean repeat(int[] labels, int block) {
        return labels.length == SEVERITIES * block
                && Arrays.equals(labels, 0, labels.length - block, labels, block, labels.length);
    }

    /** By the last two blocks; by chance alone, half of the images are nearer to those of their own place. */
    private static boolean showTheSame(Images images, int block) throws IOException {
        int last = (SEVERITIES - 1) * block;
        int probes = Math.min(PROBES, block);
        int same = 0;
        for (int probe = 0; probe < probes; probe++) {
            int place = (int) ((long) probe * block / probes);
            byte[] image = read(images, last - block + place);
            byte[] own = read(images, last + place);
            byte[] other = read(images, last + (place + block / 2) % block);
            same += distance(image, own) < distance(image, other) ? 1 : 0;
        }
        return same >= ALIKE * probes;
    }

    private static byte[] read(Images images, int index) throws IOException {
        byte[] pixels = new byte[images.shape().values()];
        images.read(index, pixels);
        return pixels;
    }

    private static long distance(byte[] a, byte[] b) {
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(Byte.toUnsignedInt(a[i]) - Byte.toUnsignedInt(b[i]));
        }
        return sum;
    }
}
