package io.tta4j.stream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what PIL makes of the same files ({@code tools/preprocessing}). */
final class ImageDecoderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgba.png",
                "transparent-colour.png",
                "grey.png",
                "grey-alpha.png",
                "grey-2-bits.png",
                "bilevel.png",
                "palette.png",
                "rgb-16-bits.png",
                "rgb.bmp",
                "rgb.tif",
                "sampling-0.jpg",
                "sampling-1.jpg",
                "sampling-2.jpg",
                "progressive.jpg",
                "grey.jpg",
                "stored-as-rgb.jpg",
                "cmyk.jpg",
                "ycck.jpg",
                "profile.jpg",
                "orientation.jpg"
            })
    void pixelsArePilsOwn(String file) throws IOException {
        assertThat(Fixtures.difference(ImageDecoder.decode(Fixtures.bytes(file)), file))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.png", "palette.png", "sampling-2.jpg", "progressive.jpg", "rgb.tif"})
    void aFileThatWasCutShortIsDamaged(String file) throws IOException {
        byte[] whole = Fixtures.bytes(file);

        for (int length : new int[] {10, whole.length / 2, whole.length * 3 / 4}) {
            assertThatThrownBy(() -> ImageDecoder.decode(Arrays.copyOf(whole, length)))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("it ");
        }
    }

    @Test
    void whatIsNoImageIsRefused() {
        assertThatThrownBy(() -> ImageDecoder.decode(new byte[100]))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage("it is no JPEG, PNG, BMP or TIFF");
        assertThatThrownBy(() -> ImageDecoder.decode(new byte[0])).isInstanceOf(UnreadableImageException.class);
    }

    @Test
    void aFileThatClaimsHugeExtentsIsRefused() throws IOException {
        byte[] png = Fixtures.bytes("rgb.png");
        png[16] = 0x70;

        assertThatThrownBy(() -> ImageDecoder.decode(png)).isInstanceOf(UnreadableImageException.class);
    }
}
