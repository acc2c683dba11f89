package io.tta4j.stream.cli;

import io.tta4j.stream.report.Artifacts;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line: {@code demo}, {@code replay}, {@code compare}, {@code audit}, {@code corrupt}, {@code inspect},
 * {@code prototypes}, {@code fisher} and {@code calibrate}.
 *
 * <p>Exit codes: 0, 1 after an internal failure, 2 after bad input. What went wrong stands on one line on standard
 * error; {@code --debug} adds the stack trace.
 */
@Command(
        name = "tta",
        description = "Test-time adaptation of served models: replay corrupted streams and see what adaptation buys.",
        mixinStandardHelpOptions = true,
        versionProvider = Tta.Version.class,
        subcommands = {
            DemoCommand.class,
            ReplayCommand.class,
            CompareCommand.class,
            AuditCommand.class,
            InspectCommand.class,
            PrototypesCommand.class,
            FisherCommand.class,
            CalibrateCommand.class,
            CanaryCommand.class,
            CorruptCommand.class,
            HelpCommand.class
        },
        scope = ScopeType.INHERIT,
        usageHelpWidth = Tta.HELP_WIDTH,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tta demo --report demo.html",
            "  tta replay --model net.onnx --data cifar10-c --method source,tent,sar --report replay.html",
            "  tta inspect net.onnx",
            "",
            "Exit codes: 0 done, 1 internal failure, 2 bad input."
        })
public final class Tta implements Callable<Integer> {

    static final int HELP_WIDTH = 110;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "show stack traces")
    private boolean debug;

    private Tta() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Libraries report through slf4j-simple; a user wants to hear of trouble only.
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        }
        PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        System.exit(run(out, err, arguments));
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Tta tta = new Tta();
        CommandLine line = new CommandLine(tta).setOut(out).setErr(err);
        line.setParameterExceptionHandler((e, given) -> {
            String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
            err.println(new Failure(Failure.BAD_INPUT, e.getMessage() + " (see " + help + ")").line());
            return Failure.BAD_INPUT;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> report(e, tta.debug, err));
        try {
            return line.execute(arguments);
        } catch (Error e) {
            return report(e, tta.debug, err);
        }
    }

    private static int report(Throwable thrown, boolean debug, PrintWriter err) {
        Failure failure = Failure.of(thrown);
        err.println(failure.line());
        if (debug) {
            thrown.printStackTrace(err);
        }
        return failure.exitCode();
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "a command must be given: demo, replay, compare, audit, corrupt, inspect, prototypes, fisher or"
                        + " calibrate");
    }

    /** Says which version this is. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "tta4j " + Artifacts.version("io.tta4j", "stream-sim").orElse("(development build)")
            };
        }
    }
}
