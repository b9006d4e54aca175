package dev.tidemark.producer.source;

import java.sql.Types;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts what waits in the change log, on a connection of the pool. */
@Component
public class BacklogReader {

    /** How many rows are counted. If there are more, it is the numbers that have been drawn since the oldest of them: some may belong to what was rolled back. */
    private static final int COUNTED = 10_000;

    /** Both branches walk the index on xid, and no further than they have to; so they begin with the oldest transactions, in which the oldest rows are. */
    private static final String BACKLOG = """
            SELECT
              CASE WHEN waiting.rows < %1$d THEN waiting.rows ELSE greatest(waiting.rows, drawn.last_value - waiting.id + 1) END AS rows,
              coalesce(date_part('epoch', clock_timestamp() - waiting.at), 0) AS oldest_seconds
            FROM cdc.change_log_id drawn, (
              SELECT count(*) AS rows, min(at) AS at, min(id) AS id FROM (
                (SELECT at, id FROM cdc.change_log WHERE xid >= :xmax::xid8 ORDER BY xid LIMIT %1$d)
                UNION ALL
                (SELECT w.at, w.id
                FROM unnest(:xip::xid8[]) late(xid), LATERAL (SELECT at, id FROM cdc.change_log l WHERE l.xid = late.xid LIMIT %1$d) w
                LIMIT %1$d)) first) waiting
            """.formatted(COUNTED);

    private static final int TIMEOUT_SECONDS = 5;

    private final JdbcClient source;

    BacklogReader(DataSource source) {
        JdbcTemplate template = new JdbcTemplate(source);
        template.setQueryTimeout(TIMEOUT_SECONDS);
        this.source = JdbcClient.create(template);
    }

    /** @param position the snapshot up to which the log is published */
    public Backlog after(String position) {
        PgSnapshot published = PgSnapshot.parse(position);
        return source.sql(BACKLOG)
                .param("xmax", new SqlParameterValue(Types.OTHER, published.xmax()))
                .param("xip", new SqlParameterValue(Types.OTHER, published.inProgress()))
                .query(Backlog.class)
                .single();
    }
}
