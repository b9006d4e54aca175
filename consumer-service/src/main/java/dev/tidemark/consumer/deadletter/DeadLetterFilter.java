package dev.tidemark.consumer.deadletter;

import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant. What is null does not matter; all else has to be so.
 *
 * @param keys the texts that a key may have: a JSON object can be written in several ways
 * @param from the time from which on a letter was first seen
 * @param until the time before which a letter was first seen
 */
public record DeadLetterFilter(
        @Nullable TableId table,
        @Nullable List<String> keys,
        @Nullable CauseClass causeClass,
        @Nullable String cause,
        @Nullable String rule,
        @Nullable String sqlState,
        @Nullable DeadLetterState state,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable String topic,
        @Nullable Integer partition,
        @Nullable Long offset) {

    /** All letters. */
    public static final DeadLetterFilter ALL =
            new DeadLetterFilter(null, null, null, null, null, null, null, null, null, null, null, null);

    /** The same letters as far as they are in a state. */
    public DeadLetterFilter in(DeadLetterState wanted) {
        return new DeadLetterFilter(
                table, keys, causeClass, cause, rule, sqlState, wanted, from, until, topic, partition, offset);
    }

    /** A condition on {@code cdc.dead_letter d}, whose parameters are all bound as text. */
    Where where(TopicNames names) {
        Where where = Where.of(names);
        where.and("d.table_name = ?", table);
        where.and("d.key = ANY (CAST(? AS text[]))", keys == null ? null : array(keys));
        where.and("d.cause_class = ?", causeClass == null ? null : causeClass.code());
        where.and("d.cause = ?", cause);
        where.and("d.rule = ?", rule);
        where.and("d.sql_state = ?", sqlState);
        where.and("d.state = ?", state == null ? null : state.code());
        where.and("d.first_seen_at >= CAST(? AS timestamptz)", from);
        where.and("d.first_seen_at < CAST(? AS timestamptz)", until);
        where.and("d.topic = ?", topic);
        where.and("d.partition = CAST(? AS int)", partition);
        where.and("d.record_offset = CAST(? AS bigint)", offset);
        return where;
    }

    private static String array(List<String> texts) {
        List<String> quoted = texts.stream()
                .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .toList();
        return "{" + String.join(",", quoted) + "}";
    }
}
