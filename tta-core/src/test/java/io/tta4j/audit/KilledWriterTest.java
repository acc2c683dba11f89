package io.tta4j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process while it writes a trail: what it had published is there. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KilledWriterTest {

    private static final int KILLS = 4;

    @TempDir
    private Path folder;

    /** Adapts without end, and tells the hash of each state that it has published. */
    static final class Writer {

        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            AuditConfig config = AuditConfig.custom().partBytes(100_000).build();
            AuditTrail trail = AuditTrail.in(Path.of(arguments[0]), config);
            AdaptiveModel adaptive = AdaptiveModel.builder(new Line2d(), new Line2d.Descent())
                    .recorder(trail)
                    .build();
            Random random = new Random(Long.parseLong(arguments[1]));
            while (true) {
                adaptive.predict(Line2d.batch((float) random.nextGaussian(), (float) random.nextGaussian()));
                System.out.println(StateHash.of(adaptive.state()));
            }
        }
    }

    private List<String> killed(int after, long seed) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString(),
                        String.valueOf(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> hashes = new ArrayList<>();
        try (BufferedReader told = process.inputReader()) {
            while (hashes.size() < after) {
                hashes.add(Objects.requireNonNull(told.readLine()));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return hashes;
    }

    @Test
    void losesNothingThatWasPublished() throws IOException, InterruptedException {
        Random random = new Random(8);
        for (int kill = 0; kill < KILLS; kill++) {
            int after = 1 + random.nextInt(400);
            List<String> hashes = killed(after, kill);

            Rebuilt rebuilt = AuditReplay.of(folder).rebuild(new Line2d.Descent());
            assertThat(rebuilt.runs()).isEqualTo(kill + 1);
            assertThat(rebuilt.closed()).isFalse();
            assertThat(rebuilt.torn()).isBetween(0, kill + 1);
            State then = Objects.requireNonNull(AuditReplay.of(folder)
                    .upTo(after)
                    .rebuild(new Line2d.Descent())
                    .states()
                    .get(""));
            assertThat(StateHash.of(then)).isEqualTo(hashes.get(after - 1));
        }
    }
}
