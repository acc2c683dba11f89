package io.tta4j.stream.demo;

/** A colour, each channel nominally in 0..1. */
record Rgb(double red, double green, double blue) {

    Rgb plus(Rgb other, double weight) {
        return new Rgb(red + weight * other.red, green + weight * other.green, blue + weight * other.blue);
    }

    double channel(int channel) {
        return switch (channel) {
            case 0 -> red;
            case 1 -> green;
            case 2 -> blue;
            default -> throw new IllegalArgumentException("channel must be in 0..2, but was " + channel);
        };
    }

    double distance(Rgb other) {
        double r = red - other.red;
        double g = green - other.green;
        double b = blue - other.blue;
        return Math.sqrt(r * r + g * g + b * b);
    }
}
