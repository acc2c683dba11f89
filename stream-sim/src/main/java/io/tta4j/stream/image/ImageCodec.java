package io.tta4j.stream.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * PNG and JPEG, by the JDK's codecs. Its JPEG codec is libjpeg: the same pixels as Pillow's.
 *
 * <p>Safe for use by many threads.
 */
public final class ImageCodec {

    private static final int[] RGB = {0, 1, 2};

    private ImageCodec() {}

    /** The bytes of a PNG file. */
    public static byte[] png(RgbImage image) {
        return encode(image, "png", 1);
    }

    /**
     * The bytes of a JPEG file as Pillow writes it: standard tables, colour at half the resolution.
     *
     * @param quality libjpeg's, 1 to 100
     */
    public static byte[] jpeg(RgbImage image, int quality) {
        // The JDK scales the standard tables as libjpeg does, by its quality divided by 100.
        return encode(image, "jpeg", quality / 100f);
    }

    private static byte[] encode(RgbImage image, String format, float quality) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(image.values().length / 4);
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(view(image), null, null), parameters);
        } catch (IOException e) {
            throw new IllegalStateException("an image in memory could not be written as " + format, e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage view(RgbImage image) {
        DataBuffer data = new DataBufferByte(image.values(), image.values().length);
        int stride = image.width() * RgbImage.CHANNELS;
        WritableRaster raster = Raster.createInterleavedRaster(
                data, image.width(), image.height(), stride, RgbImage.CHANNELS, RGB, null);
        ComponentColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, raster, false, null);
    }

    /**
     * The image in a file's bytes. As Pillow's {@code convert("RGB")}: grey becomes three equal channels, transparency
     * and colour profiles are left out.
     *
     * @throws IIOException if they are not an image, or one that the JDK cannot read
     */
    public static RgbImage decode(byte[] file) throws IOException {
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IIOException("not an image of a known format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return rgb(reader.read(0));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                // What the JDK's readers throw at some broken files.
                throw new IIOException(String.valueOf(e.getMessage()), e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static RgbImage rgb(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        byte[] rgb = new byte[height * width * RgbImage.CHANNELS];
        if (image.getColorModel() instanceof IndexColorModel) {
            int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) (colours[i / 3] >> (16 - 8 * (i % 3)));
            }
            return new RgbImage(rgb, height, width);
        }
        // Not by getRGB: it takes grey for linear light and applies colour profiles.
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - Byte.SIZE);
        int[] samples = raster.getPixels(0, 0, width, height, (int[]) null);
        int step = bands < RgbImage.CHANNELS ? 0 : 1;
        for (int pixel = 0; pixel < height * width; pixel++) {
            for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
                rgb[pixel * RgbImage.CHANNELS + channel] = (byte) (samples[pixel * bands + channel * step] >> shift);
            }
        }
        return new RgbImage(rgb, height, width);
    }
}
