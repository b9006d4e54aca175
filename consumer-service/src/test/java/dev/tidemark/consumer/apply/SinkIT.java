package dev.tidemark.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.deadletter.CauseClass;
import dev.tidemark.consumer.deadletter.Refusal;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SinkIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private final Events people = Events.of("people");
    private Batches batches;

    @BeforeEach
    void reset() {
        destination.execute(
                "DROP TABLE IF EXISTS people, others",
                "CREATE TABLE people (id int PRIMARY KEY, name varchar(5), mail text UNIQUE)");
        batches = destination.batches("t");
    }

    private static List<String> rows() {
        return destination.rows("SELECT id, name, mail FROM people ORDER BY id");
    }

    private static String stored() {
        return destination.value("SELECT next_offset, last_sequence FROM cdc.applied_offset WHERE topic = 't'");
    }

    @Test
    void insertsUpdatesAndDeletes() {
        batches.changes(
                        people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann','mail':'a'}"),
                        people.upsert(2, "{'id':2}", "{'id':2,'name':'Bob','mail':null}"),
                        people.upsert(3, "{'id':3}", "{'id':3,'name':'Cy','mail':'c'}"))
                .apply();
        batches.changes(
                        people.upsert(4, "{'id':1}", "{'id':1,'name':'Anna','mail':'a'}"),
                        people.delete(5, "{'id':2}"),
                        people.delete(6, "{'id':99}"))
                .apply();
        assertThat(rows()).containsExactly("1|Anna|a", "3|Cy|c");
        assertThat(stored()).isEqualTo("6|6");
    }

    /** To the database these are one key; to whoever compares the copy byte by byte they are not one row. */
    @Test
    void givesTheKeyTheFormThatTheSourceGivesIt() {
        destination.execute(
                "DROP TABLE people", "CREATE TABLE people (id numeric, name char(3), PRIMARY KEY (id, name))");
        batches.changes(people.upsert(1, "{'id':1,'name':'a'}", "{'id':1.0,'name':'a'}"))
                .apply();
        batches.changes(people.upsert(2, "{'id':1,'name':'a'}", "{'id':1.000,'name':'a'}"))
                .apply();
        assertThat(destination.rows("SELECT id, name FROM people")).containsExactly("1.000|a  ");
    }

    @Test
    void truncatesInOrder() {
        batches.changes(
                        people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann','mail':'a'}"),
                        people.truncate(2),
                        people.upsert(3, "{'id':2}", "{'id':2,'name':'Bob','mail':'a'}"))
                .apply();
        assertThat(rows()).containsExactly("2|Bob|a");
    }

    @Test
    void truncatesTableThatAForeignKeyRefersTo() {
        destination.execute(
                "INSERT INTO people VALUES (1)", "CREATE TABLE others (id int PRIMARY KEY REFERENCES people)");
        assertThat(batches.changes(people.truncate(1)).apply().problem()).isNull();
        assertThat(rows()).isEmpty();
    }

    @Test
    void leavesColumnsAlonethatTheSourceDoesNotHave() {
        destination.execute("ALTER TABLE people ADD note text DEFAULT 'new'");
        batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'Ann','mail':'a'}"))
                .apply();
        destination.execute("UPDATE people SET note = 'kept'");
        batches.changes(people.upsert(2, "{'id':1}", "{'id':1,'name':'Anna','mail':'a'}"))
                .apply();
        assertThat(destination.rows("SELECT name, note FROM people")).containsExactly("Anna|kept");
    }

    @Nested
    class Fencing {

        @Test
        void refusesCommitOfAZombieAndShowsNothingOfIt() {
            Batches zombie = destination.batches("t");
            zombie.changes(
                    people.upsert(1, "{'id':1}", "{'id':1,'name':'Old','mail':'a'}"),
                    people.upsert(2, "{'id':2}", "{'id':2,'name':'Old','mail':'b'}"));
            batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'New','mail':'a'}"))
                    .apply();
            assertThatThrownBy(zombie::apply).isInstanceOf(FencedException.class);
            assertThat(rows()).containsExactly("1|New|a");
            assertThat(stored()).isEqualTo("1|1");
        }

        @Test
        void refusesAllPartitionsWhenOneIsTaken() {
            Batches other = destination.batches("u");
            PartitionBatch mine = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"))
                    .batch();
            PartitionBatch taken = other.changes(people.upsert(2, "{'id':2}", "{'id':2,'name':'B','mail':'b'}"))
                    .batch();
            destination.execute("UPDATE cdc.applied_offset SET next_offset = 5 WHERE topic = 'u'");
            assertThatThrownBy(() -> destination.sink(false).apply(List.of(mine, taken)))
                    .isInstanceOf(FencedException.class);
            assertThat(rows()).isEmpty();
        }

        @Test
        void refusesPositionOfATopicThatWasMadeAnew() throws Exception {
            batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"));
            destination.execute("UPDATE cdc.applied_offset SET topic_id = 'another'");
            assertThatThrownBy(batches::apply).isInstanceOf(FencedException.class);
        }

        @Test
        void beginsAgainWhenATopicWasMadeAnew() throws Exception {
            batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"))
                    .apply();
            TopicPartition partition = batches.partition();
            assertThat(destination.offsets().claim(java.util.Map.of(partition, "id")))
                    .containsEntry(partition, new Position(1, 1));
            assertThat(destination.offsets().claim(java.util.Map.of(partition, "anew")))
                    .containsEntry(partition, Position.START);
        }

        @Test
        void takesTopicAsItIsWhenNoIdIsStored() throws Exception {
            destination.execute("UPDATE cdc.applied_offset SET topic_id = NULL, next_offset = 7, last_sequence = NULL");
            TopicPartition partition = batches.partition();
            assertThat(destination.offsets().claim(java.util.Map.of(partition, "x")))
                    .containsEntry(partition, new Position(7, Position.NO_SEQUENCE));
        }
    }

    @Nested
    class Swaps {

        @BeforeEach
        void twoRows() {
            batches.changes(
                            people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"),
                            people.upsert(2, "{'id':2}", "{'id':2,'name':'B','mail':'b'}"))
                    .apply();
        }

        @Test
        void followsRowsThatPassThroughAnotherValue() {
            Outcome outcome = batches.changes(
                            people.upsert(3, "{'id':1}", "{'id':1,'name':'A','mail':'tmp'}"),
                            people.upsert(4, "{'id':2}", "{'id':2,'name':'B','mail':'a'}"),
                            people.upsert(5, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"))
                    .apply();
            assertThat(outcome.problem()).isNull();
            assertThat(rows()).containsExactly("1|A|b", "2|B|a");
        }

        @Test
        void followsSwapOfOneStatement() {
            Outcome outcome = batches.changes(
                            people.upsert(3, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"),
                            people.upsert(4, "{'id':2}", "{'id':2,'name':'B','mail':'a'}"))
                    .apply();
            assertThat(outcome.problem()).isNull();
            assertThat(rows()).containsExactly("1|A|b", "2|B|a");
        }

        @Test
        void followsSwapWhereNoSwapIsNeeded() {
            Outcome outcome = batches.changes(
                            people.upsert(3, "{'id':3}", "{'id':3,'name':'C','mail':'a'}"),
                            people.delete(4, "{'id':1}"))
                    .apply();
            assertThat(outcome.problem()).isNull();
            assertThat(rows()).containsExactly("2|B|b", "3|C|a");
        }

        @Test
        void waitsForTheOtherHalfOfASwap() {
            Outcome outcome = batches.changes(people.upsert(3, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"))
                    .apply();
            assertThat(outcome.isEarly()).isTrue();
            assertThat(outcome.refused()).isEmpty();
            assertThat(rows()).containsExactly("1|A|a", "2|B|b");
            assertThat(batches.changes(
                                    people.upsert(3, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"),
                                    people.upsert(4, "{'id':2}", "{'id':2,'name':'B','mail':'a'}"))
                            .awaited()
                            .apply()
                            .refused())
                    .isEmpty();
            assertThat(rows()).containsExactly("1|A|b", "2|B|a");
        }

        @Test
        void refusesWhatIsStillInTheWayWhenItsTransactionIsOver() {
            Outcome outcome = batches.changes(
                            people.upsert(3, 100, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"),
                            people.upsert(4, 200, "{'id':3}", "{'id':3,'name':'C','mail':'c'}"))
                    .apply();
            assertThat(Batches.refusal(outcome).cause()).isEqualTo("unique \"people_mail_key\"");
            assertThat(rows()).containsExactly("1|A|a", "2|B|b", "3|C|c");
        }

        @Test
        void tellsSwapsFromWhatIsReallyInTheWay() {
            destination.execute("INSERT INTO people VALUES (9, 'I', 'i')");
            Outcome outcome = batches.changes(
                            people.upsert(3, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"),
                            people.upsert(4, "{'id':5}", "{'id':5,'name':'E','mail':'i'}"),
                            people.upsert(5, "{'id':2}", "{'id':2,'name':'B','mail':'a'}"),
                            people.upsert(6, "{'id':6}", "{'id':6,'name':'F','mail':'i'}"))
                    .awaited()
                    .apply();
            assertThat(outcome.refused())
                    .extracting(refused -> refused.event().sequence())
                    .containsExactly(4L, 6L);
            assertThat(rows()).containsExactly("1|A|b", "2|B|a", "9|I|i");
        }

        @Test
        void forgetsWhatWaitsWhenALaterChangeOfItsRowPasses() {
            Outcome outcome = batches.changes(
                            people.upsert(3, "{'id':1}", "{'id':1,'name':'toolong','mail':'x'}"),
                            people.upsert(4, "{'id':1}", "{'id':1,'name':'A','mail':'b'}"),
                            people.delete(5, "{'id':1}"))
                    .awaited()
                    .apply();
            assertThat(outcome.problem()).isNull();
            assertThat(rows()).containsExactly("2|B|b");
        }
    }

    @Nested
    class Refusals {

        @Test
        void refusesValueThatIsTooLong() {
            Outcome outcome = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'toolong','mail':null}"))
                    .apply();
            Refusal refusal = Batches.refusal(outcome);
            assertThat(refusal.sqlState()).isEqualTo("22001");
            assertThat(refusal.causeClass()).isEqualTo(CauseClass.VALUE);
            assertThat(refusal.cause()).isEqualTo("column \"name\" character varying(5)");
        }

        @Test
        void refusesToCutBlanks() {
            Outcome outcome = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'abc   ','mail':null}"))
                    .apply();
            assertThat(Batches.refusal(outcome).sqlState()).isEqualTo("22001");
        }

        @Test
        void takesLongerValuesAsTheyAreAsSoonAsTheColumnIsWider() {
            batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'abc','mail':null}"))
                    .apply();
            destination.execute("ALTER TABLE people ALTER name TYPE varchar(10)");
            Outcome outcome = batches.changes(
                            people.upsert(2, "{'id':2}", "{'id':2,'name':'longer','mail':'b'}"),
                            people.upsert(3, "{'id':3}", "{'id':3,'name':'abc   ','mail':'c'}"))
                    .apply();
            assertThat(outcome.refused()).isEmpty();
            assertThat(rows()).containsExactly("1|abc|null", "2|longer|b", "3|abc   |c");
        }

        @Test
        void appliesAllButTheRecordThatIsRefused() {
            Outcome outcome = batches.changes(
                            people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"),
                            people.upsert(2, "{'id':2}", "{'id':2,'name':'B','mail':'b'}"),
                            people.upsert(3, "{'id':3}", "{'id':3,'name':'toolong','mail':'c'}"),
                            people.upsert(4, "{'id':4}", "{'id':4,'name':'D','mail':'d'}"))
                    .apply();
            assertThat(rows()).containsExactly("1|A|a", "2|B|b", "4|D|d");
            assertThat(stored()).isEqualTo("4|4");
            assertThat(outcome.problem()).isNull();
            assertThat(outcome.applied()).hasSize(3);
            assertThat(outcome.refused())
                    .extracting(refused -> refused.event().key().json())
                    .containsExactly("{\"id\":3}");
        }

        @Test
        void appliesOtherPartitionsThough() {
            destination.execute("CREATE TABLE others (id int PRIMARY KEY)");
            Batches other = destination.batches("u");
            Events others = Events.of("others");
            PartitionBatch bad = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'toolong','mail':null}"))
                    .batch();
            PartitionBatch good =
                    other.changes(others.upsert(2, "{'id':7}", "{'id':7}")).batch();
            List<Outcome> outcomes = destination.sink(false).apply(List.of(bad, good));
            assertThat(outcomes).extracting(outcome -> outcome.refused().size()).containsExactly(1, 0);
            assertThat(destination.rows("SELECT id FROM others")).containsExactly("7");
        }

        @Test
        void tellsOfConstraintsThatAreCheckedAtCommit() {
            destination.execute(
                    "ALTER TABLE people DROP CONSTRAINT people_mail_key",
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 2 THEN RAISE 'not this one'; END IF; RETURN NULL; END $$",
                    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
                    "ALTER TABLE people ENABLE ALWAYS TRIGGER refuse");
            Outcome outcome = batches.changes(
                            people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"),
                            people.upsert(2, "{'id':2}", "{'id':2,'name':'B','mail':'b'}"))
                    .apply();
            destination.execute("DROP FUNCTION refuse CASCADE");
            assertThat(rows()).containsExactly("1|A|a");
            assertThat(Batches.refusal(outcome).message()).contains("not this one");
            assertThat(Batches.refusal(outcome).cause()).contains("refuse()");
            assertThat(Batches.refusal(outcome).causeClass()).isEqualTo(CauseClass.CONSTRAINT);
        }
    }

    @Nested
    class Environment {

        private Problem problem() {
            Outcome outcome = batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"))
                    .apply();
            assertThat(outcome.done()).isZero();
            assertThat(stored()).isEqualTo("0|null");
            assertThat(outcome.problem().kind()).isEqualTo(ErrorKind.ENVIRONMENT);
            return outcome.problem();
        }

        @Test
        void saysThatTheTableIsMissing() {
            destination.execute("DROP TABLE people");
            assertThat(problem().message()).contains("public.people", "does not exist", "cdc.sink.create-tables");
        }

        @Test
        void saysThatAColumnIsMissing() {
            destination.execute("ALTER TABLE people DROP mail");
            assertThat(problem().message()).contains("public.people", "\"mail\"");
        }

        @Test
        void noticesThatAColumnWasAdded() {
            destination.execute("ALTER TABLE people DROP mail");
            problem();
            destination.execute("ALTER TABLE people ADD mail text");
            assertThat(batches.changes(people.upsert(1, "{'id':1}", "{'id':1,'name':'A','mail':'a'}"))
                            .apply()
                            .problem())
                    .isNull();
        }

        @Test
        void saysThatTheKeyIsMissing() {
            destination.execute("ALTER TABLE people DROP CONSTRAINT people_pkey");
            assertThat(problem().message()).contains("public.people", "[id]");
        }

        @Test
        void refusesKeyThatIsDeferrable() {
            destination.execute("ALTER TABLE people DROP CONSTRAINT people_pkey, ADD PRIMARY KEY (id) DEFERRABLE");
            assertThat(problem().message()).contains("deferrable");
        }

        @Test
        void refusesKeyThatIsPartial() {
            destination.execute(
                    "ALTER TABLE people DROP CONSTRAINT people_pkey",
                    "CREATE UNIQUE INDEX ON people (id) WHERE id > 0");
            assertThat(problem().message()).contains("partial");
        }
    }
}
