package io.tta4j.stream.report;

import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A small PNG of an image, as a data URI. */
final class Thumbnail {

    /** The largest extent, in pixels; smaller images stay as they are. */
    static final int LARGEST = 96;

    private Thumbnail() {}

    /** Of one image; empty where it is neither grey nor RGB. */
    static Optional<String> of(Images images, int index) throws IOException {
        ImageShape shape = images.shape();
        if (shape.channels() != 1 && shape.channels() != 3) {
            return Optional.empty();
        }
        byte[] pixels = new byte[shape.values()];
        images.read(index, pixels);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(scaled(image(pixels, shape)), "png", out);
        }
        return Optional.of("data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }

    private static BufferedImage image(byte[] pixels, ImageShape shape) {
        BufferedImage image = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        int channels = shape.channels();
        for (int i = 0; i < shape.height() * shape.width(); i++) {
            int red = pixels[i * channels] & 0xff;
            int green = pixels[i * channels + channels / 2] & 0xff;
            int blue = pixels[i * channels + channels - 1] & 0xff;
            image.setRGB(i % shape.width(), i / shape.width(), red << 16 | green << 8 | blue);
        }
        return image;
    }

    private static BufferedImage scaled(BufferedImage image) {
        int extent = Math.max(image.getWidth(), image.getHeight());
        if (extent <= LARGEST) {
            return image;
        }
        int width = Math.max(1, image.getWidth() * LARGEST / extent);
        int height = Math.max(1, image.getHeight() * LARGEST / extent);
        BufferedImage smaller = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = smaller.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return smaller;
    }
}
