package io.tta4j.stream.data;

import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.ImageDecoder;
import io.tta4j.stream.image.RgbImage;
import io.tta4j.stream.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Image files, each decoded, resized and cropped when it is read. Safe for use by many threads. */
final class ImageFiles implements Images {

    private final Domain domain;
    private final Path root;
    private final Path folder;
    private final List<String> paths;
    private final Geometry geometry;
    private final ImageShape shape;

    private ImageFiles(Domain domain, Path root, Path folder, List<String> paths, Geometry geometry, ImageShape shape) {
        this.domain = domain;
        this.root = root;
        this.folder = folder;
        this.paths = paths;
        this.geometry = geometry;
        this.shape = shape;
    }

    /**
     * Files of one folder.
     *
     * @param root what messages name files from
     * @param paths within {@code folder}
     * @param geometry where it does not say the size, that of the first image that can be read does
     */
    static ImageFiles open(Domain domain, Path root, Path folder, List<String> paths, Geometry geometry)
            throws IOException {
        ImageFiles unshaped = new ImageFiles(domain, root, folder, paths, geometry, new ImageShape(1, 1, 3));
        ImageShape shape = geometry.size().isPresent()
                ? new ImageShape(
                        geometry.size().get().height(), geometry.size().get().width(), RgbImage.CHANNELS)
                : unshaped.shapeOfFirst();
        return new ImageFiles(domain, root, folder, paths, geometry, shape);
    }

    private ImageShape shapeOfFirst() throws IOException {
        @Nullable BadSampleException bad = null;
        for (int index = 0; index < paths.size(); index++) {
            try {
                return shape(image(index));
            } catch (BadSampleException e) {
                bad = bad == null ? e : bad;
            }
        }
        if (bad != null) {
            throw bad;
        }
        throw new DataException(domain + " must hold images, but held none");
    }

    private static ImageShape shape(RgbImage image) {
        return new ImageShape(image.height(), image.width(), RgbImage.CHANNELS);
    }

    @Override
    public String name() {
        return domain.name();
    }

    @Override
    public Domain domain() {
        return domain;
    }

    @Override
    public int count() {
        return paths.size();
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public void read(int index, byte[] target) throws IOException {
        RgbImage image = image(index);
        if (!shape(image).equals(shape)) {
            throw new DataException("%s must be %s as the first image, but was %s: resize or crop them"
                    .formatted(named(index), shape, shape(image)));
        }
        System.arraycopy(image.pixels(), 0, target, 0, image.pixels().length);
    }

    private RgbImage image(int index) throws IOException {
        try {
            return geometry.apply(ImageDecoder.decode(Files.readAllBytes(folder.resolve(paths.get(index)))));
        } catch (UnreadableImageException e) {
            throw new BadSampleException(named(index), String.valueOf(e.getMessage()), e);
        } catch (FileSystemException e) {
            throw new BadSampleException(
                    named(index), "it cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private String named(int index) {
        return root.relativize(folder.resolve(paths.get(index))).toString();
    }
}
