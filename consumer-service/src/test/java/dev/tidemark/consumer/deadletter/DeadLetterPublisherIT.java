package dev.tidemark.consumer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.consumer.Events;
import dev.tidemark.consumer.apply.TestDestination;
import dev.tidemark.model.TopicNames;
import dev.tidemark.stack.EmbeddedBroker;
import dev.tidemark.stack.StackOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaProducerException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;
import org.threeten.extra.MutableClock;

class DeadLetterPublisherIT {

    @RegisterExtension
    static final TestDestination destination = TestDestination.create();

    private static EmbeddedBroker broker;
    private static DefaultKafkaProducerFactory<byte[], byte[]> producers;
    private static KafkaTemplate<byte[], byte[]> kafka;
    private static Admin admin;

    private final Letters letters = new Letters(destination);
    private final MutableClock clock = MutableClock.epochUTC();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(StackOptions.defaults());
        producers = producers(60_000);
        kafka = new KafkaTemplate<>(producers);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    /** @param patience after which Kafka counts as away, in milliseconds */
    private static DefaultKafkaProducerFactory<byte[], byte[]> producers(int patience) {
        return new DefaultKafkaProducerFactory<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "max.block.ms",
                        patience / 2,
                        "request.timeout.ms",
                        patience / 2,
                        "delivery.timeout.ms",
                        patience,
                        "max.request.size",
                        64 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producers.destroy();
        admin.close(Duration.ZERO);
        broker.close();
    }

