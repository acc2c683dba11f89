package io.tta4j.stream.image;

import java.util.Optional;

/**
 * How an image gets the size that a model takes: resized, then cropped around its centre; as torchvision's
 * {@code Resize} and {@code CenterCrop} do it on PIL images, to the bit.
 *
 * @param resize to what size; empty for not at all
 * @param crop the size that is cut out, filled up with zeros where the image is smaller; empty for all of it
 * @param interpolation of the resizing
 */
public record Geometry(Optional<Resize> resize, Optional<Size> crop, Interpolation interpolation) {

    /** Leaves images as they are. */
    public static Geometry none() {
        return new Geometry(Optional.empty(), Optional.empty(), Interpolation.BILINEAR);
    }

    /** Whether images are left as they are. */
    public boolean isNone() {
        return resize.isEmpty() && crop.isEmpty();
    }

    /** The size that images of any size get; empty if it depends on theirs. */
    public Optional<Size> size() {
        return crop.or(() -> resize.flatMap(
                kind -> kind instanceof Resize.Exact exact ? Optional.of(exact.size()) : Optional.empty()));
    }

    /** Resizes and crops an image; the same object where there is nothing to do. */
    public RgbImage apply(RgbImage image) {
        Size old = new Size(image.height(), image.width());
        Size resized = resize.map(kind -> kind.of(old)).orElse(old);
        Size cut = crop.orElse(resized);
        if (resized.equals(old) && cut.equals(old)) {
            return image;
        }
        Window rows = Window.of(resized.height(), cut.height());
        Window columns = Window.of(resized.width(), cut.width());
        RgbImage visible = resample(image, resized, rows, columns);
        return place(visible, cut, rows, columns);
    }

    /** The part of the resized image that the crop shows. */
    private RgbImage resample(RgbImage image, Size resized, Window rows, Window columns) {
        if (resized.height() == image.height() && resized.width() == image.width()) {
            return Window.cut(image, rows, columns);
        }
        return Resampling.of(image, resized, interpolation, rows, columns);
    }

    private static RgbImage place(RgbImage visible, Size cut, Window rows, Window columns) {
        if (visible.height() == cut.height() && visible.width() == cut.width()) {
            return visible;
        }
        byte[] padded = new byte[cut.height() * cut.width() * RgbImage.CHANNELS];
        int bytes = visible.width() * RgbImage.CHANNELS;
        for (int row = 0; row < visible.height(); row++) {
            int target = ((row + rows.margin()) * cut.width() + columns.margin()) * RgbImage.CHANNELS;
            System.arraycopy(visible.pixels(), row * bytes, padded, target, bytes);
        }
        return new RgbImage(cut.height(), cut.width(), padded);
    }

    @Override
    public String toString() {
        String first =
                resize.map(kind -> "resized to " + kind + ", " + interpolation).orElse("not resized");
        return crop.map(size -> first + ", cropped to " + size).orElse(first);
    }
}
