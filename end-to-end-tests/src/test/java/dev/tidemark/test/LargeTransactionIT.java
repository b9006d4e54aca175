package dev.tidemark.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Memory is bounded, whatever the size of a transaction: both services run with -Xmx256m and end at the first OutOfMemoryError. */
@Tag("long")
class LargeTransactionIT {

    private static final int ROWS = 300_000;

    @RegisterExtension
    final Pipelines pipelines = Pipelines.perTest();

    @Test
    void transactionOfManyRowsArrivesInLittleMemory() {
        Pipeline pipeline = pipelines.create(Items.TABLE);
        pipeline.onBoth(
                "CREATE TABLE public.item (id bigint PRIMARY KEY, version bigint, name text, amount numeric, flag boolean, changed_at timestamptz)");
        pipeline.source().execute("CREATE SEQUENCE public.item_version");
        pipeline.start().awaitSnapshots(Items.TABLE);
        pipeline.source().execute(Items.fill(Items.TABLE, ROWS));
        Tables.assertEqual(pipeline, Items.TABLE);
        pipeline.source()
                .execute(
                        "BEGIN; UPDATE public.item SET name = name || repeat(' and more', 20), version = nextval('public.item_version') WHERE id % 2 = 0;"
                                + " DELETE FROM public.item WHERE id % 3 = 0; COMMIT");
        Tables.assertEqual(pipeline, Items.TABLE);
        assertThat(pipeline.producer().alive()).isTrue();
        assertThat(pipeline.consumer().alive()).isTrue();
        TopicAudit.of(pipeline, Items.TABLE).assertCompleteAndInOrder();
    }
}
