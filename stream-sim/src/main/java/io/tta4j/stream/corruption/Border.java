package io.tta4j.stream.corruption;

/** What a filter sees beyond the edge of the image; each is the border of the library the published code calls. */
enum Border {
    /** The edge pixel goes on for ever: {@code aaa|abcd|ddd}. */
    NEAREST {
        @Override
        int inside(int position, int length) {
            return Math.min(length - 1, Math.max(0, position));
        }
    },
    /** The image is mirrored about its edge pixel: {@code dcb|abcd|cba}. */
    REFLECT_101 {
        @Override
        int inside(int position, int length) {
            if (length == 1) {
                return 0;
            }
            int period = 2 * (length - 1);
            int folded = Math.floorMod(position, period);
            return Math.min(folded, period - folded);
        }
    };

    /** The position within 0..length-1 whose value stands at this one. */
    abstract int inside(int position, int length);
}
