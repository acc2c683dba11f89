package io.tta4j.stream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what torchvision makes of the same PIL image ({@code tools/preprocessing}). */
final class GeometryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bilinear-24-20x20",
                "bilinear-19x41-none",
                "bilinear-45-45x45",
                "bicubic-24-20x20",
                "bicubic-19x41-none",
                "bicubic-45-45x45",
                "lanczos-24-20x20",
                "lanczos-19x41-none",
                "lanczos-45-45x45",
                "box-24-20x20",
                "box-19x41-none",
                "box-45-45x45",
                "bilinear-none-33x33",
                "bilinear-none-40x60",
                "bilinear-11-20x12",
                "bilinear-37x21-none",
                "bilinear-21x52-none"
            })
    void pixelsAreTorchvisionsOwn(String view) throws IOException {
        String[] parts = view.split("-", -1);
        Geometry geometry = new Geometry(resize(parts[1]), size(parts[2]), Interpolation.named(parts[0]));

        RgbImage result = geometry.apply(ImageDecoder.decode(Fixtures.bytes("rgb.png")));

        assertThat(Fixtures.difference(result, view)).isZero();
    }

    @Test
    void theShorterSideOfATallImageIsItsWidth() throws IOException {
        RgbImage wide = ImageDecoder.decode(Fixtures.bytes("rgb.png"));
        byte[] pixels = new byte[wide.pixels().length];
        for (int row = 0; row < wide.height(); row++) {
            for (int column = 0; column < wide.width(); column++) {
                int from = 3 * (row * wide.width() + column);
                System.arraycopy(wide.pixels(), from, pixels, 3 * (column * wide.height() + row), 3);
            }
        }
        Geometry geometry = new Geometry(
                Optional.of(new Resize.ShorterSide(24)), Optional.of(new Size(20, 20)), Interpolation.BILINEAR);

        int height = wide.width();
        int width = wide.height();
        RgbImage result = geometry.apply(new RgbImage(height, width, pixels));

        assertThat(Fixtures.difference(result, "tall-bilinear-24-20x20")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"500, 375, 341, 256", "375, 500, 256, 341", "333, 500, 256, 384", "256, 256, 256, 256"})
    void torchvisionsSizesForNetworksOf224(int height, int width, int newHeight, int newWidth) {
        // int(256 * 500 / 375) is 341, int(256 * 500 / 333) is 384.
        Resize resize = new Resize.ForCrop(new Size(224, 224));

        assertThat(resize.of(new Size(height, width))).isEqualTo(new Size(newHeight, newWidth));
        assertThat(resize.of(new Size(224, 224))).isEqualTo(new Size(224, 224));
    }

    @Test
    void whatIsLeftAloneIsTheSameImage() {
        RgbImage image = new RgbImage(1, 2, new byte[6]);

        assertThat(Geometry.none().apply(image)).isSameAs(image);
    }

    @Test
    void sizesAreAtLeastOne() {
        assertThatThrownBy(() -> new Size(0, 3)).hasMessage("height and width must be at least 1, but were 0x3");
        assertThatThrownBy(() -> new Resize.ShorterSide(0))
                .hasMessage("the shorter side must be at least 1, but was 0");
        assertThatThrownBy(() -> Interpolation.named("area"))
                .hasMessage("interpolation must be one of box, bilinear, bicubic, lanczos, but was 'area'");
    }

    private static Optional<Resize> resize(String text) {
        if (text.equals("none")) {
            return Optional.empty();
        }
        return Optional.of(
                text.contains("x")
                        ? new Resize.Exact(size(text).orElseThrow())
                        : new Resize.ShorterSide(Integer.parseInt(text)));
    }

    private static Optional<Size> size(String text) {
        if (text.equals("none")) {
            return Optional.empty();
        }
        String[] sides = text.split("x", -1);
        return Optional.of(new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[1])));
    }
}
