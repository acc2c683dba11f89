package io.tta4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as files in a directory, which belongs to one process at a time.
 *
 * <pre>
 *     lock                                       held while a process has the directory open
 *     ab/cdef...(62 digits)/                     a stream: the SHA-256 of its key
 *         0000000000000000017-1f3a9c20.safetensors   a version, and whose: a hash of model, method and format
 * </pre>
 *
 * <p>A version is written under another name, flushed, renamed and its folder flushed: a process that is killed, or a
 * disk that is full, leaves the versions before it and never half a file. What is left of such a write is deleted when
 * the directory is opened. The last few versions of each model and method are kept; those of other models and of newer
 * formats are never touched.
 */
public final class SnapshotDirectory implements SnapshotStore {

    /** How many versions of a stream are kept unless told otherwise: 3. */
    public static final int DEFAULT_VERSIONS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);
    private static final String LOCK = "lock";
    private static final String UNFINISHED = ".tmp";
    private static final String REMOVED = ".removed";
    private static final Pattern VERSION = Pattern.compile("(\\d{19})-([0-9a-f]{8})\\.safetensors");
    private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");
    private static final int STRIPES = 64;

    private final Path root;
    private final int versionsKept;
    private final Disk disk;
    private final FileChannel lockFile;
    private final Lock[] stripes = new Lock[STRIPES];
    private volatile boolean closed;

    /** A version's file: its number and whose it is. */
    private record Version(long number, String owner, Path file) {}

    private SnapshotDirectory(Path root, int versionsKept, Disk disk, FileChannel lockFile) {
        this.root = root;
        this.versionsKept = versionsKept;
        this.disk = disk;
        this.lockFile = lockFile;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** Opens a directory that keeps {@value #DEFAULT_VERSIONS} versions; throws as {@link #open(Path, int)}. */
    public static SnapshotDirectory open(Path root) throws IOException {
        return open(root, DEFAULT_VERSIONS);
    }

    /**
     * Opens a directory, which is made if it is not there, and deletes what a process that was killed has left
     * unfinished.
     *
     * @param versionsKept how many versions of a stream are kept, at least 1; with 1 there is none to fall back to
     * @throws IOException if another process, or another part of this one, has it open, or it cannot be written to
     */
    public static SnapshotDirectory open(Path root, int versionsKept) throws IOException {
        return open(root, versionsKept, new Disk());
    }

    static SnapshotDirectory open(Path root, int versionsKept, Disk disk) throws IOException {
        if (versionsKept < 1) {
            throw new IllegalArgumentException("versions kept must be at least 1, but were " + versionsKept);
        }
        Path folder = root.toAbsolutePath().normalize();
        FileChannel lockFile = lock(folder);
        try {
            SnapshotDirectory directory = new SnapshotDirectory(folder, versionsKept, disk, lockFile);
            directory.deleteLeftovers();
            return directory;
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel;
        try {
            Files.createDirectories(root);
            channel = FileChannel.open(
                    root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "snapshots must have a directory that can be written to, but '%s' cannot: %s; give the process the right to write there, or name another"
                            .formatted(root, reason(e)),
                    e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(root, "process " + owner(channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(root, "this process");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static IOException inUse(Path root, String who) {
        return new IOException(
                "a snapshot directory must belong to one process at a time, but '%s' is in use by %s; close it there, or give each its own"
                        .formatted(root, who));
    }

    /** The number that the process with the lock has written; another word where it has not come to that yet. */
    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return text.matches("\\d+") ? text : "unknown";
    }

    private void deleteLeftovers() throws IOException {
        for (Path shard : shards()) {
            for (Path stream : list(shard)) {
                if (stream.toString().endsWith(REMOVED)) {
                    deleteFolder(stream);
                } else if (Files.isDirectory(stream)) {
                    for (Path file : list(stream)) {
                        if (file.toString().endsWith(UNFINISHED)) {
                            LOG.info("'{}' is deleted: its write did not end", file);
                            disk.delete(file);
                        }
                    }
                }
            }
        }
    }

    /** What is done to a stream's folder while nobody else does anything there. */
    private interface Turn<T> {

        T take(StreamKey key, Path folder) throws IOException;
    }

    private <T> T inTurn(String stream, Turn<T> turn) throws IOException {
        StreamKey key = new StreamKey(stream);
        String hash = key.hash();
        Lock lock = stripes[Math.floorMod(stream.hashCode(), STRIPES)];
        lock.lock();
        try {
            requireOpen();
            return turn.take(key, root.resolve(hash.substring(0, 2)).resolve(hash.substring(2)));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Written save(String stream, Snapshot snapshot) throws IOException {
        return inTurn(stream, (key, folder) -> {
            try {
                return save(key, folder, snapshot);
            } catch (IOException e) {
                throw new IOException(
                        "%s could not be saved in '%s': %s; its versions before stand; make sure that there is space and the right to write"
                                .formatted(key, folder, reason(e)),
                        e);
            }
        });
    }

    private Written save(StreamKey key, Path folder, Snapshot snapshot) throws IOException {
        List<Version> before = versionsIn(folder);
        long number = before.isEmpty() ? 1 : before.get(before.size() - 1).number() + 1;
        byte[] bytes = new SnapshotFile(key.text(), number, snapshot).bytes();
        if (before.isEmpty()) {
            createFolders(folder);
        }
        String owner = owner(snapshot.fingerprint(), snapshot.method());
        write(folder, "%019d-%s.safetensors".formatted(number, owner), bytes);
        List<Version> own =
                before.stream().filter(version -> version.owner().equals(owner)).toList();
        prune(own.subList(0, Math.max(0, own.size() + 1 - versionsKept)));
        return new Written(number, bytes.length);
    }

    /** Makes a stream's folder and that around it, and sees that they are on the disk before the first version is. */
    private void createFolders(Path folder) throws IOException {
        Path shard = folder.resolveSibling("").normalize();
        for (Path missing : List.of(shard, folder)) {
            if (!Files.isDirectory(missing)) {
                try {
                    disk.createFolder(missing);
                } catch (FileAlreadyExistsException e) {
                    LOG.debug("another stream has made '{}' meanwhile", missing);
                }
            }
        }
        disk.forceFolder(root);
        disk.forceFolder(shard);
    }

    private void write(Path folder, String name, byte[] bytes) throws IOException {
        Path unfinished = folder.resolve(name + UNFINISHED);
        try {
            disk.write(unfinished, bytes);
            disk.rename(unfinished, folder.resolve(name));
        } catch (IOException e) {
            try {
                disk.delete(unfinished);
            } catch (IOException e2) {
                e.addSuppressed(e2);
            }
            throw e;
        }
        disk.forceFolder(folder);
    }

    /** A version that cannot be deleted is no reason to fail: it goes with the next. */
    private void prune(List<Version> versions) {
        for (Version version : versions) {
            try {
                disk.delete(version.file());
            } catch (IOException e) {
                LOG.warn("'{}' is kept no more, but cannot be deleted: {}", version.file(), reason(e));
            }
        }
    }

    @Override
    public Optional<StoredSnapshot> latest(String stream, String fingerprint, String method) throws IOException {
        return inTurn(stream, (key, folder) -> {
            List<Version> newestFirst = new ArrayList<>(versionsIn(folder));
            Collections.reverse(newestFirst);
            return newestFirst.isEmpty()
                    ? Optional.empty()
                    : Optional.of(latest(key, newestFirst, fingerprint, method));
        });
    }

    private static StoredSnapshot latest(StreamKey key, List<Version> newestFirst, String fingerprint, String method)
            throws IOException {
        String owner = owner(fingerprint, method);
        List<String> refused = new ArrayList<>();
        for (Version version : newestFirst) {
            if (version.owner().equals(owner)) {
                try {
                    return new StoredSnapshot(version.number(), read(key, version, fingerprint, method), refused);
                } catch (SnapshotException e) {
                    LOG.warn("version {} of {} is passed over: {}", version.number(), key, e.getMessage());
                    refused.add("version %d: %s".formatted(version.number(), e.getMessage()));
                }
            }
        }
        if (refused.isEmpty()) {
            throw notOwn(key, newestFirst.get(0), fingerprint, method);
        }
        throw new SnapshotException("%s must have an undamaged snapshot, but all were refused: %s"
                .formatted(key, String.join("; ", refused)));
    }

    /** Why a stream whose versions are all of others is refused: what is wrong with the newest of them. */
    private static SnapshotException notOwn(StreamKey key, Version newest, String fingerprint, String method)
            throws IOException {
        try {
            read(key, newest, fingerprint, method);
            return new SnapshotException("%s: '%s' must have the name that it was given, but was renamed; put it back"
                    .formatted(key, newest.file().getFileName()));
        } catch (SnapshotException e) {
            return new SnapshotException("%s: %s".formatted(key, e.getMessage()), e);
        }
    }

    private static Snapshot read(StreamKey key, Version version, String fingerprint, String method) throws IOException {
        Snapshot snapshot = read(key, version);
        snapshot.requireFits(fingerprint, method, snapshot.state().theta().size());
        return snapshot;
    }

    private static Snapshot read(StreamKey key, Version version) throws IOException {
        SnapshotFile file = SnapshotFile.read(version.file());
        if (!file.stream().equals(key.text()) || file.version() != version.number()) {
            throw new SnapshotException(
                    "'%s' must be version %d of %s, but says that it is another; put it back where it was"
                            .formatted(version.file().getFileName(), version.number(), key));
        }
        return file.snapshot();
    }

    @Override
    public Optional<StoredSnapshot> at(String stream, long version) throws IOException {
        return inTurn(stream, (key, folder) -> {
            for (Version kept : versionsIn(folder)) {
                if (kept.number() == version) {
                    return Optional.of(new StoredSnapshot(version, read(key, kept), List.of()));
                }
            }
            return Optional.empty();
        });
    }

    @Override
    public List<Long> versions(String stream) throws IOException {
        return inTurn(
                stream,
                (key, folder) ->
                        versionsIn(folder).stream().map(Version::number).toList());
    }

    /** {@inheritDoc} The stream's folder goes away at once, so that no earlier version can come back. */
    @Override
    public void remove(String stream) throws IOException {
        inTurn(stream, (key, folder) -> {
            try {
                remove(folder);
                return key;
            } catch (IOException e) {
                throw new IOException(
                        "%s could not be removed from '%s': %s; make sure that there is the right to write"
                                .formatted(key, folder, reason(e)),
                        e);
            }
        });
    }

    private void remove(Path folder) throws IOException {
        Path removed = folder.resolveSibling(folder.getFileName() + REMOVED);
        if (Files.isDirectory(removed)) {
            deleteFolder(removed);
        }
        if (Files.isDirectory(folder)) {
            disk.rename(folder, removed);
            disk.forceFolder(folder.resolveSibling("").normalize());
            deleteFolder(removed);
        }
    }

    private void deleteFolder(Path folder) throws IOException {
        for (Path file : list(folder)) {
            disk.delete(file);
        }
        disk.delete(folder);
    }

    @Override
    public Stream<String> keys() throws IOException {
        requireOpen();
        List<String> keys = new ArrayList<>();
        for (Path shard : shards()) {
            for (Path stream : list(shard)) {
                key(stream, shard.getFileName().toString() + stream.getFileName())
                        .ifPresent(keys::add);
            }
        }
        return keys.stream();
    }

    /** The key that a stream's files tell, if one of them tells that of the hash. */
    private static Optional<String> key(Path folder, String hash) throws IOException {
        for (Version version : versionsThatStay(folder)) {
            try {
                String key = SnapshotFile.streamOf(version.file());
                if (new StreamKey(key).hash().equals(hash)) {
                    return Optional.of(key);
                }
            } catch (SnapshotException | IllegalArgumentException e) {
                LOG.warn("'{}' does not tell its stream: {}", version.file(), e.getMessage());
            } catch (NoSuchFileException e) {
                LOG.debug("'{}' was deleted meanwhile", version.file());
            }
        }
        return Optional.empty();
    }

    /** As {@link #versionsIn}; none where the stream is removed at the same time. */
    private static List<Version> versionsThatStay(Path folder) throws IOException {
        try {
            return versionsIn(folder);
        } catch (NoSuchFileException e) {
            LOG.debug("'{}' was removed meanwhile", folder);
            return List.of();
        }
    }

    private List<Path> shards() throws IOException {
        return list(root).stream()
                .filter(folder ->
                        SHARD.matcher(String.valueOf(folder.getFileName())).matches())
                .filter(Files::isDirectory)
                .toList();
    }

    /** A stream's versions, oldest first; none where it has no folder. */
    private static List<Version> versionsIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Version> versions = new ArrayList<>();
        for (Path file : list(folder)) {
            Matcher name = VERSION.matcher(String.valueOf(file.getFileName()));
            if (name.matches()) {
                versions.add(new Version(Long.parseLong(name.group(1)), name.group(2), file));
            }
        }
        versions.sort(Comparator.comparingLong(Version::number));
        return versions;
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    /** What versions of one model, method and format have in common: only these replace each other. */
    private static String owner(String fingerprint, String method) {
        try {
            byte[] text = "%d\n%s\n%s"
                    .formatted(SnapshotFile.FORMAT_VERSION, fingerprint, method)
                    .getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the snapshot directory '%s' must be open, but is closed".formatted(root));
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || e.getClass() != IOException.class
                ? "%s (%s)".formatted(message, e.getClass().getSimpleName())
                : message;
    }

    /** Lets go of the directory, when writes that are under way have ended. */
    @Override
    public void close() throws IOException {
        closed = true;
        for (Lock turn : stripes) {
            turn.lock();
        }
        try {
            lockFile.close();
        } finally {
            for (Lock turn : stripes) {
                turn.unlock();
            }
        }
    }
}
