package io.tta4j.stream.cli;

import io.tta4j.guard.GuardConfig;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Puts the settings of all methods on the class path, and of guards, into the help of a command, above its examples.
 */
final class SettingsHelp implements IModelTransformer {

    private static final int INDENT = 2;
    private static final int NAME_WIDTH = 25;

    @Override
    public CommandSpec transform(CommandSpec command) {
        List<String> footer = new ArrayList<>(table().toString().lines().toList());
        footer.add("");
        footer.add("Examples:");
        footer.addAll(Arrays.asList(command.usageMessage().footer()));
        command.usageMessage()
                .footerHeading("%nSettings for --set:%n")
                // picocli takes these lines for format strings.
                .footer(footer.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new));
        return command;
    }

    private static TextTable table() {
        TextTable table = TextTable.forColumns(
                Help.defaultColorScheme(Ansi.OFF),
                new Column(NAME_WIDTH, INDENT, Overflow.TRUNCATE),
                new Column(Tta.HELP_WIDTH - NAME_WIDTH, 0, Overflow.WRAP));
        for (MethodProvider provider : Methods.available().values()) {
            addRows(table, provider.name(), provider.settings());
        }
        addRows(table, GuardConfig.NAME, GuardConfig.settings());
        return table;
    }

    private static void addRows(TextTable table, String owner, List<Setting> settings) {
        for (Setting setting : settings) {
            table.addRowValues(
                    owner + "." + setting.name(),
                    "%s (default: %s)".formatted(setting.description(), setting.defaultValue()));
        }
    }
}
