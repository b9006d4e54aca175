package dev.tidemark.consumer;

import dev.tidemark.run.RunArguments;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the consumer-service. */
@SpringBootApplication
public class ConsumerApplication {

    public static void main(String[] arguments) {
        Class<?> application = RunArguments.isReset(arguments) ? ResetApplication.class : ConsumerApplication.class;
        ConfigurableApplicationContext service = SpringApplication.run(application, RunArguments.of(arguments));
        if (service.getBeanNamesForType(ExitCodeGenerator.class).length > 0) {
            System.exit(SpringApplication.exit(service));
        }
    }
}
