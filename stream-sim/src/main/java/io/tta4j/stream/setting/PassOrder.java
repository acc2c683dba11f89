package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** An order that meets each image once before any comes again. */
interface PassOrder extends LabelOrder {

    /** Lines up one pass. */
    List<Position> pass(List<Position> pool, int[] labels, SplittableRandom random);

    @Override
    default List<Position> arrange(List<Position> pool, int images, int[] labels, SplittableRandom random) {
        List<Position> arranged = new ArrayList<>(images);
        while (arranged.size() < images) {
            List<Position> pass = pass(pool, labels, random);
            arranged.addAll(pass.subList(0, Math.min(pass.size(), images - arranged.size())));
        }
        return arranged;
    }
}
