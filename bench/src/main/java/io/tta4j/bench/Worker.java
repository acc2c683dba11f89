package io.tta4j.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that computes when it is told to: one line a command, one line an answer, and idle in between. What it
 * complains of goes to this process's standard error.
 */
final class Worker implements AutoCloseable {

    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final String greeting;

    private Worker(Process process) throws IOException {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.greeting = answer();
    }

    /** Starts a process and waits for its greeting, one line. */
    static Worker start(List<String> commandLine) throws IOException {
        return new Worker(new ProcessBuilder(commandLine)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Starts another JVM like this one, on the same class path. */
    static Worker java(List<String> jvmOptions, Class<?> main, List<String> arguments) throws IOException {
        List<String> commandLine = new ArrayList<>();
        commandLine.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        commandLine.addAll(jvmOptions);
        commandLine.add("-Dtta4j.root=" + Launch.root());
        commandLine.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        commandLine.addAll(arguments);
        return start(commandLine);
    }

    /** Starts tools/bench/sar_worker.py; the parameters are those of its command line. */
    static Worker pyTorch(
            String python, Path model, Path images, List<Long> inputShape, int threads, String layout, String trainable)
            throws IOException {
        return start(List.of(
                python,
                Launch.root().resolve("tools/bench/sar_worker.py").toString(),
                model.toString(),
                images.toString(),
                "--shape=" + inputShape.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--threads=" + threads,
                "--layout=" + layout,
                "--trainable=" + trainable));
    }

    /** What it said first. */
    String greeting() {
        return greeting;
    }

    /**
     * Gives a command and waits for the answer.
     *
     * @throws Died if the process ends instead
     */
    double ask(String command) throws IOException {
        try {
            commands.write(command);
            commands.newLine();
            commands.flush();
        } catch (IOException e) {
            throw new Died("told to '" + command + "'", exit(), e);
        }
        return Double.parseDouble(answer());
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new Died("asked", exit(), null);
        }
        return line;
    }

    private int exit() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            commands.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }

    /** A process that ended where an answer was due. */
    static final class Died extends IOException {

        private static final long serialVersionUID = 1;

        Died(String when, int exit, @Nullable Throwable cause) {
            super("the process ended with status %d when %s".formatted(exit, when), cause);
        }
    }
}
