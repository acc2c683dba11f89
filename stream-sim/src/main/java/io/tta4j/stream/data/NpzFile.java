package io.tta4j.stream.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a zip file of named {@code .npy} arrays. Arrays are read when they are asked for. */
public final class NpzFile implements Closeable {

    private static final String SUFFIX = ".npy";

    /** What zip files without a date carry; a fixed one keeps equal contents equal byte for byte. */
    private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final String name;
    private final ZipFile zip;

    private NpzFile(String name, ZipFile zip) {
        this.name = name;
        this.zip = zip;
    }

    /**
     * Opens a file.
     *
     * @throws IOException if there is no such file or it cannot be read
     * @throws DataException if it is not a zip file
     */
    public static NpzFile open(Path file) throws IOException {
        String name = file.getFileName().toString();
        try {
            return new NpzFile(name, new ZipFile(file.toFile()));
        } catch (ZipException e) {
            throw new DataException(name + " must be an .npz file, but was no zip file: " + e.getMessage(), e);
        }
    }

    /** The names of the arrays, in file order, without {@code .npy}. */
    public List<String> names() {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(entry -> entry.endsWith(SUFFIX))
                .map(entry -> entry.substring(0, entry.length() - SUFFIX.length()))
                .toList();
    }

    /**
     * Reads one array.
     *
     * @throws DataException if there is no array of that name, or it is not read here; the message names file and array
     */
    public NpyArray array(String array) throws IOException {
        ZipEntry entry = entry(array);
        String fullName = name + ":" + array;
        try (InputStream in = zip.getInputStream(entry)) {
            NpyHeader header = NpyHeader.read(fullName, in);
            byte[] data = in.readAllBytes();
            if (data.length != header.dataBytes()) {
                throw new DataException("%s must hold %d bytes after the header, but held %d"
                        .formatted(fullName, header.dataBytes(), data.length));
            }
            ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
            return new NpyArray(fullName, header.type(), header.shape(), bytes);
        } catch (ZipException e) {
            throw new DataException(fullName + " must be readable, but was damaged: " + e.getMessage(), e);
        }
    }

    /**
     * Unpacks one array to a temporary file, so that its elements are read where they are needed: it may be larger than
     * memory. The file goes when it is closed, and outlives this one.
     *
     * @throws DataException as {@link #array}
     */
    NpyFile extract(String array) throws IOException {
        String fullName = name + ":" + array;
        Path copy = Files.createTempFile("tta4j-", SUFFIX);
        try (InputStream in = zip.getInputStream(entry(array))) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            return NpyFile.open(fullName, copy, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(copy);
            if (e instanceof ZipException) {
                throw new DataException(fullName + " must be readable, but was damaged: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private ZipEntry entry(String array) {
        ZipEntry entry = zip.getEntry(array + SUFFIX);
        if (entry == null) {
            throw new DataException("%s must hold an array '%s', but held %s".formatted(name, array, names()));
        }
        return entry;
    }

    /**
     * Writes arrays as an {@code .npz} file that depends on nothing but them; leaves {@code out} open.
     *
     * @param arrays by name, without {@code .npy}; written in the map's order
     */
    public static void write(OutputStream out, Map<String, NpyArray> arrays) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
            ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
            entry.setTimeLocal(NO_DATE);
            zip.putNextEntry(entry);
            array.getValue().writeTo(zip);
            zip.closeEntry();
        }
        zip.finish();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
