package dev.tidemark.producer.source;

import java.sql.Types;
import javax.sql.DataSource;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts what waits in the change log, on a connection of the pool. */
@Component
public class BacklogReader {

    private static final String BACKLOG = """
            SELECT count(*) AS rows, coalesce(date_part('epoch', clock_timestamp() - min(at)), 0) AS oldest_seconds
            FROM (
              SELECT at FROM cdc.change_log WHERE xid >= ?::xid8
              UNION ALL
              SELECT at FROM cdc.change_log WHERE xid = ANY (?::xid8[])
              LIMIT 1000000) waiting
            """;

    private final JdbcClient source;

    BacklogReader(DataSource source) {
        this.source = JdbcClient.create(source);
    }

    /** @param position the snapshot up to which the log is published */
    public Backlog after(String position) {
        PgSnapshot published = PgSnapshot.parse(position);
        return source.sql(BACKLOG)
                .param(new SqlParameterValue(Types.OTHER, published.xmax()))
                .param(new SqlParameterValue(Types.OTHER, published.inProgress()))
                .query(Backlog.class)
                .single();
    }
}
