package dev.tidemark.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL from the official image, or from the one that {@code -Dtidemark.postgres.image} names. */
final class ContainerDatabase extends DockerServer implements Database {

    private static final String IMAGE = System.getProperty("tidemark.postgres.image", "postgres:18");

    private final PostgreSQLContainer container;
    private final int port;

    private ContainerDatabase(PostgreSQLContainer container, int port) {
        super(container);
        this.container = container;
        this.port = port;
    }

    static ContainerDatabase start(Map<String, String> settings) {
        int port = FreePort.next();
        List<String> command = new ArrayList<>(List.of("postgres"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        PostgreSQLContainer container = new PostgreSQLContainer(IMAGE)
                .withDatabaseName("postgres")
                .withUsername("postgres")
                .withPassword("postgres");
        container.setCommand(command.toArray(String[]::new)); // in place of its own, which turns fsync off
        container.setPortBindings(List.of("127.0.0.1:%d:5432".formatted(port)));
        ContainerDatabase database = new ContainerDatabase(container, port);
        database.create();
        return database;
    }

    @Override
    boolean answers() {
        return EmbeddedDatabase.answers(jdbcUrl(), user(), password());
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return port;
    }
}
