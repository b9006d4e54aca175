package dev.tidemark.producer;

import dev.tidemark.run.RunArguments;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;

/** The producer-service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ProducerApplication {

    public static void main(String[] args) {
        Class<?> application = RunArguments.isReset(args) ? ResetApplication.class : ProducerApplication.class;
        ConfigurableApplicationContext service = SpringApplication.run(application, RunArguments.of(args));
        if (service.getBeanNamesForType(ExitCodeGenerator.class).length > 0) {
            System.exit(SpringApplication.exit(service));
        }
    }
}
