package io.tta4j.stream.image;

import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Hears whether a JPEG file ended early: the reader fills up with grey, and only warns. Other warnings are harmless.
 */
final class PrematureEnd implements IIOReadWarningListener {

    private boolean heard;

    @Override
    public void warningOccurred(ImageReader source, String text) {
        heard |= text.toLowerCase(Locale.ROOT).contains("premature end");
    }

    boolean isHeard() {
        return heard;
    }
}
