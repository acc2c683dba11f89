package io.tta4j.stream.image;

/** To what size an image is resized. */
public sealed interface Resize {

    /** The size that an image of the given size gets. */
    Size of(Size image);

    /**
     * So that the shorter side has a length and the other keeps the proportion, rounded down, as torchvision has it.
     *
     * @param length in pixels, at least 1
     */
    record ShorterSide(int length) implements Resize {

        /** @throws IllegalArgumentException if the length is below one */
        public ShorterSide {
            if (length < 1) {
                throw new IllegalArgumentException("the shorter side must be at least 1, but was " + length);
            }
        }

        @Override
        public Size of(Size image) {
            int shorter = Math.min(image.height(), image.width());
            int longer = Math.max(image.height(), image.width());
            int other = (int) ((long) length * longer / shorter);
            return image.width() <= image.height() ? new Size(other, length) : new Size(length, other);
        }

        @Override
        public String toString() {
            return "shorter side " + length;
        }
    }

    /**
     * To one size, whatever the proportion.
     *
     * @param size the size
     */
    record Exact(Size size) implements Resize {

        @Override
        public Size of(Size image) {
            return size;
        }

        @Override
        public String toString() {
            return size.toString();
        }
    }

    /**
     * As torchvision's networks want it: the shorter side 8/7 of the crop's (256 for 224), but images that have the
     * crop's size are left as they are, as those of ImageNet-C are.
     *
     * @param crop what is cropped afterwards
     */
    record ForCrop(Size crop) implements Resize {

        @Override
        public Size of(Size image) {
            if (image.equals(crop)) {
                return image;
            }
            int shorter = Math.max(crop.height(), crop.width());
            return new ShorterSide((8 * shorter + 6) / 7).of(image);
        }

        @Override
        public String toString() {
            return "shorter side %d unless the image is %s"
                    .formatted((8 * Math.max(crop.height(), crop.width()) + 6) / 7, crop);
        }
    }
}
