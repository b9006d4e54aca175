package dev.tidemark.producer.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import dev.tidemark.model.TopicNames;
import dev.tidemark.producer.publish.Deadline;
import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.publish.TopicsProperties;
import dev.tidemark.producer.snapshot.ChunkReader;
import dev.tidemark.producer.snapshot.SnapshotProperties;
import dev.tidemark.producer.snapshot.SnapshotProperties.KeyOrder;
import dev.tidemark.producer.source.CaptureChoice;
import dev.tidemark.producer.source.HashKey;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.SourceIdentity;
import dev.tidemark.producer.source.SourceMigration;
import dev.tidemark.stack.Database;
import dev.tidemark.stack.Stack;
import dev.tidemark.stack.StackOptions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.util.unit.DataSize;
import org.threeten.extra.MutableClock;

/** The parts of a producer, put together by hand against real servers, so that a test can step through them; each has a database and topics of its own. */
final class Workbench implements AutoCloseable {

    /** Whatever nobody is denied is allowed. */
    static final Stack STACK = Stack.start(StackOptions.defaults()
            .withBroker("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .withBroker("allow.everyone.if.no.acl.found", "true"));

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final DataSize MESSAGE = DataSize.ofMegabytes(1);

    final String name = "bench" + COUNT.incrementAndGet();
    final PGSimpleDataSource source = dataSource();
    final JdbcClient sql = JdbcClient.create(source);
    final Map<String, String> problems = new HashMap<>();
    final CountDownLatch waitingForKafka = new CountDownLatch(1);
    private final TopicNames topics = new TopicNames(name);
    private final DefaultKafkaProducerFactory<byte[], byte[]> producers = new DefaultKafkaProducerFactory<>(Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            STACK.broker().bootstrapServers(),
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ByteArraySerializer.class,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ByteArraySerializer.class,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            (int) MESSAGE.toBytes()));
    private final DefaultKafkaConsumerFactory<byte[], byte[]> consumers = new DefaultKafkaConsumerFactory<>(Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, STACK.broker().bootstrapServers(),
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
    final Publisher publisher;
    Runnable onSent = () -> {};
    Runnable onProblem = () -> {};
    Runnable onCaughtUp = () -> {};
    final MutableClock heartbeatClock = MutableClock.epochUTC();
    Duration heartbeatInterval = Duration.ZERO;
    boolean tombstones;
    Map<TableId, CaptureChoice> choices = Map.of();
    Clock clock = Clock.systemUTC();
    Duration refreshInterval = Duration.ZERO;
    int pageRows = 5000;
    int chunkRows = 1000;
    Duration retentionInterval = Duration.ofDays(1);
    final Set<Integer> failedAudits = new HashSet<>();
    KeyOrder keyOrder = KeyOrder.NATIVE;

    Workbench() {
        KafkaAdmin admin =
                new KafkaAdmin(Map.of("bootstrap.servers", STACK.broker().bootstrapServers()));
        TopicsProperties properties = new TopicsProperties(
                1, (short) -1, Duration.ofDays(1), Duration.ofDays(14), MESSAGE, Duration.ofSeconds(10));
        publisher = new Publisher(new KafkaTemplate<>(producers), consumers, admin, topics, properties);
    }

    /** A producer of the tables; null if another one is the active one. */
    @Nullable
    Capture tryStart(boolean renumber, String tables) throws SQLException {
        CaptureStarter starter = starter(tables);
        SourceConnection locked = starter.lock();
        if (locked == null) {
            return null;
        }
        try {
            return starter.start(locked, renumber);
        } catch (SQLException | RuntimeException e) {
            locked.close();
            throw e;
        }
    }

    Poller poller(String tables) {
        Retention retention = new Retention(
                source, new RetentionProperties(retentionInterval), Runnable::run, Clock.systemUTC(), listener());
        Heartbeat heartbeat = new Heartbeat(heartbeatInterval, name, heartbeatClock);
        ControlWatch control = new ControlWatch(Duration.ZERO, Clock.systemUTC());
        return new Poller(starter(tables), publisher, retention, control, heartbeat, Clock.systemUTC(), listener());
    }

    private CaptureStarter starter(String tables) {
        Pipeline pipeline =
                new Pipeline(name, "test", "instance", topics, TableId.parseList(tables), choices, tombstones);
        long rowBytes = MESSAGE.toBytes() - 64 * 1024;
        ChunkReader chunks =
                new ChunkReader(new SnapshotProperties(chunkRows, DataSize.ofMegabytes(1), keyOrder), rowBytes);
        Capture.Settings settings =
                new Capture.Settings(new PageLimits(pageRows, 1 << 20, rowBytes), refreshInterval, clock, () -> false);
        return new CaptureStarter(
                source,
                new SourceMigration(source, true, HashKey.NONE),
                publisher,
                pipeline,
                chunks,
                settings,
                listener());
    }

    Capture start(String tables) throws SQLException {
        return Objects.requireNonNull(tryStart(false, tables));
    }

    private CaptureListener listener() {
        return new CaptureListener() {
            @Override
            public void waitingForKafka() {
                waitingForKafka.countDown();
            }

            @Override
            public void sent(TableId table, Operation operation, int count) {
                onSent.run();
            }

            @Override
            public void caughtUp() {
                onCaughtUp.run();
            }

            @Override
            public void audited(int slot, boolean passed) {
                if (!passed) {
                    failedAudits.add(slot);
                }
            }

            @Override
            public void released() {
                problems.clear();
            }

            @Override
            public void tableProblem(TableId table, @Nullable String reason) {
                onProblem.run();
                if (reason == null) {
                    problems.remove(table.toString());
                } else {
                    problems.put(table.toString(), reason);
                }
            }
        };
    }

    /** Steps until nothing is left to publish and all is acknowledged. */
    static void drain(Capture capture) throws SQLException {
        while (capture.step() != PollOutcome.IDLE) {
            // the steps are the work
        }
        capture.settle();
    }

    /** The same for a poller that is not paused. */
    static void drain(Poller poller) {
        PollOutcome outcome = poller.pollOnce();
        while (outcome != PollOutcome.IDLE) {
            assertThat(outcome)
                    .as(String.valueOf(poller.status().problem()))
                    .isNotIn(PollOutcome.FAILED, PollOutcome.STANDBY, PollOutcome.PAUSED);
            outcome = poller.pollOnce();
        }
    }

    /** All records of the table's topic, if it has one partition. */
    List<ConsumerRecord<byte[], byte[]>> records(String table) {
        return records(table, 0);
    }

    List<ConsumerRecord<byte[], byte[]>> records(String table, int number) {
        TopicPartition partition = new TopicPartition(topic(table), number);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumers.createConsumer(null, null, null, null)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** What the consumer has made of the table's topic. */
    Map<Long, String> replica(String table) {
        return Replica.of(records(table));
    }

    /** The rows of a table {@code (id int PRIMARY KEY, v text)}. */
    Map<Long, String> rows(String table) {
        Map<Long, String> rows = new TreeMap<>();
        sql.sql("SELECT id::bigint AS id, coalesce(v, 'null') AS v FROM " + table)
                .query(row -> {
                    rows.put(row.getLong(1), row.getString(2));
                });
        return rows;
    }

    /** The name of the table's topic. */
    String topic(String table) {
        return topics.of(TableId.parse(table));
    }

    void createTopic(String topic, int partitions) {
        withAdmin(admin -> admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                .all());
    }

    void addPartitions(String topic, int total) {
        withAdmin(admin -> admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total)))
                .all());
    }

