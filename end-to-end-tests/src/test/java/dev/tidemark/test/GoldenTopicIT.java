package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@link ReadersTest} has others read is what the producer writes, to the letter. */
class GoldenTopicIT {

    private static final String TABLE = "public.orders";

    private static final String CHOICE =
            "{\"cdc\": {\"capture\": {\"tables\": {\"[public.orders]\": {\"before\": true}}}}}";

    private static final String CREATE = """
            CREATE TABLE orders (order_id bigint, line varchar(10), amount numeric(14,2), rate numeric, weight double precision, pieces smallint, paid boolean,
              day date, local_at timestamp, at timestamptz, due time, took interval, photo bytea, tags text[], doc jsonb, ref uuid, note text, PRIMARY KEY (order_id, line))""";

    private static final String FIRST = """
            INSERT INTO orders VALUES (1, 'a', 1234567890.10, 12345678901234567890.1234567890, 0.1, 7, true,
              '2026-11-21', '2026-11-21 10:20:30.123456', '2026-11-21 12:20:30.5+02', '23:59:59.25', '1 day 02:03:04', '\\xdeadbeef', '{a,"b c",NULL}', '{"a": [1, 2.50]}',
              'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', E'Zoë\\n"q" \\\\ \\t 😀')""";

    private static final String EMPTY = "INSERT INTO orders (order_id, line) VALUES (2, 'ü \"')";

    private static final String EXTREMES = """
            INSERT INTO orders VALUES (9223372036854775807, '', 0, 'NaN', '-Infinity', -32768, false, 'infinity', '0044-03-15 00:00:00 BC', '-infinity', '24:00', '-1 mons', '', '{}', 'null', NULL, '')""";

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void isWhatTheProducerWrites() throws IOException {
        Pipeline pipeline = pipelines
                .create(TABLE)
                .producerWith("CDC_TOMBSTONES", "true")
                .producerWith("SPRING_APPLICATION_JSON", CHOICE);
        pipeline.source().execute(CREATE, FIRST);
        pipeline.newProducer().start();
        pipeline.awaitSnapshots(TABLE);
        pipeline.source()
                .execute(
                        EMPTY,
                        "UPDATE orders SET amount = 1, note = NULL WHERE order_id = 1",
                        EXTREMES,
                        "UPDATE orders SET line = 'b' WHERE order_id = 2",
                        "DELETE FROM orders WHERE order_id = 1",
                        "TRUNCATE orders");
        int expected = GoldenTopic.read().size();
        Await.until("all records", () -> TopicAudit.records(pipeline, TABLE).size() >= expected);
        List<String> topic = TopicAudit.records(pipeline, TABLE).stream()
                .map(GoldenTopic::of)
                .map(GoldenTopic::toString)
                .toList();
        assertThat(String.join("\n", topic))
                .isEqualTo(String.join(
                        "\n",
                        GoldenTopic.read().stream().map(GoldenTopic::toString).toList()));
    }
}
