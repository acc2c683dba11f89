package io.tta4j.csfa;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.method.State;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownTest {

    /** Two base classes in three dimensions, a column each. */
    private static final Known BASE = Known.of(
            List.of("cat", "dog"),
            Matrix.of(3, 2, new float[] {1, 0, 0, 1, 0, 0}),
            Vector.of(4, 5),
            new StreamMoments(Vector.of(0.1f, 0.2f, 0.3f), 5, 6, 7, 8));

    private static final Supported FOX = supported(0.6f, 0, 0.8f, 1);
    private static final Supported COW = supported(0, 0.8f, 0.6f, 2);
    private static final Supported HEN = supported(0, 0.6f, -0.8f, 3);

    private static Supported supported(float x, float y, float z, int count) {
        return new Supported(
                Vector.of(x, y, z), Vector.of(10 * x, 10 * y, count), Vector.of(z, y, x), count, 7 + count);
    }

    private static Known three() {
        return BASE.plus("fox", FOX).plus("cow", COW).plus("hen", HEN);
    }

    private static Vector column(Matrix matrix, int column) {
        return Vector.of(matrix.transposed().row(column));
    }

    private static void assertHolds(Known known, int index, Supported expected) {
        assertThat(known.supported(index)).isEqualTo(expected);
        assertThat(column(known.prototypes(), 2 + index)).isEqualTo(expected.prototype());
        assertThat(column(known.anchors(), 2 + index)).isEqualTo(expected.prototype());
    }

    private static void assertBaseAsBefore(Known known) {
        assertThat(column(known.prototypes(), 0)).isEqualTo(Vector.of(1, 0, 0));
        assertThat(column(known.prototypes(), 1)).isEqualTo(Vector.of(0, 1, 0));
        assertThat(known.baseRows()).isEqualTo(Matrix.of(2, 3, new float[] {1, 0, 0, 0, 1, 0}));
        assertThat(known.base()).containsExactly("cat", "dog");
        assertThat(known.radii().slice(0, 2)).containsExactly(4, 5);
        assertThat(known.stream()).isEqualTo(BASE.stream());
    }

    @Test
    void appendsInOrder() {
        Known known = three();

        assertThat(known.classes()).containsExactly("cat", "dog", "fox", "cow", "hen");
        assertThat(known.width()).isEqualTo(3);
        assertThat(known.supportCounts()).isEqualTo(Vector.of(1, 2, 3));
        assertHolds(known, 0, FOX);
        assertHolds(known, 1, COW);
        assertHolds(known, 2, HEN);
        assertBaseAsBefore(known);
        assertThat(BASE.registered()).as("what it was made from").isEmpty();
    }

    @Test
    void removesFromAnyPlace() {
        Known first = three().minus(0);
        assertThat(first.registered()).containsExactly("cow", "hen");
        assertHolds(first, 0, COW);
        assertHolds(first, 1, HEN);
        assertBaseAsBefore(first);

        Known middle = three().minus(1);
        assertThat(middle.registered()).containsExactly("fox", "hen");
        assertHolds(middle, 0, FOX);
        assertHolds(middle, 1, HEN);
        assertBaseAsBefore(middle);

        Known last = three().minus(2);
        assertThat(last.registered()).containsExactly("fox", "cow");
        assertHolds(last, 0, FOX);
        assertHolds(last, 1, COW);
        assertBaseAsBefore(last);

        assertThat(last.minus(1).minus(0)).isEqualTo(BASE);
        assertThat(last.minus(1).plus("cow", COW)).isEqualTo(last);
    }

    @Test
    void replacesInPlace() {
        Supported other = supported(-0.6f, 0.8f, 0, 9);

        Known known = three().replace(1, other);

        assertThat(known.registered()).containsExactly("fox", "cow", "hen");
        assertHolds(known, 0, FOX);
        assertHolds(known, 1, other);
        assertHolds(known, 2, HEN);
        assertBaseAsBefore(known);
    }

    @Test
    void movesRegisteredPrototypesAlone() {
        Known known = three().withRegistered(Matrix.of(3, 3, new float[] {0, 0.6f, 1, 0, 0.8f, 0, 1, 0, 0}));

        assertBaseAsBefore(known);
        for (Matrix columns : List.of(known.prototypes(), known.anchors())) {
            assertThat(column(columns, 2)).isEqualTo(Vector.of(0, 0, 1));
            assertThat(column(columns, 3)).isEqualTo(Vector.of(0.6f, 0.8f, 0));
            assertThat(column(columns, 4)).isEqualTo(Vector.of(1, 0, 0));
        }
        assertThat(known.supportMeans()).isEqualTo(three().supportMeans());
    }

    @Test
    void movesPrototypesAndLeavesAnchors() {
        Matrix moved = Matrix.of(3, 5, new float[15]);

        Known known = three().withPrototypes(moved);

        assertThat(known.prototypes()).isEqualTo(moved);
        assertThat(known.anchors()).isEqualTo(three().anchors());
    }

    @Test
    void findsRegisteredClassesOnly() {
        assertThat(three().find("cow")).hasValue(1);
        assertThat(three().find("cat")).isEmpty();
        assertThat(three().find("owl")).isEmpty();
    }

    @Test
    void comesBackFromAStateAndItsCopies() {
        for (Known known : List.of(BASE, three(), three().minus(1), three().withPrototypes(three().anchors()))) {
            State state = known.into(State.of(Vector.of(1)).with("lossAverage", 0.5));

            assertThat(Known.in(state)).isEqualTo(known);
            assertThat(Known.in(new State(state.vectors(), state.scalars(), state.words())))
                    .isEqualTo(known);
            assertThat(state.theta()).isEqualTo(Vector.of(1));
            assertThat(state.scalar("lossAverage")).hasValue(0.5);
        }
        State three = three().into(State.of(Vector.of(1)));
        assertThat(Known.in(BASE.into(three))).as("over another").isEqualTo(BASE);
    }
}