    void setTopic(String topic, String setting, String value) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        withAdmin(admin ->
                admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
    }

    Map<String, String> topicSettings(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<String, String> settings = new HashMap<>();
        withAdmin(admin -> admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .entries()
                .forEach(entry -> settings.put(entry.name(), entry.value()));
        return settings;
    }

    void deleteTopic(String topic) {
        withAdmin(admin -> admin.deleteTopics(List.of(topic)).all());
    }

    /** As soon as a topic has any list of rights, nobody has others. */
    void denyWriting(String topic) {
        withAdmin(admin -> admin.createAcls(List.of(
                        acl(topic, AclOperation.WRITE, AclPermissionType.DENY),
                        acl(topic, AclOperation.ALL, AclPermissionType.ALLOW)))
                .all());
    }

    void allowWriting(String topic) {
        withAdmin(admin -> admin.deleteAcls(List.of(
                        acl(topic, AclOperation.WRITE, AclPermissionType.DENY).toFilter()))
                .all());
    }

    private static AclBinding acl(String topic, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    private static <T> T withAdmin(Function<Admin, KafkaFuture<T>> work) {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", STACK.broker().bootstrapServers()))) {
            return work.apply(admin).toCompletionStage().toCompletableFuture().join();
        }
    }

    /** Brings the source's schema up to date without a producer. */
    void migrate() throws SQLException {
        new SourceMigration(source, true, HashKey.NONE).run();
    }

    /** Has the table tracked by hand. */
    void track(String table) {
        sql.sql("SELECT cdc.track(?::regclass)")
                .param(table)
                .query(Integer.class)
                .single();
    }

    /** What the producer has left in Kafka. */
    StoredState read() {
        return publisher.read(soon());
    }

    /** As if what is stored were of another server. */
    void forgeHistory() {
        Intent left = Objects.requireNonNull(read().intent());
        SourceIdentity other =
                new SourceIdentity(left.source().system(), left.source().timeline() + 1);
        Intent forged = new Intent(
                left.epoch() + 1,
                other,
                left.previous(),
                left.current(),
                0,
                0,
                0,
                left.firstSequence(),
                left.published());
        publisher.announce(forged).await(soon());
    }

    static Deadline soon() {
        return new Deadline(Duration.ofSeconds(30), () -> false);
    }

    void execute(String statements) {
        sql.sql(statements).update();
    }

    private PGSimpleDataSource dataSource() {
        Database server = STACK.source();
        server.execute("CREATE DATABASE " + name);
        PGSimpleDataSource created = new PGSimpleDataSource();
        created.setUrl("jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name));
        created.setUser(server.user());
        created.setPassword(server.password());
        return created;
    }

    @Override
    public void close() {
        producers.destroy();
    }
}
