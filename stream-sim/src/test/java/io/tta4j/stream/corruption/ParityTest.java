package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.stream.data.NpyArray;
import io.tta4j.stream.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against what the published Python code made of 32 images, at five severities, with CIFAR-10-C's constants.
 *
 * <p>What chance decides is compared over the whole set: the published 160 images are one small sample (a direction of
 * motion or a piece of frost is drawn once an image), ours the mean of several.
 */
class ParityTest {

    private static final Path SHARED =
            Path.of(System.getProperty("tta4j.root", ".")).resolveSibling("shared");
    private static final Path PARITY = SHARED.resolve("parity/corruptions");
    private static final int SIZE = 32;
    private static final int VALUES = SIZE * SIZE * 3;
    private static final int SEEDS = 8;

    @ParameterizedTest
    @CsvSource({
        "defocus_blur, 0.5",
        "zoom_blur, 0.5",
        "brightness, 0.5",
        "contrast, 0.5",
        "pixelate, 0.5",
        "gaussian_blur, 0.5",
        "saturate, 0.5",
        "jpeg_compression, 2.0"
    })
    void withoutChanceThePixelsAreThePublishedOnes(String name, double tolerance) throws IOException {
        byte[] clean = images("clean");
        for (int severity = 1; severity <= 5; severity++) {
            byte[] expected = images("severity%d/%s".formatted(severity, name));
            byte[] actual = corrupt(clean, name, severity, 0);
            double sum = 0;
            int near = 0;
            for (int i = 0; i < expected.length; i++) {
                int difference = Math.abs((actual[i] & 0xff) - (expected[i] & 0xff));
                sum += difference;
                near += difference <= 2 ? 1 : 0;
            }
            assertThat(sum / expected.length)
                    .as("mean at severity %d", severity)
                    .isLessThanOrEqualTo(tolerance);
            assertThat(near / (double) expected.length)
                    .as("share within 2 at severity %d", severity)
                    .isGreaterThanOrEqualTo(0.999);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gaussian_noise, 0.15",
        "shot_noise, 0.15",
        "impulse_noise, 0.15",
        "glass_blur, 0.15",
        "motion_blur, 0.15",
        "snow, 0.15",
        "frost, 0.30",
        "fog, 0.15",
        "elastic_transform, 0.15",
        "speckle_noise, 0.15",
        "spatter, 0.15"
    })
    void withChanceTheDifferencesHaveThePublishedMoments(String name, double bandTolerance) throws IOException {
        byte[] clean = images("clean");
        Moments published = new Moments();
        Moments ours = new Moments();
        for (int severity = 1; severity <= 5; severity++) {
            published.add(images("severity%d/%s".formatted(severity, name)), clean);
            for (int seed = 0; seed < SEEDS; seed++) {
                ours.add(corrupt(clean, name, severity, seed), clean);
            }
        }
        assertSame(ours, published, bandTolerance);
    }

    /** A large sample: 2,000 images at severity 5. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gaussian_noise",
                "shot_noise",
                "impulse_noise",
                "glass_blur",
                "motion_blur",
                "snow",
                "frost",
                "fog",
                "elastic_transform"
            })
    void momentsHoldOverALargeSample(String name) throws IOException {
        Path cifar = SHARED.resolve("cifar10");
        byte[] clean = images(cifar.resolve("clean/images.npy"));
        Moments published = new Moments();
        Moments ours = new Moments();
        published.add(images(cifar.resolve("severity5/%s.npy".formatted(name))), clean);
        ours.add(corrupt(clean, name, 5, 0), clean);
        assertSame(ours, published, name.equals("frost") ? 0.10 : 0.05);
    }

    private static void assertSame(Moments ours, Moments published, double bandTolerance) {
        assertThat(ours.mean()).as("mean").isCloseTo(published.mean(), within(2.0));
        assertThat(ours.deviation() / published.deviation())
                .as("standard deviation")
                .isCloseTo(1, within(0.1));
        double[] bands = ours.bands();
        double[] expected = published.bands();
        for (int band = 0; band < expected.length; band++) {
            assertThat(bands[band] / expected[band]).as("band %d", band).isCloseTo(1, within(bandTolerance));
        }
    }

    private static byte[] images(String name) throws IOException {
        return images(PARITY.resolve(name + ".npy"));
    }

    private static byte[] images(Path file) throws IOException {
        assumeTrue(Files.exists(file), () -> "no published images at " + file + ": parity is not checked");
        NpyArray array = NpyFile.read(file);
        byte[] pixels = new byte[array.size()];
        array.bytes().get(pixels);
        return pixels;
    }

    private static byte[] corrupt(byte[] clean, String name, int severity, long seed) {
        Corruption corruption = Corruptions.named(name, ParameterSet.CIFAR);
        byte[] out = new byte[clean.length];
        byte[] image = new byte[VALUES];
        for (int index = 0; index * VALUES < clean.length; index++) {
            System.arraycopy(clean, index * VALUES, image, 0, VALUES);
            byte[] corrupted =
                    corruption.apply(image, SIZE, SIZE, severity, ImageSeed.of(seed, corruption, severity, index));
            System.arraycopy(corrupted, 0, out, index * VALUES, VALUES);
        }
        return out;
    }

    /** Mean, standard deviation and radial spectrum of differences between images. */
    private static final class Moments {

