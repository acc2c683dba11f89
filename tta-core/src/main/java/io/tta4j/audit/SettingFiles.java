package io.tta4j.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files that settings name, such as Fisher information or prototypes: a method is made of these, too. */
final class SettingFiles {

    private SettingFiles() {}

    /** The hash of each setting's file, where it names one. */
    static Map<String, String> hashes(Map<String, String> settings) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            Optional<Path> file = file(setting.getValue());
            if (file.isPresent()) {
                hashes.put(setting.getKey(), Sha256.of(Files.readAllBytes(file.get())));
            }
        }
        return hashes;
    }

    private static Optional<Path> file(String text) {
        try {
            return Optional.of(Path.of(text)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** @throws AuditException if a file is missing or another one than then */
    static void requireSame(Map<String, String> settings, Map<String, String> recorded) throws IOException {
        Map<String, String> now = hashes(settings);
        recorded.forEach((setting, hash) -> {
            if (!hash.equals(now.get(setting))) {
                throw new AuditException(
                        "setting %s must name the file that it named when the trail was written, but '%s' is %s"
                                .formatted(
                                        setting,
                                        settings.get(setting),
                                        now.containsKey(setting) ? "another one" : "not there"));
            }
        });
    }
}
