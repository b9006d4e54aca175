package dev.tidemark.consumer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Extent;
import dev.tidemark.consumer.deadletter.DeadLetterQueries.Place;
import dev.tidemark.model.TableId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadLetterQueriesIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final DeadLetterQueries queries = new DeadLetterQueries(destination.dataSource(), TestDestination.TOPICS);

    private final Letters letters = new Letters(destination);

    private List<Long> ids(DeadLetterFilter filter) throws SQLException {
        return queries.list(filter, 0, 100).stream().map(DeadLetter::id).toList();
    }

    private static DeadLetterFilter key(String... keys) {
        return new DeadLetterFilter(null, List.of(keys), null, null, null, null, null, null, null, null, null, null);
    }

    private static DeadLetterFilter cause(CauseClass causeClass, String cause, String rule, String sqlState) {
        return new DeadLetterFilter(null, null, causeClass, cause, rule, sqlState, null, null, null, null, null, null);
    }

    private static DeadLetterFilter seen(Instant from, Instant until) {
        return new DeadLetterFilter(null, null, null, null, null, null, null, from, until, null, null, null);
    }

    private static DeadLetterFilter at(String topic, Integer partition, Long offset) {
        return new DeadLetterFilter(null, null, null, null, null, null, null, null, null, topic, partition, offset);
    }

    private static DeadLetterFilter table(String table) {
        return new DeadLetterFilter(
                TableId.parse(table), null, null, null, null, null, null, null, null, null, null, null);
    }

    @Test
    void findsByWhateverIsAskedFor() throws SQLException {
        long people = letters.refuse("people", 1, 7, Letters.TOO_LONG);
        long pets =
                letters.refuse("pets", 2, "{'a' : '\\\\\\'','b' : 'x,y'}".replace("\\'", "\\\""), "{}", Letters.MINOR);
        long garbage = letters.refuse(new TopicPartition("x.public.pets", 0), 3, null, new byte[] {1});
        letters.close(people, DeadLetterState.SUPERSEDED, "1 minute");
        Instant soon = Instant.now().plusSeconds(60);

        assertThat(ids(DeadLetterFilter.ALL)).containsExactly(people, pets, garbage);
        assertThat(ids(table("pets"))).containsExactly(pets);
        assertThat(ids(key("{\"id\":7}", "{\"id\" : 7}"))).containsExactly(people);
        String petKey = destination.value("SELECT key FROM cdc.dead_letter WHERE id = " + pets);
        assertThat(ids(key(petKey))).containsExactly(pets);
        assertThat(ids(cause(CauseClass.VALUE, null, null, null))).containsExactly(people);
        assertThat(ids(cause(null, "no JSON", null, null))).containsExactly(garbage);
        assertThat(ids(cause(null, null, "adults", null))).containsExactly(pets);
        assertThat(ids(cause(null, null, null, "22001"))).containsExactly(people);
        assertThat(ids(cause(CauseClass.VALUE, null, "adults", null))).isEmpty();
        assertThat(ids(DeadLetterFilter.ALL.in(DeadLetterState.OPEN))).containsExactly(pets, garbage);
        assertThat(ids(seen(null, soon))).hasSize(3);
        assertThat(ids(seen(soon, null))).isEmpty();
        assertThat(ids(at("x.public.pets", 0, 3L))).containsExactly(garbage);
        assertThat(ids(at("x.public.pets", 1, null))).isEmpty();
    }

    @Test
    void doesNotShowThoseOfOtherPipelines() throws SQLException {
        long other = letters.refuse(new TopicPartition("x_eu.public.people", 0), 1, null, new byte[] {1});
        long another = letters.refuse(new TopicPartition("hr.x.people", 0), 1, null, new byte[] {1});

        assertThat(ids(DeadLetterFilter.ALL)).isEmpty();
        assertThat(ids(at("x_eu.public.people", 0, 1L))).isEmpty();
        assertThat(queries.find(other)).isEmpty();
        assertThat(queries.find(another)).isEmpty();
        assertThat(queries.groups(DeadLetterFilter.ALL, 10)).isEmpty();
        assertThat(queries.counts()).isEmpty();
        assertThat(queries.open()).isEmpty();
        assertThat(queries.unpublished()).isZero();
        assertThat(queries.extent(DeadLetterFilter.ALL).count()).isZero();
        assertThat(queries.places(DeadLetterFilter.ALL, null, another, 10)).isEmpty();
    }

    @Test
    void listsInPages() throws SQLException {
        for (int i = 1; i <= 5; i++) {
            letters.refuse("people", i, i, Letters.TOO_LONG);
        }
        List<DeadLetter> first = queries.list(DeadLetterFilter.ALL, 0, 3);
        List<DeadLetter> second =
                queries.list(DeadLetterFilter.ALL, first.get(2).id(), 3);
        assertThat(first).extracting(DeadLetter::offset).containsExactly(1L, 2L, 3L);
        assertThat(second).extracting(DeadLetter::offset).containsExactly(4L, 5L);
    }

    @Test
    void groupsByCauseWithTheNewestAsExample() throws SQLException {
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        long newest = letters.refuse("people", 2, 2, Letters.TOO_LONG);
        letters.refuse("people", 3, 3, Letters.MINOR);

        List<DeadLetterGroup> groups = queries.groups(DeadLetterFilter.ALL, 10);
        assertThat(groups).hasSize(2);
        DeadLetterGroup first = groups.get(0);
        assertThat(first.count()).isEqualTo(2);
        assertThat(first.refusal()).isEqualTo(Letters.TOO_LONG);
        assertThat(first.exampleId()).isEqualTo(newest);
        assertThat(first.exampleKey()).isEqualTo("{\"id\" : 2}");
        assertThat(first.oldest()).isBefore(first.newest());
        assertThat(queries.groups(cause(CauseClass.RULE, null, null, null), 10)).hasSize(1);
    }

    @Test
    void givesTheRecordByteForByte() throws SQLException {
        byte[] noText = {0, -1, 34};
        long id = letters.refuse(new TopicPartition("x.public.people", 2), 9, null, noText);
        DeadLetterRecord record = queries.find(id).orElseThrow();
        assertThat(record.key()).isNull();
        assertThat(record.value()).isEqualTo(noText);
        assertThat(record.time()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
        assertThat(record.letter().table()).isNull();
        assertThat(record.letter().partition()).isEqualTo(new TopicPartition("x.public.people", 2));
        assertThat(queries.find(id + 1)).isEmpty();
    }

    @Test
    void countsByTableAndCauseAndState() throws SQLException {
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        letters.close(letters.refuse("people", 3, 3, Letters.TOO_LONG), DeadLetterState.DISCARDED, "1 s");
        letters.refuse(new TopicPartition("x.public.pets", 0), 3, null, Events.utf8("?"));
        destination.execute(
                "UPDATE cdc.dead_letter SET first_seen_at = now() - interval '1 hour' WHERE record_offset = 1");

        List<DeadLetterCount> counts = queries.counts();
        assertThat(counts).hasSize(3);
        assertThat(counts).anySatisfy(count -> {
            assertThat(count.table()).isEqualTo(TableId.parse("people"));
            assertThat(count.state()).isEqualTo(DeadLetterState.OPEN);
            assertThat(count.count()).isEqualTo(2);
            assertThat(count.oldestSeconds()).isBetween(3600.0, 3700.0);
        });
        assertThat(queries.open())
                .isEqualTo(
                        Map.of("public.people", Map.of(CauseClass.VALUE, 2L), "", Map.of(CauseClass.UNDECODABLE, 1L)));
        assertThat(queries.unpublished()).isEqualTo(4);
    }

    @Test
    void goesThroughLettersInTheOrderOfTheirEvents() throws SQLException {
        letters.refuse("pets", 5, 1, Letters.TOO_LONG);
        letters.refuse("people", 8, 1, Letters.TOO_LONG);
        letters.refuse("people", 3, 1, Letters.TOO_LONG);
        Extent extent = queries.extent(DeadLetterFilter.ALL);
        letters.refuse("people", 9, 1, Letters.TOO_LONG);

        assertThat(extent.count()).isEqualTo(3);
        List<Place> places = new ArrayList<>(queries.places(DeadLetterFilter.ALL, null, extent.lastId(), 2));
        places.addAll(queries.places(DeadLetterFilter.ALL, places.get(1), extent.lastId(), 2));
        assertThat(places).extracting(Place::offset).containsExactly(3L, 8L, 5L);
    }

    @Test
    void goesThroughLargeLettersInSmallPages() throws SQLException {
        for (int i = 1; i <= 5; i++) {
            letters.refuse(new TopicPartition("x.public.people", 0), i, null, new byte[(i == 4 ? 5 : 2) << 20]);
        }
        Extent extent = queries.extent(DeadLetterFilter.ALL);
        List<Integer> sizes = new ArrayList<>();
        List<Place> page = queries.places(DeadLetterFilter.ALL, null, extent.lastId(), 200);
        while (!page.isEmpty()) {
            sizes.add(page.size());
            page = queries.places(DeadLetterFilter.ALL, page.get(page.size() - 1), extent.lastId(), 200);
        }
        assertThat(sizes).containsExactly(2, 1, 1, 1);
    }
}
