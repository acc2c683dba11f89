package io.tta4j.stream.corruption;

import java.util.List;

/** Shrinks the image and enlarges it again, both with Pillow's box filter; on bytes, as Pillow rounds in between. */
record Pixelate(String name, List<Double> scales) implements Corruption {

    @Override
    public byte[] apply(byte[] pixels, int height, int width, int severity, long seed) {
        Arguments.check(pixels, height, width, severity);
        double scale = scales.get(severity - MIN_SEVERITY);
        int smallHeight = Math.max(1, (int) (height * scale));
        int smallWidth = Math.max(1, (int) (width * scale));
        byte[] small = BoxResize.resize(pixels, height, width, smallHeight, smallWidth);
        return BoxResize.resize(small, smallHeight, smallWidth, height, width);
    }

    @Override
    public String toString() {
        return name;
    }
}
