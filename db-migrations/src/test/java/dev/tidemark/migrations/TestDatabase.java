package dev.tidemark.migrations;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** A database of its own on the one PostgreSQL server of this JVM. */
record TestDatabase(String name) {

    private static final EmbeddedPostgres SERVER = start();
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String TEMPLATE = template();

    /** A database with the migrations of the source. */
    static TestDatabase source() {
        return create("TEMPLATE " + TEMPLATE);
    }

    static TestDatabase empty() {
        return create("TEMPLATE template0");
    }

    Session session() {
        return session("postgres");
    }

    Session session(String role) {
        try {
            return new Session(DriverManager.getConnection(SERVER.getJdbcUrl(role, name)));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Migrates as the services do. */
    void migrate(String role, String schema, String... locations) {
        Flyway.configure()
                .dataSource(SERVER.getJdbcUrl(role, name), role, "")
                .locations(locations)
                .defaultSchema(schema)
                .table("schema_history")
                .createSchemas(true)
                .load()
                .migrate();
    }

    /** Makes a role that may log in and nothing more. Roles are shared by all databases of the server. */
    static String role(String prefix) {
        String role = prefix + "_" + COUNT.incrementAndGet();
        try (Session session = new TestDatabase("postgres").session()) {
            session.run("CREATE ROLE " + role + " LOGIN");
        }
        return role;
    }

    private static TestDatabase create(String options) {
        String name = "test_" + COUNT.incrementAndGet();
        try (Session session = new TestDatabase("postgres").session()) {
            session.run("CREATE DATABASE " + name + " " + options);
        }
        return new TestDatabase(name);
    }

    private static String template() {
        TestDatabase template = empty();
        template.migrate("postgres", "cdc", "classpath:db/source");
        return template.name();
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("max_prepared_transactions", "10")
                    .setServerConfig("fsync", "off")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
