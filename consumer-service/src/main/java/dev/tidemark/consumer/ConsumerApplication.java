package dev.tidemark.consumer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the consumer-service. */
@SpringBootApplication
public class ConsumerApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(ConsumerApplication.class, arguments);
    }
}
