package io.tta4j.stream.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG, PNG, BMP and TIFF files, recognised by their contents, to what PIL's {@code convert('RGB')} gives: grey
 * is repeated, palettes are looked up, the upper byte of 16 is taken, transparency is dropped, CMYK is converted by
 * formula; colour profiles, gamma and EXIF orientation are not applied.
 *
 * <p>Safe for use by many threads.
 */
public final class ImageDecoder {

    /** As many pixels as PIL decodes: a small file can claim any size. */
    private static final long MOST_PIXELS = 178_956_970;

    private ImageDecoder() {}

    /**
     * Decodes a file.
     *
     * @param file its bytes
     * @throws UnreadableImageException if it is no image that is read here, or damaged, or cut short
     */
    public static RgbImage decode(byte[] file) throws UnreadableImageException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new UnreadableImageException("it is no JPEG, PNG, BMP or TIFF");
            }
            ImageReader reader = readers.next();
            try {
                return decode(reader, in, file);
            } finally {
                reader.dispose();
            }
        } catch (UnreadableImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The readers of the JDK also meet damage with exceptions of many kinds that are no IOException.
            throw new UnreadableImageException("it is damaged: " + e.getMessage(), e);
        }
    }

    private static RgbImage decode(ImageReader reader, ImageInputStream in, byte[] file) throws IOException {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
            throw new UnreadableImageException(
                    "it has %d pixels, more than the %d that are read".formatted(pixels, MOST_PIXELS));
        }
        if (JpegHeader.startsJpeg(file)) {
            return jpeg(reader, file);
        }
        BufferedImage image = reader.read(0);
        return image.getColorModel() instanceof IndexColorModel palette
                ? lookedUp(image.getRaster(), palette)
                : repeated(image);
    }

    private static RgbImage jpeg(ImageReader reader, byte[] file) throws IOException {
        JpegHeader header = JpegHeader.of(file);
        JpegColours colours = header.colours();
        PrematureEnd end = new PrematureEnd();
        reader.addIIOReadWarningListener(end);
        RgbImage image = colours.image(reader.readRaster(0, null));
        if (end.isHeard() || header.lacksScans(file)) {
            throw new UnreadableImageException("it is cut short");
        }
        return image;
    }

    private static RgbImage lookedUp(Raster raster, IndexColorModel palette) {
        int[] indices = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
        byte[] rgb = new byte[indices.length * RgbImage.CHANNELS];
        for (int i = 0; i < indices.length; i++) {
            rgb[3 * i] = (byte) palette.getRed(indices[i]);
            rgb[3 * i + 1] = (byte) palette.getGreen(indices[i]);
            rgb[3 * i + 2] = (byte) palette.getBlue(indices[i]);
        }
        return new RgbImage(raster.getHeight(), raster.getWidth(), rgb);
    }

    private static RgbImage repeated(BufferedImage image) throws UnreadableImageException {
        Raster raster = image.getRaster();
        int kind = image.getColorModel().getColorSpace().getType();
        if (kind != ColorSpace.TYPE_GRAY && kind != ColorSpace.TYPE_RGB) {
            throw new UnreadableImageException("its colours are neither grey nor RGB");
        }
        int bits = raster.getSampleModel().getSampleSize(0);
        int shift = Math.max(0, bits - Byte.SIZE);
        byte[] rgb = new byte[Math.multiplyExact(raster.getWidth() * raster.getHeight(), RgbImage.CHANNELS)];
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            int band = kind == ColorSpace.TYPE_GRAY ? 0 : channel;
            int[] samples = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), band, (int[]) null);
            for (int i = 0; i < samples.length; i++) {
                rgb[RgbImage.CHANNELS * i + channel] = (byte) (samples[i] >> shift);
            }
        }
        return new RgbImage(raster.getHeight(), raster.getWidth(), rgb);
    }
}
