package dev.tidemark.consumer.deadletter;

import dev.tidemark.consumer.database.Transaction;
import dev.tidemark.model.TopicNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** Gives up dead letters of the pipeline, and forgets those that are done with. Works in pieces, so that those who apply events never wait for long. */
public final class DeadLetterClosing {

    /** In the order of ids, so that two who discard at once do not wait for each other in a circle. */
    private static final String DISCARD = """
            UPDATE cdc.dead_letter SET state = 'discarded', closed_at = clock_timestamp(), closed_by = ?
            WHERE id IN (SELECT d.id FROM cdc.dead_letter d %s ORDER BY d.id LIMIT ? FOR UPDATE)
            """;

    private static final String LAST = "SELECT coalesce(max(id), 0) FROM cdc.dead_letter";

    /** What was not sent to the dead-letter topic yet is kept until it was. */
    private static final String FORGET = """
            DELETE FROM cdc.dead_letter WHERE id IN (
              SELECT d.id FROM cdc.dead_letter d
              %s AND d.state <> 'open' AND d.published_at IS NOT NULL AND d.closed_at < clock_timestamp() - make_interval(secs => ?)
              ORDER BY d.closed_at LIMIT ? FOR UPDATE SKIP LOCKED)
            """;

    private static final int PIECE = 1000;

    private final DataSource dataSource;
    private final TopicNames names;

    public DeadLetterClosing(DataSource dataSource, TopicNames names) {
        this.dataSource = dataSource;
        this.names = names;
    }

    /**
     * Discards a letter. It stays as a row, until it is old enough to be forgotten.
     *
     * @param who recorded with it
     * @return whether it was open
     */
    public boolean discard(long id, String who) throws SQLException {
        Where where = Where.of(names).and("d.state = ?", DeadLetterState.OPEN.code());
        return discard(where.and("d.id = CAST(? AS bigint)", id), who) > 0;
    }

    /**
     * Discards all open letters that match now.
     *
     * @return how many there were
     */
    public long discardAll(DeadLetterFilter filter, String who) throws SQLException {
        Where where = filter.in(DeadLetterState.OPEN).where(names).and("d.id <= CAST(? AS bigint)", lastId());
        long discarded = 0;
        int last;
        do {
            last = discard(where, who);
            discarded += last;
        } while (last > 0);
        return discarded;
    }

    private long lastId() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(LAST)) {
            row.next();
            return row.getLong(1);
        }
    }

    private int discard(Where where, String who) throws SQLException {
        try (Transaction transaction = Transaction.durable(dataSource);
                PreparedStatement discard = transaction.connection().prepareStatement(DISCARD.formatted(where.sql()))) {
            discard.setString(1, who);
            discard.setInt(where.bind(discard, 2), PIECE);
            int discarded = discard.executeUpdate();
            transaction.commit();
            return discarded;
        }
    }

    /**
     * Deletes letters that were closed longer ago than this.
     *
     * @return how many there were
     */
    public long forget(Duration retention) throws SQLException {
        long forgotten = 0;
        int last;
        do {
            last = forgetSome(retention);
            forgotten += last;
        } while (last == PIECE);
        return forgotten;
    }

    private int forgetSome(Duration retention) throws SQLException {
        Where where = Where.of(names);
        try (Connection connection = dataSource.getConnection();
                PreparedStatement forget = connection.prepareStatement(FORGET.formatted(where.sql()))) {
            int next = where.bind(forget, 1);
            forget.setDouble(next, retention.toSeconds());
            forget.setInt(next + 1, PIECE);
            return forget.executeUpdate();
        }
    }
}
