package dev.tidemark.quickstart;

import dev.tidemark.stack.Database;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables of a sample in one database, in their order. */
final class Tables implements AutoCloseable {

    private final List<TableReader> readers = new ArrayList<>();

    Tables(Database database, Sample sample) throws SQLException {
        for (Table table : sample.tables()) {
            readers.add(new TableReader(database, table));
        }
    }

    List<TableReader> readers() {
        return readers;
    }

    /** The server's clock, in microseconds. */
    long now() throws SQLException {
        return readers.get(0).now();
    }

    /** How many rows each table has. */
    List<Long> counts() throws SQLException {
        List<Long> counts = new ArrayList<>();
        for (TableReader reader : readers) {
            counts.add(reader.count());
        }
        return counts;
    }

    static long sum(List<Long> counts) {
        return counts.stream().mapToLong(count -> count).sum();
    }

    /** Whether all tables have so many rows. Counts as few of them as it can. */
    boolean hasCounts(List<Long> wanted) throws SQLException {
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).count() != wanted.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether each table has the row with its key. */
    boolean have(List<List<Long>> keys) throws SQLException {
        for (int i = 0; i < readers.size(); i++) {
            if (!readers.get(i).has(keys.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws SQLException {
        for (TableReader reader : readers) {
            reader.close();
        }
    }
}
