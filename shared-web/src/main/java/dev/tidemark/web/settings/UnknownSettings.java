package dev.tidemark.web.settings;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses settings below {@code cdc} that nothing was made of, before the service does anything: or a column would be published that somebody believes to be
 * left out, because of a typing error. Of environment variables only those count that begin like a group of settings (CDC_CAPTURE_…): others may be the
 * other service's, or Kubernetes's for a service that is named cdc-….
 */
final class UnknownSettings implements SmartInitializingSingleton {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cdc");

    private final ApplicationContext context;

    UnknownSettings(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        BoundConfigurationProperties bound = BoundConfigurationProperties.get(context);
        Set<ConfigurationPropertyName> known =
                bound == null ? Set.of() : bound.getAll().keySet();
        String unknown = StreamSupport.stream(
                        ConfigurationPropertySources.get(context.getEnvironment())
                                .spliterator(),
                        false)
                .flatMap(source -> unknown(source, known))
                .collect(joining(", "));
        if (!unknown.isEmpty()) {
            throw new UnknownSettingException(unknown);
        }
    }

    private Stream<String> unknown(ConfigurationPropertySource source, Set<ConfigurationPropertyName> known) {
        if (!(source instanceof IterableConfigurationPropertySource names)) {
            return Stream.of();
        }
        Stream<ConfigurationPropertyName> unknown = names.stream()
                .filter(ROOT::isAncestorOf)
                .filter(name -> !known.contains(name) && !isOfOverriddenList(name, known));
        if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource) {
            Set<String> letters = known.stream().map(UnknownSettings::letters).collect(toUnmodifiableSet());
            Set<String> groups = groups();
            unknown = unknown.filter(
                    name -> !letters.contains(letters(name)) && groups.stream().anyMatch(letters(name)::startsWith));
        }
        return unknown.map(name -> name + origin(source.getConfigurationProperty(name)));
    }

    /** Whether it is an element that counts no more, since another source has the whole list. */
    private static boolean isOfOverriddenList(ConfigurationPropertyName name, Set<ConfigurationPropertyName> known) {
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            if (name.isNumericIndex(i) && !isOrHolds(name.chop(i + 1), known)) {
                return isOrHolds(name.chop(i), known);
            }
        }
        return false;
    }

    private static boolean isOrHolds(ConfigurationPropertyName name, Set<ConfigurationPropertyName> known) {
        return known.contains(name) || known.stream().anyMatch(name::isAncestorOf);
    }

    /** What the settings of this service begin with that have a name of their own below the root. */
    private Set<String> groups() {
        return ConfigurationPropertiesBean.getAll(context).values().stream()
                .map(bean -> ConfigurationPropertyName.of(bean.getAnnotation().prefix()))
                .filter(ROOT::isAncestorOf)
                .map(UnknownSettings::letters)
                .collect(toUnmodifiableSet());
    }

    /** A variable's underscores may stand for dots or dashes. */
    private static String letters(ConfigurationPropertyName name) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            letters.append(name.getElement(i, Form.UNIFORM));
        }
        return letters.toString().replaceAll("[^\\p{L}\\p{N}]", "");
    }

    private static String origin(@Nullable ConfigurationProperty property) {
        return property == null || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
    }
}
