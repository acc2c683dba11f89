package io.tta4j.stream.cli;

import io.tta4j.stream.replay.ReplayListener;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error where that is a terminal; silent elsewhere. */
final class Progress implements ReplayListener, AutoCloseable {

    /** Set by the launcher, which can tell (from JDK 22 on {@code System.console()} is there without a terminal). */
    private static final String TERMINAL = "tta4j.terminal";

    private static final int REDRAW_MILLIS = 200;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Begins a bar for a replay of so many images. */
    static Progress of(long images) {
        if (!Boolean.getBoolean(TERMINAL)) {
            return new Progress(null);
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName("images")
                .setInitialMax(images)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .clearDisplayOnFinish()
                .build());
    }

    @Override
    public void answered(String stream, int images) {
        if (bar != null) {
            bar.setExtraMessage(stream);
            bar.stepBy(images);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
