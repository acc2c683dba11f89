package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTest {

    private static final int SIDE = 11;

    /** ImageMagick looks along the line from each pixel, so a point is drawn out against the line's direction. */
    @ParameterizedTest
    @CsvSource({"0, 0, -1", "90, -1, 0", "45, -1, -1", "-90, 1, 0", "-45, 1, -1"})
    void motionDrawsAPointOut(double degrees, int down, int right) {
        Raster point = Raster.of(SIDE, SIDE, 1);
        point.values()[5 * SIDE + 5] = 1;
        Raster blurred = Kernel.motion(2, 1, degrees).filter(point, Border.NEAREST);
        double sum = 0;
        for (int i = 0; i <= 4; i++) {
            sum += Math.exp(-0.5 * i * i);
        }
        // The first two steps along a diagonal, of 0.7 and 1.4 pixels a side, end in the same pixel.
        boolean diagonal = down != 0 && right != 0;
        double next = Math.exp(-0.5) + (diagonal ? Math.exp(-2) : 0);
        assertThat((double) blurred.values()[5 * SIDE + 5]).isCloseTo(1 / sum, within(1e-6));
        assertThat((double) blurred.values()[(5 + down) * SIDE + 5 + right]).isCloseTo(next / sum, within(1e-6));
    }

    /** Larger disks than these are cut off by their grid, as the published ones are. */
    @Test
    void weightsSumToOne() {
        Raster ones = Raster.of(7, 9, 1);
        Arrays.fill(ones.values(), 1);
        for (Kernel kernel : new Kernel[] {Kernel.disk(1.5, 0.1), Kernel.disk(6, 0.5), Kernel.motion(20, 15, 30)}) {
            for (float value : kernel.filter(ones, Border.REFLECT_101).values()) {
                assertThat(value).isCloseTo(1, within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NEAREST, -7, 0",
        "NEAREST, 9, 3",
        "REFLECT, -1, 0",
        "REFLECT, -5, 3",
        "REFLECT, 4, 3",
        "REFLECT, 9, 1",
        "REFLECT_101, -1, 1",
        "REFLECT_101, 4, 2",
        "REFLECT_101, 7, 1"
    })
    void bordersMirrorFourPixels(Border border, int position, int inside) {
        assertThat(border.inside(position, 4)).isEqualTo(inside);
    }
}
