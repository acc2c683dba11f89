package io.tta4j.stream.scaling;

import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A way to scale pixels that is common in the field.
 *
 * @param name what it is called
 * @param scale what pixels are divided by
 * @param mean what is subtracted then; empty for nothing
 * @param std what is divided by last; empty for nothing
 * @param channels the order of the channels
 */
public record Scaling(String name, float scale, List<Float> mean, List<Float> std, ChannelOrder channels) {

    private static final List<Float> HALF = List.of(0.5f, 0.5f, 0.5f);

    /** Those that are tried, in RGB. */
    private static final List<Scaling> COMMON = List.of(
            new Scaling("0 to 1", 255, List.of(), List.of(), ChannelOrder.RGB),
            new Scaling("0 to 255", 1, List.of(), List.of(), ChannelOrder.RGB),
            new Scaling("-1 to 1", 255, HALF, HALF, ChannelOrder.RGB),
            new Scaling(
                    "ImageNet's mean and deviation",
                    255,
                    List.of(0.485f, 0.456f, 0.406f),
                    List.of(0.229f, 0.224f, 0.225f),
                    ChannelOrder.RGB),
            new Scaling(
                    "CIFAR-10's mean and deviation",
                    255,
                    List.of(0.4914f, 0.4822f, 0.4465f),
                    List.of(0.247f, 0.2435f, 0.2616f),
                    ChannelOrder.RGB));

    /** The scaling of a preprocessing. */
    static Scaling of(Preprocessing preprocessing) {
        return new Scaling(
                "as it is", preprocessing.scale(), preprocessing.mean(), preprocessing.std(), preprocessing.channels());
    }

    /** The others that are common, this one's channels turned round among them; each of these in both orders. */
    List<Scaling> alternatives() {
        List<Scaling> all = new ArrayList<>();
        all.add(turned().called(turned().channels() + " order"));
        for (Scaling common : COMMON) {
            if (!common.scalesAs(this)) {
                all.add(common);
                all.add(common.turned());
            }
        }
        return all;
    }

    /** Whether only the order of the channels may differ. */
    boolean scalesAs(Scaling other) {
        return scale == other.scale && Objects.equals(mean, other.mean) && Objects.equals(std, other.std);
    }

    private Scaling turned() {
        ChannelOrder other = channels == ChannelOrder.RGB ? ChannelOrder.BGR : ChannelOrder.RGB;
        return new Scaling(name + " in " + other + " order", scale, mean, std, other);
    }

    private Scaling called(String other) {
        return new Scaling(other, scale, mean, std, channels);
    }

    /** A preprocessing with this scaling. */
    Preprocessing in(Preprocessing preprocessing) {
        return new Preprocessing(scale, mean, std, preprocessing.layout(), channels);
    }

    /** The command line's options for it. */
    String options() {
        StringBuilder options = new StringBuilder("--scale ").append(plain(scale));
        if (!mean.isEmpty()) {
            options.append(" --mean ").append(list(mean));
        }
        if (!std.isEmpty()) {
            options.append(" --std ").append(list(std));
        }
        return options.append(" --channels ").append(channels).toString();
    }

    private static String list(List<Float> values) {
        return values.stream().map(Scaling::plain).collect(Collectors.joining(","));
    }

    private static String plain(float value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
