package dev.tidemark.stack;

import java.util.List;
import java.util.Locale;
import org.testcontainers.kafka.KafkaContainer;

/** Kafka from the official image, or from the one that {@code -Dtidemark.kafka.image} names. */
final class ContainerBroker extends DockerServer implements Broker {

    private static final String IMAGE = System.getProperty("tidemark.kafka.image", "apache/kafka:4.2.1");

    private final KafkaContainer container;

    private ContainerBroker(KafkaContainer container) {
        super(container);
        this.container = container;
    }

    static ContainerBroker start(StackOptions options) {
        KafkaContainer container = new KafkaContainer(IMAGE)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_BROKER_SESSION_TIMEOUT_MS", "4000")
                .withEnv("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "1000")
                .withEnv("KAFKA_HEAP_OPTS", "-Xmx" + HEAP);
        options.broker().forEach((name, value) -> container.withEnv(variable(name), value));
        container.setPortBindings(List.of("127.0.0.1:%d:9092".formatted(FreePort.next())));
        ContainerBroker broker = new ContainerBroker(container);
        broker.create();
        return broker;
    }

    /** Testcontainers wraps the broker in a shell, which as process 1 keeps Docker's SIGTERM to itself. */
    @Override
    public synchronized void stop() {
        if (isRunning()) {
            inContainer("kill -TERM -1");
        }
        super.stop();
    }

    private static String variable(String property) {
        return "KAFKA_" + property.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    @Override
    boolean answers() {
        return BrokerProbe.answers(bootstrapServers());
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }
}
