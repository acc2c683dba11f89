package io.tta4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles and the command that CI runs. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("tta4j.root"));

    @Test
    void sampleIsTheOneThatIsCompiled() throws IOException {
        String source = Files.readString(ROOT.resolve("examples/src/main/java/io/tta4j/examples/WrapAModel.java"));
        String compiled = between(source, "// readme: start", "// readme: end");
        String shown = between(readme(), "```java", "```");
        assertThat(shown).isEqualTo(compiled);
    }

    @Test
    void testCommandIsTheOneThatCiRuns() throws IOException {
        Matcher command = Pattern.compile("exec (mvn .*)").matcher(Files.readString(ROOT.resolve(".ci/run")));
        assertThat(command.find()).isTrue();
        assertThat(readme()).contains(command.group(1));
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from))
                .stripTrailing()
                .stripIndent()
                .strip();
    }
}
