package io.tta4j.stream.corruption;

/** The two published sets of constants. */
public enum ParameterSet {
    /** For images of about 32 pixels a side: CIFAR-10-C. */
    CIFAR,
    /** For images of about 224 pixels a side: ImageNet-C. */
    IMAGENET;

    /** The longest side of images that get {@link #CIFAR} where nothing else is asked for. */
    public static final int LARGEST_CIFAR_SIDE = 64;

    /** The set that suits images of this size: {@link #CIFAR} up to 64 pixels a side. */
    public static ParameterSet forSize(int height, int width) {
        return Math.max(height, width) <= LARGEST_CIFAR_SIDE ? CIFAR : IMAGENET;
    }
}
