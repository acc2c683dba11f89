package io.tta4j.stream.data;

/** The order of a model's colour channels. */
public enum ChannelOrder {
    RGB,
    BGR
}
