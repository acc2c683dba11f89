package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.replay.AnsweredImage;
import io.tta4j.stream.replay.ReplayResult;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class GalleryTest {

    private static final String PNG = "data:image/png;base64,";

    /** Images whose pixel at (y, x) is (index, y, x) in RGB, or y alone in grey. */
    private record Ramps(String name, int count, ImageShape shape) implements Images {

        @Override
        public void read(int index, byte[] target) {
            for (int i = 0; i < shape.height() * shape.width(); i++) {
                int y = i / shape.width();
                if (shape.channels() == 1) {
                    target[i] = (byte) y;
                } else {
                    target[3 * i] = (byte) index;
                    target[3 * i + 1] = (byte) y;
                    target[3 * i + 2] = (byte) (i % shape.width());
                }
            }
        }
    }

    private static List<AnsweredImage> images(String domain, int count, int prediction) {
        return IntStream.range(0, count)
                .mapToObj(image -> new AnsweredImage(domain, image, 1, 0, prediction))
                .toList();
    }

    private static ReplayResult result(
            ReplayResult result, String setting, long seed, String stream, List<AnsweredImage> gallery) {
        return Reports.showing(Reports.with(result, setting, seed, stream), gallery);
    }

    private static JsonNode gallery(List<ReplayResult> results, Images... images) throws IOException {
        return new ObjectMapper()
                .readTree(Gallery.json(new ReplayReport(results, Map.of(), Map.of(), List.of(images))));
    }

    private static BufferedImage image(JsonNode exhibit) throws IOException {
        String png = exhibit.get("png").asText();
        assertThat(png).startsWith(PNG);
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png.substring(PNG.length()))));
    }

    @Test
    void showsWhatWasShownAndAnswered() throws IOException {
        JsonNode gallery = gallery(
                List.of(
                        result(Reports.SOURCE, "mild", 0, "fog", images("fog", 3, 0)),
                        result(Reports.SAR, "mild", 0, "fog", images("fog", 3, 1))),
                new Ramps("snow", 3, new ImageShape(4, 5, 3)),
                new Ramps("fog", 3, new ImageShape(4, 5, 3)));

        assertThat(gallery).hasSize(3);
        JsonNode last = gallery.get(2);
        BufferedImage image = image(last);
        assertThat(List.of(image.getHeight(), image.getWidth())).containsExactly(4, 5);
        assertThat(image.getRGB(4, 3) & 0xffffff).isEqualTo(2 << 16 | 3 << 8 | 4);
        assertThat(last.get("setting").asText()).isEqualTo("mild");
        assertThat(last.get("domain").asText()).isEqualTo("fog");
        assertThat(last.get("label").asInt()).isEqualTo(1);
        assertThat(last.get("source").asInt()).isZero();
        assertThat(last.get("predictions")).isEqualTo(new ObjectMapper().readTree("{\"source\": 0, \"sar\": 1}"));
    }

    @Test
    void largeImagesAreMadeSmall() throws IOException {
        BufferedImage image = image(gallery(
                        List.of(result(Reports.SAR, "mild", 0, "fog", images("fog", 1, 1))),
                        new Ramps("fog", 1, new ImageShape(224, 112, 1)))
                .get(0));

        assertThat(List.of(image.getHeight(), image.getWidth())).containsExactly(96, 48);
        // Half-way down a ramp from 0 to 223, and as grey as it was.
        assertThat(image.getRGB(20, 48) & 0xff).isBetween(108, 116);
        assertThat(image.getRGB(20, 48) >> 8 & 0xff).isEqualTo(image.getRGB(20, 48) & 0xff);
    }

    @Test
    void saysWhereThereAreNoImages() throws IOException {
        List<ReplayResult> results = List.of(result(Reports.SAR, "mild", 0, "fog", images("fog", 1, 1)));

        assertThat(gallery(results).get(0).get("png").isNull()).isTrue();
        assertThat(gallery(results, new Ramps("snow", 1, new ImageShape(2, 2, 3)))
                        .get(0)
                        .get("png")
                        .isNull())
                .isTrue();
        assertThat(gallery(results, new Ramps("fog", 1, new ImageShape(2, 2, 4)))
                        .get(0)
                        .get("png")
                        .isNull())
                .isTrue();
        assertThat(gallery(List.of(Reports.SAR))).isEmpty();
    }

    @Test
    void isOfTheFirstSeedOfEachSetting() throws IOException {
        JsonNode gallery = gallery(List.of(
                result(Reports.SAR, "mild", 3, "fog", images("fog", 2, 1)),
                result(Reports.SAR, "mild", 4, "fog", images("fog", 2, 2)),
                result(Reports.SAR, "mixed", 3, "mixed", images("snow", 1, 3))));

        assertThat(gallery).hasSize(3);
        assertThat(gallery.get(0).at("/predictions/sar").asInt()).isEqualTo(1);
        assertThat(gallery.get(2).get("setting").asText()).isEqualTo("mixed");
    }

    @Test
    void manyCorruptionsHaveAnImageEachAsFarAsThereIsRoom() throws IOException {
        List<AnsweredImage> all = new ArrayList<>();
        for (int domain = 0; domain < 48; domain++) {
            all.addAll(images("domain-" + domain, 4, 1));
        }

        JsonNode gallery = gallery(List.of(result(Reports.SAR, "mixed", 0, "mixed", all)));

        assertThat(gallery).hasSize(24);
        assertThat(gallery.findValuesAsText("domain"))
                .startsWith("domain-0", "domain-2")
                .endsWith("domain-46");
    }

    @Test
    void manySettingsShareTheRoom() throws IOException {
        List<ReplayResult> results = new ArrayList<>();
        List<AnsweredImage> all = new ArrayList<>();
        for (int domain = 0; domain < 5; domain++) {
            all.addAll(images("domain-" + domain, 4, 1));
        }
        for (int setting = 0; setting < 9; setting++) {
            results.add(result(Reports.SAR, "setting-" + setting, 0, "mixed", all));
        }

        // 96 over 9 settings: room for 10 each, two of each of five corruptions.
        assertThat(gallery(results)).hasSize(90);
    }
}
