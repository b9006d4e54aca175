package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What is replicated: tables, what fills them, and who changes them. */
interface Sample {

    static Sample of(Options options) {
        return options.shop() ? new ShopSample() : new EmployeeSample();
    }

    /** Those that others refer to come first. */
    List<Table> tables();

    /** What there is, with so many rows or orders, in words. */
    String words(int size);

    /** The resource with the SQL that makes the tables. */
    String schema();

    /** Writes the first rows. */
    void fill(Connection source, int size, long seed, Console console) throws SQLException;

    /** Who makes rough changes, one for each connection. All of them may be at work at the same time. */
    List<Changes> workload(List<Connection> connections, long seed) throws SQLException;

    /** Who makes small changes alone. */
    Changes trickle(Connection connection, long seed) throws SQLException;

    /** Adds a row to each table, in one transaction. @return the rows' keys, in the order of the tables */
    List<List<Long>> addLast(Connection connection, long seed) throws SQLException;

    /** What {@code CDC_TABLES} says. */
    default String tableList() {
        return tables().stream().map(Table::name).collect(Collectors.joining(","));
    }

    /** Makes the tables, at the source and at the destination alike: with all keys and constraints. */
    default void create(Database database) {
        try (InputStream in = Sample.class.getResourceAsStream(schema())) {
            database.execute(new String(Objects.requireNonNull(in, schema()).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
