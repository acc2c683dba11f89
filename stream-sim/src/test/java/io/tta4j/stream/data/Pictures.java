package io.tta4j.stream.data;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** PNG files of one colour. */
public final class Pictures {

    private Pictures() {}

    /** Writes a picture and the folders that it lies in. */
    public static void write(Path file, int height, int width, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        Files.createDirectories(file.getParent());
        File target = file.toFile();
        ImageIO.setUseCache(false);
        if (!ImageIO.write(image, "png", target)) {
            throw new AssertionError("every JDK writes PNG");
        }
    }
}
