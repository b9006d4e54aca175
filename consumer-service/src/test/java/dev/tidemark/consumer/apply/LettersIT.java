package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.DeadLetterProperties;
import dev.tidemark.model.ChangeEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LettersIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");
    private Batches batches;

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people",
                "CREATE TABLE people (id int PRIMARY KEY, name text CHECK (name NOT LIKE 'bad%'))");
        batches = destination.batches("t");
    }

    private ChangeEvent person(long sequence, int id, String name) {
        return people.upsert(sequence, "{'id':" + id + "}", "{'id':%d,'name':'%s'}".formatted(id, name));
    }

    private static List<String> letters() {
        return destination.rows("SELECT sequence, key, state FROM cdc.dead_letter ORDER BY sequence");
    }

    private static List<String> rows() {
        return destination.rows("SELECT id, name FROM people ORDER BY id");
    }

    @Test
    void staysOpenWhileOnlyEarlierEventsOfItsRowAreApplied() {
        batches.changes(person(1, 1, "a"), person(2, 1, "bad"), person(3, 2, "c"))
                .apply();
        assertThat(rows()).containsExactly("1|a", "2|c");
        assertThat(letters()).containsExactly("2|{\"id\":1}|open");
    }

    @Test
    void isSupersededByALaterEventOfItsRow() {
        batches.changes(person(1, 1, "bad"), person(2, 2, "bad"), person(3, 3, "bad"))
                .apply();
        batches.changes(person(4, 1, "good"), people.delete(5, "{'id':2}")).apply();
        assertThat(letters())
                .containsExactly("1|{\"id\":1}|superseded", "2|{\"id\":2}|superseded", "3|{\"id\":3}|open");
        assertThat(rows()).containsExactly("1|good");
    }

    @Test
    void isNotSupersededByTheTableOfTheSameNameOfAnotherPipeline() {
        batches.changes(person(1, 1, "bad"), person(2, 2, "bad")).apply();
        Batches others = destination.batches("u");
        others.changes(person(3, 1, "good")).apply();
        others.chunk(people.chunk(4, null, null)).apply();
        others.changes(people.truncate(6)).apply();
        assertThat(letters()).containsExactly("1|{\"id\":1}|open", "2|{\"id\":2}|open");
    }

    @Test
    void isSupersededByALaterEventAfterARestartOrAnotherInstance() {
        Batches other = destination.batches("u");
        other.changes(person(1, 9, "good")).apply();
        batches.changes(person(2, 1, "bad")).apply();
        Batches after = destination.batches("t");
        after.changes(person(3, 1, "good")).apply();
        assertThat(letters()).containsExactly("2|{\"id\":1}|superseded");
    }

    @Test
    void isNotSupersededByALaterEventThatIsRefusedToo() {
        batches.changes(person(1, 1, "bad"), person(2, 1, "bad2")).awaited().apply();
        assertThat(letters()).contains("2|{\"id\":1}|open").doesNotContain("2|{\"id\":1}|superseded");
        assertThat(rows()).isEmpty();
    }

    @Test
    void isSupersededByATruncate() {
        batches.changes(person(1, 1, "bad"), people.truncate(2), person(3, 2, "bad"))
                .apply();
        assertThat(letters()).containsExactly("1|{\"id\":1}|superseded", "3|{\"id\":2}|open");
    }

    @Test
    void isSupersededByAChunkWithItsKeyInRangeThereOrNot() {
        batches.changes(person(1, 1, "bad"), person(2, 3, "bad"), person(3, 4, "bad"), person(4, 9, "bad"))
                .apply();
        batches.chunk(
                        people.chunk(5, null, "{'id':5}"),
                        people.read(6, "{'id':1}", "{'id':1,'name':'good'}"),
                        people.read(7, "{'id':4}", "{'id':4,'name':'bad again'}"))
                .apply();
        assertThat(letters())
                .containsExactly(
                        "1|{\"id\":1}|superseded",
                        "2|{\"id\":3}|superseded",
                        "3|{\"id\":4}|superseded",
                        "4|{\"id\":9}|open",
                        "7|{\"id\":4}|open");
        assertThat(rows()).containsExactly("1|good");
    }

    @Test
    void isOpenAgainWhenItsEventComesAgainAfterARewind() {
        batches.changes(person(1, 1, "bad")).apply();
        destination.execute(
                "UPDATE cdc.dead_letter SET state = 'superseded', closed_at = now()",
                "UPDATE cdc.applied_offset SET next_offset = 0, last_sequence = NULL");
        destination.batches("t").changes(person(1, 1, "bad")).apply();
        assertThat(destination.rows("SELECT state, attempts FROM cdc.dead_letter"))
                .containsExactly("open|2");
    }

    @Test
    void keepsWhatIsNeededToTryAgain() {
        batches.changes(person(1, 1, "bad")).apply();
        assertThat(
                        destination.rows(
                                "SELECT topic, partition, record_offset, topic_id, table_name, operation, cause_class, cause, sql_state, state, attempts FROM cdc.dead_letter"))
                .containsExactly("t|0|0|id|public.people|u|constraint|check \"people_name_check\"|23514|open|1");
        assertThat(destination.value("SELECT message FROM cdc.dead_letter")).contains("people_name_check", "(1, bad)");
    }

    @Nested
    class Causes {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "name varchar(3)  | 'long'   | 22001 | value      | column \"name\" character varying(3)",
                    "name smallint    | 99999    | 22003 | value      | column \"name\" smallint",
                    "name numeric(4,1)| 12345.5  | 22003 | value      | column \"name\" numeric(4,1)",
                    "name numeric(4,1)| 1.55     | 22P02 | value      | a value of column \"name\" would be rounded to fit numeric(4,1)",
                    "name date        | 'soon'   | 22007 | value      | column \"name\" date",
                    "name int         | 'x'      | 22P02 | value      | column \"name\" integer",
                    "name text NOT NULL | null   | 23502 | constraint | not null: column \"name\"",
                })
        void tellWhatAPersonNeeds(String column, String value, String state, String causeClass, String cause) {
            destination.execute("DROP TABLE people", "CREATE TABLE people (id int PRIMARY KEY, " + column + ")");
            Outcome outcome = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':" + value + "}"))
                    .apply();
            assertThat(Batches.refusal(outcome).cause()).isEqualTo(cause);
            assertThat(Batches.refusal(outcome).sqlState()).isEqualTo(state);
            assertThat(Batches.refusal(outcome).causeClass()).isEqualTo(CauseClass.of(causeClass));
        }

        @Test
        void blameKeyThatIsNone() {
            Outcome outcome = batches.changes(people.upsert(1, "[1]", "{'id':1,'name':'a'}"), person(2, 2, "b"))
                    .apply();
            assertThat(Batches.refusal(outcome).causeClass()).isEqualTo(CauseClass.UNDECODABLE);
            assertThat(rows()).containsExactly("2|b");
        }
    }

    @Test
    void areMadeOfTextThatNoStatementCanCarry() {
        Outcome outcome = batches.changes(
                        person(1, 1, "good"),
                        people.upsert(2, "{'id':2}", "{'id':2,'name':'a\\u0000b'}"),
                        person(3, 3, "bad"),
                        person(4, 4, "good"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.refused()).hasSize(2);
        assertThat(rows()).containsExactly("1|good", "4|good");
    }

    @Test
    void keepKeysThatPostgresqlCannot() {
        batches.changes(people.upsert(1, "binary \0 key", "{'id':1,'name':'bad'}"))
                .apply();
        assertThat(destination.value("SELECT key FROM cdc.dead_letter")).isEqualTo("binary \uFFFD key");
    }

    @Test
    void keepKeysThatAreLongerThanAnIndexTakes() {
        destination.execute("DROP TABLE people", "CREATE TABLE people (id text PRIMARY KEY, name text NOT NULL)");
        String key = new Random(1)
                .ints(3000, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        batches.changes(people.upsert(1, "{'id':'" + key + "'}", "{'id':'" + key + "','name':null}"))
                .apply();
        assertThat(destination.value("SELECT length(key) > 3000 FROM cdc.dead_letter"))
                .isEqualTo("t");
    }

    @Test
    void areOlderThanAnyEventOfATopicThatWasMadeAnew() throws Exception {
        batches.changes(person(500, 1, "bad")).apply();
        TopicPartition partition = batches.partition();
        Position start = destination.offsets().claim(Map.of(partition, "anew")).get(partition);
        Step change = new Step.RowChange(
                Events.record(partition, 0, Events.utf8("{}"), Events.utf8("{}")), person(3, 1, "good"));
        destination
                .sink(false)
                .apply(List.of(new PartitionBatch(partition, "anew", start, List.of(change), new Position(1, 3))));
        assertThat(letters()).containsExactly("500|{\"id\":1}|superseded");
    }

    @Test
    void doNotStopAChunkWhoseKeysDoNotFit() {
        Outcome outcome = batches.chunk(
                        people.chunk(1, null, null),
                        people.read(2, "{'id':1}", "{'id':1,'name':'good'}"),
                        people.read(3, "{'id':3000000000}", "{'id':3000000000,'name':'far'}"))
                .apply();
        assertThat(outcome.problem()).isNull();
        assertThat(outcome.refused()).hasSize(1);
        assertThat(rows()).containsExactly("1|good");
    }

    @Test
    void doNotStopATableWithACheckOfTheWholeRow() {
        destination.execute("ALTER TABLE people ADD CHECK (people IS NOT NULL)");
        assertThat(batches.changes(person(1, 1, "good")).apply().problem()).isNull();
        assertThat(rows()).containsExactly("1|good");
    }

    @Nested
    class OfUniqueValues {

        @BeforeEach
        void unique() {
            destination.execute("ALTER TABLE people ADD UNIQUE (name)", "INSERT INTO people VALUES (8, 'x'), (9, 'z')");
        }

        @Test
        void takeTheChangeBeforeWhenTheLastOneOfARowIsRefused() {
            Outcome outcome = batches.changes(
                            people.upsert(1, 7, "{'id':1}", "{'id':1,'name':'x'}"),
                            people.upsert(2, 7, "{'id':1}", "{'id':1,'name':'z'}"),
                            people.upsert(3, 7, "{'id':8}", "{'id':8,'name':'free'}"),
                            people.upsert(4, 8, "{'id':2}", "{'id':2,'name':'other'}"))
                    .apply();
            assertThat(outcome.problem()).isNull();
            assertThat(letters()).containsExactly("2|{\"id\":1}|open");
            assertThat(rows()).containsExactly("1|x", "2|other", "8|free", "9|z");
        }

        @Test
        void refuseAllChangesOfARowThatStaysInTheWay() {
            batches.changes(person(1, 1, "x"), person(2, 1, "z")).awaited().apply();
            assertThat(letters()).containsExactly("1|{\"id\":1}|open", "2|{\"id\":1}|open");
        }

        @Test
        void refuseWhatIsInTheWayOfASuspectAlone() {
            Outcome outcome =
                    batches.changes(person(1, 1, "x"), person(2, 1, "bad")).apply();
            assertThat(outcome.problem()).isNull();
            assertThat(outcome.isEarly()).isTrue();
            outcome = batches.changes(person(1, 1, "x"), person(2, 1, "bad"))
                    .awaited()
                    .apply();
            assertThat(outcome.refused()).hasSize(2);
        }

        @Test
        void waitAsAWholeForAChainThatIsCut() {
            destination.execute(
                    "TRUNCATE people", "INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 60) i");
            Outcome outcome = batches.changes(shifted(40)).apply();
            assertThat(outcome.problem()).isNull();
            assertThat(outcome.isEarly()).isTrue();
            assertThat(outcome.done()).isZero();
            assertThat(batches.changes(shifted(60)).awaited().apply().refused()).isEmpty();
            assertThat(destination.value("SELECT count(*) FROM people WHERE name = 'n' || (id + 1)"))
                    .isEqualTo("60");
        }

        private ChangeEvent[] shifted(int rows) {
            return IntStream.rangeClosed(1, rows)
                    .mapToObj(i -> person(i, i, "n" + (i + 1)))
                    .toArray(ChangeEvent[]::new);
        }
    }

    @Nested
    class Amounts {

        @Test
        void findsEachOfManyAmongMore() {
            ChangeEvent[] events = IntStream.rangeClosed(1, 2000)
                    .mapToObj(i -> person(i, i, i % 97 == 0 || i % 89 == 0 ? "bad" : "good"))
                    .toArray(ChangeEvent[]::new);
            Outcome outcome = batches.changes(events).apply();
            long bad = IntStream.rangeClosed(1, 2000)
                    .filter(i -> i % 97 == 0 || i % 89 == 0)
                    .count();
            assertThat(outcome.refused()).hasSize((int) bad);
            assertThat(destination.value("SELECT count(*) FROM people")).isEqualTo(String.valueOf(2000 - bad));
            assertThat(destination.value("SELECT count(*) FROM cdc.dead_letter WHERE state = 'open'"))
                    .isEqualTo(String.valueOf(bad));
        }

        @Test
        void stopsATableMostOfWhichIsRefused() {
            DeadLetterProperties properties =
                    new DeadLetterProperties(0.5, 10, Duration.ofDays(1), Duration.ofSeconds(1));
            Sink sink = new Sink(
                    destination.dataSource(), Targets.asAtTheSource(), false, properties, TestDestination.NO_RULES);
            batches = new Batches(destination, sink, "t");
            ChangeEvent[] events = IntStream.rangeClosed(1, 20)
                    .mapToObj(i -> person(i, i, i < 8 ? "good" : "bad"))
                    .toArray(ChangeEvent[]::new);
            Outcome outcome = batches.changes(events).apply();
            assertThat(outcome.done()).isEqualTo(12);
            assertThat(outcome.problem().kind()).isEqualTo(ErrorKind.REFUSALS);
            assertThat(outcome.problem().message()).contains("50 %", "last 10 events", "check", "max-share");
            assertThat(letters()).hasSize(5);
            outcome = batches.changes(person(13, 13, "bad")).apply();
            assertThat(outcome.done()).isZero();
            destination.execute("ALTER TABLE people DROP CONSTRAINT people_name_check");
            outcome = batches.changes(person(13, 13, "bad")).apply();
            assertThat(outcome.problem()).isNull();
        }
    }
}
