package io.tta4j.stream.cli;

import io.tta4j.AdaptiveModel;
import io.tta4j.guard.GuardConfig;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Methods;
import io.tta4j.method.Settings;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.ModelException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The methods to run, made from their settings.
 *
 * @param methods in the order they were named in
 * @param settings what was set, by method and setting; methods without settings included
 * @param guards what was set for guards, which are around all of them
 * @param dispensable the methods that came in by {@code all} and not by their names
 */
record MethodChoice(
        List<Method> methods,
        Map<String, Map<String, String>> settings,
        Map<String, String> guards,
        Set<String> dispensable) {

    /** Every method that learns no classes. */
    private static final String ALL = "all";

    /** A comma between two settings; others belong to a value, such as a list of layers. */
    private static final Pattern BETWEEN_SETTINGS = Pattern.compile(",(?=[\\w-]+\\.[\\w-]+=)");

    /**
     * Makes the methods.
     *
     * @param names the methods' names
     * @param assignments each {@code method.setting=value} or {@code guard.setting=value}, or several of these
     *     separated by commas
     * @throws IllegalArgumentException if a method or setting is unknown, set twice, set for a method that is not
     *     named, or out of range
     */
    static MethodChoice of(List<String> names, List<String> assignments) {
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        Set<String> unique = new LinkedHashSet<>();
        names.forEach(name -> unique.addAll(name.equals(ALL) ? withoutClasses() : List.of(name)));
        unique.forEach(name -> settings.put(Methods.named(name).name(), new TreeMap<>()));
        Map<String, String> guards = new TreeMap<>();
        assignments.stream()
                .flatMap(BETWEEN_SETTINGS::splitAsStream)
                .forEach(assignment -> assign(assignment, settings, guards));
        List<Method> methods = new ArrayList<>();
        settings.forEach((name, values) -> methods.add(create(name, values)));
        Set<String> dispensable = new LinkedHashSet<>(unique);
        names.forEach(dispensable::remove);
        return new MethodChoice(methods, settings, guards, dispensable);
    }

    /** The source first. */
    private static List<String> withoutClasses() {
        String source = Methods.source().name();
        return Stream.concat(
                        Stream.of(source),
                        Methods.available().keySet().stream()
                                .filter(name -> !name.equals(source))
                                .filter(name -> !(create(name, Map.of()) instanceof ClassLearner)))
                .toList();
    }

    private static Method create(String name, Map<String, String> values) {
        MethodProvider provider = Methods.named(name);
        return provider.create(Settings.of(provider, values));
    }

    /**
     * The methods without those that a model does not go with, such as {@code bn} where there is no batch norm; methods
     * that were named stay.
     *
     * @param err is told what is left out
     */
    MethodChoice on(AdaptableModel model, PrintWriter err) {
        List<Method> fitting = new ArrayList<>();
        Map<String, Map<String, String>> theirs = new LinkedHashMap<>(settings);
        for (Method method : methods) {
            try {
                if (dispensable.contains(method.name())) {
                    AdaptiveModel.of(model, method);
                }
                fitting.add(method);
            } catch (ModelException e) {
                theirs.remove(method.name());
                err.printf("tta: %s is left out: %s%n", method.name(), e.getMessage());
                err.flush();
            }
        }
        return new MethodChoice(fitting, theirs, guards, dispensable);
    }

    private static void assign(
            String assignment, Map<String, Map<String, String>> settings, Map<String, String> guards) {
        int equals = assignment.indexOf('=');
        int dot = assignment.indexOf('.');
        if (dot < 1 || equals < dot + 2) {
            throw new IllegalArgumentException(
                    "--set must be method.setting=value, but was '%s'".formatted(assignment));
        }
        String method = assignment.substring(0, dot);
        String setting = assignment.substring(dot + 1, equals);
        Map<String, String> values = method.equals(GuardConfig.NAME) ? guards : settings.get(method);
        if (values == null) {
            Settings.of(Methods.named(method), Map.of(setting, ""));
            throw new IllegalArgumentException("%s.%s is set, but --method lists only %s"
                    .formatted(method, setting, String.join(", ", settings.keySet())));
        }
        if (values.put(setting, assignment.substring(equals + 1)) != null) {
            throw new IllegalArgumentException("%s.%s must be set once, but was set twice".formatted(method, setting));
        }
    }
}
