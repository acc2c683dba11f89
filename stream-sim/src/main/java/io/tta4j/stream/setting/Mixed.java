package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * SAR's mixed shifts (Niu et al., ICLR 2023): one stream of all images under all corruptions, shuffled together.
 *
 * @param seed what the order is drawn by
 */
public record Mixed(long seed) implements StreamSetting {

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public List<ImageStream> streams(List<String> corruptions, int[] labels) {
        List<Position> positions = new ArrayList<>(corruptions.size() * labels.length);
        for (int set = 0; set < corruptions.size(); set++) {
            for (int image = 0; image < labels.length; image++) {
                positions.add(new Position(set, image));
            }
        }
        Shuffle.inPlace(positions, new SplittableRandom(seed));
        return List.of(ImageStream.of(name(), positions));
    }
}
