package io.tta4j.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DirichletTest {

    private static final int DRAWS = 40_000;

    @ParameterizedTest
    @CsvSource({"0.001, 10", "0.01, 10", "0.1, 10", "0.1, 2", "0.9, 4", "1, 5", "2.5, 3", "20, 10"})
    void sharesHaveTheMomentsOfTheDistribution(double concentration, int parts) {
        SplittableRandom random = new SplittableRandom(9);
        Dirichlet dirichlet = new Dirichlet(concentration, parts);

        double[][] draws =
                IntStream.range(0, DRAWS).mapToObj(i -> dirichlet.draw(random)).toArray(double[][]::new);

        for (double[] shares : draws) {
            assertThat(DoubleStream.of(shares).sum()).isCloseTo(1, within(1e-12));
            assertThat(DoubleStream.of(shares).min().orElseThrow()).isNotNegative();
        }
        double mean = 1.0 / parts;
        double variance = mean * (1 - mean) / (parts * concentration + 1);
        double deviation = Math.sqrt(variance / DRAWS);
        for (int part = 0; part < parts; part++) {
            int own = part;
            double drawnMean = IntStream.range(0, DRAWS)
                    .mapToDouble(i -> draws[i][own])
                    .average()
                    .orElseThrow();
            double drawnVariance = IntStream.range(0, DRAWS)
                    .mapToDouble(i -> (draws[i][own] - mean) * (draws[i][own] - mean))
                    .average()
                    .orElseThrow();
            assertThat(drawnMean).isCloseTo(mean, within(5 * deviation));
            // A squared deviation is at most 1, so that its own variance is at most its mean.
            assertThat(drawnVariance).isCloseTo(variance, within(5 * deviation));
        }
    }
}
