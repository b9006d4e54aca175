package dev.tidemark.producer.capture;

import dev.tidemark.producer.capture.RunProperties.Run;
import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.TopicsProperties;
import dev.tidemark.producer.snapshot.ChunkReader;
import dev.tidemark.producer.snapshot.SnapshotProperties;
import dev.tidemark.producer.source.HashKey;
import dev.tidemark.producer.source.SourceMigration;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

@Configuration(proxyBeanMethods = false)
class CaptureConfiguration {

    /** Set when the process is about to end; a poller that waits for Kafka then gives up. */
    private final AtomicBoolean stopping = new AtomicBoolean();

    @Bean
    Publisher publisher(
            KafkaTemplate<byte[], byte[]> kafka,
            ConsumerFactory<byte[], byte[]> consumers,
            KafkaAdmin admin,
            Pipeline pipeline,
            TopicsProperties topics) {
        return new Publisher(kafka, consumers, admin, pipeline.topics(), topics);
    }

    @Bean
    Capture.Settings captureSettings(PollProperties poll, TopicsProperties topics, Clock clock) {
        PageLimits limits =
                new PageLimits(poll.maxPageRows(), poll.maxPageSize().toBytes(), topics.maxRowBytes());
        return new Capture.Settings(limits, poll.refreshInterval(), clock, stopping::get);
    }

    @Bean
    SourceMigration sourceMigration(DataSource source, Environment environment, HashKey hashKey) {
        boolean enabled = environment.getProperty("spring.flyway.enabled", Boolean.class, true);
        return new SourceMigration(source, enabled, hashKey);
    }

    @Bean
    ChunkReader chunkReader(SnapshotProperties snapshot, TopicsProperties topics) {
        return new ChunkReader(snapshot, topics.maxRowBytes());
    }

    @Bean
    CaptureStarter captureStarter(
            DataSource source,
            Publisher publisher,
            SourceMigration migration,
            Pipeline pipeline,
            ChunkReader chunks,
            Capture.Settings settings,
            CaptureListener listener) {
        return new CaptureStarter(source, migration, publisher, pipeline, chunks, settings, listener);
    }

    @Bean
    Poller poller(
            CaptureStarter starter,
            Publisher publisher,
            Retention retention,
            Heartbeat heartbeat,
            PollProperties poll,
            Clock clock,
            CaptureListener listener) {
        ControlWatch control = new ControlWatch(poll.refreshInterval(), clock);
        return new Poller(starter, publisher, retention, control, heartbeat, clock, listener);
    }

    @Bean
    Retention retention(
            DataSource source,
            RetentionProperties properties,
            ThreadPoolTaskScheduler retentionScheduler,
            Clock clock,
            CaptureListener listener) {
        return new Retention(source, properties, retentionScheduler, clock, listener);
    }

    @Bean
    Heartbeat heartbeat(HeartbeatProperties properties, RunProperties run, Pipeline pipeline, Clock clock) {
        Duration interval = run.run() == Run.ONCE ? Duration.ZERO : properties.interval();
        return new Heartbeat(interval, pipeline.topics().prefix(), clock);
    }

    @Bean
    OffsetMoves offsetMoves(
            DataSource source, Publisher publisher, Poller poller, PollLoop loop, CaptureStarter starter) {
        return new PollerOffsetMoves(source, publisher, poller, loop, starter);
    }

    @Bean
    PollLoop pollLoop(Poller poller, PollProperties properties, RunProperties run) {
        return new PollLoop(poller, new PollDelay(properties), stopping, run.run() == Run.ONCE);
    }

    @Bean
    ThreadPoolTaskScheduler retentionScheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("retention-");
        return scheduler;
    }
}
