package io.tta4j.stream.corruption;

/**
 * The seed of what chance does to one image: a hash of the run's seed, the corruption's name, the severity, and the
 * image's index or name. Nothing else enters it, so neither order nor batch nor threads matter.
 */
public final class ImageSeed {

    private ImageSeed() {}

    /** The seed of the image at an index of a file. */
    public static long of(long seed, Corruption corruption, int severity, long index) {
        return mix(of(seed, corruption, severity) + index);
    }

    /** The seed of an image by its name, such as its path within a folder. */
    public static long of(long seed, Corruption corruption, int severity, String name) {
        return mix(of(seed, corruption, severity) + hash(name));
    }

    private static long of(long seed, Corruption corruption, int severity) {
        return mix(mix(mix(seed) + hash(corruption.name())) + severity);
    }

    /** A hash of a text's UTF-16 code units. */
    private static long hash(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = mix(hash + text.charAt(i));
        }
        return hash;
    }

    /** Spreads the bits of a number over all 64; Steele, Lea and Flood, Fast splittable pseudorandom numbers, 2014. */
    static long mix(long z) {
        long sum = z + 0x9e3779b97f4a7c15L;
        long first = (sum ^ (sum >>> 30)) * 0xbf58476d1ce4e5b9L;
        long second = (first ^ (first >>> 27)) * 0x94d049bb133111ebL;
        return second ^ (second >>> 31);
    }
}
