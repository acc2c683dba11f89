package io.tta4j.stream.corruption;

/** A byte of an image as a value in 0..1, and back. */
final class Levels {

    private static final double[] UNIT = new double[256];

    static {
        for (int i = 0; i < UNIT.length; i++) {
            UNIT[i] = i / 255.0;
        }
    }

    private Levels() {}

    static double unit(byte level) {
        return UNIT[level & 0xff];
    }

    /** Clips to 0..1 and truncates, as the published code's {@code np.uint8(np.clip(x, 0, 1) * 255)}. */
    static byte level(double unit) {
        return (byte) (int) (Math.min(1, Math.max(0, unit)) * 255);
    }
}
