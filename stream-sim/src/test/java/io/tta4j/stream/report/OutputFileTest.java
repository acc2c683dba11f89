package io.tta4j.stream.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFileTest {

    @TempDir
    private Path folder;

    @Test
    void theCheckLeavesNothingBehind() throws IOException {
        OutputFile.at(folder.resolve("report.html"));

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void writesTheWholeFile() throws IOException {
        Path path = Files.writeString(folder.resolve("report.html"), "old");

        OutputFile.at(path).write(out -> out.write("new".getBytes(StandardCharsets.UTF_8)));

        assertThat(path).hasContent("new");
        assertThat(folder).isDirectoryContaining(path::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void keepsWhatWasThereWhereTheContentsFail() throws IOException {
        Path path = Files.writeString(folder.resolve("report.html"), "old");
        OutputFile file = OutputFile.at(path);

        assertThatThrownBy(() -> file.write(out -> {
                    out.write("half".getBytes(StandardCharsets.UTF_8));
                    throw new IOException("no more");
                }))
                .hasMessage("no more");

        assertThat(path).hasContent("old");
        assertThat(folder).isDirectoryContaining(path::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void followsALink() throws IOException {
        Path real = Files.writeString(folder.resolve("real.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), real);

        OutputFile.at(link).write(out -> out.write('!'));

        assertThat(link).isSymbolicLink().hasContent("!");
        assertThat(real).hasContent("!");
    }

    @Test
    void saysWhereAFileCannotBe() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> OutputFile.at(folder)).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> OutputFile.at(folder.resolve("none/report.html")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> OutputFile.at(file.resolve("report.html"))).isInstanceOf(NotDirectoryException.class);
    }
}
