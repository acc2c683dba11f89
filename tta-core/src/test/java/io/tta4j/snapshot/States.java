package io.tta4j.snapshot;

import io.tta4j.method.State;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** States to save, and their bits. */
final class States {

    static final String MODEL = "1234-89abcdef-0123";
    static final String METHOD = "sar";

    private States() {}

    /** Every bit is drawn, so that some values are NaN with a payload, infinite or subnormal. */
    static State random(long seed) {
        Random random = new Random(seed);
        return new State(
                Map.of("theta", floats(random, 40), "momentum", floats(random, 40), "none", Vector.of()),
                Map.of(
                        "lossAverage", Double.longBitsToDouble(random.nextLong()),
                        "guard.nan", Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
                        "theta", -0.0),
                Map.of("classes", List.of("naïve \"fox\"", "犬", "", "a\nb"), "empty", List.of()));
    }

    private static Vector floats(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        values[0] = Float.intBitsToFloat(0xffc1_2345);
        return Vector.of(values);
    }

    static State of(float... theta) {
        return State.of(Vector.of(theta));
    }

    static Snapshot snapshot(float... theta) {
        return new Snapshot(MODEL, METHOD, of(theta));
    }

    /** All that a state holds, to the bit, as text. */
    static String bits(State state) {
        StringBuilder text = new StringBuilder();
        state.vectors().forEach((name, vector) -> {
            text.append(name);
            for (float value : vector.toArray()) {
                text.append(' ').append(Integer.toHexString(Float.floatToRawIntBits(value)));
            }
            text.append('\n');
        });
        state.scalars()
                .forEach((name, value) -> text.append(name)
                        .append(' ')
                        .append(Long.toHexString(Double.doubleToRawLongBits(value)))
                        .append('\n'));
        return text.append(state.words()).toString();
    }
}
