package io.tta4j.method;

import java.util.ServiceLoader;
import java.util.TreeSet;

/** The surveys of source data on the class path. */
public final class SourceSurveys {

    private SourceSurveys() {}

    /**
     * The survey of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static SourceSurvey named(String name) {
        TreeSet<String> names = new TreeSet<>();
        for (SourceSurvey survey : ServiceLoader.load(SourceSurvey.class)) {
            if (survey.name().equals(name)) {
                return survey;
            }
            names.add(survey.name());
        }
        throw new IllegalArgumentException(
                "survey must be one of %s, but was '%s'; add the module that has it to the class path"
                        .formatted(names, name));
    }
}
