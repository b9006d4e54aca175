package dev.tidemark.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A bike store: customers, products, orders and their items, which refer to each other. */
final class ShopSample implements Sample {

    private static final List<Table> TABLES = List.of(
            new Table("public.customers", List.of("customer_id")),
            new Table("public.products", List.of("product_id")),
            new Table("public.orders", List.of("order_id")),
            new Table("public.order_items", List.of("order_id", "line_no")));

    private static final String GENERATE = "SELECT sample.generate_orders(?, ?)";
    private static final String ADD = """
            WITH c AS (INSERT INTO public.customers (email, full_name, country) VALUES ('last-' || clock_timestamp(), 'Last', 'NL') RETURNING customer_id),
            p AS (INSERT INTO public.products (sku, name, price, stock) VALUES (gen_random_uuid(), 'Last', 1, 0) RETURNING product_id),
            o AS (INSERT INTO public.orders (customer_id, total) SELECT customer_id, 1 FROM c RETURNING order_id),
            i AS (INSERT INTO public.order_items (order_id, line_no, product_id, quantity, unit_price)
              SELECT order_id, 1, product_id, 1, 1 FROM o, p RETURNING order_id, line_no)
            SELECT customer_id, product_id, order_id, line_no FROM c, p, i
            """;

    @Override
    public List<Table> tables() {
        return TABLES;
    }

    @Override
    public String words(int size) {
        return "the bike store, four tables with foreign keys, with %,d orders".formatted(size);
    }

    @Override
    public String schema() {
        return "/db/sample/V2__bike_store.sql";
    }

    @Override
    public void fill(Connection source, int size, long seed, Console console) throws SQLException {
        try (PreparedStatement generate = source.prepareStatement(GENERATE)) {
            generate.setInt(1, size);
            generate.setLong(2, seed);
            generate.execute();
        }
        try (Statement statement = source.createStatement()) {
            statement.execute("ANALYZE");
        }
    }

    /** Each has orders of its own; customers and products are everybody's. */
    @Override
    public List<Changes> workload(List<Connection> connections, long seed) throws SQLException {
        List<Changes> changes = new ArrayList<>();
        for (int part = 0; part < connections.size(); part++) {
            ShopWriter writer = new ShopWriter(connections.get(part));
            changes.add(new ShopChanges(
                    seed * connections.size() + part, writer, writer.openOrders(connections.size(), part)));
        }
        return changes;
    }

    @Override
    public Changes trickle(Connection connection, long seed) throws SQLException {
        ShopWriter writer = new ShopWriter(connection);
        return new ShopChanges(seed, writer, writer.openOrders(1, 0));
    }

    @Override
    public List<List<Long>> addLast(Connection connection, long seed) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet keys = statement.executeQuery(ADD)) {
            keys.next();
            long order = keys.getLong(3);
            List<List<Long>> added =
                    List.of(List.of(keys.getLong(1)), List.of(keys.getLong(2)), List.of(order), List.of(order, 1L));
            connection.commit();
            return added;
        }
    }
}
