package dev.tidemark.web.settings;

import dev.tidemark.web.security.SecurityProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** A run that ends by itself has no HTTP side, but may have its settings. */
@AutoConfiguration
@EnableConfigurationProperties(SecurityProperties.class)
public class SettingsAutoConfiguration {

    @Bean
    UnknownSettings unknownSettings(ApplicationContext context) {
        return new UnknownSettings(context);
    }
}
