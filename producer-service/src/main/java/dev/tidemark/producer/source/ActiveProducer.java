package dev.tidemark.producer.source;

import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which producer is the active one, as the source has it; for those that stand by. Asked on a connection of the pool. */
@Component
public class ActiveProducer {

    private static final int TIMEOUT_SECONDS = 5;

    private final JdbcClient source;

    ActiveProducer(DataSource source) {
        JdbcTemplate template = new JdbcTemplate(source);
        template.setQueryTimeout(TIMEOUT_SECONDS);
        this.source = JdbcClient.create(template);
    }

    /** @return such as {@code instance b2c7fb22… since 2026-01-31T12:00Z}, if any ever was active */
    public Optional<String> describe() {
        return source.sql(ProducerTable.ACTIVE)
                .query((row, number) -> "instance " + row.getString("instance") + " since "
                        + row.getObject("started_at", OffsetDateTime.class).toInstant())
                .optional();
    }
}
