package io.tta4j.stream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCodecTest {

    @Test
    void pngKeepsEveryPixel() throws IOException {
        byte[] pixels = new byte[7 * 5 * 3];
        new Random(1).nextBytes(pixels);
        RgbImage read = ImageCodec.decode(ImageCodec.png(new RgbImage(pixels, 7, 5)));
        assertThat(read.values()).isEqualTo(pixels);
        assertThat(read).hasToString("7x5x3");
    }

    /** A grey byte is no linear light: 100 stays 100. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void greyStaysAsItIs(String format) throws IOException {
        BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSamples(0, 0, 8, 8, 0, filled(64, 100));
        byte[] pixels = ImageCodec.decode(file(grey, format)).values();
        assertThat(pixels).hasSize(192).containsOnly((byte) 100);
    }

    @Test
    void palettesSixteenBitsAndTransparencyAreRead() throws IOException {
        BufferedImage palette = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_INDEXED);
        palette.setRGB(1, 1, 0xffff0033);
        assertThat(Arrays.copyOfRange(ImageCodec.decode(file(palette, "png")).values(), 12, 15))
                .containsExactly((byte) 0xff, (byte) 0, (byte) 0x33);

        BufferedImage deep = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSamples(0, 0, 2, 2, 0, filled(4, 0x4321));
        assertThat(ImageCodec.decode(file(deep, "png")).values()).containsOnly((byte) 0x43);

        BufferedImage clear = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0x00102030);
        assertThat(Arrays.copyOf(ImageCodec.decode(file(clear, "png")).values(), 3))
                .containsExactly((byte) 0x10, (byte) 0x20, (byte) 0x30);
    }

    @Test
    void refusesWhatIsNoImage() {
        assertThatThrownBy(() -> ImageCodec.decode(new byte[] {1, 2, 3}))
                .isInstanceOf(IIOException.class)
                .hasMessage("not an image of a known format");
        byte[] png = ImageCodec.png(new RgbImage(new byte[300], 10, 10));
        assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(png, png.length / 2)))
                .isInstanceOf(IIOException.class);
    }

    private static int[] filled(int length, int value) {
        int[] values = new int[length];
        Arrays.fill(values, value);
        return values;
    }

    private static byte[] file(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }
}
