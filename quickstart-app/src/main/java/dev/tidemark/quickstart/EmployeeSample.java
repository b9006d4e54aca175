package dev.tidemark.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/** The table {@code public.employees}. */
final class EmployeeSample implements Sample {

    private static final Table TABLE = new Table("public.employees", List.of("emp_id"));
    private static final int ROWS_AT_ONCE = 100_000;
    private static final int KEYS_AT_ONCE = 10_000;
    private static final int SHARED_ROWS = 8;
    private static final int[] NOT_SHARED = {};
    private static final String GENERATE = "SELECT sample.generate_employees(?)";
    private static final String KEYS = "SELECT emp_id FROM public.employees ORDER BY emp_id";

    @Override
    public List<Table> tables() {
        return List.of(TABLE);
    }

    @Override
    public String words(int size) {
        return "table employees, with %,d rows".formatted(size);
    }

    @Override
    public String schema() {
        return "/db/sample/V1__employees.sql";
    }

    /** The seed makes no difference to these rows. */
    @Override
    public void fill(Connection source, int size, long seed, Console console) throws SQLException {
        try (PreparedStatement generate = source.prepareStatement(GENERATE)) {
            for (int done = 0; done < size; done += Math.min(ROWS_AT_ONCE, size - done)) {
                console.progress("%,d of %,d rows".formatted(done, size));
                generate.setInt(1, Math.min(ROWS_AT_ONCE, size - done));
                generate.execute();
            }
        }
    }

    /** Each has rows of its own, and there are some that all of them change. */
    @Override
    public List<Changes> workload(List<Connection> connections, long seed) throws SQLException {
        List<Integer> shared = new ArrayList<>();
        List<Keys> own = new ArrayList<>();
        connections.forEach(connection -> own.add(new Keys()));
        forEachKey(connections.get(0), key -> {
            if (shared.size() < SHARED_ROWS) {
                shared.add(key);
            } else {
                own.get(key % own.size()).use(key);
            }
        });
        int[] met = shared.stream().mapToInt(key -> key).toArray();
        List<Changes> changes = new ArrayList<>();
        for (int part = 0; part < connections.size(); part++) {
            changes.add(new RandomChanges(
                    seed * connections.size() + part,
                    Mix.ROUGH,
                    own.get(part),
                    met,
                    new JdbcEmployeeWriter(connections.get(part))));
        }
        return changes;
    }

    @Override
    public Changes trickle(Connection connection, long seed) throws SQLException {
        Keys keys = new Keys();
        forEachKey(connection, keys::use);
        return new RandomChanges(seed, Mix.SMALL, keys, NOT_SHARED, new JdbcEmployeeWriter(connection));
    }

    @Override
    public List<List<Long>> addLast(Connection connection, long seed) throws SQLException {
        EmployeeWriter writer = new JdbcEmployeeWriter(connection);
        int key = writer.insert(List.of(new Employees(new Random(seed), false).next()))[0];
        writer.commit();
        return List.of(List.of((long) key));
    }

    /** In their order. */
    private static void forEachKey(Connection connection, IntConsumer action) throws SQLException {
        connection.setAutoCommit(false); // or all rows would be fetched at once
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(KEYS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery(KEYS)) {
                while (rows.next()) {
                    action.accept(rows.getInt(1));
                }
            }
        }
        connection.commit();
    }
}
