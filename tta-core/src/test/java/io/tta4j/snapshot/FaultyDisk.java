package io.tta4j.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A disk on which one call goes wrong: it throws, having done nothing, half or all of its work. Once it has crashed,
 * every later call throws too, and {@link #cutPower} takes back what was not forced to the disk.
 */
final class FaultyDisk extends Disk {

    /** What a call that fails has done before. */
    enum Done {
        NOTHING,
        HALF,
        ALL
    }

    private final Map<Path, Path> unforcedNames = new LinkedHashMap<>();
    private int calls;
    private int faultAt = Integer.MAX_VALUE;
    private Done done = Done.NOTHING;
    private boolean crash;

    /** The k-th call from now on goes wrong. */
    void failAt(int k, Done before, boolean andCrash) {
        calls = 0;
        faultAt = k;
        done = before;
        crash = andCrash;
    }

    /** Whether the call that was to go wrong has come. */
    boolean failed() {
        return calls >= faultAt;
    }

    private interface Call {
        void run() throws IOException;
    }

    private void call(Call half, Call all) throws IOException {
        calls++;
        if (calls == faultAt) {
            if (done == Done.HALF) {
                half.run();
            } else if (done == Done.ALL) {
                all.run();
            }
            throw new IOException("No space left on device");
        }
        if (crash && calls > faultAt) {
            throw new IOException("the process is dead");
        }
        all.run();
    }

    @Override
    void createFolder(Path folder) throws IOException {
        call(() -> {}, () -> super.createFolder(folder));
    }

    @Override
    void write(Path file, byte[] bytes) throws IOException {
        call(() -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2)), () -> Files.write(file, bytes));
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        call(() -> {}, () -> {
            super.rename(from, to);
            unforcedNames.put(to, from);
        });
    }

    @Override
    void forceFolder(Path folder) throws IOException {
        call(() -> {}, () -> unforcedNames.keySet().removeIf(file -> folder.equals(file.getParent())));
    }

    @Override
    void delete(Path file) throws IOException {
        call(() -> {}, () -> super.delete(file));
    }

    /** After a power cut, names that were not forced may be the old ones again; here they are. */
    void cutPower() throws IOException {
        for (Map.Entry<Path, Path> name : unforcedNames.entrySet()) {
            if (Files.exists(name.getKey())) {
                Files.move(name.getKey(), name.getValue());
            }
        }
    }
}
