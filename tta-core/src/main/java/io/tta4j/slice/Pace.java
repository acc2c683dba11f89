package io.tta4j.slice;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The pace of steps beside requests. A run begins when the budget allows it and no request is being answered, or none
 * has left a gap for as long as patience lasts. Waiting is by one thread, which whoever changes something unparks.
 */
public final class Pace implements Turnstile {

    private final Ticker ticker;
    private final InFlight requests;
    private final double share;
    private final double samplesPerSecond;
    private final long patience;
    private final SliceSize size;
    private final BooleanSupplier held;
    private final BooleanSupplier hurried;
    private BooleanSupplier cancelled = () -> false;
    private long next;
    private long nextBatch;
    private long waited;

    /**
     * A pace.
     *
     * @param share of the time that runs may take, greater than 0 and at most 1
     * @param samplesPerSecond that steps may be over, greater than 0
     * @param patience in nanoseconds
     * @param held whether nothing is to begin
     * @param hurried whether someone waits for the step: neither the budget nor {@code held} count then
     */
    public Pace(
            Ticker ticker,
            InFlight requests,
            double share,
            double samplesPerSecond,
            long patience,
            SliceSize size,
            BooleanSupplier held,
            BooleanSupplier hurried) {
        this.ticker = ticker;
        this.requests = requests;
        this.share = share;
        this.samplesPerSecond = samplesPerSecond;
        this.patience = patience;
        this.size = size;
        this.held = held;
        this.hurried = hurried;
        this.next = ticker.nanos();
        this.nextBatch = next;
    }

    /** A step over so many rows begins, which may be given up on the way. */
    public void begin(int rows, BooleanSupplier isCancelled) {
        cancelled = isCancelled;
        nextBatch = Math.max(nextBatch, ticker.nanos()) + (long) (rows * 1e9 / samplesPerSecond);
    }

    /** How long it is until the budget allows another step; 0 or less if it does. */
    public long untilNextBatch() {
        return nextBatch - ticker.nanos();
    }

    /** How long runs have waited so far, in nanoseconds. */
    public long waited() {
        return waited;
    }

    @Override
    public <T> T pass(int rows, Supplier<T> run) {
        long asked = ticker.nanos();
        await(asked);
        long start = ticker.nanos();
        waited += start - asked;
        try {
            return run.get();
        } finally {
            long spent = ticker.nanos() - start;
            next = start + (long) (spent / share);
            size.slice(rows, spent);
        }
    }

    private void await(long asked) {
        while (true) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("the step was given up");
            }
            long now = ticker.nanos();
            boolean hurry = hurried.getAsBoolean();
            if (!hurry && held.getAsBoolean()) {
                ticker.park(Long.MAX_VALUE);
            } else if (!hurry && next - now > 0) {
                ticker.park(next - now);
            } else {
                long allowed = hurry || next - asked < 0 ? asked : next;
                long left = patience - (now - allowed);
                if (requests.isNone() || left <= 0) {
                    return;
                }
                requests.park(ticker, left);
            }
        }
    }
}
