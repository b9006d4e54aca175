package dev.tidemark.consumer.apply;

import dev.tidemark.consumer.apply.CarefulWriter.Failure;
import dev.tidemark.consumer.apply.Step.Chunk;
import dev.tidemark.consumer.apply.Step.RowChange;
import dev.tidemark.consumer.apply.Step.SchemaChange;
import dev.tidemark.consumer.apply.Step.Unreadable;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.Refusal;
import dev.tidemark.consumer.rules.Rules;
import dev.tidemark.consumer.rules.Violation;
import dev.tidemark.model.ChangeEvent;
import dev.tidemark.model.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses what needs no look of the destination: records that are no events, rows that were left out at the source, and what the user's rules refuse. */
final class Screening {

    private final TableCatalog catalog;
    private final ChunkWriter chunks;
    private final SchemaFollower schema;
    private final Rules rules;

    Screening(TableCatalog catalog, ChunkWriter chunks, SchemaFollower schema, Rules rules) {
        this.catalog = catalog;
        this.chunks = chunks;
        this.schema = schema;
        this.rules = rules;
    }

    /** @return the first step that cannot be screened, null if all are */
    @Nullable
    Failure screen(Connection connection, List<? extends Step> steps, Verdicts verdicts) throws SQLException {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            try {
                screen(connection, step, verdicts);
            } catch (SQLException | RuntimeException e) {
                if (ErrorKind.isDisconnection(e)) {
                    throw e;
                }
                return new Failure(i, Problem.of(e, step.offset(), step.table(), null), e);
            }
        }
        return null;
    }

    private void screen(Connection connection, Step step, Verdicts verdicts) throws SQLException {
        if (step instanceof RowChange change) {
            screen(connection, change, verdicts);
        } else if (step instanceof Chunk chunk) {
            if (rules.has(chunk.table())) {
                // Rules are checked against the table's columns.
                chunks.prepareTable(connection, chunk.start());
            }
            for (RowChange row : chunk.rows()) {
                screen(connection, row, verdicts);
            }
            chunk.unreadable().forEach(verdicts::refuse);
        } else if (step instanceof SchemaChange change && rules.has(change.table())) {
            schema.follow(connection, change);
        } else if (step instanceof Unreadable record) {
            verdicts.refuse(record);
        }
    }

    private void screen(Connection connection, RowChange change, Verdicts verdicts) throws SQLException {
        Refusal refusal = refusal(connection, change.event());
        if (refusal != null) {
            verdicts.refuse(change, refusal);
        }
    }

    private @Nullable Refusal refusal(Connection connection, ChangeEvent event) throws SQLException {
        if (event.row() == null && event.operation() != Operation.DELETE) {
            return tooLarge(event.omittedBytes());
        }
        if (!rules.has(event.table())) {
            return null;
        }
        Violation violation =
                catalog.get(connection, event.table()).rules(rules).check(event);
        return violation == null
                ? null
                : new Refusal(CauseClass.RULE, "rule " + violation.rule(), violation.rule(), null, violation.message());
    }

    private static Refusal tooLarge(long bytes) {
        return new Refusal(
                CauseClass.TOO_LARGE,
                "row left out at the source",
                null,
                null,
                "The row of " + bytes + " bytes was left out, because no message can carry it:"
                        + " raise cdc.topics.max-message-size of the producer, the topic's max.message.bytes and the broker's,"
                        + " and change the row again at the source");
    }
}
