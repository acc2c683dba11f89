package io.tta4j.stream.corruption;

import io.tta4j.stream.image.RgbImage;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes PNG and JPEG by the JDK's codecs. Its JPEG codec is libjpeg: the same pixels as Pillow's.
 *
 * <p>Safe for use by many threads.
 */
public final class ImageEncoder {

    private static final int[] RGB = {0, 1, 2};

    private ImageEncoder() {}

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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(image.pixels().length / 4);
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
        DataBuffer data = new DataBufferByte(image.pixels(), image.pixels().length);
        int stride = image.width() * RgbImage.CHANNELS;
        WritableRaster raster = Raster.createInterleavedRaster(
                data, image.width(), image.height(), stride, RgbImage.CHANNELS, RGB, null);
        ComponentColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, raster, false, null);
    }
}
