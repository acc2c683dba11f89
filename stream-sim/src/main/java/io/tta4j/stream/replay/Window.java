package io.tta4j.stream.replay;

import io.tta4j.stream.metric.Accuracy;
import io.tta4j.stream.metric.ClassCounts;

/**
 * A stretch of a stream: the batches until enough images have come. Windows follow each other without a gap.
 *
 * @param end the images of the stream up to its end
 * @param accuracy on its images whose class was known by then
 * @param reliable how many of its samples passed the method's filter
 * @param adapted how many samples its steps were means over
 * @param resets how often the method put the model back to its source
 * @param predicted how often each class was the answer
 */
public record Window(int end, Accuracy accuracy, long reliable, long adapted, long resets, ClassCounts predicted) {}
