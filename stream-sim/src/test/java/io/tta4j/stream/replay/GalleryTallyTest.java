package io.tta4j.stream.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GalleryTallyTest {

    private final GalleryTally gallery = new GalleryTally();

    private List<Integer> images(int method) {
        return gallery.of(method).stream().map(AnsweredImage::image).toList();
    }

    @Test
    void choosesTheLastImagesThatAMethodAnsweredDifferently() {
        for (int image = 0; image < 20; image++) {
            // Of images 1, 4, ..., 19 only the second method says something else than the source.
            gallery.add("fog", image, 3, 0, List.of(0, image % 3 == 1 ? 2 : 0));
        }

        assertThat(images(0)).containsExactly(19, 16, 13, 10);
        assertThat(images(1)).isEqualTo(images(0));
        assertThat(gallery.of(0).get(0)).isEqualTo(new AnsweredImage("fog", 19, 3, 0, 0));
        assertThat(gallery.of(1).get(0)).isEqualTo(new AnsweredImage("fog", 19, 3, 0, 2));
    }

    @Test
    void fillsUpWithTheLastOthers() {
        for (int image = 0; image < 20; image++) {
            gallery.add("fog", image, 0, 0, List.of(image == 5 ? 1 : 0));
        }

        assertThat(images(0)).containsExactly(5, 19, 18, 17);
    }

    @Test
    void hasSomeOfEachCorruptionInTheOrderTheseCame() {
        gallery.add("snow", 7, 0, 0, List.of(0));
        gallery.add("fog", 7, 0, 0, List.of(1));
        gallery.add("snow", 8, 0, 0, List.of(0));

        assertThat(gallery.of(0)).extracting(AnsweredImage::domain).containsExactly("snow", "snow", "fog");
        assertThat(images(0)).containsExactly(8, 7, 7);
    }

    @Test
    void anImageThatComesAgainIsThereOnce() {
        gallery.add("fog", 1, 0, 0, List.of(1));
        gallery.add("fog", 2, 0, 0, List.of(1));
        gallery.add("fog", 1, 0, 0, List.of(2));
        gallery.add("fog", 2, 0, 0, List.of(0));

        assertThat(gallery.of(0))
                .containsExactly(new AnsweredImage("fog", 1, 0, 0, 2), new AnsweredImage("fog", 2, 0, 0, 0));
    }
}
