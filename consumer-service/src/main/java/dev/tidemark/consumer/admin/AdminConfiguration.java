package dev.tidemark.consumer.admin;

import dev.tidemark.consumer.apply.HeartbeatTable;
import dev.tidemark.consumer.apply.OffsetStore;
import dev.tidemark.consumer.apply.RowReader;
import dev.tidemark.consumer.apply.Sink;
import dev.tidemark.consumer.apply.Targets;
import dev.tidemark.consumer.deadletter.DeadLetterJobs;
import dev.tidemark.consumer.deadletter.DeadLetterQueries;
import dev.tidemark.consumer.deadletter.Replays;
import dev.tidemark.consumer.ingest.IngestProperties;
import dev.tidemark.consumer.ingest.PipelineStatus;
import dev.tidemark.consumer.ingest.Topics;
import dev.tidemark.model.TopicNames;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RunProperties.class)
@EnableScheduling
class AdminConfiguration {

    @Bean
    ConsumerMeters consumerMeters(MeterRegistry registry, HeartbeatWatch heartbeat, Targets targets) {
        return new ConsumerMeters(registry, heartbeat, targets);
    }

    @Bean
    HeartbeatWatch heartbeatWatch(HeartbeatTable table, Clock clock) {
        return new HeartbeatWatch(table, clock);
    }

    @Bean
    PipelineMeters pipelineMeters(
            PipelineStatus status,
            Obstacles obstacles,
            TopicWatch watch,
            TopicNames names,
            Sink sink,
            ConsumerMeters counted,
            HeartbeatWatch heartbeat,
            MeterRegistry registry) {
        return new PipelineMeters(status, obstacles, watch, new KnownTables(names, sink, counted), heartbeat, registry);
    }

    @Bean
    TopicWatch topicWatch(PipelineStatus status, Topics topics, OffsetStore offsets) {
        return new TopicWatch(status, topics, offsets);
    }

    @Bean
    OffsetEndpoint offsetEndpoint(OffsetStore offsets, PipelineStatus status) {
        return new OffsetEndpoint(offsets, status);
    }

    @Bean
    OffsetPlanner offsetPlanner(OffsetStore offsets, Topics topics, TopicNames names) {
        return new OffsetPlanner(offsets, topics, names);
    }

    @Bean
    LagEndpoint lagEndpoint(PipelineStatus status, Topics topics, ConsumerMeters meters) {
        return new LagEndpoint(status, topics, meters);
    }

    @Bean
    OnceBacklog onceBacklog(Topics topics, TopicNames names, OffsetStore offsets) {
        return new OnceBacklog(topics, names, offsets);
    }

    @Bean
    @ConditionalOnProperty(name = "cdc.run", havingValue = "once")
    OnceRunner onceRunner(
            PipelineStatus status,
            OnceBacklog backlog,
            DeadLetterQueries letters,
            DeadLetterJobs sending,
            ConsumerMeters meters,
            RunProperties properties,
            Clock clock) {
        return new OnceRunner(status, backlog, letters, sending, meters, properties.once(), clock);
    }

    /** The bean's name is the name of the component. */
    @Bean
    PipelineHealth pipeline(PipelineStatus status, Obstacles obstacles) {
        return new PipelineHealth(status, obstacles);
    }

    @Bean
    Obstacles obstacles(PipelineStatus status, IngestProperties properties, Clock clock) {
        return new Obstacles(status, properties, clock);
    }

    @Bean
    Instance instance(ObjectProvider<BuildProperties> build, ObjectProvider<GitProperties> git) {
        BuildProperties built = build.getIfAvailable();
        GitProperties from = git.getIfAvailable();
        return new Instance(
                hostName() + ':' + ProcessHandle.current().pid(),
                built == null ? null : built.getVersion(),
                from == null ? null : from.getShortCommitId());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Bean
    LetterInspector letterInspector(RowReader rows) {
        return new LetterInspector(rows);
    }

    @Bean
    DeadLetterMeters deadLetterMeters(MeterRegistry registry, DeadLetterJobs jobs) {
        return new DeadLetterMeters(registry, jobs);
    }

    @Bean
    ReplayRuns replayRuns(DeadLetterQueries queries, Replays replays, ReplayListener listener, Clock clock) {
        return new ReplayRuns(queries, replays, listener, clock);
    }

    @Bean
    DlqEndpoint dlqEndpoint(DeadLetterQueries queries, DeadLetterJobs jobs) {
        return new DlqEndpoint(queries, jobs);
    }
}