    @BeforeEach
    void reset() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
    }

    private DeadLetterPublisher publisher() {
        return publisher(kafka);
    }

    private DeadLetterPublisher publisher(KafkaTemplate<byte[], byte[]> template) {
        DeadLetterTopics topics =
                new DeadLetterTopics(() -> Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers())));
        return new DeadLetterPublisher(
                destination.dataSource(), template, topics, TestDestination.TOPICS, "tidemark-test", clock);
    }

    /** Kafka, but for the right to write to a topic. */
    private static KafkaTemplate<byte[], byte[]> denying(String topic, AtomicBoolean denied, boolean atOnce) {
        return new KafkaTemplate<>(producers) {
            @Override
            public CompletableFuture<SendResult<byte[], byte[]>> send(ProducerRecord<byte[], byte[]> record) {
                if (!denied.get() || !record.topic().equals(topic)) {
                    return super.send(record);
                }
                KafkaProducerException failure = new KafkaProducerException(
                        record, "Failed to send", new TopicAuthorizationException(Set.of(topic)));
                return atOnce
                        ? CompletableFuture.failedFuture(failure)
                        : CompletableFuture.supplyAsync(
                                () -> {
                                    throw failure;
                                },
                                CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
            }
        };
    }

    private static void createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings)))
                .all()
                .get();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int expected) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (records.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            consumer.poll(Duration.ofMillis(300)).forEach(records::add);
        }
        return records;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    private static void publishAll(DeadLetterPublisher publisher) throws Exception {
        boolean more = true;
        while (more) {
            more = publisher.publishPage();
        }
    }

    private static String unpublished() {
        return destination.value("SELECT count(*) FROM cdc.dead_letter WHERE published_at IS NULL");
    }

    @Test
    void sendsTheRecordAsItCameToThePartitionOfTheSameNumber() throws Exception {
        createTopic("x.public.people", 3, Map.of("max.message.bytes", "2000000", "retention.ms", "1234567"));
        byte[] noText = {0, -1, 34};
        letters.refuse(new TopicPartition("x.public.people", 2), 40, noText, new byte[] {7});
        letters.refuse("people", 41, 1, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
            assertThat(publisher.published()).isEqualTo(2);
        }

        List<ConsumerRecord<byte[], byte[]>> records = records("x.public.people-dlt", 2);
        assertThat(records).hasSize(2);
        ConsumerRecord<byte[], byte[]> garbage = records.stream()
                .filter(record -> record.partition() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(garbage.key()).isEqualTo(noText);
        assertThat(garbage.value()).isEqualTo(new byte[] {7});
        assertThat(garbage.headers().lastHeader("x-cdc-seq")).isNull();
        ConsumerRecord<byte[], byte[]> event = records.stream()
                .filter(record -> record.partition() == 0)
                .findFirst()
                .orElseThrow();
        assertThat(event.key()).isEqualTo(Events.utf8("{\"id\" : 1}"));
        assertThat(text(event, "kafka_dlt-original-topic")).isEqualTo("x.public.people");
        assertThat(text(event, "kafka_dlt-original-consumer-group")).isEqualTo("tidemark-test");
        assertThat(text(event, "x-cdc-seq")).isEqualTo("41");
        assertThat(text(event, "x-cdc-error-class")).isEqualTo("value");
        assertThat(text(event, "x-cdc-sqlstate")).isEqualTo("22001");
        assertThat(text(event, "x-cdc-cause")).isEqualTo("name varchar(5)");
        assertThat(text(event, "x-cdc-target-table")).isEqualTo("public.people");
        assertThat(unpublished()).isEqualTo("0");

        var description = admin.describeTopics(List.of("x.public.people-dlt"))
                .allTopicNames()
                .get();
        assertThat(description.get("x.public.people-dlt").partitions()).hasSize(3);
    }

    @Test
    void sendsInTheOrderOfTheLetters() throws Exception {
        createTopic("x.public.people", 1, Map.of());
        for (int i = 1; i <= 450; i++) {
            letters.refuse("people", i, i, Letters.TOO_LONG);
        }
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
        }
        List<String> sequences = records("x.public.people-dlt", 450).stream()
                .map(record -> text(record, "x-cdc-seq"))
                .toList();
        assertThat(sequences)
                .hasSize(450)
                .isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
    }

    @Test
    void twoAtOnceSendEachLetterOnce() throws Exception {
        createTopic("x.public.people", 1, Map.of());
        for (int i = 1; i <= 1000; i++) {
            letters.refuse("people", i, i, Letters.TOO_LONG);
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (DeadLetterPublisher one = publisher();
                DeadLetterPublisher other = publisher()) {
            List<Future<?>> both = new ArrayList<>();
            for (DeadLetterPublisher publisher : List.of(one, other)) {
                both.add(threads.submit(() -> {
                    while (!unpublished().equals("0")) {
                        publisher.publishPage();
                    }
                    return null;
                }));
            }
            for (Future<?> future : both) {
                future.get();
            }
            assertThat(one.published() + other.published()).isEqualTo(1000);
        } finally {
            threads.shutdown();
        }
        assertThat(records("x.public.people-dlt", 1000)).hasSize(1000);
    }

    @Test
    void neitherWaitsForThoseWhoApplyNorSendsAgainWhatTheyHold() throws Exception {
        createTopic("x.public.people", 1, Map.of());
        long held = letters.refuse("people", 1, 1, Letters.TOO_LONG);
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher();
                Connection applying = destination.dataSource().getConnection()) {
            applying.setAutoCommit(false);
            applying.createStatement()
                    .execute("UPDATE cdc.dead_letter SET state = 'superseded', closed_at = now() WHERE id = " + held);
            publisher.publishPage();
            assertThat(unpublished()).isEqualTo("1");
            publisher.publishPage();
            applying.commit();
            publisher.publishPage();
            assertThat(unpublished()).isEqualTo("0");
            assertThat(publisher.published()).isEqualTo(2);
        }
    }

    @Test
    void goesOnAfterAnErrorOfTheJvm() throws Exception {
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        AtomicBoolean broken = new AtomicBoolean(true);
        KafkaTemplate<byte[], byte[]> template = new KafkaTemplate<>(producers) {
            @Override
            public CompletableFuture<SendResult<byte[], byte[]>> send(ProducerRecord<byte[], byte[]> record) {
                if (broken.get()) {
                    throw new NoClassDefFoundError("gone");
                }
                return super.send(record);
            }
        };
        try (DeadLetterPublisher publisher = publisher(template)) {
            DeadLetterJobs jobs = new DeadLetterJobs(
                    publisher,
                    new DeadLetterQueries(destination.dataSource(), TestDestination.TOPICS),
                    new DeadLetterClosing(destination.dataSource(), TestDestination.TOPICS),
                    TestDestination.DEAD_LETTERS,
                    clock);
            jobs.observeOpen(open -> {
                throw new NoClassDefFoundError("gone");
            });
            jobs.publish();
            jobs.count();
            assertThat(jobs.publishingError()).contains("NoClassDefFoundError", "gone");
            assertThat(jobs.publishingFailures()).isEqualTo(1);

            broken.set(false);
            clock.add(Duration.ofSeconds(60));
            jobs.publish();
            assertThat(jobs.publishingError()).isNull();
            assertThat(unpublished()).isEqualTo("0");
        }
    }

    @Test
    void leavesLettersOfOtherPipelinesToThem() throws Exception {
        letters.refuse(new TopicPartition("x_eu.public.people", 0), 1, null, new byte[] {7});
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher();
                Outbox others = new Outbox(destination.dataSource(), new TopicNames("x_eu"))) {
            others.lock();
            publishAll(publisher);
            assertThat(publisher.published()).isEqualTo(1);
        }
        assertThat(unpublished()).isEqualTo("1");
        assertThat(admin.listTopics().names().get()).containsExactly("x.public.people-dlt");
    }

    @Test
    void sendsWhenTheTopicOfTheEventsIsGone() throws Exception {
        letters.refuse(new TopicPartition("x.public.gone", 1), 1, null, new byte[] {7});
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
        }
        assertThat(records("x.public.gone-dlt", 1)).hasSize(1);
    }

    @Test
    void aLetterThatKafkaDoesNotTakeKeepsNoOthersBack() throws Exception {
        createTopic("x.public.people", 1, Map.of());
        createTopic("x.public.people-dlt", 1, Map.of("max.message.bytes", "10000"));
        letters.refuse("people", 1, "{'id':1}", "{'name':'" + "x".repeat(20_000) + "'}", Letters.TOO_LONG);
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher()) {
            assertThatThrownBy(() -> publishAll(publisher)).isInstanceOf(PublishingException.class);
            publishAll(publisher);
            assertThat(publisher.unsendable()).isEqualTo(1);
        }
        assertThat(records("x.public.people-dlt", 1)).hasSize(1);
        assertThat(unpublished()).isEqualTo("1");
    }

    @Test
    void aLetterThatTheTopicFindsInvalidKeepsNoOthersBack() throws Exception {
        createTopic("x.public.people-dlt", 1, Map.of("cleanup.policy", "compact"));
        letters.refuse(new TopicPartition("x.public.people", 0), 1, null, new byte[] {7});
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher()) {
            assertThatThrownBy(() -> publishAll(publisher)).isInstanceOf(PublishingException.class);
            publishAll(publisher);
            assertThat(publisher.unsendable()).isEqualTo(1);
        }
        assertThat(records("x.public.people-dlt", 1)).hasSize(1);
        assertThat(unpublished()).isEqualTo("1");
    }

    @Test
    void waitsForKafkaAndHoldsNothingMeanwhile() throws Exception {
        createTopic("x.public.people", 1, Map.of());
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
        }
        letters.refuse("people", 2, 2, Letters.TOO_LONG);
        broker.stop();
        var impatient = producers(2_000);
        try (DeadLetterPublisher publisher = publisher(new KafkaTemplate<>(impatient))) {
            assertThatThrownBy(publisher::publishPage).isInstanceOf(PublishingException.class);
            assertThatThrownBy(publisher::publishPage).isInstanceOf(PublishingException.class);
            assertThat(destination.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .isEqualTo("0");
        }
        impatient.destroy();
        broker.start();
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
        }
        assertThat(records("x.public.people-dlt", 2)).hasSize(2);
        assertThat(unpublished()).isEqualTo("0");
    }

    @Test
    void aTopicThatCannotBeMadeKeepsNoOthersBack() throws Exception {
        String tooLong = "x.public." + "y".repeat(238);
        for (int i = 1; i <= 250; i++) {
            letters.refuse(new TopicPartition(tooLong, 0), i, null, new byte[] {7});
        }
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        try (DeadLetterPublisher publisher = publisher()) {
            publishAll(publisher);
            assertThat(publisher.published()).isEqualTo(1);
            assertThat(publisher.topicFaults()).isEqualTo(1);
            assertThat(publisher.topicFault()).contains(tooLong);
        }
        assertThat(records("x.public.people-dlt", 1)).hasSize(1);
        assertThat(unpublished()).isEqualTo("250");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTopicThatCannotBeWrittenIsLeftOutForAMinute(boolean failsAtOnce) throws Exception {
        for (int i = 1; i <= 250; i++) {
            letters.refuse("people", i, i, Letters.TOO_LONG);
        }
        letters.refuse("pets", 1, 1, Letters.TOO_LONG);
        AtomicBoolean denied = new AtomicBoolean(true);
        try (DeadLetterPublisher publisher = publisher(denying("x.public.people-dlt", denied, failsAtOnce))) {
            publishAll(publisher);
            assertThat(unpublished()).isEqualTo("250");
            assertThat(publisher.topicFault())
                    .startsWith("The dead letters of x.public.people are left out")
                    .contains("Not authorized");

            clock.add(TopicFaults.LEFT_OUT);
            publishAll(publisher);
            assertThat(unpublished()).isEqualTo("250");
            assertThat(publisher.topicFaults()).isEqualTo(2);

            denied.set(false);
            publishAll(publisher);
            assertThat(unpublished()).isEqualTo("250");

            clock.add(TopicFaults.LEFT_OUT);
            publishAll(publisher);
            assertThat(unpublished()).isEqualTo("0");
            assertThat(publisher.topicFault()).isNull();
        }
        assertThat(records("x.public.people-dlt", 250)).hasSize(250);
    }

    @Test
    void aTopicWhoseLettersAnotherInstanceHasSentIsNoFaultAnyMore() throws Exception {
        letters.refuse("people", 1, 1, Letters.TOO_LONG);
        try (DeadLetterPublisher denied = publisher(denying("x.public.people-dlt", new AtomicBoolean(true), true));
                DeadLetterPublisher other = publisher()) {
            publishAll(denied);
            publishAll(other);
            publishAll(denied);
            assertThat(denied.topicFault()).isNotNull();
            clock.add(TopicFaults.LEFT_OUT);
            publishAll(denied);
            assertThat(denied.topicFault()).isNull();
        }
    }
}
