package io.tta4j.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The settings that a user gave to one method, as text. Immutable.
 *
 * <p>Getters throw {@link IllegalArgumentException} with the setting's full name where the text is not what they read.
 */
public final class Settings {

    private final String method;
    private final Map<String, String> values;

    private Settings(String method, Map<String, String> values) {
        this.method = method;
        this.values = values;
    }

    /**
     * The settings of one method.
     *
     * @param provider the method's provider, which knows the valid names
     * @param values by setting name, without the method's prefix
     * @throws IllegalArgumentException if a name is not one of the method's settings
     */
    public static Settings of(MethodProvider provider, Map<String, String> values) {
        return of(provider.name(), provider.settings(), values);
    }

    /**
     * The settings of something else that has some.
     *
     * @param owner what full names begin with, such as {@code guard}
     * @param known the valid ones
     * @param values by setting name, without the prefix
     * @throws IllegalArgumentException if a name is not one of these
     */
    public static Settings of(String owner, List<Setting> known, Map<String, String> values) {
        for (String name : values.keySet()) {
            if (known.stream().noneMatch(setting -> setting.name().equals(name))) {
                throw new IllegalArgumentException("setting must be one of %s, but was '%s.%s'"
                        .formatted(
                                known.stream()
                                        .map(setting -> owner + "." + setting.name())
                                        .toList(),
                                owner,
                                name));
            }
        }
        return new Settings(owner, new TreeMap<>(values));
    }

    /** The text of a setting, if it was given. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A setting as a number, if it was given. */
    public OptionalDouble number(String name) {
        String text = values.get(name);
        if (text == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s.%s must be a number, but was '%s'".formatted(method, name, text), e);
        }
    }

    /** A setting as a truth value, if it was given. */
    public Optional<Boolean> flag(String name) {
        return text(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException(
                        "%s.%s must be true or false, but was '%s'".formatted(method, name, text));
        });
    }
}
