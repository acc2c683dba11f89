package io.tta4j.stream.corruption;

import java.util.Arrays;

/** Images whose pixels follow a formula, so that other programs can make them too. */
final class TestImages {

    private TestImages() {}

    /** The i-th byte is (37 i + 11) mod 256. */
    static byte[] pattern(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (37 * i + 11);
        }
        return pixels;
    }

    /** At (x, y) channel c is ((c + 2) x^2 / 7 + y^2 / 3 + x y / (c + 1)) mod 256, each quotient rounded down. */
    static byte[] waves(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < pixels.length; i++) {
            int y = i / 3 / width;
            int x = i / 3 % width;
            int c = i % 3;
            pixels[i] = (byte) ((c + 2) * x * x / 7 + y * y / 3 + x * y / (c + 1));
        }
        return pixels;
    }

    static byte[] constant(int height, int width, int value) {
        byte[] pixels = new byte[height * width * 3];
        Arrays.fill(pixels, (byte) value);
        return pixels;
    }

    /** Every pixel has this colour. */
    static byte[] colour(int height, int width, int red, int green, int blue) {
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) red;
            pixels[i + 1] = (byte) green;
            pixels[i + 2] = (byte) blue;
        }
        return pixels;
    }

    static int[] unsigned(byte[] pixels) {
        int[] values = new int[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = pixels[i] & 0xff;
        }
        return values;
    }
}
