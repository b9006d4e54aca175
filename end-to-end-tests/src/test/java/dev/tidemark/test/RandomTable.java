package dev.tidemark.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table whose columns and writes follow from a seed. */
final class RandomTable {

    /** What some columns need. */
    static final String TYPES = """
            CREATE TYPE mood AS ENUM ('sad', 'so so', 'HAPPY!');
            CREATE TYPE pair AS (a int, b text);
            CREATE DOMAIN score AS int CHECK (VALUE >= 0);
            """;

    private static final String UNIQUE_VIOLATION = "23505";

    private final String name;
    private final Random random;
    private final List<RandomType> keys;
    private final List<RandomType> columns;
    private volatile SQLException failure;

    /** @param number chooses the kind of key, so that a handful of tables has them all */
    RandomTable(String name, int number, long seed) {
        this.name = name;
        this.random = new Random(seed);
        this.keys = RandomType.KEYS.get(number % RandomType.KEYS.size());
        this.columns = random.ints(12, 0, RandomType.ALL.size())
                .mapToObj(RandomType.ALL::get)
                .toList();
    }

    String name() {
        return name;
    }

    String ddl() {
        List<String> parts = new ArrayList<>();
        IntStream.range(0, keys.size())
                .forEach(i -> parts.add("k" + i + " " + keys.get(i).sql()));
        IntStream.range(0, columns.size())
                .forEach(i -> parts.add("c" + i + " " + columns.get(i).sql()));
        return "CREATE TABLE %s (%s, PRIMARY KEY (%s))".formatted(name, String.join(", ", parts), keyNames());
    }

    /** Runs so many transactions in one session. */
    void write(TestDatabase database, int transactions) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT setseed(" + random.nextDouble() + ")");
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                transaction(connection, statement);
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private void transaction(Connection connection, Statement statement) throws SQLException {
        for (int step = random.nextInt(4); step >= 0; step--) {
            statement.execute("SAVEPOINT here");
            String sql = anyStatement();
            try {
                statement.execute(sql);
                if (random.nextInt(10) == 0) {
                    statement.execute("ROLLBACK TO SAVEPOINT here");
                }
            } catch (SQLException e) {
                if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    throw new SQLException(sql + ": " + e.getMessage(), e.getSQLState(), e);
                }
                statement.execute("ROLLBACK TO SAVEPOINT here");
            }
        }
        if (random.nextInt(10) == 0) {
            connection.rollback();
        } else {
            connection.commit();
        }
    }

    private String anyStatement() {
        int choice = random.nextInt(100);
        if (choice < 45) {
            return insert();
        } else if (choice < 75) {
            int column = random.nextInt(columns.size());
            return "UPDATE %s SET c%d = %s %s"
                    .formatted(name, column, columns.get(column).value(random), some());
        } else if (choice < 85) {
            int key = random.nextInt(keys.size());
            return "UPDATE %s SET k%d = %s %s"
                    .formatted(name, key, keys.get(key).value(random), some());
        } else if (choice < 99) {
            return "DELETE FROM " + name + " " + some();
        }
        return "TRUNCATE " + name;
    }

    private String insert() {
        String rows = IntStream.rangeClosed(0, random.nextInt(10))
                .mapToObj(i -> "(" + values(keys) + ", " + values(columns) + ")")
                .collect(Collectors.joining(", "));
        return "INSERT INTO %s VALUES %s ON CONFLICT DO NOTHING".formatted(name, rows);
    }

    private String values(List<RandomType> types) {
        return types.stream().map(type -> type.value(random)).collect(Collectors.joining(", "));
    }

    private String some() {
        return "WHERE (%1$s) IN (SELECT %1$s FROM %2$s ORDER BY random() LIMIT %3$d)"
                .formatted(keyNames(), name, 1 + random.nextInt(5));
    }

    private String keyNames() {
        return IntStream.range(0, keys.size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
    }

    void throwFailure() {
        if (failure != null) {
            throw new IllegalStateException(name + ": " + failure.getMessage(), failure);
        }
    }
}
