package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.State;
import io.tta4j.model.Batch;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BacklogTest {

    private static final int SLAB = SlabPool.LEAST_BYTES;

    private final SlabPool slabs = new SlabPool(1 << 20);
    private final StreamState one = stream("one");
    private final StreamState other = stream("other");

    private static StreamState stream(String key) {
        return new StreamState(key, State.of(Vector.of(1)), Counters.byName(Map.of()), 0, (any, state) -> {});
    }

    private static Backlog backlog(int rows, OverloadPolicy policy, int slots) {
        return new Backlog(rows, 100, (long) slots * SLAB, policy);
    }

    private Pending request(StreamState stream, Batch batch, long arrived) {
        return request(stream, batch, arrived, 0);
    }

    private Pending request(StreamState stream, Batch batch, long arrived, int era) {
        return new Pending(
                new Pending.Group(stream, false, TrailingShape.of(batch), era),
                slabs.copy(batch),
                Optional.empty(),
                arrived,
                Optional.empty());
    }

    private Pending request(int row) {
        return request(one, RowModel.batch(row), row);
    }

    /** Adds a request for which there must be room; whether that is news. */
    private static boolean fits(Backlog backlog, Pending request) {
        assertThat(backlog.room(request.bytes())).isEqualTo(new Backlog.Room(true, List.of()));
        return backlog.add(request);
    }

    /** Those that were given up for a request, which may be itself. */
    private static List<Pending> offer(Backlog backlog, Pending request) {
        Backlog.Room room = backlog.room(request.bytes());
        if (room.granted()) {
            backlog.add(request);
            return room.dropped();
        }
        assertThat(room.dropped()).isEmpty();
        return List.of(request);
    }

    @Test
    void gathersByCount() {
        Backlog backlog = backlog(3, OverloadPolicy.DROP_OLDEST, 100);
        Pending first = request(one, RowModel.batch(1, 2), 0);
        Pending second = request(one, RowModel.batch(3, 4), 0);
        Pending third = request(one, RowModel.batch(5), 0);

        assertThat(fits(backlog, first)).isTrue();
        assertThat(backlog.poll(0)).isNull();
        assertThat(fits(backlog, second)).isTrue();
        assertThat(fits(backlog, third)).isFalse();
        assertThat(backlog.poll(0)).containsExactly(first, second);
        assertThat(backlog.poll(0)).isNull();
    }

    @Test
    void takesARequestThatIsMoreThanABatchAsItIs() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        Pending large = request(one, RowModel.batch(1, 2, 3, 4, 5), 0);
        offer(backlog, large);
        assertThat(backlog.poll(0)).containsExactly(large);
    }

    @Test
    void gathersByAge() {
        Backlog backlog = backlog(8, OverloadPolicy.DROP_OLDEST, 100);
        assertThat(backlog.untilDue(0)).isEqualTo(Long.MAX_VALUE);
        Pending first = request(one, RowModel.batch(1), 10);
        Pending second = request(one, RowModel.batch(2), 60);
        offer(backlog, first);
        offer(backlog, second);

        assertThat(backlog.untilDue(30)).isEqualTo(80);
        assertThat(backlog.poll(109)).isNull();
        assertThat(backlog.poll(110)).containsExactly(first, second);
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void gathersAlikeOfOneStream() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        Pending mine = request(one, RowModel.batch(1), 0);
        Pending otherShape = request(one, RowModel.column(2), 1);
        Pending otherStream = request(other, RowModel.batch(3), 2);
        Pending mineToo = request(one, RowModel.batch(4), 3);
        List.of(mine, otherShape, otherStream).forEach(request -> offer(backlog, request));
        assertThat(backlog.poll(3)).isNull();
        offer(backlog, mineToo);

        assertThat(backlog.poll(3)).containsExactly(mine, mineToo);
        assertThat(backlog.drain()).containsExactly(List.of(otherShape), List.of(otherStream));
    }

    @Test
    void handsOutWhatIsThereBatchByBatchAndNoMore() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        Pending first = request(1);
        Pending alone = request(other, RowModel.batch(2), 2);
        Pending second = request(3);
        List.of(first, alone, second).forEach(request -> offer(backlog, request));
        long newest = backlog.newest();
        offer(backlog, request(other, RowModel.column(4), 4));

        assertThat(backlog.pollThrough(newest)).containsExactly(first, second);
        assertThat(backlog.rows()).isEqualTo(2);
        assertThat(backlog.pollThrough(newest)).containsExactly(alone);
        assertThat(backlog.pollThrough(newest)).isNull();
        assertThat(backlog.rows()).isEqualTo(1);
    }

    /** One that floods the backlog has a batch at any time. */
    @Test
    void takesStreamsInTurnsWhereSeveralHaveABatch() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        List<Pending> flood = IntStream.range(0, 4).mapToObj(this::request).toList();
        List<Pending> quiet = List.of(request(other, RowModel.batch(1), 4), request(other, RowModel.batch(2), 5));
        flood.forEach(request -> offer(backlog, request));
        quiet.forEach(request -> offer(backlog, request));

        assertThat(backlog.poll(5)).isEqualTo(flood.subList(0, 2));
        assertThat(backlog.poll(5)).isEqualTo(quiet);
        assertThat(backlog.poll(5)).isEqualTo(flood.subList(2, 4));
    }

    @Test
    void whoHasWaitedForLongEnoughDoesNotWaitForThoseWithABatch() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        Pending quiet = request(other, RowModel.batch(1), 0);
        offer(backlog, quiet);
        List<Pending> flood = IntStream.range(50, 54).mapToObj(this::request).toList();
        flood.forEach(request -> offer(backlog, request));

        assertThat(backlog.poll(99)).isEqualTo(flood.subList(0, 2));
        assertThat(backlog.poll(100)).containsExactly(quiet);
        assertThat(backlog.poll(100)).isEqualTo(flood.subList(2, 4));
    }

    /** A request that came in before all was given up may come here after those that came since. */
    @Test
    void joinsNothingWithWhatIsGivenUp() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        Pending since = request(one, RowModel.batch(1), 0, 1);
        Pending before = request(one, RowModel.batch(2), 1, 0);
        Pending sinceToo = request(one, RowModel.batch(3), 2, 1);
        List.of(since, before, sinceToo).forEach(request -> offer(backlog, request));

        assertThat(backlog.poll(2)).containsExactly(since, sinceToo);
        assertThat(backlog.drain()).containsExactly(List.of(before));
    }

    @Test
    void drainsInBatchesOldestFirst() {
        Backlog backlog = backlog(2, OverloadPolicy.DROP_OLDEST, 100);
        List<Pending> requests = IntStream.range(0, 5).mapToObj(this::request).toList();
        requests.forEach(request -> offer(backlog, request));

        assertThat(backlog.drain())
                .containsExactly(requests.subList(0, 2), requests.subList(2, 4), requests.subList(4, 5));
        assertThat(backlog.drain()).isEmpty();
    }

    @Test
    void dropsTheOldest() {
        Backlog backlog = backlog(100, OverloadPolicy.DROP_OLDEST, 3);
        List<Pending> requests = IntStream.range(0, 5).mapToObj(this::request).toList();
        List<Pending> dropped = new ArrayList<>();
        requests.forEach(request -> dropped.addAll(offer(backlog, request)));

        assertThat(dropped).isEqualTo(requests.subList(0, 2));
        assertThat(backlog.drain()).containsExactly(requests.subList(2, 5));
    }

    @Test
    void dropsTheNewest() {
        Backlog backlog = backlog(100, OverloadPolicy.DROP_NEWEST, 3);
        List<Pending> requests = IntStream.range(0, 5).mapToObj(this::request).toList();
        List<Pending> dropped = new ArrayList<>();
        requests.forEach(request -> dropped.addAll(offer(backlog, request)));

        assertThat(dropped).isEqualTo(requests.subList(3, 5));
        assertThat(backlog.drain()).containsExactly(requests.subList(0, 3));
    }

    /** Requests that are being copied have room which no other can have. */
    @ParameterizedTest
    @EnumSource
    void grantsRoomOnce(OverloadPolicy policy) {
        Backlog backlog = backlog(100, policy, 2);
        assertThat(backlog.room(2 * SLAB).granted()).isTrue();
        assertThat(backlog.room(SLAB).granted()).isFalse();
        assertThat(backlog.bytes()).isEqualTo(2 * SLAB);

        backlog.giveBack(2 * SLAB);
        assertThat(backlog.bytes()).isZero();
        assertThat(fits(backlog, request(1))).isTrue();
    }

    /**
     * Each of n requests stays with probability slots / n: a binomial count over many backlogs, within 5 deviations.
     */
    @Test
    void samplesUniformly() {
        int slots = 4;
        int requests = 12;
        int trials = 3000;
        int[] kept = new int[requests];
        Backlog backlog = backlog(100, OverloadPolicy.SAMPLE, slots);
        for (int trial = 0; trial < trials; trial++) {
            IntStream.range(0, requests).forEach(row -> offer(backlog, request(row)));
            List<Pending> stayed = backlog.drain().get(0);
            assertThat(stayed).hasSize(slots);
            stayed.forEach(request -> kept[(int) request.arrived()]++);
        }

        double share = (double) slots / requests;
        double deviation = Math.sqrt(trials * share * (1 - share));
        for (int count : kept) {
            assertThat((double) count).isBetween(trials * share - 5 * deviation, trials * share + 5 * deviation);
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpWhatNeverFits(OverloadPolicy policy) {
        Backlog backlog = backlog(100, policy, 2);
        Pending small = request(1);
        offer(backlog, small);
        Pending large = request(one, RowModel.batch(new float[SLAB]), 2);

        assertThat(offer(backlog, large)).containsExactly(large);
        assertThat(backlog.drain()).containsExactly(List.of(small));
    }

    /** Whatever comes, bytes stay within the bound, and every request comes out once: as dropped, or in a batch. */
    @ParameterizedTest
    @EnumSource
    void losesNothingAndStaysWithinItsBound(OverloadPolicy policy) {
        Random random = new Random(7);
        int bound = 20;
        Backlog backlog = backlog(6, policy, bound);
        List<Pending> in = new ArrayList<>();
        List<Pending> out = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            float[] x = new float[1 + random.nextInt(1500)];
            Batch batch = random.nextBoolean() ? RowModel.batch(x) : RowModel.column(x);
            Pending request = request(random.nextBoolean() ? one : other, batch, i);
            in.add(request);
            out.addAll(offer(backlog, request));
            assertThat(backlog.bytes()).isBetween(0L, (long) bound * SLAB);
            if (random.nextInt(4) == 0) {
                List<Pending> batchOut = backlog.poll(i);
                if (batchOut != null) {
                    assertThat(batchOut)
                            .extracting(Pending::group)
                            .containsOnly(
                                    Objects.requireNonNull(batchOut.get(0)).group());
                    out.addAll(batchOut);
                }
            }
        }
        backlog.drain().forEach(out::addAll);
        assertThat(out).containsExactlyInAnyOrderElementsOf(in);
        assertThat(backlog.bytes()).isZero();
    }
}
