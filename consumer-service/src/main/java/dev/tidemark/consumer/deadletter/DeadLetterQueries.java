package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TopicNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Looks at the dead letters of the pipeline. Changes nothing, and locks nothing that applying needs. */
public final class DeadLetterQueries {

    private static final String LIST = "SELECT %s FROM cdc.dead_letter d %s ORDER BY d.id LIMIT ?";

    private static final String ONE =
            "SELECT %s, d.record_key, d.record_value, d.record_time FROM cdc.dead_letter d %s LIMIT ?";

    private static final String GROUPS = """
            WITH g AS (
              SELECT d.table_name, d.cause_class, d.cause, d.rule, d.sql_state, d.state, count(*) AS letters,
                min(d.first_seen_at) AS oldest, max(d.first_seen_at) AS newest, max(d.id) AS example
              FROM cdc.dead_letter d %s
              GROUP BY d.table_name, d.cause_class, d.cause, d.rule, d.sql_state, d.state
              ORDER BY letters DESC, example DESC LIMIT ?)
            SELECT g.*, e.message, e.key FROM g JOIN cdc.dead_letter e ON e.id = g.example ORDER BY g.letters DESC, g.example DESC
            """;

    private static final String COUNTS = """
            SELECT d.table_name, d.cause_class, d.state, count(*), extract(epoch FROM clock_timestamp() - min(d.first_seen_at))
            FROM cdc.dead_letter d %s GROUP BY d.table_name, d.cause_class, d.state ORDER BY d.table_name, d.cause_class, d.state
            """;

    private static final String OPEN = """
            SELECT coalesce(d.table_name, ''), d.cause_class, count(*) FROM cdc.dead_letter d %s AND d.state = 'open'
            GROUP BY d.table_name, d.cause_class
            """;

    private static final String UNPUBLISHED = "SELECT count(*) FROM cdc.dead_letter d %s AND d.published_at IS NULL";

    private static final String EXTENT = "SELECT count(*), coalesce(max(d.id), 0) FROM cdc.dead_letter d %s";

    private static final long PLACES_BYTES = 4 << 20;

    /** As many as fit into memory, and at least one. */
    private static final String PLACES = """
            SELECT d.id, d.topic, d.partition, d.record_offset
            FROM (
              SELECT *, row_number() OVER events AS number, sum(bytes) OVER events AS bytes_until
              FROM (
                SELECT d.id, d.topic, d.partition, d.record_offset, coalesce(octet_length(d.record_value), 0) AS bytes FROM cdc.dead_letter d %s
                ORDER BY d.topic COLLATE "C", d.partition, d.record_offset, d.id LIMIT ?) p
              WINDOW events AS (ORDER BY p.topic COLLATE "C", p.partition, p.record_offset, p.id)) d
            WHERE d.number = 1 OR d.bytes_until <= """ + PLACES_BYTES + " ORDER BY d.number";

    private final DataSource dataSource;
    private final TopicNames names;

    public DeadLetterQueries(DataSource dataSource, TopicNames names) {
        this.dataSource = dataSource;
        this.names = names;
    }

    /** How many letters there are that match, and the greatest of their ids. */
    public record Extent(long count, long lastId) {}

    /** Where a letter's event is in Kafka. */
    public record Place(long id, TopicPartition partition, long offset) {}

    /** A row of a result as what it stands for. */
    private interface Mapping<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** The first letters that match after an id, in the order of their ids. */
    public List<DeadLetter> list(DeadLetterFilter filter, long after, int limit) throws SQLException {
        Where where = filter.where(names).and("d.id > CAST(? AS bigint)", after);
        return query(LIST.formatted(LetterRow.COLUMNS, where.sql()), where, limit, LetterRow::letter);
    }

    /** The letters that match by their causes, the most frequent one first. */
    public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit) throws SQLException {
        Where where = filter.where(names);
        return query(GROUPS.formatted(where.sql()), where, limit, DeadLetterQueries::group);
    }

    public Optional<DeadLetterRecord> find(long id) throws SQLException {
        Where where = Where.of(names).and("d.id = CAST(? AS bigint)", id);
        return query(ONE.formatted(LetterRow.COLUMNS, where.sql()), where, 1, LetterRow::record).stream()
                .findFirst();
    }

    /** All letters, counted. */
    public List<DeadLetterCount> counts() throws SQLException {
        return query(
                COUNTS,
                row -> new DeadLetterCount(
                        LetterRow.table(row),
                        CauseClass.of(row.getString(2)),
                        DeadLetterState.of(row.getString(3)),
                        row.getLong(4),
                        row.getDouble(5)));
    }

    /** How many open letters each table has, by its name and by cause; those that could not be understood under an empty name. */
    public Map<String, Map<CauseClass, Long>> open() throws SQLException {
        Map<String, Map<CauseClass, Long>> open = new TreeMap<>();
        query(
                OPEN,
                row -> open.computeIfAbsent(row.getString(1), table -> new EnumMap<>(CauseClass.class))
                        .put(CauseClass.of(row.getString(2)), row.getLong(3)));
        return open;
    }

    /** How many letters are not in a dead-letter topic yet. */
    public long unpublished() throws SQLException {
        return query(UNPUBLISHED, row -> row.getLong(1)).get(0);
    }

    /** How many letters match now. */
    public Extent extent(DeadLetterFilter filter) throws SQLException {
        Where where = filter.where(names);
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(EXTENT.formatted(where.sql()))) {
            where.bind(query, 1);
            ResultSet row = query.executeQuery();
            row.next();
            return new Extent(row.getLong(1), row.getLong(2));
        }
    }

    /**
     * The first letters that match behind a place, in the order of their events: fewer than the limit if their records together are large.
     *
     * @param after null to begin
     * @param lastId letters with greater ids are left out: they came later
     */
    public List<Place> places(DeadLetterFilter filter, @Nullable Place after, long lastId, int limit)
            throws SQLException {
        Where where = filter.where(names).and("d.id <= CAST(? AS bigint)", lastId);
        if (after != null) {
            where.andAfter(after);
        }
        return query(
                PLACES.formatted(where.sql()),
                where,
                limit,
                row -> new Place(row.getLong(1), new TopicPartition(row.getString(2), row.getInt(3)), row.getLong(4)));
    }

    private static DeadLetterGroup group(ResultSet row) throws SQLException {
        return new DeadLetterGroup(
                LetterRow.table(row),
                LetterRow.refusal(row),
                DeadLetterState.of(row.getString("state")),
                row.getLong("letters"),
                LetterRow.time(row.getTimestamp("oldest")),
                LetterRow.time(row.getTimestamp("newest")),
                row.getLong("example"),
                row.getString("key"));
    }

    private <T> List<T> query(String sql, Where where, int limit, Mapping<T> mapping) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setInt(where.bind(query, 1), limit);
            return all(query, mapping);
        }
    }

    /** Asks about all letters of the pipeline. */
    private <T> List<T> query(String sql, Mapping<T> mapping) throws SQLException {
        Where where = Where.of(names);
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement(sql.formatted(where.sql()))) {
            where.bind(query, 1);
            return all(query, mapping);
        }
    }

    private static <T> List<T> all(PreparedStatement query, Mapping<T> mapping) throws SQLException {
        List<T> all = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                all.add(mapping.map(row));
            }
        }
        return all;
    }
}
