package io.tta4j.stream.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A procedural image set: ten outlines, randomly placed, turned, coloured and textured, over cluttered backgrounds.
 *
 * <p>Images are {@value #SIZE} x {@value #SIZE} RGB, unsigned bytes in HWC order. An image and its label depend on
 * nothing but a seed and an index, so a split is a seed and a range of indices, and is the same on every machine.
 */
public final class TexturedShapes {

    /** Height and width of an image, in pixels. */
    public static final int SIZE = 32;

    /** The seed of the images that the demo's network was trained on. */
    public static final long TRAINING_SEED = 20190301;

    /** The seed of the images that the demo's settings were chosen on. */
    public static final long TUNING_SEED = 20230201;

    /** The seed of the images that nothing was trained or chosen on. */
    public static final long HELD_OUT_SEED = 20250611;

    private static final Outline NEWCOMER = Outline.ARROW;
    private static final List<Outline> OUTLINES = Arrays.stream(Outline.values())
            .filter(outline -> outline != NEWCOMER)
            .toList();
    private static final List<Texture> TEXTURES = List.of(Texture.values());

    /** Scraps behind the figure. */
    private static final int SCRAPS = 7;

    /** Colours are told apart by their distance in the RGB cube of side 1. */
    private static final double MIN_FIGURE_CONTRAST = 0.2;

    private static final double MAX_FIGURE_CONTRAST = 0.35;

    /**
     * The most that a second colour differs from the first, per channel: of the ground, a scrap, a figure's texture.
     */
    private static final double GROUND_CONTRAST = 0.06;

    private static final double SCRAP_CONTRAST = 0.15;
    private static final double TEXTURE_CONTRAST = 0.1;

    /** The figure's radius in pixels. */
    private static final double MIN_RADIUS = 8;

    private static final double MAX_RADIUS = 12;

    private TexturedShapes() {}

    /** The class names, in label order. */
    public static List<String> classNames() {
        return OUTLINES.stream()
                .map(outline -> outline.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The label of an image. Each run of ten indices from a multiple of ten holds every class once. */
    public static int label(long seed, int index) {
        requireIndex(index);
        int classes = OUTLINES.size();
        int[] order = new int[classes];
        SplittableRandom random = random(seed, -1L - index / classes);
        for (int i = 0; i < classes; i++) {
            int other = (int) (random.nextDouble() * (i + 1));
            order[i] = order[other];
            order[other] = i;
        }
        return order[index % classes];
    }

    /** An image: {@code SIZE * SIZE * 3} unsigned bytes, HWC order. */
    public static byte[] image(long seed, int index) {
        return scene(OUTLINES.get(label(seed, index)), random(seed, index)).draw(SIZE);
    }

    /** The name of a class that is none of the ten. */
    public static String newcomerName() {
        return NEWCOMER.name().toLowerCase(Locale.ROOT);
    }

    /** The image at an index with the newcomer in place of its figure. */
    public static byte[] newcomer(long seed, int index) {
        requireIndex(index);
        return scene(NEWCOMER, random(seed, index)).draw(SIZE);
    }

    /** A seed for what happens to an image after it is drawn, such as a corruption; unrelated to its pixels. */
    public static long corruptionSeed(long seed, int index) {
        return random(~seed, index).nextLong();
    }

    private static void requireIndex(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("index must not be negative, but was " + index);
        }
    }

    private static Scene scene(Outline outline, SplittableRandom random) {
        Rgb ground = colour(random, 0.2, 0.8);
        Paint background = paint(random, ground, GROUND_CONTRAST);
        Rgb slope = colour(random, -0.2, 0.2);
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < SCRAPS; i++) {
            Outline scrap = random.nextDouble() < 0.5 ? Outline.BAR : Outline.DISC;
            Paint paint = paint(random, ground.plus(colour(random, -1, 1), SCRAP_CONTRAST), 0);
            pieces.add(piece(random, scrap, -2, SIZE + 2, 1.5, 4, paint));
        }
        Paint paint = paint(random, figureColour(random, ground), TEXTURE_CONTRAST);
        pieces.add(piece(random, outline, 11, 21, MIN_RADIUS, MAX_RADIUS, paint));
        return new Scene(background, slope, pieces);
    }

    private static Piece piece(
            SplittableRandom random,
            Outline outline,
            double low,
            double high,
            double small,
            double large,
            Paint paint) {
        double x = between(random, low, high);
        double y = between(random, low, high);
        double radius = between(random, small, large);
        return new Piece(outline, x, y, radius, turn(random), paint);
    }

    private static Paint paint(SplittableRandom random, Rgb base, double contrast) {
        Texture texture = TEXTURES.get((int) (random.nextDouble() * TEXTURES.size()));
        Rgb raised = base.plus(colour(random, -1, 1), contrast);
        return new Paint(texture, base, raised, turn(random), between(random, 3, 6), random.nextDouble());
    }

    /** A colour that stands out from the ground, but not by much: drawn again until it does. */
    private static Rgb figureColour(SplittableRandom random, Rgb ground) {
        while (true) {
            Rgb colour = colour(random, 0, 1);
            double distance = colour.distance(ground);
            if (distance > MIN_FIGURE_CONTRAST && distance < MAX_FIGURE_CONTRAST) {
                return colour;
            }
        }
    }

    private static Rgb colour(SplittableRandom random, double low, double high) {
        return new Rgb(between(random, low, high), between(random, low, high), between(random, low, high));
    }

    private static Turn turn(SplittableRandom random) {
        return Turn.ofRadians(between(random, 0, 2 * Math.PI));
    }

    private static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** Hashes the seed before adding the index, and the sum again: neighbouring seeds and indices share no draws. */
    private static SplittableRandom random(long seed, long index) {
        long base = new SplittableRandom(seed).nextLong();
        return new SplittableRandom(new SplittableRandom(base + index).nextLong());
    }
}