        /** In cycles per image; the constant part is the mean's. */
        private static final double[] BAND_ENDS = {4, 8, 12};

        private static final double[] COSINE = new double[SIZE];
        private static final double[] SINE = new double[SIZE];

        static {
            for (int i = 0; i < SIZE; i++) {
                COSINE[i] = Math.cos(2 * Math.PI * i / SIZE);
                SINE[i] = Math.sin(2 * Math.PI * i / SIZE);
            }
        }

        private final double[] bands = new double[BAND_ENDS.length + 1];
        private double sum;
        private double squares;
        private long count;

        void add(byte[] corrupted, byte[] clean) {
            double[] plane = new double[SIZE * SIZE];
            for (int start = 0; start < clean.length; start += VALUES) {
                for (int channel = 0; channel < 3; channel++) {
                    for (int i = 0; i < plane.length; i++) {
                        int at = start + 3 * i + channel;
                        plane[i] = (corrupted[at] & 0xff) - (clean[at] & 0xff);
                        sum += plane[i];
                        squares += plane[i] * plane[i];
                    }
                    count += plane.length;
                    addSpectrum(plane);
                }
            }
        }

        double mean() {
            return sum / count;
        }

        double deviation() {
            return Math.sqrt(squares / count - mean() * mean());
        }

        double[] bands() {
            double[] means = bands.clone();
            for (int band = 0; band < means.length; band++) {
                means[band] /= count;
            }
            return means;
        }

        private void addSpectrum(double[] plane) {
            double[] real = plane.clone();
            double[] imaginary = new double[plane.length];
            for (int i = 0; i < SIZE; i++) {
                transform(real, imaginary, i * SIZE, 1);
            }
            for (int i = 0; i < SIZE; i++) {
                transform(real, imaginary, i, SIZE);
            }
            for (int i = 1; i < plane.length; i++) {
                int y = Math.min(i / SIZE, SIZE - i / SIZE);
                int x = Math.min(i % SIZE, SIZE - i % SIZE);
                double radius = Math.hypot(x, y);
                int band = 0;
                while (band < BAND_ENDS.length && radius >= BAND_ENDS[band]) {
                    band++;
                }
                bands[band] += real[i] * real[i] + imaginary[i] * imaginary[i];
            }
        }

        /** The fast Fourier transform of one row or column, in place. */
        private static void transform(double[] real, double[] imaginary, int start, int stride) {
            for (int i = 0; i < SIZE; i++) {
                int mirrored = Integer.reverse(i) >>> (Integer.numberOfLeadingZeros(SIZE) + 1);
                if (i < mirrored) {
                    swap(real, start + i * stride, start + mirrored * stride);
                    swap(imaginary, start + i * stride, start + mirrored * stride);
                }
            }
            for (int half = 1; half < SIZE; half *= 2) {
                for (int i = 0; i < SIZE; i++) {
                    if ((i & half) == 0) {
                        int angle = i % half * (SIZE / 2 / half);
                        int even = start + i * stride;
                        int odd = even + half * stride;
                        double re = real[odd] * COSINE[angle] + imaginary[odd] * SINE[angle];
                        double im = imaginary[odd] * COSINE[angle] - real[odd] * SINE[angle];
                        real[odd] = real[even] - re;
                        imaginary[odd] = imaginary[even] - im;
                        real[even] += re;
                        imaginary[even] += im;
                    }
                }
            }
        }

        private static void swap(double[] values, int i, int j) {
            double kept = values[i];
            values[i] = values[j];
            values[j] = kept;
        }
    }
}
