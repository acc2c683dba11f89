package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tta4j.stream.image.RgbImage;
import org.junit.jupiter.api.Test;

/** Expected values: OpenCV 5.0.0's Canny, distanceTransform, blur, equalizeHist and filter2D on the same two drops. */
class WaterTest {

    private static final int HEIGHT = 40;
    private static final int WIDTH = 60;
    private static final int ROW = 18;

    private final Raster drops = drops();

    private static Raster drops() {
        Raster drops = Raster.of(HEIGHT, WIDTH, 1);
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
            int y = i / WIDTH;
            int x = i % WIDTH;
            int left = 200 - 2 * ((x - 20) * (x - 20) + (y - 18) * (y - 18));
            int right = 150 - 3 * ((x - 45) * (x - 45) + (y - 25) * (y - 25));
            int level = Math.max(0, left) + Math.max(0, right);
            drops.values()[i] = level < 70 ? 0 : level;
        }
        return drops;
    }

    @Test
    void findsOpenCvsEdges() {
        boolean[] edges = Canny.edges(drops, 50, 150);
        int count = 0;
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < edges.length; i++) {
            count += edges[i] ? 1 : 0;
            row.append(i / WIDTH != ROW ? "" : edges[i] ? "#" : ".");
        }
        assertThat(count).isEqualTo(88);
        assertThat(row).hasToString("............#...............#" + ".".repeat(31));
    }

    @Test
    void measuresOpenCvsDistances() {
        float[] distances =
                ChamferDistance.to(Canny.edges(drops, 50, 150), HEIGHT, WIDTH).values();
        double sum = 0;
        for (float distance : distances) {
            sum += distance;
        }
        assertThat(sum).isCloseTo(18050.81, within(0.1));
        assertThat(distances[0]).isCloseTo(18.2f, within(1e-4f));
        assertThat(distances[distances.length - 1]).isCloseTo(14, within(1e-4f));
    }

    @Test
    void shadesAsOpenCv() {
        float[] shade = Water.shade(drops).values();
        double sum = 0;
        for (float level : shade) {
            sum += level;
        }
        assertThat(sum).isEqualTo(312033);
        float[] expected = {
            174, 155, 113, 71, 41, 19, 7, 2, 0, 0, 0, 0, 22, 62, 114, 148, 169, 184, 184, 161, 115, 63, 25, 4, 0, 0, 0,
            13, 60, 111, 154, 173, 176, 158, 118, 70, 31, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 18, 50, 76, 105, 127,
            160, 185, 192, 170, 167
        };
        for (int column = 0; column < WIDTH; column++) {
            assertThat(shade[ROW * WIDTH + column]).isEqualTo(expected[column]);
        }
    }

    @Test
    void withoutADropNothingHappens() {
        byte[] grey = TestImages.constant(12, 12, 90);
        Water dry = new Water(Liquid.of(0, 0.01, 1, 0.5), 0.5);
        assertThat(dry.apply(new RgbImage(12, 12, grey), new Draws(1))).isEqualTo(grey);
    }
}
