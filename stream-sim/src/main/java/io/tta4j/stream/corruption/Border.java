package io.tta4j.stream.corruption;

/** What a filter sees beyond the edge of the image; each is the border of the library the published code calls. */
enum Border {
    /** The edge pixel goes on for ever: {@code aaa|abcd|ddd}. */
    NEAREST {
        @Override
        int outside(int position, int length) {
            return position < 0 ? 0 : length - 1;
        }
    },
    /** The image is mirrored about its edge: {@code cba|abcd|dcb}. */
    REFLECT {
        @Override
        int outside(int position, int length) {
            int folded = Math.floorMod(position, 2 * length);
            return Math.min(folded, 2 * length - 1 - folded);
        }
    },
    /** The image is mirrored about its edge pixel: {@code dcb|abcd|cba}. */
    REFLECT_101 {
        @Override
        int outside(int position, int length) {
            if (length == 1) {
                return 0;
            }
            int period = 2 * (length - 1);
            int folded = Math.floorMod(position, period);
            return Math.min(folded, period - folded);
        }
    };

    /** The position within 0..length-1 whose value stands at this one. */
    final int inside(int position, int length) {
        return position >= 0 && position < length ? position : outside(position, length);
    }

    /** As {@link #inside}, of a position that is not. */
    abstract int outside(int position, int length);
}
